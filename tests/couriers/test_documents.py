"""A FILE.json in our own words: read to the last field, or refused with the names that are wrong."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.contract import BookingRequest, Party, Refused
from couriers.documents import CHINA, party_of, request_of
from couriers.plain import plain

AT = datetime(2026, 1, 1, 1, tzinfo=UTC)
PARTY = {
    "name": "测试寄件人",
    "phone": "13000000000",
    "province": "示例省",
    "city": "示例市",
    "county": "示例区",
    "address": "示例路1号",
}
ORDER: dict[str, Any] = {
    "reference": "YD-1",
    "sender": PARTY,
    "receiver": PARTY,
    "weight_grams": 120,
    "contents_count": 3,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ORDER, *PARTY, "x"]), inner),
    max_leaves=10,
)


def test_an_order_is_read_with_all_its_fields() -> None:
    request = request_of(
        {**ORDER, "pickup_from": "2026-01-02T14:00", "payer": "receiver", "note": "轻放", "waybill_no": "1"}, AT
    )
    assert request.sender == request.receiver == Party(**PARTY)
    assert (request.created_at, request.pickup_from, request.pickup_until) == (
        AT,
        datetime(2026, 1, 2, 14, tzinfo=CHINA),
        None,
    )
    assert (request.payer, request.note, request.waybill_no, request.contents_count) == ("receiver", "轻放", "1", 3)


def test_what_was_read_can_be_written_and_read_again() -> None:
    request = request_of({**ORDER, "created_at": "2026-01-02T14:00:00Z", "payer": "third_party"}, AT)
    assert request_of(plain(request), AT) == request


def test_a_time_without_an_offset_is_in_the_couriers_zone() -> None:
    read = request_of({**ORDER, "created_at": "2026-01-02T14:00"}, AT, ZoneInfo("Asia/Urumqi"))
    assert read.created_at == datetime(2026, 1, 2, 8, tzinfo=UTC)


def test_a_question_needs_neither_a_number_nor_a_count() -> None:
    asked = {name: ORDER[name] for name in ("sender", "receiver", "weight_grams")}
    assert request_of(asked, AT, ordering=False) == BookingRequest("", Party(**PARTY), Party(**PARTY), 120, 1, AT)
    with pytest.raises(Refused, match="reference、contents_count"):
        request_of(asked, AT)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"weight_grams": "heavy"}, "weight_grams"),
        ({"weight_grams": True}, "weight_grams"),
        ({"contents_count": -1}, "contents_count"),
        ({"sender": None}, "sender"),
        ({"receiver": {**PARTY, "email": "x"}}, "receiver.*email"),
        ({"surprise": 1}, "surprise"),
        ({"note": ["x"]}, "note"),
        ({"created_at": "soon"}, "ISO 8601"),
        ({"pickup_from": "0001-01-01T00:00:00+08:00"}, "年份"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(Refused, match=named):
        request_of({**ORDER, **change}, AT)


@given(JSON)
def test_any_document_is_read_or_refused(document: Any) -> None:
    with suppress(Refused):
        party_of(document)
    with suppress(Refused):
        request_of(document, AT)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*ORDER, "payer", "created_at", "waybill_no"], JSON)))
def test_an_order_with_anything_in_a_field_is_read_or_refused(fields: dict[str, Any]) -> None:
    with suppress(Refused):
        request_of({**ORDER, **fields}, AT)
