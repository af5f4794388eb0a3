"""Holds and disposals (保全、处置): what protects a package at once, and what two people decide when its time is over.

A hold protects from the moment one person sets it; a second confirms it, and it takes two to lift it. A disposal is
proposed by one and approved by another; the scheduler carries it out (`services.keeping.dispose`). Nothing here, and
nothing anywhere else, disposes of a package by itself.
"""

from __future__ import annotations

from typing import Any, cast

from logistics.actor import Actor
from logistics.decision import Fact
from logistics.errors import NotYours, Rejected
from logistics.rules import keeping
from logistics.store.context import Context
from logistics.store.keeping import Row, package_of
from logistics.store.work import Work, work
from logistics.tables import Disposal, Dossier, KeptPackage, LegalHold


def set_hold(ctx: Context, actor: Actor, command_id: str, dossier_no: str, reason: str) -> dict[str, Any]:
    """The package is protected from now on. Raises `Rejected` where a hold is in force already."""
    with work(ctx, actor, "set_hold", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, row = _package(w, actor, dossier_no)
        why = keeping.require_reason(reason)
        if row.hold is not None:
            raise Rejected(
                "这个包已在保全中。保全理由有变化的，先解除再重新设置。",
                "The package is under hold already. Lift it before setting another.",
                "held",
            )
        if row.disposal is not None and row.disposal.done_at is not None:
            raise Rejected("包已处置，没有可保全的。", "The package was disposed of.", "disposed")
        hold = LegalHold(dossier_id=cast(int, dossier.id), reason=why, set_at=w.now, set_by=cast(int, actor.officer_id))
        w.session.add(hold)
        w.session.flush()
        _record(w, dossier, "package:held", why, row.package)
        return w.finish(dossier=dossier.no, hold=hold.id)


def confirm_hold(ctx: Context, actor: Actor, command_id: str, dossier_no: str) -> dict[str, Any]:
    """A second person stands behind the hold."""
    with work(ctx, actor, "confirm_hold", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, row = _package(w, actor, dossier_no)
        hold = _in_force(row)
        if hold.confirmed_at is None:
            keeping.require_another(hold.set_by, actor.officer_id)
            hold.confirmed_at, hold.confirmed_by = w.now, actor.officer_id
            w.session.add(hold)
            w.session.flush()
            _record(w, dossier, "package:hold_confirmed", hold.reason, row.package)
        return w.finish(dossier=dossier.no)


def ask_lift(ctx: Context, actor: Actor, command_id: str, dossier_no: str, reason: str) -> dict[str, Any]:
    """Somebody wants the hold lifted; it stays in force until another person lifts it."""
    with work(ctx, actor, "ask_lift", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, row = _package(w, actor, dossier_no)
        hold, why = _in_force(row), keeping.require_reason(reason)
        hold.lift_reason, hold.lift_asked_at, hold.lift_asked_by = why, w.now, actor.officer_id
        w.session.add(hold)
        w.session.flush()
        _record(w, dossier, "package:lift_asked", why, row.package)
        return w.finish(dossier=dossier.no)


def lift(ctx: Context, actor: Actor, command_id: str, dossier_no: str) -> dict[str, Any]:
    """The hold is lifted by somebody else than who asked for it."""
    with work(ctx, actor, "lift_hold", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, row = _package(w, actor, dossier_no)
        hold = _in_force(row)
        if hold.lift_asked_at is None:
            raise Rejected(
                "还没有人申请解除。请先由一人写明理由申请，再由另一人解除。",
                "Nobody asked to lift it. One asks with a reason, another lifts.",
                "lift_not_asked",
            )
        keeping.require_another(hold.lift_asked_by, actor.officer_id)
        hold.lifted_at, hold.lifted_by = w.now, actor.officer_id
        w.session.add(hold)
        w.session.flush()
        _record(w, dossier, "package:hold_lifted", hold.lift_reason, row.package)
        return w.finish(dossier=dossier.no)


def propose(ctx: Context, actor: Actor, command_id: str, dossier_no: str, reason: str) -> dict[str, Any]:
    """The package is proposed for disposal. Raises `Rejected` (rule "not_disposable") too early, or under hold."""
    with work(ctx, actor, "propose_disposal", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, row = _package(w, actor, dossier_no)
        why = keeping.require_reason(reason)
        keeping.require_disposable(row.kept, w.now)
        until = row.until
        assert until is not None, "what may be disposed of has an end of its retention"
        found = Disposal(
            dossier_id=cast(int, dossier.id),
            package_id=cast(int, row.package.id),
            retained_until=until,
            reason=why,
            proposed_at=w.now,
            proposed_by=cast(int, actor.officer_id),
        )
        w.session.add(found)
        w.session.flush()
        _record(w, dossier, "package:disposal_proposed", why, row.package)
        return w.finish(dossier=dossier.no)


def approve(ctx: Context, actor: Actor, command_id: str, dossier_no: str, typed: str) -> dict[str, Any]:
    """Another person approves, having typed the dossier's number; the scheduler then removes the files.

    All that stood in the way of proposing is looked at again.
    """
    with work(ctx, actor, "approve_disposal", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, row = _package(w, actor, dossier_no)
        found = _proposed(row)
        keeping.require_another(found.proposed_by, actor.officer_id)
        keeping.require_typed(typed, dossier.no)
        keeping.require_disposable(_as_if_not_proposed(row), w.now)
        found.approved_at, found.approved_by = w.now, actor.officer_id
        w.session.add(found)
        w.session.flush()
        _record(w, dossier, "package:disposal_approved", found.reason, row.package)
        return w.finish(dossier=dossier.no)


def refuse(ctx: Context, actor: Actor, command_id: str, dossier_no: str, reason: str) -> dict[str, Any]:
    """The proposal is turned down, or taken back by whoever made it; the package is kept."""
    with work(ctx, actor, "refuse_disposal", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, row = _package(w, actor, dossier_no)
        found, why = _proposed(row), keeping.require_reason(reason)
        found.refused_at, found.refused_by, found.refused_why = w.now, actor.officer_id, why
        w.session.add(found)
        w.session.flush()
        _record(w, dossier, "package:disposal_refused", why, row.package)
        return w.finish(dossier=dossier.no)


def _package(w: Work, actor: Actor, dossier_no: str) -> tuple[Dossier, Row]:
    """The dossier, locked, and its package as it stands then. Raises `NotYours`, `NotAllowed`."""
    dossier = w.dossier(dossier_no)
    row = package_of(w.session, dossier_no)
    keeping.require_keeper(actor.roles, actor.agencies, row.package.agency_id)
    return dossier, row


def _in_force(row: Row) -> LegalHold:
    if row.hold is None:
        raise NotYours("保全", "hold")
    return row.hold


def _proposed(row: Row) -> Disposal:
    found = row.disposal
    if found is None or found.approved_at is not None:
        raise Rejected(
            "没有等待批准的处置。请刷新页面看它现在的状态。",
            "No proposal waits for approval. Reload the page.",
            "not_proposed",
        )
    return found


def _as_if_not_proposed(row: Row) -> keeping.Kept:
    one = row.package
    return keeping.Kept(one.retention, one.year, row.hold is not None, row.line, False)


def _record(w: Work, dossier: Dossier, what: str, why: str, package: KeptPackage) -> None:
    data: dict[str, Any] = {
        "record_no": package.record_no,
        "archival_code": package.archival_code,
        "sha256": package.sha256,
    }
    w.record(dossier, Fact(what, why, data))
