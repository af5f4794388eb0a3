"""How long silence may last by the working calendar; what a mapping means for which statement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.contract import Milestone, Reason
from logistics.decision import NewDiscrepancy
from logistics.rules.policies import Audience, RungKind
from logistics.rules.reading import REASONS, Meanings, read, shown_words
from logistics.rules.silence import FIRST_SCAN, LIMITS, RUNG, SHORTEST, rungs
from logistics.rules.silence import silence as silent_by
from logistics.rules.workdays import USUAL_HOURS, Hours, state_calendar
from logistics.tables import CodeMapping, Consignment, Tracking
from logistics.terms import Direction, LaneScope, Stage

TUESDAY = datetime(2026, 9, 8, 1, 0, tzinfo=UTC)  # 09:00 in China
SCOPES = tuple(LaneScope)


def silence(
    parcel: Consignment, scope: LaneScope, last: Tracking | None, now: datetime, hours: Hours = USUAL_HOURS
) -> NewDiscrepancy | None:
    """By the state calendar."""
    return silent_by(parcel, scope, last, now, state_calendar(), hours)


def envelope(stage: Stage = Stage.ON_THE_WAY) -> Consignment:
    return Consignment(
        id=1,
        no="JD-1",
        dossier_id=1,
        seq=1,
        direction=Direction.OUTBOUND,
        from_agency_id=1,
        to_agency_id=2,
        stage=stage,
        courier="ems",
        waybill_no="1",
        created_at=TUESDAY,
        created_by=1,
        dispatched_at=TUESDAY,
    )


def scan(at: datetime = TUESDAY, milestone: Milestone = Milestone.PICKED_UP, **other: Any) -> Tracking:
    values: dict[str, Any] = {
        "id": 1, "dossier_id": 1, "consignment_id": 1, "natural_key": str(at), "courier": "ems", "waybill_no": "1",
        "milestone": milestone, "code": "Z", "text": "", "happened_at": at, "received_at": at, "source": "push",
        "raw_sha256": "",
    }  # fmt: skip
    return Tracking(**{**values, **other})


@pytest.mark.parametrize("scope", SCOPES)
def test_a_working_day_within_a_city_and_two_across_provinces(scope: LaneScope) -> None:
    days = {LaneScope.CITY: 1, LaneScope.PROVINCE: 2, LaneScope.CROSS: 2}[scope]
    assert silence(envelope(), scope, scan(), TUESDAY + timedelta(hours=5)) is None
    assert silence(envelope(), scope, scan(), TUESDAY + timedelta(days=days, hours=9)) is not None


@given(st.sampled_from(SCOPES), st.integers(0, 40 * 24 * 60))
def test_silence_never_comes_before_so_many_hours_and_never_ends_by_waiting(scope: LaneScope, minutes: int) -> None:
    now = TUESDAY + timedelta(minutes=minutes)
    told = silence(envelope(), scope, scan(), now)
    if minutes < LIMITS[scope] * 60:
        assert told is None
    if told is not None:
        later = silence(envelope(), scope, scan(), now + timedelta(days=3))
        assert later is not None
        assert later.key == told.key
    assert min(FIRST_SCAN, *LIMITS.values()) == SHORTEST


def test_a_hall_that_is_open_longer_hears_the_silence_sooner() -> None:
    now = TUESDAY + timedelta(hours=9)  # 18:00
    assert silence(envelope(), LaneScope.CITY, scan(), now) is None
    assert silence(envelope(), LaneScope.CITY, scan(), now, Hours.parse("08:00-20:00")) is not None


@given(st.integers(0, 40 * 24 * 60))
def test_a_silence_adds_the_same_two_rungs_whenever_it_is_seen_and_none_before_the_hall_opens(
    minutes: int,
) -> None:
    now = TUESDAY + timedelta(minutes=minutes)
    added = rungs("silent:JD-1:0123456789abcdef", state_calendar(), USUAL_HOURS, now)
    assert [(one.name, one.audience, one.kind) for one in added] == [
        (f"{RUNG}0123456789abcdef", Audience.OWNER, RungKind.SILENT),
        (f"{RUNG}0123456789abcdef:manager", Audience.OWNER_MANAGER, RungKind.SILENT),
    ]
    for one in added:
        assert one.fires_at >= now
        local = one.fires_at + timedelta(hours=8)
        assert 9 <= local.hour < 18
        assert (local.month, local.day) not in {(10, day) for day in range(1, 8)}  # National Day


@pytest.mark.parametrize("stage", [one for one in Stage if one not in (Stage.BOOKED, Stage.ON_THE_WAY)])
def test_nothing_is_silent_that_need_not_move(stage: Stage) -> None:
    assert silence(envelope(stage), LaneScope.CITY, scan(), TUESDAY + timedelta(days=30)) is None


def test_a_scan_from_the_future_counts_from_when_we_heard_of_it() -> None:
    odd = scan(TUESDAY + timedelta(days=300), received_at=TUESDAY)
    assert silence(envelope(), LaneScope.CITY, odd, TUESDAY + timedelta(days=7)) is not None


def mapping(version: int, milestone: Milestone, detail: str = "") -> CodeMapping:
    return CodeMapping(
        id=version, courier="ems", code="Z", detail_code=detail, version=version, milestone=milestone, why="来函",
        decided_at=TUESDAY, decided_by=1,
    )  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(list(Milestone)), st.sampled_from(["", "1"])), max_size=6))
def test_the_newest_version_holds_the_details_own_first_and_known_codes_never_change(
    decided: list[tuple[Milestone, str]],
) -> None:
    versions = [mapping(number, *one) for number, one in enumerate(decided, start=1)]
    unknown = scan(milestone=Milestone.UNRECOGNISED, detail_code="1")
    known = scan()
    newest = {detail: milestone for milestone, detail in decided}
    expected = next(
        (
            newest[detail]
            for detail in ("1", "")
            if newest.get(detail, Milestone.UNRECOGNISED) is not Milestone.UNRECOGNISED
        ),
        Milestone.UNRECOGNISED,
    )
    first, second = read([unknown, known], Meanings(versions))
    assert (first.milestone, second.milestone) == (expected, Milestone.PICKED_UP)
    assert unknown.milestone is Milestone.UNRECOGNISED
    assert read([unknown], Meanings(versions).as_of(0))[0] is unknown


def test_reasons_are_named_for_milestones_that_have_any_and_long_numbers_are_masked() -> None:
    assert {reason for some in REASONS.values() for reason in some} == set(Reason)
    assert shown_words("投递员13900000000已到") == "投递员139******00已到"
