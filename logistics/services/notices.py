"""What an officer was told: acknowledged by that officer, once, one by one or many together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlmodel import col, select

from logistics.actor import Actor
from logistics.decision import Fact
from logistics.errors import NotYours
from logistics.store.context import Context
from logistics.store.lists import one_of
from logistics.store.work import Work, work
from logistics.tables import Deadline, Dossier, Notice


def acknowledge(ctx: Context, actor: Actor, notice_id: int, *, command_id: str | None = None) -> None:
    """The notice is acknowledged, as `acknowledge_all` has it. Raises `NotYours`."""
    acknowledge_all(ctx, actor, [notice_id], command_id=command_id)


def acknowledge_all(ctx: Context, actor: Actor, notice_ids: Sequence[int], *, command_id: str | None = None) -> int:
    """These notices are acknowledged, a second time changes nothing; how many were not before.

    The ledger says once for each deadline that this officer knows of it, for escalation waits for that
    (`rules.ladder`). What was acknowledged and has not left the house stays in it. Raises `NotYours`.
    """
    with work(ctx, actor, "acknowledge_notice", command_id, later=True) as doing:
        if doing.done is not None:
            return int(doing.done["acknowledged"])
        wanted = one_of(sorted(set(notice_ids)))
        where = col(Notice.id) == wanted, Notice.officer_id == actor.officer_id
        rows = doing.session.exec(select(Notice).where(*where)).all()
        if len(rows) < len(set(notice_ids)):
            raise NotYours("提醒", "notice")
        # the dossiers first, in order of their ids: whoever fires rungs of them now has decided, or will see this word
        dossiers = _locked(doing, rows)
        unread = doing.session.exec(
            select(Notice)
            .where(*where, col(Notice.acknowledged_at).is_(None))
            .order_by(col(Notice.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        known = _known(doing, unread)
        for notice in unread:
            notice.acknowledged_at = doing.now
            notice.outside_at = None if notice.posted_at is None else notice.outside_at
            doing.session.add(notice)
        _say(doing, {notice.deadline_id for notice in unread} - known - {None}, dossiers)
        doing.finish(acknowledged=len(unread))
        return len(unread)


def _locked(doing: Work, notices: Sequence[Notice]) -> dict[int, Dossier]:
    """The dossiers of these notices that the officer still sees."""
    wanted = one_of(sorted({notice.dossier_id for notice in notices if notice.dossier_id is not None}))
    found = doing.session.exec(
        select(Dossier).where(col(Dossier.id) == wanted).order_by(col(Dossier.id)).with_for_update()
    )
    return {cast(int, dossier.id): dossier for dossier in found}


def _known(doing: Work, notices: Sequence[Notice]) -> set[int | None]:
    """The deadlines among theirs of which the officer acknowledged something before."""
    wanted = one_of(sorted({notice.deadline_id for notice in notices if notice.deadline_id is not None}))
    return set(
        doing.session.exec(
            select(Notice.deadline_id).where(
                col(Notice.deadline_id) == wanted,
                Notice.officer_id == doing.actor.officer_id,
                col(Notice.acknowledged_at).is_not(None),
            )
        )
    )


def _say(doing: Work, deadline_ids: set[int | None], dossiers: dict[int, Dossier]) -> None:
    doing.chains.know([*dossiers.values()])
    wanted = one_of(sorted(id_ for id_ in deadline_ids if id_ is not None))
    for row in doing.session.exec(select(Deadline).where(col(Deadline.id) == wanted).order_by(col(Deadline.id))):
        if row.dossier_id in dossiers:
            data = {"key": row.key, "officer": doing.actor.officer_id}
            doing.record(dossiers[row.dossier_id], Fact("deadline:acknowledged", "", data))
