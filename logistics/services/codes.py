"""A manager decides once what a courier's unknown code means; everything that was told in it is then read again."""

from __future__ import annotations

from typing import Any

from sqlmodel import select

from couriers.contract import Milestone, Reason
from logistics.actor import SYSTEM, Actor
from logistics.decision import Fact
from logistics.errors import NotYours, Rejected
from logistics.rules import access
from logistics.rules.reading import REASONS, Meanings
from logistics.store import codes
from logistics.store.context import Context
from logistics.store.following import follow
from logistics.store.meanings import meanings
from logistics.store.work import Work, work
from logistics.tables import CodeMapping, Consignment, Dossier, Officer, Tracking

NO_LONGER_DELIVERED = "代码含义变更，重读轨迹后妥投不再成立"


def map_code(
    ctx: Context,
    actor: Actor,
    command_id: str,
    courier: str,
    code: str,
    detail_code: str,
    milestone: Milestone,
    reason: Reason | None,
    why: str,
) -> dict[str, Any]:
    """The code means `milestone` from now on, by this manager's decision; UNRECOGNISED takes the last decision back.

    `detail_code` "" decides for every detail that has no decision of its own. Statements stored before are read again
    by `reread`, over all agencies, and their dossiers' ledgers say by whom and why. Raises `NotAllowed`; `NotYours` for
    a code in no dossier of theirs; `Rejected` (rules "why", "reason", "same_meaning").
    """
    with work(ctx, actor, "map_code", command_id) as w:
        if w.done is not None:
            return w.done
        access.require_role(actor.roles, access.role_for("map_code"))
        if not code or not codes.seen(w.session, courier, code, detail_code):
            raise NotYours("未识别的代码", "unknown code")
        _refuse(milestone, reason, why)
        codes.hold_decisions(w.session)
        before = codes.versions(w.session, courier, code, detail_code)
        last = (before[-1].milestone, before[-1].reason) if before else (Milestone.UNRECOGNISED, None)
        if last == (milestone, reason):
            raise Rejected("这个代码现在就是这个含义，没有改动。", "The code has this meaning already.", "same_meaning")
        row = CodeMapping(
            courier=courier,
            code=code,
            detail_code=detail_code,
            version=len(before) + 1,
            milestone=milestone,
            reason=reason,
            why=why.strip(),
            decided_at=w.now,
            decided_by=actor.officer_id or 0,
        )
        w.session.add(row)
        w.session.flush()
        return w.finish(mapping=row.id, version=row.version)


def _refuse(milestone: Milestone, reason: Reason | None, why: str) -> None:
    if not why.strip():
        raise Rejected(
            "请写明依据，例如快递方的书面答复。", "Say what the decision rests on, such as the courier's answer.", "why"
        )
    if reason is not None and reason not in REASONS.get(milestone, ()):
        raise Rejected(
            "这个节点没有这种原因。请改选原因，或不选。",
            "This milestone has no such reason. Choose another, or none.",
            "reason",
        )


def reread(ctx: Context, consignment_no: str) -> int:
    """The consignment has followed its events with every decision made since it last did; how many concerned it.

    For the system, which sees all agencies. A closed dossier stays as it was closed.
    """
    with work(ctx, SYSTEM, "reread") as w:
        dossier, consignment = w.consignment(consignment_no)
        if dossier.closed_at is not None:
            return 0
        rows = w.session.exec(
            select(Tracking).where(
                Tracking.consignment_id == consignment.id, Tracking.milestone == Milestone.UNRECOGNISED
            )
        ).all()
        known = meanings(w.session, rows)
        fresh = [one for one in known.versions if (one.id or 0) > consignment.read_with]
        told = 0
        for mapping in fresh:
            concerned = [row for row in rows if _concerns(known.as_of(mapping.id or 0), mapping, row)]
            if concerned:
                _record(w, dossier, consignment, mapping, concerned)
                told += 1
        follow(w, dossier, consignment, taken_back=NO_LONGER_DELIVERED)
        return told


def _concerns(known: Meanings, mapping: CodeMapping, row: Tracking) -> bool:
    """Whether that decision changed how the row was read: it holds for it now, or was taken back from it."""
    if (mapping.courier, mapping.code) != (row.courier, row.code) or mapping.detail_code not in ("", row.detail_code):
        return False
    return known.of(row) is mapping or mapping.milestone is Milestone.UNRECOGNISED


def _record(w: Work, dossier: Dossier, consignment: Consignment, mapping: CodeMapping, rows: list[Tracking]) -> None:
    data: dict[str, Any] = {
        "waybill": consignment.waybill_no,
        "courier": mapping.courier,
        "code": mapping.code,
        "detail": mapping.detail_code,
        "milestone": mapping.milestone.value,
        "reason": mapping.reason.value if mapping.reason else "",
        "version": mapping.version,
        "events": len(rows),
        "decided_by": w.session.get_one(Officer, mapping.decided_by).name,
    }
    w.record(dossier, Fact("tracking:reread", mapping.why, data), consignment)
