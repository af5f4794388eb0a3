"""Where a sandbox parcel goes: named journeys of scans, laid along the time that a parcel takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from couriers.contract import Reason
from couriers.sandbox.scans import Kind


@dataclass(frozen=True)
class Step:
    """One scan: when (share of the whole journey), what, at which of four places, why."""

    share: float
    kind: Kind
    place: str
    reason: Reason | None = None


_OUT = (
    Step(0.05, Kind.ACCEPTED, "sender office"),
    Step(0.15, Kind.LEFT, "sender office"),
    Step(0.30, Kind.ARRIVED, "sender centre"),
    Step(0.40, Kind.LEFT, "sender centre"),
)
_IN = (
    Step(0.60, Kind.ARRIVED, "receiver centre"),
    Step(0.68, Kind.LEFT, "receiver centre"),
    Step(0.76, Kind.ARRIVED, "receiver office"),
    Step(0.84, Kind.OUT_FOR_DELIVERY, "receiver office"),
)
_SIGNED = Step(1.0, Kind.SIGNED, "receiver office", Reason.SIGNED_BY_ADDRESSEE)

JOURNEYS: dict[str, tuple[Step, ...]] = {
    "delivered": (*_OUT, *_IN, _SIGNED),
    "unknown_code": (*_OUT, Step(0.50, Kind.UNKNOWN, "sender centre"), *_IN, _SIGNED),
    "lost": (*_OUT, Step(1.0, Kind.LOST, "sender centre", Reason.COMPENSATED)),
    "locker": (
        *_OUT,
        *_IN,
        Step(0.90, Kind.INTO_LOCKER, "receiver office", Reason.IN_LOCKER),
        Step(1.0, Kind.TAKEN_FROM_LOCKER, "receiver office"),
    ),
    "station": (*_OUT, *_IN, Step(1.0, Kind.AT_STATION, "receiver office", Reason.AT_STATION)),
    "attempted": (
        *_OUT,
        *_IN,
        Step(0.88, Kind.ATTEMPT_FAILED, "receiver office", Reason.UNREACHABLE),
        Step(0.94, Kind.OUT_FOR_DELIVERY, "receiver office"),
        _SIGNED,
    ),
    "held": (*_OUT, Step(0.50, Kind.HELD, "receiver centre", Reason.HELD), *_IN, _SIGNED),
    "damaged": (*_OUT, Step(1.0, Kind.DAMAGED, "sender centre", Reason.DAMAGED)),
    "corrected": (
        *_OUT,
        *_IN,
        Step(0.88, Kind.SIGNED_BY_OTHER, "receiver office", Reason.SIGNED_BY_OTHER),
        Step(0.92, Kind.DELIVERY_TAKEN_BACK, "receiver office"),
        _SIGNED,
    ),
    "delivered_then_not": (
        *_OUT,
        *_IN,
        Step(0.88, Kind.SIGNED, "receiver office", Reason.SIGNED_BY_ADDRESSEE),
        Step(0.94, Kind.DELIVERY_TAKEN_BACK, "receiver office"),
        Step(1.0, Kind.ATTEMPT_FAILED, "receiver office", Reason.UNREACHABLE),
    ),
    # What follows RETURNING goes on under the new number where the courier gives one; RETURNED is then a signature.
    "returned": (
        *_OUT,
        Step(0.50, Kind.ARRIVED, "receiver centre"),
        Step(0.55, Kind.ARRIVED, "receiver office"),
        Step(0.60, Kind.OUT_FOR_DELIVERY, "receiver office"),
        Step(0.66, Kind.ATTEMPT_FAILED, "receiver office", Reason.REFUSED),
        Step(0.70, Kind.RETURNING, "receiver office"),
        Step(0.78, Kind.ARRIVED, "sender centre"),
        Step(0.90, Kind.ARRIVED, "sender office"),
        Step(1.0, Kind.RETURNED, "sender office"),
    ),
}
# Faults that decide where a parcel goes that is booked while they last, the first that is on; each is also a journey.
FATES = ("lost", "returned", "delivered_then_not", "unknown_code")


def moments(journey: str, start: datetime, seconds: float) -> Iterator[tuple[Step, datetime]]:
    """Each step with its time: whole seconds, each later than the one before, however short. KeyError: no such name."""
    last = start.replace(microsecond=0)
    for step in JOURNEYS[journey]:
        exact = (start + timedelta(seconds=step.share * seconds)).replace(microsecond=0)
        last = max(exact, last + timedelta(seconds=1))
        yield step, last
