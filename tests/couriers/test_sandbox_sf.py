# ruff: noqa: F811 - fixtures are imported by name
"""The SF sandbox over real HTTP: it refuses what 丰桥 would refuse, in its own codes; one reference, one number."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers import adapters
from couriers.adapters.sf import Sf
from couriers.adapters.sf_orders import order_of
from couriers.adapters.sf_wire import digest
from couriers.contract import Busy, Operation, Refused, Reply
from couriers.sandbox.desk import Asked
from couriers.sandbox.scans import Kind
from couriers.sandbox.sf import GATEWAY, OAUTH, make
from couriers.sandbox.sf_gate import FORM_TYPE, OPERATIONS
from couriers.sandbox.world import World
from couriers.waybills import candidates
from tests.couriers.sf_stage import (  # noqa: F401
    AT,
    DATA,
    RECEIVER,
    SENDER,
    SETTINGS,
    ask,
    book,
    business_code,
    extra,
    hook,
    loaded,
    platform_code,
    request_of,
    sandbox,
    sent,
    sf,
    with_form,
)


@pytest.mark.parametrize("name", ["partnerID", "requestID", "serviceCode", "timestamp", "msgData", "msgDigest"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_form_field_is_refused(sf: Sf, name: str, value: str | None) -> None:
    assert platform_code(with_form(sf.ask_tracking("SF7000000000011", AT), **{name: value})) == "A1001"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("partnerID", "SOMEBODY", "A1004"),
        ("serviceCode", "EXP_RECE_FLY", "A1004"),
        ("requestID", "x" * 41, "A1001"),
        ("timestamp", "2026-01-01 09:00:00", "A1001"),
        ("timestamp", "17672292000", "A1001"),
        ("timestamp", "1767229200001", "A1006"),
        ("msgData", "{}", "A1006"),
        ("msgDigest", "AAAAAAAAAAAAAAAAAAAAAA==", "A1006"),
        ("accessToken", "also", "A1001"),
    ],
)
def test_a_wrong_form_field_is_refused(sf: Sf, name: str, value: str, code: str) -> None:
    assert platform_code(with_form(sf.ask_tracking("SF7000000000011", AT), **{name: value})) == code


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded; charset=GBK"]
)
def test_a_wrong_content_type_is_refused(sf: Sf, content_type: str) -> None:
    call = replace(sf.ask_tracking("SF7000000000011", AT), headers={"Content-Type": content_type})
    assert platform_code(call) == "A1001"


def test_only_a_form_by_post_is_answered(sf: Sf) -> None:
    call = sf.ask_tracking("SF7000000000011", AT)
    assert platform_code(replace(call, method="GET", form=None)) == "A1001"
    assert platform_code(replace(call, form=None, body=b"%ff=%ff")) == "A1001"


def test_another_checkword_or_mode_is_a_bad_signature(sf: Sf) -> None:
    for other in (replace(sf.settings, checkword="Wrong"), replace(sf.settings, digest_mode="plain")):
        with pytest.raises(Refused, match="COURIER_SF_CHECKWORD"):
            book(replace(sf, settings=other))


class TestPlainMode:
    @pytest.fixture
    def extra(self) -> dict[str, str]:
        return {"COURIER_SF_DIGEST": "plain"}

    def test_an_account_without_encoding_is_signed_plainly(self, sf: Sf) -> None:
        assert book(sf, note="中文 空格*~+&=/?").waybill_no
        with pytest.raises(Refused, match="A1006"):
            book(replace(sf, settings=replace(sf.settings, digest_mode="urlencoded")))


class TestClock:
    @pytest.fixture
    def extra(self) -> dict[str, str]:
        return {"COURIER_SF_SANDBOX_CLOCK_SECONDS": "600"}

    def test_a_call_from_another_time_is_refused(self, sf: Sf, world: World) -> None:
        assert book(sf).waybill_no
        world.set_fault("clock_skew", 3600, "sf")
        with pytest.raises(Refused, match="A1002") as caught:
            book(sf, "TEST-2")
        assert "校准" in str(caught.value)


class TestTokens:
    @pytest.fixture
    def extra(self) -> dict[str, str]:
        return {"COURIER_SF_AUTH": "oauth2"}

    def test_a_token_opens_the_gate_until_it_expires(self, sf: Sf, world: World) -> None:
        assert sf.needs_token
        bearer, seconds = sf.with_token_from(sent(sf.ask_token()))
        assert seconds == 7199
        assert isinstance(bearer, Sf)
        assert book(bearer).waybill_no
        world.advance(seconds + 1)
        with pytest.raises(Refused) as caught:
            book(bearer, "TEST-2")
        assert bearer.token_expired(caught.value)
        again, _ = sf.with_token_from(sent(sf.ask_token()))
        assert isinstance(again, Sf)
        assert book(again, "TEST-2").waybill_no

    def test_no_other_token_and_no_digest_is_taken(self, sf: Sf) -> None:
        bearer, _ = sf.with_token_from(sent(sf.ask_token()))
        assert isinstance(bearer, Sf)
        for token in (f"{bearer.access_token}0", "9999999999", "x", "令牌"):
            assert platform_code(replace(bearer, access_token=token).ask_tracking("SF7000000000011", AT)) == "A1011"
        by_digest = replace(sf, settings=replace(sf.settings, auth="digest"))
        assert platform_code(by_digest.ask_tracking("SF7000000000011", AT)) == "A1011"

    @pytest.mark.parametrize(
        ("name", "value", "code"),
        [
            ("partnerID", "SOMEBODY", "A1004"),
            ("secret", "wrong", "A1011"),
            ("secret", None, "A1001"),
            ("grantType", "refresh", "A1001"),
        ],
    )
    def test_a_token_is_given_to_the_customer_only(self, sf: Sf, name: str, value: str | None, code: str) -> None:
        assert platform_code(with_form(sf.ask_token(), **{name: value})) == code

    def test_a_token_may_be_asked_for_in_the_query(self, sf: Sf) -> None:
        call = sf.ask_token()
        assert call.form is not None
        query = "&".join(f"{name}={value}" for name, value in call.form.items())
        asked = replace(call, url=f"{call.url}?{query}", form=None)
        assert sf.with_token_from(sent(asked))[1] == 7199
        assert platform_code(replace(asked, url=f"{call.url}?secret=x")) == "A1001"


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted(
    {*loaded("create_order_msgdata.json")}
    | {"dealType", "waybillNoInfoList", "trackingType", "trackingNumber", "checkPhoneNo", "filterType", "contactInfos"}
    | {"srcAddress", "destAddress", "weight", "consignedTime", "searchPrice", "templateCode", "documents", "searchType"}
)


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("sf") / "world.sqlite", first_number=11)
    yield made
    made.close()


@given(st.sampled_from(sorted(OPERATIONS)), st.data())
def test_whatever_a_customer_writes_is_answered_in_the_envelope(
    still: World, service: str, data: st.DataObject
) -> None:
    desk, courier = make(SETTINGS), adapters.make("sf", SETTINGS)
    assert isinstance(courier, Sf)
    good = order_of(request_of(), courier.settings) if data.draw(st.booleans()) else {}
    content = data.draw(ODD | st.dictionaries(st.sampled_from(FIELDS), ODD).map(lambda odd: {**good, **odd}))
    message = json.dumps(content)
    stamp = "1767229200000"
    form = {"partnerID": "TESTPARTNER", "requestID": "x", "serviceCode": service, "timestamp": stamp}
    form |= {"msgData": message, "msgDigest": digest(message, stamp, SETTINGS["COURIER_SF_CHECKWORD"])}
    asked = Asked("POST", GATEWAY, "", {"content-type": FORM_TYPE}, urlencode(form).encode(), "http://127.0.0.1")
    envelope = json.loads(desk.handle(asked, still.account("sf")).body)
    assert envelope["apiResultCode"] == "A1000"
    assert "success" in json.loads(envelope["apiResultData"])


@given(st.binary(max_size=200), st.sampled_from([GATEWAY, OAUTH, "/sf/print/x.pdf"]), st.text(max_size=20))
def test_any_bytes_are_refused_at_the_gate(still: World, body: bytes, path: str, query: str) -> None:
    headers = {"Content-Type": FORM_TYPE, "X-Auth-token": query}
    said = make(SETTINGS).handle(Asked("POST", path, query, headers, body, "http://127.0.0.1"), still.account("sf"))
    answer = json.loads(said.body)
    assert said.status == 401 or answer["apiResultCode"] == "A1001"


def test_the_published_order_is_taken(sf: Sf) -> None:
    theirs = loaded("create_order_msgdata.json")
    booking = sf.read_booking(sent(sf.call("EXP_RECE_CREATE_ORDER", theirs, AT)))
    (candidate,) = candidates(booking.waybill_no)
    assert (candidate.format, candidate.check_digit) == ("sf_15", "ok")
    assert booking.destination_code == "020"
    assert booking.route_code


def test_the_label_prints_what_a_real_one_prints(sf: Sf) -> None:
    reply = sent(sf.ask_booking(request_of(), AT))
    (label,) = sf.read_labels(reply)
    (recorded,) = sf.read_labels(Reply(200, {}, (DATA / "samples" / "sf" / "create_order_response.json").read_bytes()))
    assert label.keys() >= recorded.keys()
    assert label["waybillNo"] in label["twoDimensionCode"]
    assert sf.read_booking(reply).route_code == label["destRouteLabel"]


def altered(order: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    wrong = copy.deepcopy(order)
    place: Any = wrong
    for step in path[:-1]:
        place = place[step]
    if value is None:
        place.pop(path[-1], None)
    else:
        place[path[-1]] = value
    return wrong


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("language",), None, "S0002"),
        (("language",), "de", "S0003"),
        (("orderId",), "", "6118"),
        (("orderId",), "x" * 65, "S0003"),
        (("orderId",), 7, "S0003"),
        (("cargoDetails",), [], "S0002"),
        (("cargoDetails", 0, "name"), None, "1023"),
        (("cargoDetails", 0, "name"), "长" * 129, "S0003"),
        (("cargoDetails", 0, "count"), 0, "S0003"),
        (("contactInfoList",), {}, "S0002"),
        (("contactInfoList",), [], "S0002"),
        (("contactInfoList", 0, "address"), "", "1010"),
        (("contactInfoList", 0, "contact"), "", "1011"),
        (("contactInfoList", 0, "mobile"), None, "1012"),
        (("contactInfoList", 1, "address"), " ", "1014"),
        (("contactInfoList", 1, "contact"), None, "1015"),
        (("contactInfoList", 1, "tel"), None, "1016"),
        (("contactInfoList", 1, "tel"), "no phone", "8196"),
        (("contactInfoList", 0, "mobile"), "23000000000", "8196"),
        (("contactInfoList", 0, "address"), "长" * 201, "S0003"),
        (("contactInfoList", 0, "city"), 1, "S0003"),
        (("contactInfoList", 0, "country"), None, "S0002"),
        (("contactInfoList", 0, "contactType"), 3, "S0002"),
        (("payMethod",), 4, "S0003"),
        (("monthlyCard",), "755123456", "6126"),
        (("monthlyCard",), "7551234568", "8119"),
        (("expressTypeId",), 99999, "8057"),
        (("isReturnRoutelabel",), None, "S0002"),
        (("isDocall",), 2, "S0003"),
        (("isGenWaybillNo",), 0, "8247"),
        (("parcelQty",), 308, "8067"),
        (("parcelQty",), 0, "S0003"),
        (("totalWeight",), "heavy", "S0003"),
        (("totalVolume",), "-1", "6130"),
        (("remark",), "长" * 101, "S0003"),
        (("remark",), "响\x07", "S0003"),
        (("sendStartTm",), "2026-01-01T09:00:00", "S0003"),
        (("sendStartTm",), "2026-02-30 09:00:00", "S0003"),
        (("extraInfoList",), [{"attrName": "pickupAppointEndTime", "attrVal": "noon"}], "S0003"),
        (("extraInfoList",), "x", "S0003"),
        (("serviceList",), [{"name": ""}], "6127"),
        (("serviceList",), [{"name": "GIFT"}], "6128"),
        (("serviceList",), [{"name": "COD", "value": "much"}], "6138"),
        (("serviceList",), [{"name": "COD", "value": "-1"}], "6139"),
        (("serviceList",), "COD", "S0003"),
    ],
)
def test_an_order_against_the_field_rules_is_refused_with_sfs_code(
    sf: Sf, path: tuple[Any, ...], value: Any, code: str
) -> None:
    order = order_of(request_of(), sf.settings)
    assert business_code(sf, "EXP_RECE_CREATE_ORDER", altered(order, path, value)) == code
    assert ask(sf, Operation.ORDER, "TEST-1") is None


@pytest.mark.parametrize("content", [[], "text", None, 1])
def test_a_message_that_is_no_object_is_illegal_json(sf: Sf, content: object) -> None:
    assert business_code(sf, "EXP_RECE_CREATE_ORDER", content) == "S0001"


def test_a_third_party_pays_only_by_card(sf: Sf) -> None:
    order = {**order_of(request_of(payer="third_party"), sf.settings)}
    del order["monthlyCard"]
    assert business_code(sf, "EXP_RECE_CREATE_ORDER", order) == "6126"


def test_one_reference_gets_one_number_however_often_it_is_asked(sf: Sf) -> None:
    first = book(sf)
    assert book(sf) == first
    assert book(sf, "TEST-2").waybill_no != first.waybill_no
    assert ask(sf, Operation.ORDER, "TEST-1") == first
    assert ask(sf, Operation.ORDER, "TEST-3") is None


@pytest.mark.parametrize("manner", ["bare", "words"])
def test_a_duplicate_without_a_number_is_settled_by_asking_for_the_order(sf: Sf, world: World, manner: str) -> None:
    first = book(sf)
    world.set_fault("refuse_duplicates", manner, "sf")
    with pytest.raises(Refused) as caught:
        book(sf)
    assert caught.value.code == "8016"
    assert sf.read_order(sent(sf.ask_order("TEST-1", AT))) == first


def test_a_duplicate_that_carries_the_number_reads_as_the_first_success(sf: Sf, world: World) -> None:
    first = book(sf)
    world.set_fault("refuse_duplicates", "body", "sf")
    assert book(sf) == first


def test_an_address_out_of_range_gets_no_number(sf: Sf) -> None:
    with pytest.raises(Refused, match="收方超出服务范围"):
        book(sf, receiver=replace(RECEIVER, address="超区村1号"))
    with pytest.raises(Refused, match="寄方超出服务范围"):
        book(sf, sender=replace(SENDER, address="超区村1号"))
    assert ask(sf, Operation.ORDER, "TEST-1") is None


def test_an_address_that_a_person_must_look_at_gets_its_number_later(sf: Sf, world: World) -> None:
    asked = request_of(receiver=replace(RECEIVER, address="人工确认路1号"))
    for _ in range(2):
        with pytest.raises(Busy):
            sf.read_booking(sent(sf.ask_booking(asked, AT)))
    world.advance(61)
    found = ask(sf, Operation.ORDER, "TEST-1")
    assert found is not None
    assert sf.read_booking(sent(sf.ask_booking(asked, AT))) == found


def test_an_order_can_be_cancelled_until_it_is_picked_up(sf: Sf, world: World) -> None:
    first, second = (book(sf, name).waybill_no for name in ("A", "B"))
    cancel = sf.ask_cancel(first, "A", "不寄了", AT)
    sf.read_cancel(sent(cancel))
    sf.read_cancel(sent(cancel))
    with pytest.raises(Refused, match="8016"):
        book(sf, "A")
    with pytest.raises(Refused, match="8037"):
        ask(sf, Operation.ORDER, "A")
    with pytest.raises(Refused, match="8019"):
        ask(sf, Operation.UPDATE, first, "A", {"weight_grams": 1000})
    with pytest.raises(Refused, match="8024"):
        sf.read_cancel(sent(sf.ask_cancel(first, "C", "不寄了", AT)))
    with pytest.raises(Refused, match="resStatus 1"):
        sf.read_cancel(sent(sf.ask_cancel(first, "B", "不寄了", AT)))
    world.tell(second, Kind.ACCEPTED, AT, "sender office")
    with pytest.raises(Refused, match="8252"):
        sf.read_cancel(sent(sf.ask_cancel(second, "B", "不寄了", AT)))


def test_the_published_cancellation_is_understood(sf: Sf) -> None:
    waybill_no = book(sf, "TEST-20260101-0001").waybill_no
    theirs = loaded("update_order_cancel_msgdata.json")
    theirs["waybillNoInfoList"][0]["waybillNo"] = waybill_no
    reply = sent(sf.call("EXP_RECE_UPDATE_ORDER", theirs, AT))
    answer = json.loads(json.loads(reply.body)["apiResultData"])["msgData"]
    recorded = json.loads(loaded("update_order_response.json")["apiResultData"])["msgData"]
    recorded["waybillNoInfoList"][0]["waybillNo"] = waybill_no
    assert answer == recorded


def test_weight_and_pickup_can_be_changed_before_the_pickup(sf: Sf, world: World) -> None:
    waybill_no = book(sf).waybill_no
    changes = {"weight_grams": 1500, "pickup_from": "2026-12-01T14:00:00+08:00"}
    assert ask(sf, Operation.UPDATE, waybill_no, "TEST-1", changes) is None
    kept = world.order("sf", "TEST-1")
    assert kept is not None
    assert kept.body["changes"]["sendStartTm"] == "2026-12-01 14:00:00"
    for code, content in (
        ("8013", {"dealType": 1, "orderId": "TEST-1"}),
        ("8191", {"dealType": 2, "orderId": "TEST-1", "waybillNoInfoList": [{"waybillNo": "12"}]}),
        ("S0003", {"dealType": 3, "orderId": "TEST-1"}),
        ("S0003", {"dealType": 2, "orderId": "TEST-1", "waybillNoInfoList": ["x"]}),
        ("6118", {"dealType": 2}),
    ):
        assert business_code(sf, "EXP_RECE_UPDATE_ORDER", content) == code


def test_many_at_once_never_share_a_number_and_one_reference_never_gets_two(sf: Sf) -> None:
    with ThreadPoolExecutor(8) as pool:
        booked = set(pool.map(lambda count: (count % 10, book(sf, f"TEST-{count % 10}").waybill_no), range(40)))
    assert len(booked) == len({number for _, number in booked}) == 10


@pytest.mark.parametrize(("name", "value"), [("PUSH", "fax"), ("CLOCK_SECONDS", "soon")])
def test_a_wrong_wish_of_the_trainer_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"COURIER_SF_SANDBOX_{name}"):
        make({**SETTINGS, f"COURIER_SF_SANDBOX_{name}": value})
