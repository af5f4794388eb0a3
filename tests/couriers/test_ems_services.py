"""EMS's further services: what is refused before anything is asked, and answers that nobody would expect."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers import adapters
from couriers.adapters import ems_wire
from couriers.adapters.ems import Ems
from couriers.adapters.ems_services import TEMPLATES
from couriers.contract import (
    BadSettings,
    BookingRequest,
    Call,
    ChecksScope,
    CourierError,
    FindsOrders,
    Operation,
    Party,
    Quotes,
    Refused,
    Reply,
    Subscribes,
)

CASES = Path(__file__).parent.parent / "data" / "couriers" / "ems"
SETTINGS: dict[str, str] = json.loads((CASES / "settings.json").read_text("utf-8"))
AT = datetime(2026, 1, 1, 1, tzinfo=UTC)
PARTY = Party("测试寄件人", "13000000000", "示例省", "示例市", "示例区", "示例路1号")
REQUEST = BookingRequest("YD-1", PARTY, PARTY, 120, 1, AT)
DOCUMENT = {"name": "测试", "phone": "1", "province": "省", "city": "市", "county": "区", "address": "路"}


def ems(**changes: str) -> Ems:
    made = adapters.make("ems", {**SETTINGS, **changes})
    assert isinstance(made, Ems)
    return made


def plain(call: Call) -> Any:
    assert call.form is not None
    return json.loads(ems_wire.unseal(call.form["logitcsInterface"], SETTINGS["COURIER_EMS_SIGN_KEY"], suffix=True))


def answered(body: object) -> Reply:
    return Reply(200, {}, json.dumps({"retCode": "00000", "retBody": body}).encode())


def test_ems_tells_what_it_can_and_cannot_be_asked() -> None:
    courier = ems()
    assert isinstance(courier, ChecksScope)
    assert isinstance(courier, Quotes)
    assert not isinstance(courier, FindsOrders | Subscribes)
    assert courier.takes_pool_numbers
    assert {operation: service.native for operation, service in courier.services.items()} == {
        Operation.LABEL: "010004",
        Operation.SCOPE: "030005",
        Operation.QUOTE: "050005",
        Operation.POSTAGE: "050001",
        Operation.PARSE_ADDRESS: "060001",
    }


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_label_is_asked_in_words_or_by_hand_alike(template: str) -> None:
    courier = ems()
    by_hand = courier.services[Operation.LABEL].ask(["1100000000011", template, "1", "1"], AT)
    assert courier.ask_label("1100000000011", AT, template, as_url=True, is_return=True) == by_hand


@pytest.mark.parametrize("told", [["1", "130", "0", "0"], ["1", "129", "yes", "0"], ["1", "129", "0", ""]])
def test_a_label_that_ems_does_not_have_is_not_asked_for(told: list[str]) -> None:
    with pytest.raises(Refused, match="129、149 或 179"):
        ems().services[Operation.LABEL].ask(told, AT)


def test_the_products_and_the_kind_of_customer_are_settings() -> None:
    changed = ems(COURIER_EMS_PRODUCT="11", COURIER_EMS_QUOTE_PRODUCT="115104300000999", COURIER_EMS_SCOPE_TYPE="3")
    scope = plain(changed.ask_scope(PARTY, AT))
    assert (scope["bizProductNo"], scope["type"]) == ("11", "3")
    assert plain(changed.ask_quotes(REQUEST, AT))["productCode"] == "115104300000999"
    assert changed.read_quotes(answered({"realFee": "1"}))[0].product == "115104300000999"
    with pytest.raises(BadSettings) as caught:
        ems(COURIER_EMS_QUOTE_PRODUCT="11", COURIER_EMS_SCOPE_TYPE="4")
    assert len(caught.value.problems) == 2


def test_a_price_needs_a_weight() -> None:
    with pytest.raises(Refused, match="重量"):
        ems().ask_quotes(replace(REQUEST, weight_grams=0), AT)


def test_an_order_without_a_pool_number_lets_ems_choose() -> None:
    assert plain(ems().ask_booking(REQUEST, AT))[0]["waybillNo"] == ""
    pooled = plain(ems().ask_booking(replace(REQUEST, waybill_no="1199000000017"), AT))
    assert pooled[0]["waybillNo"] == "1199000000017"
    with pytest.raises(Refused, match="号段"):
        ems().ask_booking(replace(REQUEST, waybill_no="1199 17"), AT)


@pytest.mark.parametrize(
    ("operation", "document", "words"),
    [
        (Operation.SCOPE, [], "JSON 对象"),
        (Operation.SCOPE, {**DOCUMENT, "surprise": "1"}, "surprise"),
        (Operation.SCOPE, {**DOCUMENT, "name": None}, "name"),
        (Operation.QUOTE, {"sender": DOCUMENT, "receiver": DOCUMENT}, "weight_grams"),
        (Operation.QUOTE, {"sender": {}, "receiver": DOCUMENT, "weight_grams": 1}, "sender"),
        (Operation.QUOTE, {"sender": DOCUMENT, "receiver": DOCUMENT, "weight_grams": -1}, "weight_grams"),
        (
            Operation.QUOTE,
            {"sender": DOCUMENT, "receiver": DOCUMENT, "weight_grams": 1, "pickup_from": "soon"},
            "ISO 8601",
        ),
    ],
)
def test_a_document_that_is_wrong_is_refused_with_its_names(operation: Operation, document: Any, words: str) -> None:
    with pytest.raises(Refused, match=words):
        ems().services[operation].ask([document], AT)


@given(
    st.sampled_from(sorted(ems().services)),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from(["1e999", "-0", "9", "{", "http://x"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["status", "realFee", "totalFee", "postageTotal", "realWeight", "prov", "countyCode"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    ),
)
def test_whatever_ems_answers_is_read_or_fails_in_one_of_three_ways(operation: Operation, body: Any) -> None:
    with suppress(CourierError):
        ems().services[operation].read(answered(body))
