"""One scan told twice is shown once; two scans stay two; no row is ever lost; the order of arrival does not matter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from couriers.contract import Milestone, TrackingEvent
from logistics.rules.repeats import WINDOW, beside, folded
from logistics.tables import Tracking

AT = datetime(2026, 9, 8, 1, 30, tzinfo=UTC)
SCAN = TrackingEvent(
    "1", Milestone.ARRIVED, None, "954", "", "到达【示例市邮件处理中心】", AT, "示例市邮件处理中心", None, "ems"
)
BARE = replace(SCAN, text="文字", place="")


def row(number: int, event: TrackingEvent) -> Tracking:
    kept = {name: getattr(event, name) for name in Tracking.model_fields if hasattr(event, name)}
    return Tracking(
        **kept, id=number, dossier_id=1, consignment_id=1, received_at=event.happened_at, source="push", raw_sha256=""
    )


def rows(*events: TrackingEvent) -> list[Tracking]:
    return [row(number, event) for number, event in enumerate(events, start=1)]


def later(event: TrackingEvent, seconds: float, **other: object) -> TrackingEvent:
    return replace(event, happened_at=event.happened_at + timedelta(seconds=seconds), **other)  # type: ignore[arg-type]


def test_a_scan_in_other_words_seconds_later_at_the_same_place_spelt_otherwise_is_one() -> None:
    again = later(SCAN, 14, text="您的邮件到达【示例邮件处理中心】（补录）", place="【示例邮件处理中心】")
    [told] = folded(rows(SCAN, again))
    assert told.head.text == SCAN.text
    assert [one.text for one in told.again] == [again.text]


def test_another_place_another_code_or_a_minute_later_is_another_scan() -> None:
    for other in (
        later(SCAN, 10, place="另一邮件处理中心", text="到达【另一邮件处理中心】"),
        later(SCAN, 10, code="389"),
        later(SCAN, 10, detail_code="1"),
        later(SCAN, 10, courier="sf"),
        later(SCAN, 61),
    ):
        assert len(folded(rows(SCAN, other))) == 2, other


def test_leaving_and_reaching_within_a_minute_under_one_coarse_code_are_two() -> None:
    leaves = replace(BARE, code="0", text="离开甲，发往乙", org_code="ems:CN1")
    assert len(folded(rows(leaves, later(leaves, 20, text="已到达乙")))) == 2


def test_the_couriers_own_number_of_the_place_decides_before_its_name() -> None:
    here = replace(SCAN, text="文字", org_code="00000020")
    assert len(folded(rows(here, later(here, 5, place="处理中心二楼")))) == 1
    assert len(folded(rows(here, later(here, 5, org_code="00000021")))) == 2


def test_an_aggregators_word_stands_behind_the_carriers_own() -> None:
    theirs = replace(SCAN, courier="kuaidi100", code="1001", text="快件已到示例市", place="示例市")
    minute = theirs.happened_at.replace(second=0)
    told = beside(
        rows(replace(SCAN, happened_at=AT + timedelta(seconds=41)), replace(theirs, happened_at=minute)), "ems"
    )
    assert [(one.head.courier, [other.courier for other in one.again]) for one in told] == [("ems", ["kuaidi100"])]


def test_an_aggregators_two_scans_never_stand_behind_one_of_the_carrier() -> None:
    first = replace(BARE, courier="kuaidi100", code="1001")
    told = beside(rows(BARE, first, later(first, 30, code="1002")), "ems")
    assert sorted(len(one.again) for one in told) == [0, 1]


def test_what_says_too_little_is_never_matched_between_accounts() -> None:
    unknown = replace(BARE, milestone=Milestone.UNRECOGNISED, code="Z")
    assert len(beside(rows(unknown, replace(unknown, courier="kuaidi100")), "ems")) == 2


EVENTS = st.lists(
    st.builds(
        lambda seconds, code, place, text, courier, milestone: replace(
            SCAN,
            happened_at=AT + timedelta(seconds=seconds),
            code=code,
            place=place,
            text=text,
            courier=courier,
            milestone=milestone,
        ),
        st.integers(0, 240),
        st.sampled_from(["954", "389"]),
        st.sampled_from(["", "甲市", "【甲】", "乙县", "甲市中心"]),
        st.sampled_from(["到达甲", "离开甲", "到达【乙】", ""]),
        st.sampled_from(["ems", "kuaidi100"]),
        st.sampled_from([Milestone.ARRIVED, Milestone.IN_TRANSIT]),
    ),
    max_size=12,
    unique_by=lambda event: event.natural_key,
)


@given(EVENTS, st.randoms(use_true_random=False))
def test_no_row_is_lost_the_order_is_nothing_and_no_group_is_wider_than_the_window(
    events: list[TrackingEvent], dice: Random
) -> None:
    known = rows(*events)
    shuffled = list(known)
    dice.shuffle(shuffled)
    for fold in (folded, lambda some: beside(some, "ems")):
        told = fold(known)
        assert [(one.head.id, [o.id for o in one.again]) for one in fold(shuffled)] == [
            (one.head.id, [o.id for o in one.again]) for one in told
        ]
        assert sorted(one.id or 0 for scan in told for one in (scan.head, *scan.again)) == [one.id for one in known]
        for scan in told:
            own = [one for one in (scan.head, *scan.again) if one.courier == scan.head.courier]
            assert max(one.happened_at for one in own) - scan.head.happened_at <= WINDOW
            assert {(one.code, one.detail_code) for one in own} == {(scan.head.code, scan.head.detail_code)}
            assert all(one.milestone is scan.head.milestone for one in scan.again)
