"""Move open clocks to a new version of a rule: asked for, listed, confirmed, and then moved exactly as listed.

As with an announcement of days off (`services.calendars`): the list is made and the clocks are moved by the scheduler,
which sees every agency's dossiers, each dossier in its own transaction with an entry in its ledger.
"""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, delete, func, select

from logistics.actor import SYSTEM, Actor
from logistics.decision import Fact
from logistics.errors import Rejected
from logistics.store import policies, policy_moves, recomputing
from logistics.store.context import Context
from logistics.store.policy_rights import require_may_make
from logistics.store.work import Work, work
from logistics.tables import Deadline, Dossier, PolicyMove, PolicyVersion

BATCH = 500


def ask(ctx: Context, actor: Actor, command_id: str, version_id: int) -> dict[str, Any]:
    """The scheduler will list the open clocks that the version would move. Made anew when it is asked again.

    Raises `Rejected` for a version that does not count ("not_in_force") and for one that was applied already.
    """
    with work(ctx, actor, "ask_policy_moves", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, version_id)
        if not policies.counts(w.session, row, w.now):
            raise Rejected(
                "这一版现在不生效（等批准、未到起用日，或已被新版取代），不能用于已经起算的时限。",
                "This version does not count now, so no open clock can be moved to it.",
                "not_in_force",
            )
        if row.applied_at is not None or (row.confirmed_at is not None and row.dropped_at is None):
            raise Rejected(
                "已经起算的时限已按这一版重算过，或正在重算。", "Open clocks were moved to it already.", "settled"
            )
        row.asked_at, row.asked_by, row.listed_at, row.dropped_at = w.now, actor.officer_id, None, None
        w.session.add(row)
        return w.finish(policy=version_id)


def list_moves(ctx: Context, version_id: int) -> int:
    """Every open clock that the version would move is listed; how many. Nothing has moved."""
    with work(ctx, SYSTEM, "list_policy_moves") as w:
        row = policies.locked(w.session, version_id)
        w.session.execute(delete(PolicyMove).where(col(PolicyMove.version_id) == version_id))
        look, after, count = policy_moves.Look(w.session, row, w.now), 0, 0
        while found := policy_moves.concerned(w.session, row, after, BATCH):
            listed = [one for pair in found if (one := look.move(*pair)) is not None]
            w.session.add_all(
                PolicyMove(
                    version_id=version_id,
                    dossier_id=one.deadline.dossier_id,
                    deadline_id=one.deadline.id or 0,
                    due_before=one.deadline.due_at,
                    due_after=one.planned.due_at,
                )
                for one in listed
            )
            w.session.flush()
            after, count = found[-1][0].id or 0, count + len(listed)
        row.listed_at = w.now
        w.session.add(row)
        return count


def confirm(ctx: Context, actor: Actor, command_id: str, version_id: int) -> dict[str, Any]:
    """The scheduler moves the listed clocks. Raises `Rejected` before the list was made ("not_listed")."""
    with work(ctx, actor, "confirm_policy_moves", command_id) as w:
        if w.done is not None:
            return w.done
        row = _listed(w, actor, version_id)
        row.confirmed_at, row.confirmed_by = w.now, actor.officer_id
        w.session.add(row)
        counted = select(func.count()).select_from(PolicyMove).where(PolicyMove.version_id == version_id)
        return w.finish(policy=version_id, seen=w.session.exec(counted).one())


def drop(ctx: Context, actor: Actor, command_id: str, version_id: int) -> dict[str, Any]:
    """The list is put aside: the version counts for new clocks only."""
    with work(ctx, actor, "drop_policy_moves", command_id) as w:
        if w.done is not None:
            return w.done
        row = _listed(w, actor, version_id)
        row.dropped_at = w.now
        w.session.add(row)
        return w.finish(policy=version_id)


def apply(ctx: Context, version_id: int, limit: int = BATCH) -> int:
    """Up to `limit` further clocks have been looked at, each dossier in its own transaction; how many.

    0 when all are done, and then the version says so. Only what was listed is moved, and only where it still moves.
    """
    with Session(ctx.engine) as session:
        row = session.get_one(PolicyVersion, version_id)
        found = session.exec(
            select(PolicyMove.deadline_id, PolicyMove.dossier_id)
            .where(PolicyMove.version_id == version_id, PolicyMove.deadline_id > row.reached)
            .order_by(col(PolicyMove.deadline_id))
            .limit(limit)
        ).all()
    for deadline_id, dossier_id in found:
        _apply(ctx, version_id, deadline_id, dossier_id)
    if not found:
        with work(ctx, SYSTEM, "policy_applied") as w:
            row = policies.locked(w.session, version_id)
            row.applied_at = row.applied_at or w.now
            w.session.add(row)
    return len(found)


def _apply(ctx: Context, version_id: int, deadline_id: int, dossier_id: int) -> None:
    with work(ctx, SYSTEM, "recompute") as w:
        row = policies.locked(w.session, version_id)
        if deadline_id <= row.reached:
            return  # another scheduler was here first
        row.reached = deadline_id
        w.session.add(row)
        dossier = w.session.exec(select(Dossier).where(Dossier.id == dossier_id).with_for_update()).one()
        deadline = w.session.get_one(Deadline, deadline_id, populate_existing=True)
        if deadline.met_at is None and deadline.waived_at is None and deadline.paused_at is None:
            _move(w, row, dossier, deadline)


def _move(w: Work, row: PolicyVersion, dossier: Dossier, deadline: Deadline) -> None:
    moved = policy_moves.Look(w.session, row, w.now).move(deadline, dossier)
    if moved is None:
        return
    why = f"时限规则改版，经确认用于已起算的时限：{moved.words}"
    before = deadline.policy.get("version")
    deadline.policy = dict(moved.frozen)
    said = recomputing.again(w.session, deadline, w.now, why)
    w.record(dossier, Fact(said.what, said.why, {**said.data, "rule_before": before, "rule": moved.frozen["version"]}))
    listed = w.session.exec(
        select(PolicyMove).where(PolicyMove.version_id == row.id, PolicyMove.deadline_id == deadline.id)
    ).one()
    listed.applied_at = w.now
    w.session.add(listed)


def _theirs(w: Work, actor: Actor, version_id: int) -> PolicyVersion:
    row = policies.locked(w.session, version_id)
    require_may_make(w.session, actor, policies.subject_of(row))
    return row


def _listed(w: Work, actor: Actor, version_id: int) -> PolicyVersion:
    row = _theirs(w, actor, version_id)
    if row.asked_at is None or row.listed_at is None:
        raise Rejected(
            "还没有列出这一版会改动哪些时限。请稍候片刻，看过清单再确认。",
            "What it moves is not listed yet. Wait for the list, then confirm.",
            "not_listed",
        )
    if row.confirmed_at is not None or row.dropped_at is not None:
        raise Rejected("这份清单已经确认或放弃。", "The list was confirmed or put aside already.", "settled")
    return row
