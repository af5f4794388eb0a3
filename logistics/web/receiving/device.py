"""What a receiver's device asks and sends: whose session this is, the lists to take along, one queued act at a time.

JSON for the device's own script; the log-in and the form's token are those of the pages. One act is one verb, the same
that the page calls.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from marshmallow import RAISE, Schema, ValidationError, fields, validate
from werkzeug.exceptions import RequestEntityTooLarge

from logistics.errors import Malformed, Rejected, YoudangError
from logistics.rules.device import LISTS_KEPT, Seen, Stated
from logistics.rules.photographs import MEGABYTE, OF_ENVELOPES
from logistics.rules.receipt import Outside
from logistics.services import device, pictures, receipt
from logistics.services.receipt import ExtraFound, OnDevice
from logistics.store import arrivals, find
from logistics.store.arrivals import Arrival
from logistics.tables import Consignment, Officer
from logistics.terms import Outcome, PictureOf, SignatureKind, SigningRole
from logistics.web.forms import PLAIN, here
from logistics.web.language import locale
from logistics.web.pictures import largest
from logistics.web.receiving import lines as shown
from logistics.web.receiving.counting import bare
from logistics.web.receiving.desk import DESK
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.words import word

pages = Blueprint("device", __name__)
LONGEST = 200
TOO_LARGE = Malformed(
    "照片太大，服务器不收。请撤下这一张，把相机的分辨率调低后联网补拍。",
    "The photo is too large for the server. Withdraw it, lower the camera's resolution and take it again online.",
)
MOST_LINES = 200


class _Part(Schema):
    class Meta:
        """Unknown fields are an error."""

        unknown = RAISE


def _words(longest: int = LONGEST) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=longest))


class Found(_Part):
    """What was found for one line."""

    code = fields.String(required=True, validate=validate.Length(max=40))
    outcome = fields.Enum(Outcome, by_value=True, required=True)
    note = _words()


class Beside(_Part):
    """A document beside the list."""

    code, title, note = _words(), _words(), _words()


class Count(_Part):
    """The count of one envelope; `drawn` is the signature as PNG in base64, `shown` the digest that was signed,
    `photos` the SHA-256 of those taken with it, which follow as acts of their own.
    """

    seal_no, manifest_sha256, seal_found = _words(), _words(), _words()
    seal_broken, envelope_damaged = fields.Boolean(load_default=False), fields.Boolean(load_default=False)
    findings = fields.List(fields.Nested(Found), load_default=list, validate=validate.Length(max=MOST_LINES))
    extras = fields.List(fields.Nested(Beside), load_default=list, validate=validate.Length(max=50))
    empty = fields.Boolean(load_default=False)
    drawn, shown = fields.String(load_default=""), _words()
    photos = fields.List(fields.String(validate=validate.Regexp(r"^[0-9a-f]{64}$")), load_default=list)


class Photo(_Part):
    """A photo in base64: of damage to an original, or without one of the envelope or its seal."""

    original = fields.String(load_default="", validate=validate.Length(max=40))
    shows = fields.Enum(PictureOf, by_value=True, load_default=PictureOf.DAMAGE)
    picture = fields.String(required=True)


class Aside(_Part):
    """An act of the queue that its maker withdraws, with what it held."""

    held = fields.Dict(keys=fields.String(), values=fields.String(validate=validate.Length(max=LONGEST)))
    why = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST))


class Act(_Part):
    """One act of the queue. Both instants are the device's own."""

    id = fields.UUID(required=True)
    officer = fields.Integer(required=True)
    consignment = fields.String(required=True, validate=validate.Length(max=40))
    act = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True)
    body = fields.Dict(required=True)


@pages.get("/device/session")
@for_roles(*DESK)
def session() -> Response:
    """Who is logged in here, and the token that an act must carry."""
    return jsonify(
        officer=me().officer_id,
        name=me().name,
        token=generate_csrf(),
        server_now=now().isoformat(),
        most_picture=_most_picture(),
    )


def _most_picture() -> int:
    """How many bytes a photo may have: in an act it stands in base64, four signs for three bytes."""
    return min(world().picture_megabytes * MEGABYTE, largest() * 3 // 4)


@pages.get("/device/lists")
@for_roles(*DESK)
def lists() -> Response:
    """The envelopes this officer is to count, with the least that counting needs, until when they may be kept."""
    with look() as db:
        coming = [one for one in arrivals.arriving(db, me().agency_id or 0) if shown.may_receive(me(), one.consignment)]
        envelopes = [_packed_along(one) for one in coming]
    return jsonify(
        officer=me().officer_id,
        name=me().name,
        keep_seconds=int(LISTS_KEPT.total_seconds()),
        most_picture=_most_picture(),
        envelopes=envelopes,
    )


def _packed_along(one: Arrival) -> dict[str, Any]:
    """No name, no number of a document: codes, titles, counts, and what to look at."""
    sender, consignment = one.sender, one.consignment
    return {
        "no": consignment.no,
        "dossier": one.dossier.no,
        "waybill": consignment.waybill_no or "",
        "seal": consignment.seal_no,
        "manifest": consignment.manifest_sha256,
        "opened": consignment.received_at is not None,
        "item": one.item.name,
        "sender": sender.name_en if locale() == "en" and sender.name_en else sender.short_name,
        "lines": [
            {
                "seq": packed.seq,
                "code": original.code,
                "title": original.title,
                "copies": original.copies,
                "pages": original.pages,
                "form": word(original.form, locale()),
                "irreplaceable": original.irreplaceable,
                "points": shown.review_points(original, one.materials),
                "outcome": packed.outcome.value,
            }
            for packed, original in one.lines
        ],
    }


@pages.post("/device/acts")
@for_roles(*DESK)
def act() -> Response:
    """The act is done, once for its id. Refused, the answer says why and what the server holds instead."""
    try:
        given = _read(Act, request.get_json(silent=True))
        _require_own(given["officer"])
        done = _verb(given["act"])(given)
    except YoudangError as why:
        return _refused(why)
    except RequestEntityTooLarge:
        return _refused(TOO_LARGE)
    return jsonify(done=done, accepted_at=now().isoformat())


def _read(shape: type[Schema], given: object) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = shape().load(given if isinstance(given, dict) else {})
    except ValidationError as wrong:
        said = {
            str(name): [here(str(PLAIN.get(str(one), one))) for one in found] for name, found in _flat(wrong).items()
        }
        raise Malformed(
            "这一项的内容不完整，没有登记。", "This act is not complete; nothing was stored.", said
        ) from wrong
    return loaded


def _flat(wrong: ValidationError) -> dict[str, list[Any]]:
    messages: dict[str, Any] = wrong.normalized_messages()  # type: ignore[no-untyped-call]
    return {name: found if isinstance(found, list) else [_("请检查这一项。")] for name, found in messages.items()}


def _require_own(officer: int) -> None:
    if officer != me().officer_id:
        raise Rejected(
            "这一项是另一位经办人在本机登记的，只能由本人登录后提交。",
            "Another officer made this act on this device; only they can send it, logged in themselves.",
            "other_officer",
        )


def _verb(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    known = {"receive": _receive, "photo": _photo, "set_aside": _set_aside}
    if name not in known:
        raise Malformed("不认识这种登记。", "No such act.", {"act": [here(_("请检查这一项。"))]})
    return known[name]


def _stated(given: dict[str, Any]) -> Stated:
    return Stated(given["made_at"], given["sent_at"])


def _receive(given: dict[str, Any]) -> dict[str, Any]:
    body = _read(Count, given["body"])
    proof = (SignatureKind.PEN, _picture(body["drawn"])) if body["drawn"] else None
    seen = Seen(body["seal_no"], body["manifest_sha256"])
    on = OnDevice(_stated(given), seen, body["shown"], proof, tuple(body["photos"]))
    return receipt.receive(
        world(),
        me(),
        str(given["id"]),
        given["consignment"],
        body["seal_found"],
        {one["code"]: one["outcome"] for one in body["findings"]},
        [ExtraFound(one["title"], one["note"], bare(one["code"])) for one in body["extras"]],
        body["empty"],
        {one["code"]: one["note"] for one in body["findings"]},
        on,
        Outside(body["seal_broken"], body["envelope_damaged"]),
    )


def _photo(given: dict[str, Any]) -> dict[str, Any]:
    body = _read(Photo, given["body"])
    files, id_, no = [pictures.File(_picture(body["picture"]))], str(given["id"]), given["consignment"]
    if body["shows"] in OF_ENVELOPES:
        return pictures.keep_of_envelope(world(), me(), id_, no, files, body["shows"])
    return pictures.keep(world(), me(), id_, body["original"], files, PictureOf.DAMAGE, no)


def _picture(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error:
        return b""


def _set_aside(given: dict[str, Any]) -> dict[str, Any]:
    body = _read(Aside, given["body"])
    return device.set_aside(
        world(), me(), str(given["id"]), given["consignment"], _stated(given), body["held"], body["why"]
    )


def _refused(why: YoudangError) -> Response:
    said = {"sentence": why.sentence(locale()), "rule": why.rule}
    if isinstance(why, Malformed):
        said["sentence"] = " ".join(
            [said["sentence"], *(one.sentence(locale()) for found in why.fields.values() for one in found)]
        )
    given = None if why is TOO_LARGE else request.get_json(silent=True)
    no = str(given.get("consignment", "")) if isinstance(given, dict) else ""
    answer = jsonify(problem=said, held=_held(no))
    answer.status_code = why.status
    return answer


def _held(no: str) -> dict[str, Any] | None:
    """What the server has of the envelope, for the reader to compare; None when it is not theirs to see."""
    with look() as db:
        try:
            dossier, consignment = find.consignment_by_no(db, no)
        except YoudangError:
            return None
        whole = find.whole(db, dossier)
        who = db.get(Officer, consignment.received_by) if consignment.received_by else None
    by_id = {one.id: one for one in whole.originals}
    return {
        "stage": word(consignment.stage, locale()),
        "seal": consignment.seal_no,
        "seal_found": consignment.seal_found or "",
        "by": who.name if who else "",
        "mine": who is not None and who.id == me().officer_id,
        "at": consignment.received_at.isoformat() if consignment.received_at else None,
        "lines": [
            {
                "code": by_id[line.original_id].code,
                "title": by_id[line.original_id].title,
                "outcome": line.outcome.value,
            }
            for line in whole.lines_of(consignment)
        ],
        "signed": _is_signed(whole, consignment),
    }


def _is_signed(whole: find.Whole, consignment: Consignment) -> bool:
    return any(one.consignment_id == consignment.id and one.role is SigningRole.ACCEPTANCE for one in whole.signatures)
