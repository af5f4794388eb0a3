"""快递鸟: its vectors to the letter, every recorded payload, what its codes mean."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from couriers import adapters
from couriers.adapters.kdniao import Kdniao
from couriers.adapters.kdniao_events import meanings
from couriers.adapters.kdniao_wire import sign
from couriers.contract import (
    Aggregates,
    BookingRequest,
    Carrier,
    Garbled,
    Milestone,
    Operation,
    Party,
    Push,
    Refused,
    Reply,
    Subscribes,
)

SAMPLES = Path(__file__).parents[1] / "data" / "samples" / "kdniao"
SETTINGS: dict[str, str] = json.loads((SAMPLES.parents[1] / "couriers" / "kdniao" / "settings.json").read_text("utf-8"))
KEY = SETTINGS["COURIER_KDNIAO_APP_KEY"]
FORM = "application/x-www-form-urlencoded"
AT = datetime(2026, 1, 1, 1, tzinfo=UTC)
NUMBER = "1100000000011"


def kdniao(**changed: str) -> Kdniao:
    courier = adapters.make("kdniao", {**SETTINGS, **{f"COURIER_KDNIAO_{name}": v for name, v in changed.items()}})
    assert isinstance(courier, Kdniao)
    return courier


ADAPTER = kdniao()
READERS: list[Callable[[Reply], Any]] = [
    ADAPTER.read_tracking,
    ADAPTER.read_booking,
    ADAPTER.read_cancel,
    ADAPTER.read_subscription,
    ADAPTER.read_recognition,
    ADAPTER.read_label,
]
ANSWERS = sorted(
    path.stem for path in SAMPLES.glob("*.json") if "request" not in path.stem and path.stem not in ("vectors",)
)


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


def reply(name: str) -> Reply:
    return Reply(200, {}, (SAMPLES / f"{name}.json").read_bytes())


def test_the_published_vectors_are_reproduced_to_the_letter() -> None:
    for vector in sample("vectors"):
        made = sign(vector["RequestData"], vector["AppKey"])
        assert made == vector["DataSign"]
        assert urlencode({"DataSign": made}) == f"DataSign={vector['DataSign_urlencoded']}"


def test_the_published_query_is_the_published_form() -> None:
    call = ADAPTER.ask_tracking(NUMBER, AT)
    assert call.form == sample("1002_request_form")
    assert call.form is not None
    wire = urlencode(call.form)
    assert "RequestData=%7B%22ShipperCode%22%3A%22EMS%22%2C%22LogisticCode%22%3A%221100000000011%22%7D" in wire


def test_the_published_order_is_sent_as_it_is() -> None:
    order = sample("1007_order_request_data")
    call = ADAPTER.ask_booking_as(order, AT)
    assert call.form is not None
    assert json.loads(call.form["RequestData"]) == order


def test_our_order_says_all_that_the_published_one_says() -> None:
    order = sample("1007_order_request_data")
    sender = Party("测试寄件人", "13000000000", "示例省", "示例市", "示例区", "示例路1号", "000000")
    receiver = Party("测试收件人", "13000000001", "示例二省", "示例二市", "示例二区", "样例街2号", "000000")
    request = BookingRequest(order["OrderCode"], sender, receiver, 120, 1, AT)
    form = ADAPTER.ask_booking(request, AT).form
    assert form is not None
    assert json.loads(form["RequestData"]) == {**order, "Weight": 0.12, "IsNotice": 1}


def test_the_published_subscription_is_asked_and_read() -> None:
    call = ADAPTER.ask_subscription(
        NUMBER, "", "https://hall.example/hooks/kdniao", "", AT, reference="TEST-20260101-0001", echo="TEST-0001"
    )
    assert call.url == "https://gateway.example/api/dist"
    assert call.form is not None
    assert call.form["RequestType"] == "1008"
    assert json.loads(call.form["RequestData"]) == sample("1008_subscribe_request_data")
    ADAPTER.read_subscription(reply("1008_subscribe_response"))
    with pytest.raises(Refused, match="非法参数"):
        ADAPTER.read_subscription(reply("error_bad_key"))


def test_a_number_is_recognised() -> None:
    form = ADAPTER.ask_recognition(NUMBER, AT).form
    assert form is not None
    assert (form["RequestType"], json.loads(form["RequestData"])) == ("2002", {"LogisticCode": NUMBER})
    assert ADAPTER.read_recognition(reply("2002_recognise_response")) == (Carrier("EMS", "EMS"),)
    answer = {**sample("2002_recognise_response"), "Shippers": [7, {"ShipperName": "?"}, {"ShipperCode": "SF"}]}
    assert ADAPTER.read_recognition(Reply(200, {}, json.dumps(answer).encode())) == (Carrier("SF", ""),)
    answer["Shippers"] = None
    assert ADAPTER.read_recognition(Reply(200, {}, json.dumps(answer).encode())) == ()
    answer["Shippers"] = "EMS"
    with pytest.raises(Garbled):
        ADAPTER.read_recognition(Reply(200, {}, json.dumps(answer).encode()))


@pytest.mark.parametrize("name", ANSWERS)
def test_every_recorded_answer_is_read_by_its_reader(name: str) -> None:
    if name == "push_answer":
        return
    readers = {"1002": 0, "8001": 0, "1007": 1, "1008": 3, "2002": 4, "error": 0}
    reader = READERS[readers[name.split("_")[0]]]
    if name in ("1007_duplicate", "error_bad_key"):
        with pytest.raises(Refused):
            reader(reply(name))
    else:
        reader(reply(name))


def test_the_published_push_is_believed_read_and_answered_as_published() -> None:
    form = sample("push_request_form")
    assert form.pop("_appkey_used") == KEY
    assert json.loads(form["RequestData"]) == sample("push_request_data")
    push = Push({"Content-Type": f"{FORM};charset=utf-8"}, urlencode(form).encode())
    assert ADAPTER.trusts(push)
    assert [event.milestone for event in ADAPTER.read_push(push)] == [Milestone.PICKED_UP, Milestone.DELIVERED]
    answer = json.loads(ADAPTER.answer(push, True).body)
    assert answer == {**sample("push_answer"), "UpdateTime": "2026-01-03 16:25:00"}
    held_up = ADAPTER.answer(push, False)
    assert (held_up.status, json.loads(held_up.body)["Success"]) == (200, False)


def test_a_push_and_the_query_of_the_same_steps_have_the_same_keys() -> None:
    form = sample("push_request_form")
    push = Push({"Content-Type": FORM}, urlencode({name: form[name] for name in form if name[0] != "_"}).encode())
    by_push = {event.natural_key for event in ADAPTER.read_push(push)}
    assert by_push <= {event.natural_key for event in ADAPTER.read_tracking(reply("8001_response"))}


def test_two_scans_of_one_second_with_one_code_are_two_and_a_repeat_is_one() -> None:
    answer = sample("8001_response")
    step = {**answer["Traces"][0], "Action": "2", "AcceptStation": "快件离开【示例市甲】"}
    other = {**step, "AcceptStation": "快件到达【示例市乙】"}
    keys = []
    for steps in ([step], [step, other], [step, other, other]):
        events = ADAPTER.read_tracking(Reply(200, {}, json.dumps({**answer, "StateEx": "2", "Traces": steps}).encode()))
        keys.append({event.natural_key for event in events})
    assert [len(found) for found in keys] == [1, 2, 2]
    assert keys[0] < keys[1] == keys[2]


def test_a_state_that_changes_while_no_step_is_added_is_not_lost() -> None:
    answer = sample("1002_response")
    keys = set()
    for state in ("2", "3"):
        events = ADAPTER.read_tracking(Reply(200, {}, json.dumps({**answer, "State": state}).encode()))
        keys.add(events[-1].natural_key)
    assert len(keys) == 2


def test_waiting_for_collection_is_not_delivered_and_what_moved_nothing_moves_nothing() -> None:
    table = {code: meaning.milestone for code, meaning in meanings().items()}
    assert table["211"] is Milestone.AVAILABLE
    assert {code for code, milestone in table.items() if milestone is Milestone.DELIVERED} == {
        "3",
        "301",
        "302",
        "304",
        "311",
    }
    assert table["401"] is table["403"] is Milestone.INFO
    assert (table["406"], table["407"]) == (Milestone.RETURNED, Milestone.RETURNING)
    assert all(meaning.name for meaning in meanings().values())


def test_an_aggregator_is_no_postal_enterprise() -> None:
    assert not ADAPTER.postal_enterprise
    assert ADAPTER.offers == {
        *(Operation.BOOK, Operation.CANCEL, Operation.TRACK, Operation.PUSH),
        *(Operation.SUBSCRIBE, Operation.RECOGNISE, Operation.LABEL),
    }
    assert ADAPTER.name_zh == "快递鸟"


def test_it_is_known_as_an_aggregator_with_subscriptions() -> None:
    assert isinstance(ADAPTER, Aggregates)
    assert isinstance(ADAPTER, Subscribes)
    codes = {courier: ADAPTER.carrier_code(courier) for courier in ("ems", "sf", "jdl", "manual")}
    assert codes == {"ems": "EMS", "sf": "SF", "jdl": "JD", "manual": ""}
    assert ADAPTER.subscription_days is None
    assert kdniao(SUBSCRIPTION_DAYS="40").subscription_days == 40


def test_of_a_telephone_number_only_the_last_four_digits_go_out_and_only_where_wanted() -> None:
    for carrier, wanted in (("SF", "4711"), ("EMS", None)):
        for call in (
            ADAPTER.ask_tracking_of("SF1234567890123", carrier, AT, "010-8000 4711"),
            ADAPTER.ask_subscription("SF1234567890123", carrier, "", "010-8000 4711", AT),
        ):
            assert call.form is not None
            assert json.loads(call.form["RequestData"]).get("CustomerName") == wanted


def test_a_money_push_says_nothing_of_where_the_parcel_is() -> None:
    form = {name: value for name, value in sample("push_request_form").items() if name[0] != "_"}
    push = Push({"Content-Type": FORM}, urlencode({**form, "RequestType": "107"}).encode())
    assert len(ADAPTER.read_push(push)) == 2  # the type is not signed: traces count, whatever it says
    data = json.dumps({"PushTime": "2026-01-03 16:25:00", "Data": [{"LogisticCode": NUMBER, "Cost": "12.0"}]})
    money = {**form, "RequestType": "107", "RequestData": data, "DataSign": sign(data, KEY)}
    push = Push({"Content-Type": FORM}, urlencode(money).encode())
    assert ADAPTER.trusts(push)
    assert ADAPTER.read_push(push) == ()
    assert json.loads(ADAPTER.answer(push, True).body)["Success"] is True


def test_a_subscription_that_stands_is_no_failure() -> None:
    answer = {**sample("error_bad_key"), "Reason": "该单号已订阅，请勿重复提交"}
    ADAPTER.read_subscription(Reply(200, {}, json.dumps(answer).encode()))


def test_the_label_of_an_order_comes_with_its_first_or_its_repeated_answer() -> None:
    order = {**sample("1007_order_response"), "PrintTemplate": "<html>面单𠮷</html>"}
    repeated = {**sample("1007_duplicate"), "Order": order["Order"], "PrintTemplate": order["PrintTemplate"]}
    for answer in (order, repeated):
        label = ADAPTER.read_label(Reply(200, {}, json.dumps(answer).encode()))
        assert (label.waybill_no, label.media_type) == (NUMBER, "text/html")
        assert label.content.decode() == "<html>面单𠮷</html>"
    with pytest.raises(Garbled, match="PrintTemplate"):
        ADAPTER.read_label(reply("1007_order_response"))
    with pytest.raises(Refused):
        ADAPTER.read_label(reply("1007_duplicate"))


@pytest.mark.parametrize(
    "wrong", [[], "x", {"reference": "YD-1"}, {"created_at": "2026-01-01"}, {"weight_grams": "heavy"}, {"odd": 1}]
)
def test_a_label_is_not_asked_with_an_order_that_is_none(wrong: Any) -> None:
    party = {"name": "测", "phone": "13000000000", "province": "省", "city": "市", "county": "区", "address": "路"}
    order = {"reference": "YD-1", "sender": party, "receiver": party, "weight_grams": 1, "contents_count": 1}
    document = {**order, **wrong} if isinstance(wrong, dict) and "reference" not in wrong else wrong
    with pytest.raises(Refused, match="FIELD"):
        ADAPTER.services[Operation.LABEL].ask([document], AT)
