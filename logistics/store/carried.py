"""Whose envelope a courier speaks of."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from couriers.contract import Aggregates, Courier
from logistics.tables import Consignment


def consignment_of(session: Session, couriers: Mapping[str, Courier], courier_code: str, waybill_no: str) -> str | None:
    """The number of the consignment that this waybill of that courier belongs to; None for a stranger.

    An aggregator is also heard about a waybill that another courier carries, if it knows that courier. Numbers are used
    again: the newest envelope is meant. A number that two couriers carry at once is nobody's: it is not guessed.
    """
    own = session.exec(_newest(waybill_no).where(Consignment.courier == courier_code)).first()
    speaker = couriers.get(courier_code)
    if own is not None or not isinstance(speaker, Aggregates):
        return own[0] if own is not None else None
    carried = [row for row in session.exec(_newest(waybill_no)) if speaker.carrier_code(row[1])]
    return carried[0][0] if len({courier for _no, courier in carried}) == 1 else None


def _newest(waybill_no: str) -> Select[str, str]:
    return (
        select(Consignment.no, Consignment.courier)
        .where(Consignment.waybill_no == waybill_no)
        .order_by(col(Consignment.id).desc())
    )
