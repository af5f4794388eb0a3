"""One suite for all couriers: every JSON case in tests/data/couriers/<code>/ is asked, answered and read."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from couriers import adapters, contract
from couriers.contract import BookingRequest, Call, Courier, Operation, Party, Push, Reply, TrackingEvent
from couriers.plain import plain

DATA = Path(__file__).parent.parent / "data" / "couriers"
CASES = sorted(path for path in DATA.glob("*/*.json") if path.name != "settings.json")


def load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def courier_of(path: Path) -> Courier:
    return adapters.from_settings(load(path.parent / "settings.json"))[path.parent.name]


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def ask(courier: Courier, operation: str, given: dict[str, Any]) -> Call:
    at = datetime.fromisoformat(given["at"])
    if operation == "track":
        return courier.ask_tracking(given["waybill_no"], at)
    if operation == "cancel":
        return courier.ask_cancel(given["waybill_no"], given["reference"], given["reason"], at)
    if operation != "book":
        return courier.services[Operation(operation)].ask(given["arguments"], at)
    request: dict[str, Any] = dict(given["request"])
    request |= {role: Party(**request[role]) for role in ("sender", "receiver")}
    request |= {name: moment(request.get(name)) for name in ("created_at", "pickup_from", "pickup_until")}
    return courier.ask_booking(BookingRequest(**request), at)


def read(courier: Courier, case: dict[str, Any]) -> Any:
    if case["operation"] == "push":
        return courier.read_push(push_of(case))
    reply = Reply(case["reply"]["status"], {}, case["reply"]["body"].encode())
    if case["operation"] == "track":
        return courier.read_tracking(reply)
    if case["operation"] == "cancel":
        return courier.read_cancel(reply)
    if case["operation"] == "book":
        return courier.read_booking(reply)
    return courier.services[Operation(case["operation"])].read(reply)


def push_of(case: dict[str, Any]) -> Push:
    return Push(case["push"]["headers"], case["push"]["body"].encode())


def shown(event: TrackingEvent, names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in asdict(event).items() if name in names}


def name_of(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", [p for p in CASES if "call" in load(p)], ids=name_of)
def test_the_courier_is_asked_in_its_own_words(path: Path) -> None:
    case = load(path)
    assert asdict(ask(courier_of(path), case["operation"], case["given"])) == {
        "body": None,
        "form": None,
        **case["call"],
    }


@pytest.mark.parametrize("path", CASES, ids=name_of)
def test_what_the_courier_said_reads_as_expected(path: Path) -> None:
    case, courier = load(path), courier_of(path)
    if case.get("trusted") is False:
        assert not courier.trusts(push_of(case))
        return
    if "error" in case:
        with pytest.raises(getattr(contract, case["error"])) as caught:
            read(courier, case)
        for name, value in case.get("refusal", {}).items():
            assert getattr(caught.value, name) == value
        return
    result = read(courier, case)
    if "booking" in case:
        assert asdict(result) == case["booking"]
    elif "events" in case:
        wanted = [{**row, "happened_at": moment(row["happened_at"])} for row in case["events"]]
        assert len(result) == len(wanted)
        assert [shown(event, set(row)) for event, row in zip(result, wanted, strict=True)] == wanted
    elif "result" in case:
        assert plain(result) == case["result"]
    else:
        assert case["done"]
        assert result is None


@pytest.mark.parametrize("path", [p for p in CASES if "answer" in load(p)], ids=name_of)
def test_a_push_is_answered_in_the_couriers_own_words(path: Path) -> None:
    case, courier = load(path), courier_of(path)
    assert courier.trusts(push_of(case)) is case["trusted"]
    answer = courier.answer(push_of(case), accepted=case["trusted"])
    assert answer.status == case["answer"]["status"]
    assert json.loads(answer.body) == case["answer"]["json"]


@pytest.mark.parametrize("code", adapters.names())
def test_every_courier_has_a_case_for_everything_it_offers(code: str) -> None:
    folder = DATA / code
    courier = courier_of(folder / "settings.json")
    shown_operations = {Operation(load(path)["operation"]) for path in CASES if path.parent == folder}
    assert courier.code == code
    assert set(courier.services) <= courier.offers
    assert shown_operations == courier.offers


def test_half_a_configuration_names_everything_that_is_missing() -> None:
    with pytest.raises(contract.BadSettings) as caught:
        adapters.from_settings({"COURIER_EMS_URL": "https://gateway.example/x", "COURIER_EMS_TIMEZONE": "Nowhere"})
    told = str(caught.value)
    for name in ("SENDER_NO", "AUTHORIZATION", "SIGN_KEY", "TIMEZONE"):
        assert f"COURIER_EMS_{name}" in told


def test_without_settings_there_is_no_courier_but_our_own_people() -> None:
    made = adapters.from_settings({})
    assert set(made) == {"manual"}
    assert made["manual"].offers == frozenset()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COURIER_EMS_URL", "ftp://gateway.example"),
        ("COURIER_EMS_URL", "http://[bad"),
        ("COURIER_EMS_SIGN_KEY", "too short"),
        ("COURIER_EMS_SIGN_KEY", "c2hvcnQ="),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    settings = load(DATA / "ems" / "settings.json")
    with pytest.raises(contract.BadSettings, match=name):
        adapters.make("ems", {**settings, name: value})


def test_secrets_stay_out_of_what_is_printed() -> None:
    settings = load(DATA / "ems" / "settings.json")
    printed = repr(adapters.make("ems", settings))
    assert settings["COURIER_EMS_SIGN_KEY"] not in printed
    assert settings["COURIER_EMS_AUTHORIZATION"] not in printed
