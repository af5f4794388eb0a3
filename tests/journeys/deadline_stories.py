"""Stories of deadlines, played with a clock that stands still but for `until`: over holidays, paused, taken back,
waived, ordered by a manager. Tests ask what came of them; the browser shows them."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from couriers.contract import Booking, Milestone, TrackingEvent
from logistics.actor import Actor
from logistics.rules.workdays import CHINA
from logistics.services import deadlines, dispatch, dossiers, pauses, reminding, supervision, tracking
from logistics.services.supervision import NewOrder
from logistics.tables import Agreement, Deadline, Dossier, LedgerEntry, Notice, Officer, Rung, ServiceItem
from logistics.terms import Cause
from scheduler import pauses as turning
from scheduler import reminders
from tests import builders
from tests.builders import House

FIRST = "accept_to_dispatch"
WAYBILL = "1100000000011"


def china(text: str) -> datetime:
    """`2026-09-30 16:00` on a clock in China."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)


def until(hall: House, text: str) -> None:
    """It is that time in China; every rung has fired at its own moment."""
    end = china(text)
    while (moment := reminding.next_moment(hall.system)) is not None and moment <= end:
        hall.clock.now = max(moment, hall.clock.now)
        turning.once(hall.system)
        assert reminders.once(hall.system) > 0, moment
    hall.clock.now = end
    turning.once(hall.system)


def opened(hall: House, text: str) -> str:
    """A dossier that was opened then; its number."""
    until(hall, text)
    with Session(hall.system.engine) as session:
        agreement = session.exec(select(Agreement.id).where(Agreement.no == "XN-FR-2026-01")).one()
        item = session.exec(select(ServiceItem.id).where(ServiceItem.code == "430102-XL-001")).one()
    new = builders.new_dossier(agreement or 0, item or 0, f"BJ{secrets.token_hex(5)}")
    new = replace(new, consent_signed_on=hall.clock.now.astimezone(CHINA).date())
    return str(dossiers.open_dossier(hall.web, hall.window, hall.command(), new)["dossier"])


def over_spring_festival(hall: House) -> str:
    """Opened on the Friday before, two working days: the make-up Saturday, and the first day after the festival. Nobody
    sends it before March."""
    no = opened(hall, "2026-02-13 10:00")
    until(hall, "2026-03-02 09:00")
    return no


def over_national_day(hall: House) -> str:
    """Opened on the eve; not sent until the escalation has fired on the Monday after the make-up Saturday."""
    no = opened(hall, "2026-09-30 16:00")
    until(hall, "2026-10-12 10:00")
    return no


def paused(hall: House) -> str:
    """Stands still from Wednesday afternoon to Tuesday, on two people's word; then runs out what was left."""
    no = opened(hall, "2026-09-08 09:30")
    until(hall, "2026-09-09 15:00")
    id_ = clock(hall, no).id or 0
    asked = pauses.ask_pause(hall.web, hall.window, hall.command(), id_, "examination", "送省检测中心鉴定")
    pauses.approve(hall.web, hall.manager, hall.command(), asked["pause"])
    until(hall, "2026-09-15 11:00")
    pauses.resume(hall.web, hall.window, hall.command(), id_)
    until(hall, "2026-09-16 18:00")
    return no


def waived(hall: House) -> str:
    """After the warning, on a Sunday that is worked, the manager lets it go: the applicant brings the originals."""
    no = opened(hall, "2026-09-17 09:30")
    until(hall, "2026-09-20 15:00")
    why = "申请人改为当面递交，不再邮寄"
    deadlines.waive(hall.web, hall.manager, hall.command(), no, clock(hall, no).id or 0, why)
    until(hall, "2026-09-22 09:00")
    return no


def delivery_reversed(hall: House) -> str:
    """The courier says delivered, then takes it back, and delivers two days later."""
    until(hall, "2026-09-22 09:30")
    envelope = builders.dispatched(hall)
    dispatch.record_booking(hall.system, envelope.no, Booking(WAYBILL, "长沙 01-02"))
    _scanned(hall, "2026-09-22 15:00", Milestone.PICKED_UP, "203")
    _scanned(hall, "2026-09-23 16:00", Milestone.DELIVERED, "704")
    until(hall, "2026-09-23 18:00")
    _scanned(hall, "2026-09-23 19:00", Milestone.INFO, "743", voids="704")
    _scanned(hall, "2026-09-24 10:00", Milestone.DELIVERED, "704")
    until(hall, "2026-09-24 11:00")
    return envelope.dossier_no


def ordered(hall: House, no: str) -> str:
    """The province's manager wants to know why; the first answer is sent back, the second accepted. The order's number.

    To be told of a dossier that is late; begins on 2026-10-12.
    """
    upper = officer(hall, "hb-manager")
    until(hall, "2026-10-12 10:30")
    about = clock(hall, no).id
    new = NewOrder(hall.window.agency_id or 0, "超时两个工作日仍未寄出", "说明原因并即日寄出", deadline=about)
    order = str(supervision.order(hall.web, upper, hall.command(), no, new)["supervision"])
    until(hall, "2026-10-12 11:00")
    supervision.sign(hall.web, hall.window, hall.command(), order)
    until(hall, "2026-10-14 11:30")
    supervision.answer(hall.web, hall.window, hall.command(), order, "已联系快递", Cause.COURIER)
    until(hall, "2026-10-14 14:00")
    supervision.send_back(hall.web, upper, hall.command(), order, "没有说明为什么节前不寄出")
    until(hall, "2026-10-15 15:00")
    words = "节前交接遗漏，已于今日封装待揽收"
    supervision.answer(hall.web, hall.window, hall.command(), order, words, Cause.OURS, "每日下班前清点待寄件")
    until(hall, "2026-10-16 09:30")
    supervision.accept(hall.web, upper, hall.command(), order, "同意办结")
    return order


def _scanned(hall: House, text: str, milestone: Milestone, code: str, voids: str | None = None) -> None:
    until(hall, text)
    event = TrackingEvent(WAYBILL, milestone, None, code, "", "文字", hall.clock.now, "长沙", voids, "ems")
    assert tracking.absorb(hall.system, "ems", [event], "push", "0" * 64, hall.clock.now) == []


def officer(hall: House, login: str) -> Actor:
    """The demo's officer of that log-in."""
    with Session(hall.system.engine) as session:
        return builders.officer(session, login)


def clock(hall: House, no: str, key: str = FIRST) -> Deadline:
    """The dossier's newest clock whose key begins so."""
    with Session(hall.system.engine) as session:
        mine = select(Deadline).join(Dossier).where(Dossier.no == no, col(Deadline.key).startswith(key))
        return session.exec(mine.order_by(col(Deadline.id).desc())).all()[0]


def fired(hall: House, deadline: Deadline) -> dict[str, str]:
    """Which of its rungs fired, and when in China; each of them at its own moment."""
    with Session(hall.system.engine) as session:
        mine = select(Rung).where(Rung.deadline_id == deadline.id, col(Rung.fired_at).is_not(None))
        rungs = session.exec(mine.order_by(col(Rung.seq))).all()
    return {one.name: f"{one.fired_at.astimezone(CHINA):%m-%d %H:%M}" for one in rungs if one.fired_at is not None}


def heard(hall: House, deadline: Deadline) -> dict[str, set[str]]:
    """Who has a notice of each rung that fired, by log-in."""
    with Session(hall.system.engine) as session:
        rungs = {f"rung:{one.id}": one.name for one in session.exec(select(Rung))}
        mine = select(Notice, Officer).join(Officer).where(Notice.deadline_id == deadline.id)
        found: dict[str, set[str]] = {}
        for notice, person in session.exec(mine):
            if notice.key in rungs:
                found.setdefault(rungs[notice.key], set()).add(person.login)
    return found


def ledger(hall: House, no: str, key: str = FIRST) -> list[str]:
    """What the dossier's ledger says of that clock, in order, without the leg's name."""
    with Session(hall.system.engine) as session:
        mine = select(LedgerEntry).join(Dossier).where(Dossier.no == no).order_by(col(LedgerEntry.seq))
        found = session.exec(mine).all()
    return [
        one.what.removeprefix("deadline:") + (f" {one.facts['rung']}" if "rung" in one.facts else "")
        for one in found
        if one.what.startswith("deadline:") and str(one.facts.get("key", "")).startswith(key)
    ]
