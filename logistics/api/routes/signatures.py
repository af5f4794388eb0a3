"""Signatures of custody, and what is missing before a dossier closes."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from flask import Response

from logistics.api import answers, schemas
from logistics.api.document import acts, file, gives_bytes, reads
from logistics.api.problems import blocker
from logistics.api.tokens import caller, world
from logistics.errors import Malformed, Rejected, Said
from logistics.rules import closing
from logistics.rules.signing import Listed, digest_shown
from logistics.services import signing
from logistics.services.signing import Proof
from logistics.store import find
from logistics.store.closing import matters
from logistics.store.find import Whole
from logistics.store.work import reading
from logistics.tables import Consignment, Signature
from logistics.terms import SignatureKind, SigningRole

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}


@reads("/consignments/<number:no>/signing", answers.SigningAnswer)
def show_signing(_asked: dict[str, Any], no: str) -> dict[str, Any]:
    """What may be signed for now, by its digest, and the signatures given."""
    with reading(world().engine, caller()) as session:
        dossier, consignment = find.consignment_by_no(session, no)
        whole = find.whole(session, dossier)
        return {
            "release": _to_sign(whole, consignment, SigningRole.RELEASE),
            "acceptance": _to_sign(whole, consignment, SigningRole.ACCEPTANCE),
            "signatures": [_shown(one) for one in whole.signatures if one.consignment_id == consignment.id],
        }


def _to_sign(whole: Whole, consignment: Consignment, role: SigningRole) -> dict[str, Any] | None:
    try:
        listed = signing.listed_of(whole, consignment, role)
    except Rejected:
        return None
    return {"digest": digest_shown(listed), "originals": list(listed.codes)}


def _shown(row: Signature) -> dict[str, Any]:
    listed = Listed(row.manifest_sha256, row.findings_sha256, ())
    return {**row.model_dump(), "digest": digest_shown(listed), "originals": row.codes}


@acts("/consignments/<number:no>/sign", answers.Signed, schemas.SignShape, status=201)
def sign(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """Signed for the whole envelope: released, or accepted as it was counted; with `witness` by a second person."""
    proof = Proof(SignatureKind.SLIP if given["on_paper"] else SignatureKind.PEN, _bytes(given["picture"]))
    args = (world(), caller(), command, no, given["role"], given["digest"], proof)
    return signing.sign_envelope(*args, given["witness"])


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise Malformed(
            "没有签字：picture 应是 base64 编码的 PNG、JPEG 或 PDF。",
            "Not signed: picture must be a PNG, JPEG or PDF in base64.",
            {"picture": [Said("应是 base64 编码。", "It must be base64.")]},
        ) from wrong


@gives_bytes("/dossiers/<number:no>/signatures/<int(min=1, max=9007199254740991):signature_id>", tuple(_ENDINGS))
def show_signature(no: str, signature_id: int) -> Response:
    """The picture of a signature, as it was given."""
    row, content = signing.fetch(world(), caller(), no, signature_id)
    return file(content, row.image_type, f"{no}-{row.seq}.{_ENDINGS[row.image_type]}")


@reads("/dossiers/<number:no>/closing", answers.Missing)
def show_missing(_asked: dict[str, Any], no: str) -> dict[str, Any]:
    """What keeps the dossier from closing, who must act and where; an empty list when it may close."""
    ctx = world()
    with reading(ctx.engine, caller()) as session:
        whole = find.whole(session, find.dossier_by_no(session, no))
        if whole.dossier.closed_at is not None:
            return {"blockers": []}
        return {"blockers": [blocker(one) for one in closing.blockers(matters(session, ctx, whole, ctx.clock()))]}
