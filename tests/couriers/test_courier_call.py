"""`youdang courier-call` as an administrator runs it: in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from couriers.adapters import ems_wire
from couriers.sandbox.server import Sandbox
from logistics.cli import main
from tests.couriers.conftest import SETTINGS

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from logistics.cli import main; main(prog_name='youdang')", "courier-call"]


def run(*arguments: str | Path, settings: dict[str, str] = SETTINGS) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("COURIER_")}
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env={**env, **settings}, capture_output=True, text=True, timeout=60, check=False
    )


def run_inside(*arguments: str) -> Result:
    return CliRunner(env=dict(SETTINGS)).invoke(main, ["courier-call", *arguments])


def done(*arguments: str | Path, settings: dict[str, str] = SETTINGS) -> Any:
    result = run(*arguments, "--json", settings=settings)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def opened(request: dict[str, Any]) -> Any:
    return json.loads(
        ems_wire.unseal(request["form"]["logitcsInterface"], SETTINGS["COURIER_EMS_SIGN_KEY"], suffix=True)
    )


@pytest.fixture
def order(tmp_path: Path) -> Path:
    party = {
        "name": "测试𠮷",
        "phone": "13000000000",
        "province": "省",
        "city": "市",
        "county": "区",
        "address": "路1号",
    }
    path = tmp_path / "order.json"
    body = {"reference": "YD-1", "sender": party, "receiver": party, "weight_grams": 120, "contents_count": 3}
    path.write_text(json.dumps(body, ensure_ascii=False), "utf-8")
    return path


def test_a_dry_run_shows_the_request_for_each_operation(order: Path) -> None:
    at = ("--dry-run", "--at", "2026-01-01T09:00:00+08:00")
    tracking = done("ems", "track", "1100000000011", *at)
    assert tracking["method"] == "POST"
    assert tracking["url"] == SETTINGS["COURIER_EMS_URL"]
    assert tracking["headers"] == {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    assert tracking["form"]["timeStamp"] == "2026-01-01 09:00:00"
    assert opened(tracking) == {"waybillNo": "1100000000011", "direction": "0"}
    cancel = opened(done("ems", "cancel", "1100000000011", "YD-1", *at))
    assert (cancel["waybillNo"], cancel["logisticsOrderNo"]) == ("1100000000011", "YD-1")
    (booked,) = opened(done("ems", "book", order, *at))
    assert (booked["logisticsOrderNo"], booked["createdTime"]) == ("YD-1", "2026-01-01 09:00:00")
    assert booked["sender"]["name"] == "测试𠮷"


def test_an_order_in_the_couriers_own_words_is_sent_as_it_is(shared_ems: Path, tmp_path: Path) -> None:
    plain = shared_ems / "020003_order_request_plain.json"
    form = json.loads((shared_ems / "020003_order_request_form.json").read_text("utf-8"))
    at = ("--dry-run", "--at", "2026-01-01T09:00:00")
    assert done("ems", "book", plain, *at)["form"] == form
    single = tmp_path / "single.json"
    single.write_text(json.dumps(json.loads(plain.read_text("utf-8"))[0]))
    assert done("ems", "book", single, *at)["form"] == form


def test_a_recorded_reply_is_read_without_settings_and_without_sending(shared_ems: Path) -> None:
    reply = shared_ems / "040001_track_response.json"
    events = done("ems", "track", "1100000000011", "--reply", reply, settings={})["events"]
    assert [event["code"] for event in events] == ["203", "305", "954", "389", "713", "702", "704"]
    assert events[-1] | {"voids": None} == {
        "milestone": "DELIVERED",
        "reason": "signed_by_addressee",
        "code": "704",
        "detail_code": "10",
        "text": "已签收，本人签收",
        "happened_at": "2026-01-03T16:20:05+08:00",
        "place": "示例二市中心揽投部",
        "voids": None,
        "waybill_no": "1100000000011",
        "reference": "",
    }
    booking = done("ems", "book", "any.json", "--reply", shared_ems / "020003_order_response.json")
    assert (booking["waybill_no"], booking["route_code"]) == ("1100000000011", "示例码 01-02 03")
    assert done("ems", "cancel", "1", "2", "--reply", shared_ems / "020006_cancel_response.json") == {"cancelled": True}
    assert done("ems", "track", "1", "--reply", shared_ems / "040001_track_empty.json") == {"events": []}


def test_a_code_in_no_table_is_shown_as_unrecognised(tmp_path: Path) -> None:
    item = {"opTime": "2026-01-01 09:00:00", "opCode": "Z99", "opDesc": "新\x1b[31m操作"}
    reply = tmp_path / "reply.json"
    reply.write_text(json.dumps({"retCode": "00000", "retBody": {"responseItems": [item]}}))
    (event,) = done("ems", "track", "1", "--reply", reply)["events"]
    assert (event["milestone"], event["code"], event["text"]) == ("UNRECOGNISED", "Z99", "新\x1b[31m操作")
    assert "\x1b" not in run("ems", "track", "1", "--reply", reply).stdout


def test_without_a_dry_run_it_sends(sandbox: Sandbox, order: Path) -> None:
    settings = {**SETTINGS, "COURIER_EMS_URL": sandbox.url}
    booking = done("ems", "book", order, settings=settings)
    assert booking["waybill_no"] == "1100000000011"
    assert done("ems", "track", booking["waybill_no"], settings=settings) == {"events": []}
    assert done("ems", "cancel", booking["waybill_no"], "YD-1", settings=settings) == {"cancelled": True}
    refused = run("ems", "book", order, "--json", settings=settings)
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["error"]["code"] == "B0005"
    assert "已撤单" in refused.stderr


def test_a_push_is_read_when_it_can_be_trusted(shared_ems: Path, tmp_path: Path) -> None:
    push = shared_ems / "push_040002_request.json"
    assert done("ems", "push", "--push", push)["events"][0]["milestone"] == "DELIVERED"
    forged = tmp_path / "forged.json"
    forged.write_text(push.read_text("utf-8").replace("1100000000000", "1100000000001"), "utf-8")
    assert run("ems", "push", "--push", forged).returncode == 1
    told = run("ems", "push", "--push", forged, "--json")
    assert (told.returncode, json.loads(told.stdout)) == (1, {"trusted": False, "events": []})


def test_a_push_may_be_given_with_its_headers(shared_ems: Path, tmp_path: Path) -> None:
    whole = tmp_path / "push.json"
    body = (shared_ems / "push_040002_request.json").read_text("utf-8")
    whole.write_text(json.dumps({"headers": {"Content-Type": "application/json"}, "body": body}), "utf-8")
    assert done("ems", "push", "--push", whole)["trusted"] is True
    whole.write_text(json.dumps({"headers": {"Content-Type": "text/plain"}, "body": body}), "utf-8")
    assert run("ems", "push", "--push", whole, "--json").returncode == 1


def test_a_busy_or_garbled_courier_ends_with_one(tmp_path: Path) -> None:
    nobody = run("ems", "track", "1", "--json", settings={**SETTINGS, "COURIER_EMS_URL": "http://127.0.0.1:9/"})
    assert nobody.returncode == 1
    assert json.loads(nobody.stdout)["error"]["kind"] == "busy"
    garbled = tmp_path / "reply.json"
    garbled.write_bytes(b"\xff\xfe")
    assert run("ems", "track", "1", "--reply", garbled).returncode == 1


def test_all_missing_settings_are_named_at_once() -> None:
    result = run("ems", "track", "1", "--dry-run", settings={"COURIER_EMS_URL": "http://127.0.0.1:9/"})
    assert result.returncode == 2
    for name in ("COURIER_EMS_SENDER_NO", "COURIER_EMS_AUTHORIZATION", "COURIER_EMS_SIGN_KEY"):
        assert name in result.stderr


def test_secrets_are_shown_only_on_request() -> None:
    shown = run("ems", "track", "1", "--dry-run")
    assert shown.returncode == 0
    assert SETTINGS["COURIER_EMS_AUTHORIZATION"] not in shown.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("nobody", "track", "1"),
        ("ems", "fly", "1"),
        ("ems", "track"),
        ("ems", "cancel", "1"),
        ("ems", "push"),
        ("ems", "book", "missing.json"),
        ("ems", "track", "1", "--reply", "missing.json"),
        ("ems", "track", "1", "--at", "yesterday"),
    ],
    ids=" ".join,
)
def test_wrong_arguments_end_with_two(arguments: tuple[str, ...]) -> None:
    assert run_inside(*arguments).exit_code == 2


@pytest.mark.parametrize("change", [{"weight_grams": "heavy"}, {"sender": None}, {"surprise": 1}, {"created_at": "x"}])
def test_a_wrong_order_file_ends_with_two(order: Path, change: dict[str, Any]) -> None:
    order.write_text(json.dumps({**json.loads(order.read_text("utf-8")), **change}))
    result = run_inside("ems", "book", str(order), "--dry-run")
    assert result.exit_code == 2
    assert "订单文件" in result.output or "ISO" in result.output
