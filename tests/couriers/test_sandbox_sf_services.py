# ruff: noqa: F811 - fixtures are imported by name
"""What SF's sandbox tells when it is asked: parcels, reach, prices, labels, routes."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pikepdf
import pytest

from couriers.adapters.sf import Sf
from couriers.adapters.sf_orders import order_of
from couriers.contract import Milestone, Operation, Reason, Refused
from couriers.sandbox.scans import Kind
from couriers.sandbox.world import World
from tests.couriers.sf_stage import (  # noqa: F401
    AT,
    RECEIVER,
    ask,
    book,
    business_code,
    extra,
    hook,
    loaded,
    request_of,
    sandbox,
    sent,
    sf,
    tracked,
)


def test_further_parcels_get_numbers_of_their_own(sf: Sf, world: World) -> None:
    parent = book(sf).waybill_no
    first, *children = ask(sf, Operation.SUB_WAYBILLS, "TEST-1", "2")
    assert first == parent
    assert len({parent, *children}) == 3
    assert ask(sf, Operation.ORDER, "TEST-1").waybill_no == parent
    assert ask(sf, Operation.SUB_WAYBILLS, "TEST-1", "1")[:3] == (parent, *children)
    assert business_code(sf, "EXP_RECE_GET_SUB_MAILNO", {"orderId": "TEST-1", "parcelQty": 304}) == "8117"
    assert business_code(sf, "EXP_RECE_GET_SUB_MAILNO", {"orderId": "TEST-1", "parcelQty": "x"}) == "S0003"
    with pytest.raises(Refused, match="6150"):
        ask(sf, Operation.SUB_WAYBILLS, "TEST-2", "1")
    sf.read_cancel(sent(sf.ask_cancel(parent, "TEST-1", "不寄了", AT)))
    assert all(one.cancelled for one in world.parcels.orders())
    several = {**order_of(request_of("TEST-3"), sf.settings), "parcelQty": 3}
    answer = json.loads(json.loads(sent(sf.call("EXP_RECE_CREATE_ORDER", several, AT)).body)["apiResultData"])
    assert [one["waybillType"] for one in answer["msgData"]["waybillNoInfoList"]] == [1, 2, 2]


def test_an_address_is_in_range_or_not_or_nobody_can_tell(sf: Sf) -> None:
    assert sf.read_scope(sent(sf.ask_scope(RECEIVER, AT))).serves is True
    out = sf.read_scope(sent(sf.ask_scope(replace(RECEIVER, address="超区村1号"), AT)))
    assert (out.serves, out.words) == (False, "收方超出服务范围")
    assert sf.read_scope(sent(sf.ask_scope(replace(RECEIVER, address="人工确认路1号"), AT))).serves is None
    assert sf.read_scope(sent(sf.ask_scope(replace(RECEIVER, city=""), AT))).serves is None
    for code, content in (
        ("S0002", {}),
        ("S0003", {"filterType": 3}),
        ("6118", {"filterType": 2}),
        ("8119", {"filterType": 1, "monthlyCard": "1234567890"}),
        ("S0002", {"filterType": 1, "contactInfos": []}),
    ):
        assert business_code(sf, "EXP_RECE_FILTER_ORDER_BSP", content) == code


def test_every_product_has_a_price_and_a_promise(sf: Sf) -> None:
    morning = datetime(2026, 12, 1, 1, tzinfo=UTC)
    quotes = sf.read_quotes(sent(sf.ask_quotes(request_of(pickup_from=morning, weight_grams=1200), AT)))
    standard = next(quote for quote in quotes if quote.product_name == "顺丰标快")
    assert standard.yuan == Decimal(26)
    assert standard.arrives_by == datetime(2026, 12, 3, 12, tzinfo=UTC)
    assert [quote.product for quote in quotes] == ["1", "2", "6", "231", "247"]
    place = {"city": "深圳市"}
    one = {"srcAddress": place, "destAddress": place, "businessType": "2"}
    (unpriced,) = sf.read_quotes(sent(sf.call("EXP_RECE_QUERY_DELIVERTM", one, AT)))
    assert unpriced.yuan is None
    for code, content in (
        ("S0002", {}),
        ("20036", {**one, "businessType": "3"}),
        ("S0003", {**one, "weight": "heavy"}),
        ("S0003", {**one, "consignedTime": "tomorrow"}),
        ("S0003", {**one, "searchPrice": "2"}),
    ):
        assert business_code(sf, "EXP_RECE_QUERY_DELIVERTM", content) == code


def test_a_label_file_is_printed_and_opened_by_its_own_token(sf: Sf) -> None:
    first, second = (book(sf, name).waybill_no for name in ("A", "B"))
    file = ask(sf, Operation.LABEL, first)
    other = ask(sf, Operation.LABEL, second)
    fetched = sent(sf.ask_file(file))
    assert (fetched.status, fetched.header("Content-Type")) == (200, "application/pdf")
    with pikepdf.open(io.BytesIO(fetched.body)) as pdf:
        assert len(pdf.pages) == 1
    assert first.encode() in fetched.body
    assert sent(sf.ask_file(replace(file, token=other.token))).status == 401
    assert sent(replace(sf.ask_file(file), headers={})).status == 401


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"templateCode": "fm_150_standard_OTHER"}, "not matched"),
        ({"templateCode": ""}, "templateCode"),
        ({"version": "1.0"}, "version"),
        ({"fileType": "png"}, "fileType"),
        ({"sync": False}, "sync"),
        ({"documents": []}, "documents"),
        ({"documents": [{"masterWaybillNo": "SF7000000009999"}]}, "not found"),
        ({"documents": ["SF7000000009999"]}, "documents"),
    ],
)
def test_a_print_against_the_rules_is_refused_in_its_own_shape(sf: Sf, change: dict[str, Any], words: str) -> None:
    theirs = loaded("cloud_print_msgdata.json")
    theirs["documents"][0]["masterWaybillNo"] = book(sf).waybill_no
    assert sf.read_print(sent(sf.call("COM_RECE_CLOUD_PRINT_WAYBILLS", theirs, AT)))
    with pytest.raises(Refused, match=words):
        sf.read_print(sent(sf.call("COM_RECE_CLOUD_PRINT_WAYBILLS", {**theirs, **change}, AT)))


def test_routes_are_shown_to_who_paid_or_knows_a_phone(sf: Sf, world: World) -> None:
    ours, theirs = book(sf, "A").waybill_no, book(sf, "B", payer="receiver").waybill_no
    for number in (ours, theirs):
        world.tell(number, Kind.ACCEPTED, AT, "sender office")
    assert [event.code for event in tracked(sf, ours)] == ["50"]
    assert tracked(sf, theirs) == ()
    for phone, seen in (("020-80000001", 1), ("13000000000", 1), ("13000000009", 0)):
        assert len(sf.read_tracking(sent(sf.ask_routes([theirs], AT, phones=[phone])))) == seen
    assert tracked(replace(sf, settings=replace(sf.settings, phones=("9999", "0000"))), theirs)


def test_routes_can_be_asked_by_our_own_order_numbers_ten_at_a_time(sf: Sf, world: World) -> None:
    numbers = {name: book(sf, name).waybill_no for name in ("A", "B")}
    for number in numbers.values():
        world.tell(number, Kind.ACCEPTED, AT, "sender office")
    found = sf.read_tracking(sent(sf.ask_routes(["A", "B", "C"], AT, by_reference=True)))
    assert {event.waybill_no for event in found} == set(numbers.values())
    both = sf.read_tracking(sent(sf.ask_routes(list(numbers.values()), AT)))
    assert {event.waybill_no for event in both} == set(numbers.values())
    query = {"language": "zh-CN", "trackingType": 1, "trackingNumber": ["SF7000000000011"]}
    for code, change in (
        ("8003", {"trackingNumber": ["x"] * 11}),
        ("8013", {"trackingNumber": []}),
        ("S0003", {"trackingNumber": "SF7000000000011"}),
        ("S0003", {"trackingType": 3}),
        ("S0002", {"trackingType": None}),
        ("S0003", {"methodType": 3}),
        ("S0003", {"checkPhoneNo": "13000000000"}),
        ("S0003", {"language": "de"}),
        ("S0000", {"language": "0"}),
        ("S0000", loaded("search_routes_msgdata.json")),
    ):
        assert business_code(sf, "EXP_RECE_SEARCH_ROUTES", {**query, **change}) == code


def test_an_empty_answer_looks_like_the_recorded_one(sf: Sf) -> None:
    waybill_no = book(sf).waybill_no
    answer = json.loads(json.loads(sent(sf.ask_tracking(waybill_no, AT)).body)["apiResultData"])
    recorded = json.loads(loaded("search_routes_empty.json")["apiResultData"])
    recorded["msgData"]["routeResps"][0]["mailNo"] = waybill_no
    assert answer == recorded


def test_routes_are_shown_for_three_months(sf: Sf, world: World) -> None:
    waybill_no = book(sf).waybill_no
    world.tell(waybill_no, Kind.ACCEPTED, AT, "sender office")
    world.advance(timedelta(days=91).total_seconds())
    assert tracked(sf, waybill_no)
    world.advance(timedelta(days=2).total_seconds())
    assert tracked(sf, waybill_no) == ()


@pytest.mark.parametrize(
    ("kind", "milestone", "reason"),
    [
        (Kind.ACCEPTED, Milestone.PICKED_UP, None),
        (Kind.LEFT, Milestone.IN_TRANSIT, None),
        (Kind.ARRIVED, Milestone.ARRIVED, None),
        (Kind.OUT_FOR_DELIVERY, Milestone.OUT_FOR_DELIVERY, None),
        (Kind.SIGNED, Milestone.DELIVERED, None),
        (Kind.SIGNED_BY_OTHER, Milestone.DELIVERED, None),
        (Kind.ATTEMPT_FAILED, Milestone.ATTEMPTED, None),
        (Kind.INTO_LOCKER, Milestone.AVAILABLE, Reason.IN_LOCKER),
        (Kind.AT_STATION, Milestone.AVAILABLE, Reason.AT_STATION),
        (Kind.TAKEN_FROM_LOCKER, Milestone.DELIVERED, None),
        (Kind.RETURNING, Milestone.RETURNING, None),
        (Kind.HELD, Milestone.HELD, Reason.HELD),
        (Kind.DELIVERY_TAKEN_BACK, Milestone.HELD, Reason.OTHER),
        (Kind.DAMAGED, Milestone.HELD, Reason.OTHER),
        (Kind.LOST, Milestone.HELD, Reason.OTHER),
        (Kind.UNKNOWN, Milestone.UNRECOGNISED, None),
    ],
)
def test_every_scan_has_a_word_that_the_adapter_reads(
    sf: Sf, world: World, kind: Kind, milestone: Milestone, reason: Reason | None
) -> None:
    waybill_no = book(sf).waybill_no
    world.tell(waybill_no, kind, AT, "sender office")
    (event,) = tracked(sf, waybill_no)
    assert (event.milestone, event.reason) == (milestone, reason)
    assert (event.happened_at, event.place) == (AT, "深圳市")


def test_every_code_of_the_table_can_be_told_and_stands_as_it_is(sf: Sf, world: World) -> None:
    waybill_no = book(sf).waybill_no
    codes = ["50", "8000", "99", "15", "9901"]
    for number, code in enumerate(codes):
        world.tell(waybill_no, code, AT + timedelta(seconds=number), remark="原话")
    events = tracked(sf, waybill_no)
    assert [event.code for event in events] == codes
    assert {event.text for event in events} == {"原话"}
