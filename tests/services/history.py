"""A lane's history: finished parcels like one that is under way, made in bulk, for the tests of what they foretell."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session, select

from couriers.contract import Milestone
from logistics.tables import Dossier
from tests import builders
from tests.builders import Envelope, House

_SERIAL = itertools.count(1_000_001)
_PARCEL = text("""
    INSERT INTO consignment OVERRIDING SYSTEM VALUE
    SELECT (jsonb_populate_record(c, jsonb_build_object('id', CAST(:id AS bigint), 'no', CAST(:no AS text), 'seq',
        CAST(:id AS bigint), 'stage', 'received', 'waybill_no', CAST(:no AS text), 'picked_up_at',
        CAST(:begun AS timestamptz), 'delivered_at', CAST(:ended AS timestamptz), 'from_agency_id',
        coalesce(CAST(:source AS bigint), c.from_agency_id), 'dossier_id', CAST(:dossier AS bigint)))).*
    FROM consignment c WHERE c.no = :like""")
_SCAN = text("""
    INSERT INTO tracking (dossier_id, consignment_id, natural_key, courier, waybill_no, milestone, code, detail_code,
        text, place, happened_at, received_at, source, raw_sha256, region_code)
    SELECT dossier_id, id, :key, courier, waybill_no, :milestone, 'x', '', '', '', :at, :at, 'push', '', :region
    FROM consignment WHERE id = :id""")
_LEG = text("""
    INSERT INTO deadline OVERRIDING SYSTEM VALUE
    SELECT (jsonb_populate_record(d, jsonb_build_object('id', CAST(:id AS bigint), 'key', CAST(:key AS text),
        'started_at', CAST(:begun AS timestamptz), 'met_at', CAST(:ended AS timestamptz), 'consignment_id', NULL,
        'dossier_id', CAST(:dossier AS bigint)))).*
    FROM deadline d WHERE d.id = :like""")


def finished(
    house: House,
    like: Envelope,
    hours: float,
    steps: Mapping[Milestone, float] | None = None,
    *,
    count: int = 1,
    days_ago: float = 10,
    from_agency: int | None = None,
    region: str = "",
) -> list[int]:
    """So many parcels of the envelope's lane that took so many hours, with scans at these hours; their ids."""
    made, dossier = [], _another(house)
    ended = house.clock() - timedelta(days=days_ago)
    begun = ended - timedelta(hours=hours)
    with Session(house.system.engine) as session, session.begin():
        for _ in range(count):
            made.append(key := next(_SERIAL))
            values = {"id": key, "no": f"OLD-{key}", "begun": begun, "ended": ended, "source": from_agency}
            values["dossier"] = dossier
            session.execute(_PARCEL, {**values, "like": like.no})
            for milestone, after in (steps or {}).items():
                at = begun + timedelta(hours=after)
                told = {"milestone": milestone.value, "key": f"{key}/{milestone.value}", "region": region}
                session.execute(_SCAN, {"id": key, "at": at, **told})
    return made


def met(house: House, like: int, begun: datetime, ended: datetime, count: int) -> None:
    """So many deadlines of the same leg and agency as that one, met after so long."""
    values = {"begun": begun, "ended": ended, "like": like, "dossier": _another(house)}
    with Session(house.system.engine) as session, session.begin():
        for key in itertools.islice(_SERIAL, count):
            session.execute(_LEG, {**values, "id": key, "key": f"old/{key}"})


def _another(house: House) -> int:
    """A dossier to keep history in, so that nothing of the one under way is touched."""
    no = builders.opened(house)
    with Session(house.system.engine) as session:
        return session.exec(select(Dossier.id).where(Dossier.no == no)).one() or 0
