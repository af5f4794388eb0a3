"""Hand packages over to the archive (移交): a batch is listed, ordered, written by the scheduler, acknowledged.

Listing touches nothing; ordering is the act that moves packages, so for a bucket in COMPLIANCE mode, which nobody can
undo, a second person must confirm it in typed words first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlmodel import Session, select

from logistics.actor import Actor
from logistics.decision import Fact
from logistics.errors import Malformed, Rejected, Said, Wrong
from logistics.rules import keeping, pictures
from logistics.rules.workdays import china_date
from logistics.store import keeping as kept
from logistics.store import transfers
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Agency, TransferBatch, TransferLine
from logistics.terms import LockMode, SignatureKind, TransferLineState, TransferState, TransferTarget

MOST = 2000  # packages in one batch
HELD_BACK, WAITING = TransferLineState.HELD_BACK, TransferLineState.WAITING


@dataclass(frozen=True)
class NewBatch:
    """What a keeper says of a batch: which dossiers' packages, to whom, on what. `carrier_*` for a medium only."""

    agency_id: int
    dossiers: Sequence[str]
    name: str
    receiver: str
    target: TransferTarget
    lock_mode: LockMode = LockMode.NONE
    description: str = ""
    carrier_no: str = ""
    carrier_kind: str = ""


def draft(ctx: Context, actor: Actor, command_id: str, new: NewBatch) -> dict[str, Any]:
    """A batch with these packages in order of their record numbers; nothing moves yet. Returns `{"batch": no}`.

    Raises `Rejected` (rule "not_transferable") naming packages that cannot go, `Malformed` at the fields.
    """
    with work(ctx, actor, "draft_transfer", command_id) as w:
        if w.done is not None:
            return w.done
        agency = _agency(w, actor, new.agency_id)
        _require_sound(ctx, new)
        rows = [kept.package_of(w.session, no) for no in dict.fromkeys(new.dossiers)]
        keeping.require_transferable((row.dossier_no, row.kept) for row in rows)
        if any(row.package.agency_id != agency.id for row in rows):
            raise Rejected(
                "一个批次只能有一个立档单位的包。请按单位分批。",
                "A batch holds the packages of one agency. Make a batch for each.",
                "one_agency",
            )
        year = china_date(w.now).year
        number = transfers.next_number(w.session, new.agency_id, year)
        batch = TransferBatch(
            no=f"{agency.code}-YJ{year}-{number:03d}",
            agency_id=new.agency_id,
            year=year,
            number=number,
            name=new.name.strip(),
            description=new.description.strip(),
            receiver=new.receiver.strip(),
            target=new.target,
            carrier_no=new.carrier_no.strip(),
            carrier_kind=new.carrier_kind.strip(),
            lock_mode=keeping.lock_for(new.target, new.lock_mode),
            state=TransferState.DRAFT,
            made_at=w.now,
            made_by=cast(int, actor.officer_id),
            documents={},
        )
        w.session.add(batch)
        w.session.flush()
        for seq, row in enumerate(sorted(rows, key=lambda row: row.package.record_no), 1):
            w.session.add(
                TransferLine(
                    batch_id=cast(int, batch.id),
                    dossier_id=row.package.dossier_id,
                    seq=seq,
                    package_id=cast(int, row.package.id),
                    state=WAITING,
                )
            )
        return w.finish(batch=batch.no)


def _agency(w: Work, actor: Actor, agency_id: int) -> Agency:
    """The agency, locked so that its batches are numbered without a gap. Raises `NotAllowed`."""
    keeping.require_keeper(actor.roles, actor.agencies, agency_id)
    return w.session.exec(select(Agency).where(Agency.id == agency_id).with_for_update(key_share=True)).one()


def _require_sound(ctx: Context, new: NewBatch) -> None:
    wrong: Wrong = {}
    if not new.name.strip():
        wrong["name"] = [
            Said("请填写交接工作名称，例如：2026 年度邮递专档移交。", "Name the hand-over, such as: Dossiers of 2026.")
        ]
    if not new.receiver.strip():
        wrong["receiver"] = [Said("请填写接收单位全称。", "Enter the full name of the archive that receives.")]
    if not new.dossiers:
        wrong["dossiers"] = [Said("还没有选归档信息包。", "No package is chosen yet.")]
    if len(set(new.dossiers)) > MOST:
        wrong["dossiers"] = [
            Said(f"一个批次最多 {MOST} 个包，请分批。", f"{MOST} packages at most in a batch. Make several.")
        ]
    if new.target not in ctx.keeping.targets:
        wrong["target"] = [
            Said("这种移交方式没有设置好。请系统管理人员设置，或改选。", "This way is not set up. Choose another.")
        ]
    if new.target is TransferTarget.MEDIUM and not (new.carrier_no.strip() and new.carrier_kind.strip()):
        wrong["carrier_no"] = [
            Said("离线载体须写明载体编号和类型、规格。", "A carrier needs its number, kind and size.")
        ]
    if wrong:
        raise Malformed("还没有编成批次：请补齐标红的地方。", "No batch yet: complete the marked places.", wrong)


def order(ctx: Context, actor: Actor, command_id: str, batch_no: str) -> dict[str, Any]:
    """The batch is to be handed over: the scheduler checks each package and writes what passes.

    In COMPLIANCE mode it waits for `confirm` by another person.
    """
    with work(ctx, actor, "order_transfer", command_id) as w:
        if w.done is not None:
            return w.done
        batch = _batch(w, actor, batch_no, TransferState.ORDERED)
        batch.state, batch.ordered_at, batch.ordered_by = TransferState.ORDERED, w.now, actor.officer_id
        w.session.add(batch)
        _tell(w, batch, "package:transfer_ordered", {"receiver": batch.receiver, "target": batch.target.value})
        return w.finish(batch=batch.no)


def confirmation(batch: TransferBatch) -> str:
    """What the second person types before a lock that nobody can undo."""
    return f"COMPLIANCE {batch.no}"


def confirm(ctx: Context, actor: Actor, command_id: str, batch_no: str, typed: str) -> dict[str, Any]:
    """The second person has confirmed that objects are locked for the whole retention and cannot be removed before.

    Raises `NotAllowed` (rule "two_people") for whoever ordered it, `Rejected` (rule "confirmation") for other words.
    """
    with work(ctx, actor, "confirm_transfer", command_id) as w:
        if w.done is not None:
            return w.done
        batch = _batch(w, actor, batch_no)
        if batch.state is not TransferState.ORDERED or batch.lock_mode is not LockMode.COMPLIANCE:
            keeping.require_move(batch.state, TransferState.ORDERED)
        if batch.confirmed_at is None:
            keeping.require_another(batch.ordered_by, actor.officer_id)
            keeping.require_typed(typed, confirmation(batch))
            batch.confirmed_at, batch.confirmed_by = w.now, actor.officer_id
            w.session.add(batch)
            _tell(w, batch, "package:lock_confirmed", {"lock": batch.lock_mode.value})
        return w.finish(batch=batch.no)


def again(ctx: Context, actor: Actor, command_id: str, batch_no: str) -> dict[str, Any]:
    """A batch that waits for a person is tried again, from where it was."""
    with work(ctx, actor, "retry_transfer", command_id) as w:
        if w.done is not None:
            return w.done
        batch = _batch(w, actor, batch_no)
        if batch.state is TransferState.ORDERED:
            batch.parked_at, batch.lease_until, batch.last_error = None, None, ""
            w.session.add(batch)
        return w.finish(batch=batch.no)


def withdraw(ctx: Context, actor: Actor, command_id: str, batch_no: str, reason: str) -> dict[str, Any]:
    """The batch will not be handed over; its packages can go into another. Not while the scheduler works on it."""
    with work(ctx, actor, "withdraw_transfer", command_id) as w:
        if w.done is not None:
            return w.done
        batch = _batch(w, actor, batch_no, TransferState.WITHDRAWN)
        why = keeping.require_reason(reason)
        working = batch.state is TransferState.ORDERED and batch.parked_at is None
        if working and (batch.lock_mode is not LockMode.COMPLIANCE or batch.confirmed_at is not None):
            raise Rejected(
                "批次正在移交，不能撤销。等它完成，或停下来等人处理时再撤销。",
                "The batch is being handed over. Wait until it is done, or stops for a person.",
                "transfer_under_way",
            )
        if batch.state is TransferState.ORDERED:
            _tell(w, batch, "package:transfer_withdrawn", {"why": why})
        for one in transfers.lines(w.session, batch):
            if one.line.state is WAITING:
                one.line.state, one.line.why = HELD_BACK, f"批次已撤销：{why}"
                w.session.add(one.line)
        batch.state, batch.last_error, batch.parked_at = TransferState.WITHDRAWN, why, None
        w.session.add(batch)
        return w.finish(batch=batch.no)


@dataclass(frozen=True)
class Acknowledgement:
    """What the receiving archive said. `refused`: dossier number -> why; `signed`: the signed 登记表, scanned."""

    received_by: str
    received_on: date
    opinion: str
    signed: bytes
    refused: Mapping[str, str]


def acknowledge(ctx: Context, actor: Actor, command_id: str, batch_no: str, said: Acknowledgement) -> dict[str, Any]:
    """The archive has the batch; packages it refused are back with the reason and can go into another batch."""
    with work(ctx, actor, "acknowledge_transfer", command_id) as w:
        if w.done is not None:
            return w.done
        batch = _batch(w, actor, batch_no, TransferState.ACKNOWLEDGED)
        found = [one for one in transfers.lines(w.session, batch) if one.line.state is TransferLineState.HANDED_OVER]
        _require_acknowledged(batch, said, {one.dossier_no for one in found}, china_date(w.now))
        sha256 = ctx.files.put(said.signed)
        batch.state, batch.acknowledged_at, batch.acknowledged_by = TransferState.ACKNOWLEDGED, w.now, actor.officer_id
        batch.received_by, batch.received_on = said.received_by.strip(), said.received_on
        batch.opinion, batch.signed_sha256 = said.opinion.strip(), sha256
        w.session.add(batch)
        for one in sorted(found, key=lambda one: one.line.dossier_id):
            why = said.refused.get(one.dossier_no, "").strip()
            state = TransferLineState.REFUSED if why else TransferLineState.ACCEPTED
            keeping.require_line_move(one.line.state, state)
            one.line.state, one.line.why = state, why
            w.session.add(one.line)
            data: dict[str, Any] = {
                "batch": batch.no,
                "receiver": batch.receiver,
                "received_on": said.received_on.isoformat(),
                "register_sha256": sha256,
                "sha256": one.package.sha256,
            }
            w.record(
                w.dossier(one.dossier_no),
                Fact("package:refused" if why else "package:acknowledged", why or batch.opinion, data),
            )
        return w.finish(batch=batch.no, accepted=len(found) - len(said.refused), refused=len(said.refused))


def _require_acknowledged(batch: TransferBatch, said: Acknowledgement, there: set[str], today: date) -> None:
    wrong: Wrong = {}
    if not said.received_by.strip():
        wrong["received_by"] = [Said("请填写接收单位经办人姓名。", "Enter who received it at the archive.")]
    handed = china_date(batch.handed_over_at) if batch.handed_over_at else today
    if not handed <= said.received_on <= today:
        wrong["received_on"] = [
            Said(
                f"接收日期应在移交日 {handed.isoformat()} 到今天之间。",
                f"A day from the hand-over ({handed.isoformat()}) to today.",
            )
        ]
    if not said.opinion.strip():
        wrong["opinion"] = [
            Said("请照登记表抄写接收意见，例如：同意接收。", "Copy the opinion from the register, such as: accepted.")
        ]
    try:
        pictures.media_type(SignatureKind.SLIP, said.signed)
    except Malformed as why:
        wrong["signed"] = list(why.fields["signature"])
    unknown = sorted(set(said.refused) - there)
    if unknown or any(len(why.strip()) < keeping.SHORTEST_REASON for why in said.refused.values()):
        wrong["refused"] = [
            Said(
                "退回的包须在本批次里，并逐个写明退回原因（至少 4 个字）。",
                "Each refused package is one of this batch, with its reason (4 letters or more).",
            )
        ]
    if wrong:
        raise Malformed("还没有登记：请补齐标红的地方。", "Not recorded yet: complete the marked places.", wrong)


def _batch(w: Work, actor: Actor, batch_no: str, to: TransferState | None = None) -> TransferBatch:
    """The batch, locked, of an agency the actor keeps, which may go to the state. Raises `NotYours`, `NotAllowed`."""
    batch = transfers.by_no(w.session, batch_no, lock=True)
    keeping.require_keeper(actor.roles, actor.agencies, batch.agency_id)
    if to is not None:
        keeping.require_move(batch.state, to)
    return batch


def _tell(w: Work, batch: TransferBatch, what: str, more: Mapping[str, Any]) -> None:
    """Each waiting package's dossier has the fact; locks in one order for everybody."""
    waiting = [one for one in transfers.lines(w.session, batch) if one.line.state is WAITING]
    for one in sorted(waiting, key=lambda one: one.line.dossier_id):
        data: dict[str, Any] = {"batch": batch.no, "sha256": one.package.sha256, **more}
        w.record(w.dossier(one.dossier_no), Fact(what, "", data))


def document(ctx: Context, session: Session, batch_no: str, path: str) -> bytes | None:
    """One of the batch's own papers by its place in the hand-over; None when it has none such."""
    sha256 = transfers.by_no(session, batch_no).documents.get(path)
    return None if sha256 is None else ctx.files.get(str(sha256))
