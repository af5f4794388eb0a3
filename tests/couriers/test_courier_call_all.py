"""`youdang courier-call` for every operation of every courier: the cases of the shared suite, asked by hand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import pytest
from click.testing import CliRunner, Result

from couriers import adapters
from couriers.contract import Operation
from logistics.cli import courier_shown, main
from tests.couriers.test_every_courier import CASES, DATA, load, name_of

ASKED = [path for path in CASES if "call" in load(path)]
READ = [path for path in CASES if "reply" in load(path) and load(path)["reply"]["status"] == 200]
PUSHED = [path for path in CASES if "push" in load(path)]


def settings_of(code: str) -> dict[str, str]:
    settings: dict[str, str] = load(DATA / code / "settings.json")
    return settings


def run(code: str, *arguments: str, settings: dict[str, str] | None = None) -> Result:
    env: dict[str, str | None] = {**(settings_of(code) if settings is None else settings)}
    return CliRunner(env=env).invoke(main, ["courier-call", code, *arguments])


@dataclass(frozen=True)
class Question:
    """A case's question as arguments of the command line."""

    operation: str
    arguments: Sequence[str]
    at: str

    @classmethod
    def of(cls, case: dict[str, Any], folder: Path) -> Question:
        given, operation = case["given"], case["operation"]
        names = {"track": ("waybill_no",), "cancel": ("waybill_no", "reference"), "book": ("request",)}.get(operation)
        told = [given[name] for name in names] if names else given["arguments"]
        return cls(operation, [cls._written(one, folder / f"{n}.json") for n, one in enumerate(told)], given["at"])

    @staticmethod
    def _written(argument: Any, path: Path) -> str:
        if isinstance(argument, str):
            return argument
        path.write_text(json.dumps(argument, ensure_ascii=False), "utf-8")
        return str(path)


@pytest.mark.parametrize("path", ASKED, ids=name_of)
def test_by_hand_the_same_is_asked_and_people_see_no_secret(path: Path, tmp_path: Path) -> None:
    case, code = load(path), path.parent.name
    question = Question.of(case, tmp_path)
    by_hand = [question.operation, *question.arguments, "--dry-run", "--at", question.at]
    exact = run(code, *by_hand, "--json")
    assert exact.exit_code == 0, exact.output
    if question.operation != "cancel":  # whose reason is said by who asks
        shown = json.loads(exact.stdout)
        assert {name: shown[name] for name in ("method", "url", "headers")} == {
            name: case["call"][name] for name in ("method", "url", "headers")
        }
        assert shown.get("form") == case["call"].get("form")
    for_people = run(code, *by_hand)
    assert for_people.exit_code == 0
    for secret in courier_shown.secrets_in(settings_of(code)):
        assert secret not in for_people.stdout


@pytest.mark.parametrize("path", READ, ids=name_of)
def test_a_recorded_reply_is_read_as_the_suite_reads_it(path: Path, tmp_path: Path) -> None:
    case, recorded = load(path), tmp_path / "reply"
    recorded.write_text(case["reply"]["body"], "utf-8")
    result = run(path.parent.name, case["operation"], "--reply", str(recorded), "--json")
    told = json.loads(result.stdout)
    if "error" in case:
        assert (result.exit_code, told["error"]["kind"]) == (1, case["error"].lower())
        return
    assert result.exit_code == 0, result.output
    if "result" in case:
        assert told == case["result"]
    elif "events" in case:
        assert [event["code"] for event in told["events"]] == [
            wanted.get("code", event["code"]) for event, wanted in zip(told["events"], case["events"], strict=True)
        ]
    for_people = run(path.parent.name, case["operation"], "--reply", str(recorded))
    assert (for_people.exit_code, bool(for_people.output)) == (0, True)


@pytest.mark.parametrize("path", PUSHED, ids=name_of)
def test_a_push_is_read_when_it_is_trusted(path: Path, tmp_path: Path) -> None:
    case, pushed = load(path), tmp_path / "push.json"
    pushed.write_text(json.dumps(case["push"], ensure_ascii=False), "utf-8")
    result = run(path.parent.name, "push", "--push", str(pushed), "--json")
    told = json.loads(result.stdout)
    if case.get("error"):
        assert (result.exit_code, told["error"]["kind"]) == (1, case["error"].lower())
        return
    assert told["trusted"] is case.get("trusted", True)
    assert list(told) == ["trusted", "events"]
    assert result.exit_code == (0 if told["trusted"] else 1)
    assert len(told["events"]) == len(case.get("events", ()))


@pytest.mark.parametrize("code", adapters.names())
def test_a_courier_tells_what_it_can_be_asked_in_both_tongues(code: str) -> None:
    offered = adapters.make(code, settings_of(code)).offers
    listed = json.loads(run(code, "--json").stdout)
    for_people = run(code).stdout
    assert run(code, settings={}).exit_code == 0
    assert {row["operation"] for row in listed["operations"]} == {one.value for one in offered}
    for row in listed["operations"]:
        assert row["operation"] in for_people
        assert row["native"] in for_people
        if row["native"] and row["operation"] != Operation.PUSH:
            by_native = run(code, row["native"], *["x"] * (len(row["arguments"]) + 1))
            assert by_native.exit_code == 2
            assert f"{row['operation']} 需要的参数" in by_native.output
    unknown = run(code, "fly", "1")
    assert unknown.exit_code == 2
    assert all(row["operation"] in unknown.output for row in listed["operations"])


def test_ems_is_asked_by_its_own_numbers(tmp_path: Path) -> None:
    party = tmp_path / "party.json"
    case = load(DATA / "ems" / "scope_served.json")
    party.write_text(json.dumps(case["given"]["arguments"][0]), "utf-8")
    by_number = run("ems", "030005", str(party), "--dry-run", "--at", case["given"]["at"], "--json")
    assert json.loads(by_number.stdout)["form"] == case["call"]["form"]
    tracked = run("ems", "040001", "1100000000011", "--dry-run", "--json")
    assert json.loads(tracked.stdout)["form"]["apiCode"] == "040001"


def test_a_wrong_file_is_told_with_its_names(tmp_path: Path) -> None:
    party = tmp_path / "party.json"
    party.write_text('{"name": "测试"}', "utf-8")
    told = run("ems", "scope", str(party), "--dry-run")
    assert told.exit_code == 1
    assert "province" in told.output


def test_half_a_character_in_an_order_is_told_and_not_sent(tmp_path: Path) -> None:
    order = tmp_path / "order.json"
    request = load(DATA / "ems" / "book.json")["given"]["request"]
    order.write_text(json.dumps({**request, "note": "\ud842"}), "utf-8")
    told = run("ems", "book", str(order), "--dry-run")
    assert told.exit_code == 2
    assert "内容不对" in told.output


def test_a_long_answer_is_cut_for_people(tmp_path: Path) -> None:
    case, recorded = load(DATA / "ems" / "label_pdf.json"), tmp_path / "reply"
    envelope = json.loads(case["reply"]["body"])
    envelope["retBody"] = "JVBERi0" + "A" * 993
    recorded.write_text(json.dumps(envelope), "utf-8")
    assert "共 1000 字" in run("ems", "label", "--reply", str(recorded), settings={}).stdout


@pytest.fixture
def gateway() -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """An address that gives the published token, then the published routes; and the forms that came there."""
    came: list[dict[str, list[str]]] = []
    samples = DATA.parent / "samples" / "sf"

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            name = "oauth2_response" if self.path.startswith("/oauth2") else "search_routes_response"
            body = (samples / f"{name}.json").read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/std/service", came
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_access_token_is_fetched_first_where_one_is_wanted(
    gateway: tuple[str, list[dict[str, list[str]]]],
) -> None:
    url, came = gateway
    settings = {**settings_of("sf"), "COURIER_SF_URL": url, "COURIER_SF_AUTH": "oauth2"}
    tracked = run("sf", "EXP_RECE_SEARCH_ROUTES", "SF7444400043266", "--json", settings=settings)
    assert tracked.exit_code == 0, tracked.output
    assert json.loads(tracked.stdout)["events"]
    assert came[0]["grantType"] == ["password"]
    assert came[1]["accessToken"] == ["TESTACCESSTOKEN0123456789"]
    assert "令牌" in run("sf", "track", "SF7444400043266", "--dry-run", settings=settings).output


def test_a_secret_in_an_address_is_seen_as_one() -> None:
    secrets = courier_shown.secrets_in({"COURIER_X_APP_KEY": "a/b c+密", "COURIER_X_URL": "http://x", "HOME": "/key"})
    assert "a/b c+密" in secrets
    assert {unquote_plus(one) for one in secrets if "%" in one} == {"a/b c+密"}
    assert parse_qs("key=a%2Fb+c%2B%E5%AF%86")["key"] == ["a/b c+密"]
    assert "http://x" not in secrets
