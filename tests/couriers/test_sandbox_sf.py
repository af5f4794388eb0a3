"""The SF sandbox over real HTTP: it refuses what 丰桥 would refuse, in its own codes, and keeps its promises."""

from __future__ import annotations

import copy
import io
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers import adapters, transport
from couriers.adapters.sf import TOKEN_HEADER, Sf
from couriers.adapters.sf_orders import order_of
from couriers.adapters.sf_wire import digest
from couriers.contract import (
    Booking,
    BookingRequest,
    Busy,
    Call,
    Garbled,
    Milestone,
    Operation,
    Party,
    Push,
    Reason,
    Refused,
    Reply,
    TrackingEvent,
)
from couriers.sandbox.desk import Asked
from couriers.sandbox.scans import Kind
from couriers.sandbox.server import Sandbox
from couriers.sandbox.sf import GATEWAY, OAUTH, make
from couriers.sandbox.sf_gate import FORM_TYPE, OPERATIONS
from couriers.sandbox.world import World
from couriers.waybills import candidates
from tests.couriers.conftest import wait_for

DATA = Path(__file__).parents[1] / "data"
SETTINGS: dict[str, str] = json.loads((DATA / "couriers" / "sf" / "settings.json").read_text("utf-8"))
SENDER = Party("测试寄件人", "13000000000", "广东省", "深圳市", "南山区", "示例路1号")
RECEIVER = Party("测试收件人", "020-80000001", "广东省", "广州市", "白云区", "样例街2号")
AT = datetime.now(UTC).replace(microsecond=0)


@dataclass
class Hook:
    """Our side's hook for SF: the address's token reaches the adapter as a header, as the product has it."""

    url: str = ""
    failures: int = 0
    pushes: list[Push] = field(default_factory=list)
    events: list[TrackingEvent] = field(default_factory=list)

    def codes(self) -> list[str]:
        return [event.code for event in self.events]


@pytest.fixture
def hook() -> Iterator[Hook]:
    kept = Hook()
    courier = adapters.make("sf", SETTINGS)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            token = parse_qs(urlsplit(self.path).query).get("token", [""])[0]
            body = self.rfile.read(int(self.headers["Content-Length"]))
            push = Push({**dict(self.headers), TOKEN_HEADER: token}, body)
            kept.pushes.append(push)
            accepted = courier.trusts(push) and kept.failures == 0
            kept.failures = max(0, kept.failures - 1)
            if accepted:
                kept.events.extend(courier.read_push(push))
            answer = courier.answer(push, accepted)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_port}/hooks/sf"
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def extra() -> dict[str, str]:
    """Further settings, for a test to override."""
    return {}


@pytest.fixture
def sandbox(world: World, hook: Hook, extra: dict[str, str]) -> Iterator[Sandbox]:
    with Sandbox(world, {**SETTINGS, **extra}, hook.url, push_retry_seconds=(0.05,)) as running:
        yield running


@pytest.fixture
def sf(sandbox: Sandbox) -> Sf:
    courier = adapters.make("sf", sandbox.settings)
    assert isinstance(courier, Sf)
    return courier


def request_of(reference: str = "TEST-1", **changed: Any) -> BookingRequest:
    return replace(BookingRequest(reference, SENDER, RECEIVER, 500, 1, AT), **changed)


def sent(call: Call) -> Reply:
    return transport.send(call, 5)


def book(sf: Sf, reference: str = "TEST-1", **changed: Any) -> Booking:
    return sf.read_booking(sent(sf.ask_booking(request_of(reference, **changed), AT)))


def ask(sf: Sf, operation: Operation, *arguments: Any) -> Any:
    service = sf.services[operation]
    return service.read(sent(service.ask(arguments, AT)))


def platform_code(call: Call) -> str:
    reply = sent(call)
    assert reply.status == 200
    return str(json.loads(reply.body)["apiResultCode"])


def business_code(sf: Sf, service: str, content: object) -> str:
    envelope = json.loads(sent(sf.call(service, content, AT)).body)
    assert envelope["apiResultCode"] == "A1000"
    assert isinstance(envelope["apiResultData"], str)  # JSON in a text, as on the wire
    return str(json.loads(envelope["apiResultData"])["errorCode"])


def with_form(call: Call, **changes: str | None) -> Call:
    assert call.form is not None
    return replace(call, form={name: text for name, text in {**call.form, **changes}.items() if text is not None})


def tracked(sf: Sf, waybill_no: str) -> tuple[TrackingEvent, ...]:
    return sf.read_tracking(sent(sf.ask_tracking(waybill_no, AT)))


def loaded(name: str) -> Any:
    return json.loads((DATA / "samples" / "sf" / name).read_text("utf-8"))


# --- the gate


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
        return {"SANDBOX_SF_CLOCK_SECONDS": "600"}

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


# --- orders


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


# --- what else it can be asked


def test_further_parcels_get_numbers_of_their_own(sf: Sf) -> None:
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


# --- routes


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


# --- pushes


@pytest.mark.parametrize("journey", ["delivered", "locker", "attempted", "delivered_then_not", "unknown_code"])
def test_what_is_pushed_is_what_is_shown(sf: Sf, world: World, hook: Hook, journey: str) -> None:
    waybill_no = book(sf).waybill_no
    world.play(waybill_no, journey, AT - timedelta(days=2), 86400)
    shown = tracked(sf, waybill_no)
    wait_for(lambda: len(hook.events) >= len(shown))
    assert [event.natural_key for event in hook.events] == [event.natural_key for event in shown]
    assert {event.reference for event in hook.events} == {"TEST-1"}
    assert len(hook.pushes) == -(-len(shown) // 10)  # ten routes at once


class TestForm:
    @pytest.fixture
    def extra(self) -> dict[str, str]:
        return {"SANDBOX_SF_PUSH": "form"}

    def test_routes_may_come_as_xml_in_a_form(self, sf: Sf, world: World, hook: Hook) -> None:
        waybill_no = book(sf).waybill_no
        world.play(waybill_no, "delivered", AT - timedelta(days=2), 86400)
        world.tell(waybill_no, "50", AT, "sender office", remark="<\"&'> 原话")
        shown = tracked(sf, waybill_no)
        wait_for(lambda: len(hook.events) == len(shown))
        assert {event.natural_key for event in hook.events} == {event.natural_key for event in shown}
        assert hook.events[-1].text == "<\"&'> 原话"
        assert {push.header("Content-Type") for push in hook.pushes} == {
            "application/x-www-form-urlencoded; charset=UTF-8"
        }
        wait_for(lambda: world.state()["pushes_owed"] == 0)

    def test_a_form_that_was_not_taken_comes_again(self, sf: Sf, world: World, hook: Hook) -> None:
        hook.failures = 2
        world.tell(book(sf).waybill_no, Kind.ACCEPTED, AT, "sender office")
        wait_for(lambda: hook.codes() == ["50"])
        assert len(hook.pushes) == 3


def test_a_batch_that_was_not_taken_comes_again(sf: Sf, world: World, hook: Hook) -> None:
    hook.failures = 2
    world.tell(book(sf).waybill_no, Kind.ACCEPTED, AT, "sender office")
    wait_for(lambda: hook.codes() == ["50"])
    assert len(hook.pushes) == 3
    assert len({push.body for push in hook.pushes}) == 1
    wait_for(lambda: world.state()["pushes_owed"] == 0)


def test_an_order_with_a_pickup_tells_its_states(sf: Sf, world: World, hook: Hook) -> None:
    waybill_no = book(sf, pickup_from=AT + timedelta(hours=2)).waybill_no
    wait_for(lambda: hook.codes() == ["04-40037", "04-40001"])
    world.tell(waybill_no, Kind.ACCEPTED, AT, "sender office")
    wait_for(lambda: hook.codes()[2:] == ["50", "05-40003"])
    assert {event.waybill_no for event in hook.events} == {waybill_no}
    assert [event.milestone for event in hook.events][-1] is Milestone.PICKED_UP
    wait_for(lambda: world.state()["pushes_owed"] == 0)


def test_a_trainer_may_send_any_state_of_an_order(sf: Sf, world: World, hook: Hook) -> None:
    waybill_no = book(sf).waybill_no
    world.notify("sf", waybill_no, {"orderStateCode": "99-00001", "orderStateDesc": "演示"})
    wait_for(lambda: hook.codes() == ["99-00001"])
    assert hook.events[0].milestone is Milestone.UNRECOGNISED


class TestStranger:
    @pytest.fixture
    def extra(self) -> dict[str, str]:
        return {"COURIER_SF_PUSH_TOKEN": "AnotherPushToken9876543210"}

    def test_a_push_with_another_token_is_not_believed(self, sf: Sf, world: World, hook: Hook) -> None:
        world.tell(book(sf).waybill_no, Kind.ACCEPTED, AT, "sender office")
        wait_for(lambda: len(hook.pushes) > 1)
        assert hook.events == []
        assert world.state()["pushes_owed"] == 1


def test_a_return_goes_on_under_a_new_number_that_the_old_one_names(sf: Sf, world: World, hook: Hook) -> None:
    waybill_no = book(sf).waybill_no
    world.play(waybill_no, "returned", AT - timedelta(days=2), 86400)
    *_, last = tracked(sf, waybill_no)
    assert (last.code, last.milestone) == ("648", Milestone.RETURNING)
    (back,) = [one for one in world.parcels.orders() if one.returns == waybill_no]
    assert back.waybill_no in last.text
    *_, home = tracked(sf, back.waybill_no)
    assert (home.milestone, home.place) == (Milestone.DELIVERED, "深圳市")
    wait_for(lambda: {event.waybill_no for event in hook.events} == {waybill_no, back.waybill_no})


def test_a_further_parcel_is_scanned_for_itself_under_the_orders_number(sf: Sf, world: World, hook: Hook) -> None:
    book(sf)
    _, child = ask(sf, Operation.SUB_WAYBILLS, "TEST-1", "1")
    world.tell(child, Kind.ACCEPTED, AT, "sender office")
    wait_for(lambda: hook.codes() == ["50"])
    assert (hook.events[0].waybill_no, hook.events[0].reference) == (child, "TEST-1")


# --- faults


def test_too_often_is_said_in_sfs_own_code(sf: Sf, world: World) -> None:
    for manner in (True, "http"):
        world.set_fault("throttled", manner, "sf")
        with pytest.raises(Busy):
            book(sf)
    world.set_fault("throttled", None, "sf")
    assert ask(sf, Operation.ORDER, "TEST-1") is None


def test_an_order_whose_answer_never_came_is_found(sf: Sf, world: World) -> None:
    world.set_fault("timeout_after_order", 1.0, "sf")
    with pytest.raises(Busy):
        transport.send(sf.ask_booking(request_of(), AT), 0.3)
    found = ask(sf, Operation.ORDER, "TEST-1")
    assert found is not None
    world.set_fault("timeout_after_order", None, "sf")
    assert book(sf) == found


def test_half_a_text_is_garbled_and_the_order_stands(sf: Sf, world: World) -> None:
    world.set_fault("garbled", True, "sf")
    with pytest.raises(Garbled):
        book(sf)
    world.set_fault("garbled", None, "sf")
    assert ask(sf, Operation.ORDER, "TEST-1") is not None


def test_half_an_answer_shows_the_first_half(sf: Sf, world: World) -> None:
    waybill_no = book(sf).waybill_no
    world.play(waybill_no, "delivered", AT - timedelta(days=2), 86400)
    whole = tracked(sf, waybill_no)
    world.set_fault("half_answer", True, "sf")
    half = tracked(sf, waybill_no)
    assert half == whole[: len(whole) // 2]
    world.set_fault("half_answer", "cut", "sf")
    with pytest.raises(Busy):
        tracked(sf, waybill_no)


def test_a_reworded_scan_has_other_words_another_second_and_another_spelling(sf: Sf, world: World) -> None:
    waybill_no = book(sf).waybill_no
    world.tell(waybill_no, Kind.ACCEPTED, AT, "sender office")
    world.set_fault("reworded", True, "sf")
    first, again = tracked(sf, waybill_no)
    assert (first.code, first.milestone) == (again.code, again.milestone)
    assert first.text != again.text
    assert first.place != again.place
    assert timedelta(0) < again.happened_at - first.happened_at < timedelta(minutes=1)


def test_a_parcel_that_somebody_else_carries_is_not_shown(sf: Sf, world: World) -> None:
    order, _ = world.book("ems", "X", "ems")
    world.tell(order.waybill_no, Kind.ACCEPTED, AT, "sender office")
    assert sf.read_tracking(sent(sf.ask_routes([order.waybill_no], AT, phones=["13000000000"]))) == ()
