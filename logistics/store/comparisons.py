"""The measured times of finished parcels, looked up for many parcels at once; and how far those on the way have come.

First scans are counted in SQL. A parcel of which something was taken back, or is told in a code that needs its mapping,
is read whole, by the rules that read it for its stage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from couriers.contract import Milestone
from logistics.rules import sources, stages
from logistics.rules.foresight import WINDOW, Among, Comparison, Passage, Scan, Step, reached, scan
from logistics.rules.workdays import Calendar, Hours, working_minutes_between
from logistics.store import calendars
from logistics.store.lanes import NEWEST
from logistics.store.meanings import meanings
from logistics.tables import Agency, Consignment, Tracking

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Kin:
    """What decides whom a parcel's leg is compared with. The regions are province stems: 42 of 421200."""

    leg: str
    from_agency_id: int
    to_agency_id: int
    from_region: str
    to_region: str
    scope: str
    courier: str
    owner_agency_id: int
    owner_region: str

    def key(self, among: Among) -> tuple[Any, ...]:
        """What all that are held beside the same finished ones have in common."""
        match among:
            case Among.LANE:
                return self.courier, self.from_agency_id, self.to_agency_id
            case Among.PROVINCES:
                return self.courier, self.from_region, self.to_region
            case Among.SCOPE:
                return self.courier, self.scope, ""
            case Among.AGENCY:
                return self.leg, self.owner_agency_id
            case Among.PROVINCE:
                return self.leg, self.owner_region


# whom a wanted row (n, a, b, c) means, as a condition on consignment c and agency of deadline
_PARCELS = {
    Among.LANE: "c.from_agency_id = w.b::bigint AND c.to_agency_id = w.c::bigint",
    Among.PROVINCES: "c.from_agency_id = ANY (ARRAY(SELECT id FROM agency WHERE left(region_code, 2) = w.b)) "
    "AND c.to_agency_id = ANY (ARRAY(SELECT id FROM agency WHERE left(region_code, 2) = w.c))",
    Among.SCOPE: "EXISTS (SELECT 1 FROM dossier d WHERE d.id = c.dossier_id AND d.scope = w.b)",
}
_LEGS = {
    Among.AGENCY: "d.owner_agency_id = w.b::bigint",
    Among.PROVINCE: "d.owner_agency_id = ANY (ARRAY(SELECT id FROM agency WHERE left(region_code, 2) = w.b))",
}
_SCANS = """
    SELECT t.consignment_id, t.milestone, CASE WHEN t.milestone = 'arrived' THEN t.region_code ELSE '' END,
        min(least(t.happened_at, t.received_at)), bool_or(t.voids IS NOT NULL OR t.milestone = 'unrecognised')
    FROM tracking t JOIN consignment c ON c.id = t.consignment_id AND c.courier = t.courier
    WHERE t.consignment_id = ANY (:ids) AND (t.voids IS NOT NULL OR t.milestone IN
        ('in_transit', 'arrived', 'out_for_delivery', 'attempted', 'available', 'returning', 'unrecognised'))
    GROUP BY 1, 2, 3"""


def scans(session: Session, consignments: Sequence[int]) -> Mapping[int, Sequence[Scan]]:
    """The first scan of each kind (and, of arrivals, of each place) by its own courier, for each of these envelopes."""
    found: defaultdict[int, list[Scan]] = defaultdict(list)
    doubtful: set[int] = set()
    for key, milestone, region_code, at, doubt in session.execute(text(_SCANS), {"ids": list(consignments)}):
        found[key].append(Scan(Milestone(milestone), region_code, at))
        if doubt:
            doubtful.add(key)
    return {**found, **_read_whole(session, sorted(doubtful))}


def _read_whole(session: Session, ids: Sequence[int]) -> dict[int, list[Scan]]:
    """As `scans`, by the rules: what was taken back is left out, a mapped code has its meaning."""
    if not ids:
        return {}
    rows: defaultdict[int, list[Tracking]] = defaultdict(list)
    every = session.exec(select(Tracking).where(col(Tracking.consignment_id).in_(ids))).all()
    for row in every:
        rows[row.consignment_id].append(row)
    known = meanings(session, every)
    found = {}
    for envelope in session.exec(select(Consignment).where(col(Consignment.id).in_(ids))):
        heads = sources.followable(envelope, rows[envelope.id or 0], known)
        standing = {id(one) for one in stages.standing(heads)}
        found[envelope.id or 0] = [scan(row) for row in heads if id(row) in standing]
    return found


class Measured:
    """Comparisons that are known already; asks once for all that are not."""

    def __init__(self, session: Session, now: datetime) -> None:
        """Nothing is known yet. What ended longer ago than `WINDOW` is never asked for."""
        self._session, self._since = session, now - WINDOW
        self._known: dict[tuple[Any, ...], Comparison] = {}
        self._hours: dict[int, tuple[Calendar, Hours]] = {}

    def of(self, among: Among, kin: Kin) -> Comparison:
        """The finished ones of which `know` was told."""
        return self._known[among, *kin.key(among)]

    def know(self, among: Among, kins: Iterable[Kin]) -> None:
        """The newest finished ones for each of these are known, none older than `WINDOW`."""
        wanted = sorted({(among, *kin.key(among)) for kin in kins} - self._known.keys())
        if not wanted:
            return
        passages: list[list[tuple[datetime, Passage]]] = [[] for _ in wanted]
        found = self._parcels(among, wanted) if among in _PARCELS else self._legs(among, wanted)
        for place, ended, passage in found:
            passages[place].append((ended, passage))
        for one, of in zip(wanted, passages, strict=True):
            since = min((ended for ended, _ in of), default=None)
            self._known[one] = Comparison(among, (passage for _, passage in of), since)

    def working_seconds(self, agency_id: int, a: datetime, b: datetime) -> int:
        """Working time of that agency between two moments."""
        if agency_id not in self._hours:
            agency = self._session.get_one(Agency, agency_id)
            calendar = calendars.in_force(self._session, agency)
            self._hours[agency_id] = calendar, Hours.parse(agency.receiving_hours)
        return working_minutes_between(*self._hours[agency_id], a, b) * MINUTE

    def _parcels(self, among: Among, wanted: Sequence[tuple[Any, ...]]) -> list[tuple[int, datetime, Passage]]:
        statement = f"""
            SELECT w.n - 1, c.id, c.picked_up_at, c.delivered_at, a.region_code
            FROM unnest(:a ::text[], :b ::text[], :c ::text[]) WITH ORDINALITY AS w(a, b, c, n)
            CROSS JOIN LATERAL (SELECT c.* FROM consignment c
                WHERE c.courier = w.a AND {_PARCELS[among]}
                    AND c.delivered_at IS NOT NULL AND c.delivered_at >= :since AND c.delivered_at > c.picked_up_at
                ORDER BY c.delivered_at DESC LIMIT :newest) c
            JOIN agency a ON a.id = c.to_agency_id"""  # noqa: S608 - constants of ours
        rows = self._session.execute(text(statement), self._asked(wanted, 3)).all()
        seen = scans(self._session, sorted({row[1] for row in rows}))
        return [
            (place, ended, _passage(reached(seen.get(key, ()), begun, region), begun, ended))
            for place, key, begun, ended, region in rows
        ]

    def _legs(self, among: Among, wanted: Sequence[tuple[Any, ...]]) -> list[tuple[int, datetime, Passage]]:
        statement = f"""
            SELECT w.n - 1, d.owner_agency_id, d.started_at, d.met_at
            FROM unnest(:a ::text[], :b ::text[]) WITH ORDINALITY AS w(a, b, n)
            CROSS JOIN LATERAL (SELECT d.* FROM deadline d
                WHERE d.leg = w.a AND {_LEGS[among]}
                    AND d.met_at IS NOT NULL AND d.met_at >= :since AND d.met_at > d.started_at
                    AND d.waived_at IS NULL
                ORDER BY d.met_at DESC LIMIT :newest) d"""  # noqa: S608 - constants of ours
        rows = self._session.execute(text(statement), self._asked(wanted, 2)).all()
        return [
            (place, ended, Passage(self.working_seconds(owner, begun, ended), {Step.BEGUN: 0}))
            for place, owner, begun, ended in rows
        ]

    def _asked(self, wanted: Sequence[tuple[Any, ...]], columns: int) -> dict[str, Any]:
        names = {name: [str(one[place + 1]) for one in wanted] for place, name in enumerate("abc"[:columns])}
        return {**names, "since": self._since, "newest": NEWEST}


def _passage(steps: Mapping[Step, datetime], begun: datetime, ended: datetime) -> Passage:
    return Passage(
        int((ended - begun).total_seconds()),
        {step: int((at - begun).total_seconds()) for step, at in steps.items() if step is not Step.RETURNING},
    )
