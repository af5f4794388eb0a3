"""Batches for the archive: choose packages, say to whom and on what, order, watch it go, record the acknowledgement."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields, validate
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from logistics.errors import Malformed
from logistics.rules.keeping import transfer_obstacle
from logistics.rules.workdays import china_date
from logistics.services import transfers as verbs
from logistics.services.transfers import Acknowledgement, NewBatch, confirmation
from logistics.store import keeping, transfers
from logistics.tables import Agency, PackageCheck
from logistics.terms import LockMode, TransferLineState, TransferState, TransferTarget
from logistics.web.archive import KEEPERS, LONGEST, Reason, Typed, asked, words
from logistics.web.forms import FormShape, here, read, redraws, said
from logistics.web.language import locale
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.words import word

LARGEST = 20 * 1024 * 1024
HANDED_OVER = TransferLineState.HANDED_OVER
TARGETS = {
    TransferTarget.FOLDER: lazy_gettext("在线：交换目录"),
    TransferTarget.MEDIUM: lazy_gettext("离线载体"),
    TransferTarget.S3: lazy_gettext("在线：对象存储（锁定）"),
}
MEDIA_TYPES = {"pdf": "application/pdf", "XML": "application/xml", "xml": "application/xml", "zip": "application/zip"}

pages = Blueprint("batches", __name__)


class NewShape(FormShape):
    """The form of a new batch."""

    agency_id = fields.Integer(required=True)
    dossiers = fields.List(fields.String(), required=True)
    name = fields.String(required=True, validate=validate.Length(max=LONGEST))
    description = fields.String(load_default="", validate=validate.Length(max=LONGEST))
    receiver = fields.String(required=True, validate=validate.Length(max=LONGEST))
    target = fields.Enum(TransferTarget, by_value=True, required=True)
    lock_mode = fields.Enum(LockMode, by_value=True, load_default=LockMode.GOVERNANCE)
    carrier_no = fields.String(load_default="", validate=validate.Length(max=LONGEST))
    carrier_kind = fields.String(load_default="", validate=validate.Length(max=LONGEST))


class AckShape(FormShape):
    """The form of an acknowledgement; a reason stands beside each package that came back."""

    received_by = fields.String(required=True, validate=validate.Length(max=LONGEST))
    received_on = fields.Date(required=True)
    opinion = fields.String(required=True, validate=validate.Length(max=LONGEST))
    refused = fields.List(fields.String(), load_default=[])
    refused_why = fields.String(load_default="", validate=validate.Length(max=LONGEST))


@pages.get("/archive/batches")
@for_roles(*KEEPERS)
def every() -> Response:
    """All batches, the newest first."""
    with look() as session:
        return page("archive/batches.html", rows=transfers.every(session), **_words())


@pages.get("/archive/batches/new")
@for_roles(*KEEPERS)
def new() -> Response:
    """The packages that are wanted, all ticked, and what to say of the batch."""
    wanted = asked()
    with look() as session:
        rows = keeping.packages(session, wanted) if request.args or request.form else []
        rows = [row for row in rows if row.package.agency_id in me().agencies]
        fit = [row for row in rows if transfer_obstacle(row.kept) is None]
        agency = session.get(Agency, fit[0].package.agency_id) if fit else None
        return page(
            "archive/new_batch.html",
            fit=fit,
            unfit=[(row, transfer_obstacle(row.kept)) for row in rows if row not in fit],
            agency_row=agency,
            several=len({row.package.agency_id for row in fit}) > 1,
            targets=[(one.value, TARGETS[one]) for one in TransferTarget if one in world().keeping.targets],
            locks=[(one.value, word(one, locale())) for one in (LockMode.GOVERNANCE, LockMode.COMPLIANCE)],
            choices=keeping.choices(session),
            **_words(),
        )


@pages.post("/archive/batches/new")
@for_roles(*KEEPERS)
@redraws(new)
def draft() -> Response:
    """The batch is listed; nothing is handed over yet."""
    form = read(NewShape)
    target: TransferTarget = form["target"]
    batch = NewBatch(
        agency_id=form["agency_id"],
        dossiers=form["dossiers"],
        name=form["name"],
        receiver=form["receiver"],
        target=target,
        lock_mode=form["lock_mode"] if target is TransferTarget.S3 else LockMode.NONE,
        description=form["description"],
        carrier_no=form["carrier_no"],
        carrier_kind=form["carrier_kind"],
    )
    made = verbs.draft(world(), me(), form["command_id"], batch)
    said(_("已编成批次 %(no)s。看过清单后再移交。", no=made["batch"]))
    return _to(made["batch"])


@pages.get("/archive/batches/<no>")
@for_roles(*KEEPERS)
def show(no: str) -> Response:
    """One batch: where it stands, its packages, its papers, the next act."""
    with look() as session:
        batch = transfers.by_no(session, no)
        lines = transfers.lines(session, batch)
        officers = [batch.made_by, batch.ordered_by, batch.confirmed_by, batch.acknowledged_by]
        return page(
            "archive/batch.html",
            fragment="archive/_batch.html",
            batch=batch,
            lines=lines,
            progress=transfers.progress(lines),
            refusable=[(one.dossier_no, one.dossier_no) for one in lines if one.line.state is HANDED_OVER],
            today=china_date(now()).isoformat(),
            agency_row=session.get(Agency, batch.agency_id),
            names=transfers.names_of(session, officers),
            confirmation=confirmation(batch),
            under_way=_under_way(batch.state, batch.parked_at is not None, batch.lock_mode, batch.confirmed_at),
            **_words(),
        )


def _under_way(state: TransferState, parked: bool, lock: LockMode, confirmed: object) -> bool:
    """Whether the scheduler works on it, so that the page looks again by itself."""
    return state is TransferState.ORDERED and not parked and (lock is not LockMode.COMPLIANCE or confirmed is not None)


@pages.post("/archive/batches/<no>/order")
@for_roles(*KEEPERS)
@redraws(show)
def order(no: str) -> Response:
    """The batch is to be handed over."""
    verbs.order(world(), me(), read(FormShape)["command_id"], no)
    said(_("已交办。系统逐包检测、写出、读回比对，进度在本页。"))
    return _to(no)


@pages.post("/archive/batches/<no>/confirm")
@for_roles(*KEEPERS)
@redraws(show)
def confirm(no: str) -> Response:
    """A second person confirms the lock that nobody can undo."""
    form = read(Typed)
    verbs.confirm(world(), me(), form["command_id"], no, form["typed"])
    said(_("已确认合规模式锁定。"))
    return _to(no)


@pages.post("/archive/batches/<no>/again")
@for_roles(*KEEPERS)
@redraws(show)
def again(no: str) -> Response:
    """What stopped for a person goes on."""
    verbs.again(world(), me(), read(FormShape)["command_id"], no)
    said(_("已重新办理。"))
    return _to(no)


@pages.post("/archive/batches/<no>/withdraw")
@for_roles(*KEEPERS)
@redraws(show)
def withdraw(no: str) -> Response:
    """The batch will not be handed over."""
    form = read(Reason)
    verbs.withdraw(world(), me(), form["command_id"], no, form["reason"])
    said(_("批次已撤销，其中的包可以另编批次。"))
    return _to(no)


@pages.post("/archive/batches/<no>/acknowledge")
@for_roles(*KEEPERS)
@redraws(show)
def acknowledge(no: str) -> Response:
    """What the receiving archive said is recorded with the signed form."""
    form = read(AckShape)
    told = Acknowledgement(
        received_by=form["received_by"],
        received_on=form["received_on"],
        opinion=form["opinion"],
        signed=_signed(),
        refused=dict.fromkeys(form["refused"], form["refused_why"]),
    )
    made = verbs.acknowledge(world(), me(), form["command_id"], no, told)
    said(_("已登记接收：%(accepted)s 件接收，%(refused)s 件退回。", accepted=made["accepted"], refused=made["refused"]))
    return _to(no)


def _signed() -> bytes:
    upload = request.files.get("signed")
    content = b"" if upload is None else bytes(upload.read(LARGEST + 1))
    if len(content) > LARGEST:
        raise Malformed(
            "还没有登记：文件超过 20 MB。", "Not recorded: the file is larger than 20 MB.",
            {"signed": [here(_("文件超过 20 MB，没有保存。请缩小后再选一次。"))]},
        )  # fmt: skip
    return content


@pages.get("/archive/batches/<no>/papers/<path:name>")
@for_roles(*KEEPERS)
def paper(no: str, name: str) -> Response:
    """One of the batch's own papers, or (`signed`) the signed form that came back."""
    with look() as session:
        content = _signed_form(session, no) if name == "signed" else verbs.document(world(), session, no, name)
    if content is None:
        abort(404)
    ending = name.rpartition(".")[2]
    kind = MEDIA_TYPES.get(ending, "application/octet-stream" if name == "signed" else "text/plain; charset=utf-8")
    if name == "signed" and content.startswith(b"%PDF-"):
        kind = "application/pdf"
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = "inline" if kind == "application/pdf" else "attachment"
    return answer


def _signed_form(session: Session, no: str) -> bytes | None:
    batch = transfers.by_no(session, no)
    return world().files.get(batch.signed_sha256) if batch.signed_sha256 else None


@pages.get("/archive/checks/<int:package_check_id>")
@for_roles(*KEEPERS)
def report(package_check_id: int) -> Response:
    """The report of one run of the four checks, as XML."""
    with look() as session:
        check = session.get(PackageCheck, package_check_id) or abort(404)
        content = world().files.get(check.report_sha256)
    answer = Response(content, content_type="application/xml")
    answer.headers["Content-Disposition"] = f"attachment; filename=check-{package_check_id}.xml"
    return answer


def _words() -> dict[str, Any]:
    return {**words(), "target": lambda one: TARGETS[one], "State": TransferState, "Lock": LockMode}


def _to(no: str) -> Response:
    answer: AnyResponse = redirect(url_for("batches.show", no=no), 303)
    assert isinstance(answer, Response)
    return answer
