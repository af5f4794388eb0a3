"""Announce days off and days worked instead; see first what that would move; then confirm, and have it moved.

The list is made and the deadlines are moved by the scheduler, which sees every agency's dossiers: `list_moves` before
anybody confirms, `apply` after.
"""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, delete, func, select

from logistics.actor import SYSTEM, Actor
from logistics.errors import NotAllowed, NotYours, Rejected
from logistics.rules import access
from logistics.rules.recomputing import moves, replanned
from logistics.rules.workdays import (
    CalendarError,
    Notice,
    SpecialDay,
    parse_days,
    read_announcement,
    read_closures,
)
from logistics.store import calendars, recomputing
from logistics.store.context import Context
from logistics.store.uppermost import is_uppermost
from logistics.store.work import Work, work
from logistics.tables import CalendarMove, CalendarNotice, Deadline, Dossier
from logistics.terms import Role

BATCH = 500


def draft_states(
    ctx: Context, actor: Actor, command_id: str | None, text: str, region_code: str = "", year: int | None = None
) -> dict[str, Any]:
    """The state's notice (or a region's own days) is drafted from its words or from CSV; nothing moves yet.

    CSV (`date,kind,name,follows`) needs the `year` it settles. Returns `{"notice": id, "year", "days"}`. Raises
    `CalendarError` for what cannot be read, `NotAllowed` for anybody but an administrator of the uppermost agency.
    """
    with work(ctx, actor, "draft_calendar", command_id) as w:
        if w.done is not None:
            return w.done
        if actor is not SYSTEM:
            _require_uppermost(w, actor)
        notice, days = _read(text, region_code, year)
        row = CalendarNotice(
            region_code=region_code,
            year=notice.year,
            title=notice.title,
            number=notice.number,
            dated=notice.dated,
            days=calendars.plain_days(days),
            source_text=text,
            drafted_at=w.now,
            drafted_by=actor.officer_id,
        )
        return _drafted(w, row)


def draft_own(ctx: Context, actor: Actor, command_id: str, text: str) -> dict[str, Any]:
    """Days on which the officer's own agency closes or opens are drafted, a line each (`read_closures`)."""
    with work(ctx, actor, "draft_closures", command_id) as w:
        if w.done is not None:
            return w.done
        access.require_role(actor.roles, Role.ADMINISTRATOR)
        days = read_closures(text)
        row = CalendarNotice(
            agency_id=actor.agency_id,
            year=days[0].day.year,
            title=f"{actor.agency}收件安排",
            days=calendars.plain_days(days),
            source_text=text,
            drafted_at=w.now,
            drafted_by=actor.officer_id,
        )
        return _drafted(w, row)


def _drafted(w: Work, row: CalendarNotice) -> dict[str, Any]:
    w.session.add(row)
    w.session.flush()
    return w.finish(notice=row.id, year=row.year, days=len(row.days))


def _read(text: str, region_code: str, year: int | None) -> tuple[Notice, tuple[SpecialDay, ...]]:
    if text.lstrip("\ufeff \n").startswith("date,"):
        days = tuple(parse_days(text))
        if not days or year is None:
            raise CalendarError(
                "表格里没有日期，或没有说明是哪一年的安排。", "the table has no day, or the year was not given"
            )
        return Notice(year, f"{year}年节假日安排（表格导入）"), days
    if region_code:
        days = read_closures(text)
        return Notice(days[0].day.year, f"{region_code} 地方节假日安排"), days
    return read_announcement(text)


def _require_uppermost(w: Work, actor: Actor) -> None:
    access.require_role(actor.roles, Role.ADMINISTRATOR)
    if not is_uppermost(w.session, actor):
        raise NotAllowed(
            "全国和地方的放假通知由最上级单位的系统管理员录入。本单位可录入自己的停止收件日。",
            "The state's notices are entered by the uppermost agency's administrator.",
            "agency",
        )


def list_moves(ctx: Context, notice_id: int) -> int:
    """Every open deadline that the drafted announcement would move is listed; how many. Made anew when asked again."""
    with work(ctx, SYSTEM, "list_calendar_moves") as w:
        notice = _notice(w, notice_id)
        w.session.execute(delete(CalendarMove).where(col(CalendarMove.notice_id) == notice_id))
        after, count = 0, 0
        while found := calendars.concerned(w.session, notice, after, BATCH):
            rows = [row for one in found if (row := _move(w.session, notice, one)) is not None]
            w.session.add_all(rows)
            w.session.flush()
            after, count = found[-1].id or 0, count + len(rows)
        notice.listed_at = w.now
        w.session.add(notice)
        return count


def _move(session: Session, notice: CalendarNotice, deadline: Deadline) -> CalendarMove | None:
    standing = recomputing.frozen(deadline)
    planned = replanned(standing, recomputing.calendar_of(session, deadline, beside=notice))
    if not moves(standing, planned):
        return None
    return CalendarMove(
        notice_id=notice.id or 0,
        dossier_id=deadline.dossier_id,
        deadline_id=deadline.id or 0,
        due_before=deadline.due_at,
        due_after=planned.due_at,
        provisional_before=deadline.provisional,
        provisional_after=planned.provisional,
    )


def confirm(ctx: Context, actor: Actor, command_id: str | None, notice_id: int) -> dict[str, Any]:
    """The announcement is in force: new clocks start by it, open ones are moved by the scheduler.

    Raises `Rejected` before the list of what it moves was made ("not_listed") and when it was settled already.
    """
    with work(ctx, actor, "confirm_calendar", command_id) as w:
        if w.done is not None:
            return w.done
        notice = _theirs(w, actor, notice_id)
        if notice.listed_at is None:
            raise Rejected(
                "还没有列出这份通知会改动哪些时限。请稍候片刻，看过清单再确认。",
                "What it moves is not listed yet. Wait for the list, then confirm.",
                "not_listed",
            )
        recomputing.announce(w.session)
        notice.confirmed_at, notice.confirmed_by = w.now, actor.officer_id
        w.session.add(notice)
        return w.finish(notice=notice_id, listed=_listed(w.session, notice_id))


def withdraw(ctx: Context, actor: Actor, command_id: str, notice_id: int) -> dict[str, Any]:
    """The draft is put aside; nothing has moved."""
    with work(ctx, actor, "withdraw_calendar", command_id) as w:
        if w.done is not None:
            return w.done
        notice = _theirs(w, actor, notice_id)
        notice.withdrawn_at = w.now
        w.session.add(notice)
        return w.finish(notice=notice_id)


def apply(ctx: Context, notice_id: int, limit: int = BATCH) -> int:
    """Up to `limit` further deadlines have been looked at by the confirmed announcement, each dossier in its own
    transaction; how many. 0 when all are done, and then the announcement says so.
    """
    with Session(ctx.engine) as session:
        notice = session.get_one(CalendarNotice, notice_id)
        found = calendars.concerned(session, notice, notice.reached, limit)
        ids = [(deadline.id or 0, deadline.dossier_id) for deadline in found]
    for deadline_id, dossier_id in ids:
        _apply(ctx, notice_id, deadline_id, dossier_id)
    if not ids:
        with work(ctx, SYSTEM, "calendar_applied") as w:
            notice = w.session.get_one(CalendarNotice, notice_id, with_for_update=True)
            notice.applied_at = notice.applied_at or w.now
            w.session.add(notice)
    return len(ids)


def _apply(ctx: Context, notice_id: int, deadline_id: int, dossier_id: int) -> None:
    with work(ctx, SYSTEM, "recompute") as w:
        notice = w.session.get_one(CalendarNotice, notice_id, with_for_update=True)
        dossier = w.session.exec(select(Dossier).where(Dossier.id == dossier_id).with_for_update()).one()
        deadline = w.session.get_one(Deadline, deadline_id, populate_existing=True)
        if deadline_id > notice.reached:
            notice.reached = deadline_id
            w.session.add(notice)
            if deadline.met_at is None and deadline.waived_at is None:
                _recompute(w, notice, dossier, deadline)


def _recompute(w: Work, notice: CalendarNotice, dossier: Dossier, deadline: Deadline) -> None:
    standing = recomputing.frozen(deadline)
    planned = replanned(standing, recomputing.calendar_of(w.session, deadline))
    if not moves(standing, planned):
        return
    w.record(dossier, recomputing.replan(w.session, deadline, planned, w.now, notice.title))
    listed = w.session.exec(
        select(CalendarMove).where(CalendarMove.notice_id == notice.id, CalendarMove.deadline_id == deadline.id)
    ).first()
    if listed is not None:
        listed.applied_at = w.now
        w.session.add(listed)


def _notice(w: Work, notice_id: int) -> CalendarNotice:
    notice = w.session.get(CalendarNotice, notice_id, with_for_update=True)
    if notice is None:
        raise NotYours("放假通知", "calendar notice")
    return notice


def _theirs(w: Work, actor: Actor, notice_id: int) -> CalendarNotice:
    notice = _notice(w, notice_id)
    if actor is not SYSTEM:
        access.require_role(actor.roles, Role.ADMINISTRATOR)
        if notice.agency_id is None:
            _require_uppermost(w, actor)
        elif notice.agency_id != actor.agency_id:
            raise NotYours("放假通知", "calendar notice")
    if notice.confirmed_at is not None or notice.withdrawn_at is not None:
        raise Rejected("这份通知已经确认或撤回。", "It was confirmed or withdrawn already.", "settled")
    return notice


def _listed(session: Session, notice_id: int) -> int:
    statement = select(func.count()).select_from(CalendarMove).where(CalendarMove.notice_id == notice_id)
    return session.exec(statement).one()
