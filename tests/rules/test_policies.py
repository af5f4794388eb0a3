"""Every leg has a sensible default, and a policy that makes no sense is refused."""

from __future__ import annotations

import pytest

from logistics.errors import Rejected
from logistics.rules.policies import (
    DEFAULT_LADDER,
    DEFAULT_POLICIES,
    LEG_NAMES,
    Audience,
    Leg,
    Policy,
    Rung,
    RungKind,
    Unit,
)
from logistics.terms import LaneScope


def test_every_leg_has_a_default_for_every_lane_scope_and_a_chinese_name() -> None:
    assert set(DEFAULT_POLICIES) == {(leg, scope) for leg in Leg for scope in LaneScope}
    assert set(LEG_NAMES) == set(Leg)
    assert len(set(LEG_NAMES.values())) == len(Leg)


@pytest.mark.parametrize("leg", Leg)
def test_a_longer_lane_never_has_less_time(leg: Leg) -> None:
    city, province, cross = (DEFAULT_POLICIES[leg, scope] for scope in LaneScope)
    assert city.length <= province.length <= cross.length
    assert city.unit is province.unit is cross.unit


def test_transit_counts_natural_hours_and_the_law_counts_twenty_working_days() -> None:
    assert DEFAULT_POLICIES[Leg.TRANSIT, LaneScope.CROSS].unit is Unit.NATURAL_HOURS
    decision = DEFAULT_POLICIES[Leg.CHECKED_TO_DECISION, LaneScope.CROSS]
    assert (decision.length, decision.unit) == (20, Unit.WORKING_DAYS)


def test_the_default_ladder_climbs_from_the_officer_to_the_agency_above() -> None:
    assert [(rung.kind, rung.audience) for rung in DEFAULT_LADDER] == [
        (RungKind.WARNING, Audience.OWNER),
        (RungKind.DUE, Audience.OWNER),
        (RungKind.OVERDUE, Audience.OWNER),
        (RungKind.ESCALATION, Audience.OWNER_MANAGER),
        (RungKind.ESCALATION, Audience.UPPER_MANAGER),
    ]


def test_policies_that_make_no_sense_are_refused() -> None:
    with pytest.raises(Rejected, match="length below 1"):
        Policy(Leg.TRANSIT, LaneScope.CITY, 0, Unit.WORKING_DAYS)
    with pytest.raises(Rejected, match="one name"):
        Policy(Leg.TRANSIT, LaneScope.CITY, 1, Unit.WORKING_DAYS, (*DEFAULT_LADDER, DEFAULT_LADDER[0]))
    for share, days in ((None, None), (50, 1), (0, None), (101, None), (None, 0)):
        with pytest.raises(Rejected, match="rung late"):
            Rung("late", RungKind.WARNING, Audience.OWNER, share, days)
