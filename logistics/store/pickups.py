"""Appointments and hand-over lists at rest: what is to be collected, by whom and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from logistics.errors import NotYours
from logistics.tables import Consignment, HandoverLine, HandoverList, Pickup
from logistics.terms import Stage

LIST_QR = "YD1|H|"
"""How the QR on a hand-over list begins; its number follows."""


def next_open(session: Session, agency_id: int, courier: str, now: datetime) -> Pickup | None:
    """The appointment of this courier that comes next or is under way; None when there is none."""
    return session.exec(
        select(Pickup)
        .where(Pickup.agency_id == agency_id, Pickup.courier == courier)
        .where(col(Pickup.cancelled_at).is_(None), Pickup.collect_until > now)
        .order_by(col(Pickup.collect_from), col(Pickup.id))
    ).first()


def since(session: Session, agency_id: int, moment: datetime) -> Sequence[Pickup]:
    """Appointments that end after `moment`, cancelled ones too, in the order of their time."""
    return session.exec(
        select(Pickup)
        .where(Pickup.agency_id == agency_id, Pickup.collect_until > moment)
        .order_by(col(Pickup.collect_from), col(Pickup.id))
    ).all()


def by_id(session: Session, pickup_id: int) -> Pickup:
    """The appointment, locked. Raises `NotYours`."""
    row = session.exec(select(Pickup).where(Pickup.id == pickup_id).with_for_update()).first()
    if row is None:
        raise NotYours("预约", "appointment")
    return row


def waiting(session: Session, agency_id: int, courier: str = "") -> Sequence[Consignment]:
    """Envelopes of the agency that are booked and not handed over on a signed list, oldest booking first.

    Those our own people carry are handed to nobody.
    """
    signed = (
        select(HandoverLine.consignment_id)
        .join(HandoverList, col(HandoverList.id) == HandoverLine.list_id)
        .where(col(HandoverList.signed_at).is_not(None), col(HandoverLine.scanned_at).is_not(None))
    )
    query = (
        select(Consignment)
        .where(Consignment.from_agency_id == agency_id, Consignment.stage == Stage.BOOKED)
        .where(Consignment.courier == courier if courier else Consignment.courier != "manual")
        .where(col(Consignment.id).not_in(signed))
        .order_by(col(Consignment.booked_at), col(Consignment.id))
    )
    return session.exec(query).all()


def list_by_no(session: Session, no: str, *, lock: bool = False) -> HandoverList:
    """The hand-over list as the reader sees it. Raises `NotYours`."""
    query = select(HandoverList).where(HandoverList.no == no)
    row = session.exec(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotYours("交寄清单", "hand-over list")
    return row


def list_scanned(session: Session, code: str) -> HandoverList | None:
    """The hand-over list whose number was typed or QR was scanned, as the reader sees it; None when it is none."""
    no = code.removeprefix(LIST_QR).partition("|")[0].upper()
    return session.exec(select(HandoverList).where(HandoverList.no == no)).first()


def open_list(session: Session, agency_id: int, courier: str) -> HandoverList | None:
    """The list of this courier that nobody has signed yet."""
    return session.exec(
        select(HandoverList)
        .where(HandoverList.agency_id == agency_id, HandoverList.courier == courier)
        .where(col(HandoverList.signed_at).is_(None))
    ).first()


def unsigned(session: Session, agency_id: int) -> dict[str, HandoverList]:
    """The agency's lists that nobody has signed yet, by courier: one each at most."""
    rows = session.exec(
        select(HandoverList).where(HandoverList.agency_id == agency_id, col(HandoverList.signed_at).is_(None))
    )
    return {row.courier: row for row in rows}


def lists(session: Session, agency_id: int, limit: int = 20) -> Sequence[HandoverList]:
    """The agency's newest lists."""
    return session.exec(
        select(HandoverList)
        .where(HandoverList.agency_id == agency_id)
        .order_by(col(HandoverList.id).desc())
        .limit(limit)
    ).all()


def lines_of(session: Session, row: HandoverList) -> list[HandoverLine]:
    """The list's lines in their order; once it is signed, those that were signed for."""
    return [one for one in _lines(session, row) if row.signed_at is None or one.scanned_at is not None]


def left_behind(session: Session, row: HandoverList) -> list[HandoverLine]:
    """What stood on a signed list and was not scanned: the collector did not take it then."""
    return [one for one in _lines(session, row) if row.signed_at is not None and one.scanned_at is None]


def _lines(session: Session, row: HandoverList) -> Sequence[HandoverLine]:
    query = select(HandoverLine).where(HandoverLine.list_id == row.id)
    return session.exec(query.order_by(col(HandoverLine.seq), col(HandoverLine.id))).all()


def signed_on(session: Session, consignment: Consignment) -> str:
    """The number of the signed list on which the envelope was handed over; "" when there is none."""
    found = session.exec(
        select(HandoverList.no)
        .join(HandoverLine, col(HandoverLine.list_id) == HandoverList.id)
        .where(HandoverLine.consignment_id == consignment.id, col(HandoverLine.scanned_at).is_not(None))
        .where(col(HandoverList.signed_at).is_not(None))
    ).first()
    return found or ""
