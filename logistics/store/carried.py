"""Whose envelope a courier speaks of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlmodel import Session, col, select

from couriers.contract import Aggregates, Courier
from logistics.store.lists import one_of
from logistics.tables import Consignment


class Spoken(NamedTuple):
    """A waybill as an account names it: the courier whose account speaks, and the number."""

    courier: str
    waybill_no: str


class _Carried(NamedTuple):
    id: int
    courier: str


def consignments_of(session: Session, couriers: Mapping[str, Courier], spoken: Collection[Spoken]) -> dict[Spoken, int]:
    """The id of the consignment that each waybill belongs to; a stranger is not in the answer.

    An aggregator is also heard about a waybill that another courier carries, if it knows that courier. Numbers are used
    again: the newest envelope is meant. A number that two couriers carry at once is nobody's: it is not guessed.
    """
    if not spoken:  # an answer without a single event; an empty list would have no type
        return {}
    carried: dict[str, list[_Carried]] = {}
    rows = session.exec(
        select(Consignment.id, Consignment.courier, Consignment.waybill_no)
        .where(col(Consignment.waybill_no) == one_of(sorted({one.waybill_no for one in spoken})))
        .order_by(col(Consignment.id).desc())
    )
    for id_, courier, waybill_no in rows:
        if id_ is not None:
            carried.setdefault(waybill_no, []).append(_Carried(id_, courier))
    found = {one: _meant(couriers.get(one.courier), one.courier, carried.get(one.waybill_no, ())) for one in spoken}
    return {one: id_ for one, id_ in found.items() if id_ is not None}


def _meant(speaker: Courier | None, code: str, carried: Sequence[_Carried]) -> int | None:
    """`carried`: every consignment with that number, the newest first."""
    own = next((one.id for one in carried if one.courier == code), None)
    if own is not None or not isinstance(speaker, Aggregates):
        return own
    known = [one for one in carried if speaker.carrier_code(one.courier)]
    return known[0].id if len({one.courier for one in known}) == 1 else None
