"""Pick-ups (预约揽收) and hand-over lists (交寄清单): when a courier may be asked to come, what a signature binds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import rfc8785

from logistics.decision import Decision, Fact, Json
from logistics.errors import Rejected
from logistics.rules.chain import stamp
from logistics.rules.workdays import (
    CHINA,
    Calendar,
    Hours,
    china_date,
    is_working_moment,
    working_minutes_between,
)
from logistics.tables import Consignment, Pickup
from logistics.terms import Stage, zh

LIST_FORMAT = "youdang-handover-1"
FURTHEST = timedelta(days=14)
SHORTEST = timedelta(minutes=30)


def require_slot(
    collect_from: datetime,
    collect_until: datetime,
    calendar: Calendar,
    hours: Hours,
    now: datetime,
    standing: Iterable[Pickup],
) -> None:
    """Returns when a courier may be asked to come then: on one working day, while the hall is open, in the next two
    weeks, and no appointment with it `standing` at that time. Raises `Rejected` (rule "pickup_time").
    """
    if collect_until - collect_from < SHORTEST:
        raise _no_slot("起止时间至少相隔 30 分钟", "from and until must be half an hour apart at least")
    if collect_until <= now or collect_from - now > FURTHEST:
        raise _no_slot("时间须在今后两周之内", "it must lie in the next two weeks")
    if china_date(collect_from) != china_date(collect_until):
        raise _no_slot("起止时间须在同一天", "from and until must be on one day")
    if not _is_open(collect_from, collect_until, calendar, hours):
        raise _no_slot(f"不在本单位办公时间内（{hours}）", f"the hall is closed then ({hours})")
    for one in standing:
        if one.collect_from < collect_until and collect_from < one.collect_until:
            raise _no_slot("同一快递在这段时间已有预约", "this courier has an appointment then")


def _is_open(collect_from: datetime, collect_until: datetime, calendar: Calendar, hours: Hours) -> bool:
    """Whether the slot begins and ends while the hall is open (its midday break may lie between)."""
    last = collect_until - timedelta(seconds=1)
    return is_working_moment(calendar, hours, collect_from) and is_working_moment(calendar, hours, last)


def _no_slot(zh: str, en: str) -> Rejected:
    return Rejected(f"没有预约：{zh}。请改一个时间。", f"Nothing booked: {en}. Choose another time.", "pickup_time")


def is_left_unsigned(made_at: datetime, calendar: Calendar, hours: Hours, now: datetime) -> bool:
    """Whether the hall has closed for the day since the list was made: nobody comes to sign it any more that day."""
    day_after = china_date(made_at) + timedelta(days=1)
    midnight = datetime.combine(day_after, time.min, CHINA)
    if now >= midnight:
        return True
    open_after, still_open = (working_minutes_between(calendar, hours, one, midnight) for one in (made_at, now))
    return open_after > 0 and still_open == 0


@dataclass(frozen=True)
class Line:
    """One envelope as the collector signs for it."""

    seq: int
    consignment: str
    waybill: str
    seal: str
    scanned_at: str


def line(seq: int, consignment: Consignment, scanned_at: datetime) -> Line:
    """The line of an envelope that was scanned at that moment."""
    return Line(seq, consignment.no, consignment.waybill_no, consignment.seal_no, stamp(scanned_at.astimezone(UTC)))


def list_sha256(no: str, agency: str, courier: str, lines: Sequence[Line]) -> str:
    """SHA-256 of the list, lower-case hex: over RFC 8785 canonical JSON of its number, agency code, courier and lines
    by `seq`.
    """
    document: dict[str, Any] = {
        "format": LIST_FORMAT,
        "list": no,
        "agency": agency,
        "courier": courier,
        "lines": [asdict(one) for one in sorted(lines, key=lambda one: one.seq)],
    }
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def require_scannable(
    consignment: Consignment, agency_id: int, courier: str, courier_name: str, second: str, signed_on: str
) -> None:
    """Returns when the envelope may be handed to the courier of this list now.

    `second`: another number by which the courier knows it; `signed_on`: a signed list that has it. Raises `Rejected`:
    "foreign_envelope", "stage", "foreign_courier", "second_number", "handed_over".
    """
    no = consignment.no
    if consignment.from_agency_id != agency_id:
        raise Rejected(
            f"寄递件 {no} 不是本单位寄出的，不能上这张清单。请把它放到收件处。",
            f"Consignment {no} was not sent by this agency.",
            "foreign_envelope",
        )
    if signed_on:
        raise Rejected(
            f"寄递件 {no} 已在清单 {signed_on} 上交出，不能再交一次。请核对手里的封套。",
            f"Consignment {no} was handed over on list {signed_on}.",
            "handed_over",
        )
    if consignment.stage is not Stage.BOOKED:
        what = "请把封套取出放好" if consignment.stage is Stage.VOIDED else "请先在寄递件页办理"
        raise Rejected(
            f"寄递件 {no} 现为「{zh(consignment.stage)}」，不能交寄。{what}。",
            f"Consignment {no} is {consignment.stage.value}; it cannot be handed over.",
            "stage",
        )
    if consignment.courier != courier:
        raise Rejected(
            f"寄递件 {no} 不由{courier_name}承运，不能上这张清单。请交给它自己的快递。",
            f"Consignment {no} travels with another courier.",
            "foreign_courier",
        )
    if second:
        raise Rejected(
            f"寄递件 {no} 有两个运单号（另一个是 {second}），交出前须定下一个。请到寄递件页办理。",
            f"Consignment {no} has two numbers ({second} is the other). Settle that on its page first.",
            "second_number",
        )


def handed(no: str, sha256: str, signature_sha256: str, one: Line, count: int) -> Decision:
    """The ledger's fact of one envelope on a signed list. No custody moves: the sender answers until the receiver
    signs, and the courier's own scan moves the stage.
    """
    data: dict[str, Json] = {
        "consignment": one.consignment,
        "waybill": one.waybill,
        "list": no,
        "line": one.seq,
        "of": count,
        "scanned_at": one.scanned_at,
        "list_sha256": sha256,
        "signature_sha256": signature_sha256,
    }
    return Decision(facts=(Fact("consignment:handed_to_courier", "", data),))
