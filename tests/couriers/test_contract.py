"""What every courier's values promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.contract import Milestone, Push, Reason, Refused, Reply, TrackingEvent

EVENT = TrackingEvent(
    waybill_no="1100000000011",
    milestone=Milestone.DELIVERED,
    reason=Reason.MAILROOM,
    code="704",
    detail_code="60",
    text="已签收",
    happened_at=datetime(2026, 1, 3, 8, 20, 5, tzinfo=UTC),
    place="示例揽投部",
    voids=None,
    courier="ems",
)


def test_an_event_without_a_zone_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="aware"):
        replace(EVENT, happened_at=datetime(2026, 1, 3, 8, 20, 5))


def test_the_natural_key_is_the_same_however_the_event_was_told() -> None:
    local = EVENT.happened_at.astimezone(timezone(timedelta(hours=8)))
    same = replace(EVENT, happened_at=local, text="其他说法", reference="YD-1", milestone=Milestone.INFO)
    assert same.natural_key == EVENT.natural_key


@pytest.mark.parametrize(
    "change",
    [
        {"waybill_no": "1100000000012"},
        {"code": "705"},
        {"detail_code": "10"},
        {"place": "另一处"},
        {"org_code": "1"},
        {"courier": "sf"},
        {"happened_at": EVENT.happened_at + timedelta(seconds=1)},
    ],
    ids=str,
)
def test_another_event_has_another_natural_key(change: dict[str, object]) -> None:
    assert replace(EVENT, **change).natural_key != EVENT.natural_key  # type: ignore[arg-type]


def test_events_without_a_code_are_told_apart_by_their_words() -> None:
    first, second = (replace(EVENT, code="", text=text) for text in ("甲", "乙"))
    assert first.natural_key != second.natural_key


@given(st.text(), st.text(), st.text())
def test_a_natural_key_is_never_too_long_and_parts_never_run_together(place: str, code: str, detail: str) -> None:
    event = replace(EVENT, place=place, code=code, detail_code=detail)
    assert len(event.natural_key) <= 300
    assert replace(EVENT, place=place + "x", code=code, detail_code=detail).natural_key != event.natural_key


def test_a_very_long_key_keeps_its_difference() -> None:
    first, second = (replace(EVENT, place="长" * 500 + end) for end in ("甲", "乙"))
    assert first.natural_key != second.natural_key
    assert len(first.natural_key) <= 300


def test_a_reversal_may_name_several_codes() -> None:
    assert replace(EVENT, voids="303/336/345").voided_codes == ("303", "336", "345")
    assert EVENT.voided_codes == ()


def test_headers_are_found_in_any_case() -> None:
    assert Reply(200, {"CONTENT-type": "a"}, b"").header("Content-Type") == "a"
    assert Push({}, b"").header("Content-Type") == ""


def test_a_refusal_keeps_the_couriers_code_and_words() -> None:
    refused = Refused("B0001", "地址不详")
    assert (refused.code, refused.words) == ("B0001", "地址不详")
    assert "B0001" in str(refused)
