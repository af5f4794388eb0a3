"""Why a courier does not answer: each cause is found and said with what to do, over real HTTP and a real database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlmodel import Session, select

from couriers.contract import Operation
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from logistics.cli import main
from logistics.rules.breaker import Go
from logistics.store import accounts
from logistics.store.accounts import Told
from logistics.store.embedded import Urls
from logistics.tables import CourierFault
from logistics.terms import CallResult
from scheduler import checkup
from scheduler.checkup import Finding
from tests.builders import House
from tests.scheduler.conftest import SETTINGS


def env_of(sandbox: Sandbox, **changed: str) -> dict[str, str]:
    return {**SETTINGS, "COURIER_EMS_URL": sandbox.url, **{f"COURIER_EMS_{name}": v for name, v in changed.items()}}


def look(youdang: House, env: Mapping[str, str], code: str = "ems") -> dict[str, Finding]:
    return {finding.subject: finding for finding in checkup.check(youdang.system, code, env)}


def test_an_account_that_works_is_well_throughout_and_its_secrets_stay_unsaid(
    youdang: House, sandbox: Sandbox, world: World
) -> None:
    found = look(youdang, env_of(sandbox))
    assert {name: finding.well for name, finding in found.items() if name != "clock"} == {
        "settings": True,
        "address": True,
        "access": True,
        "breaker": True,
        "push": None,
    }
    whole = " ".join(finding.sentence for finding in found.values())
    assert SETTINGS["COURIER_EMS_SIGN_KEY"] not in whole
    assert SETTINGS["COURIER_EMS_AUTHORIZATION"] not in whole
    assert world.state()["orders"] == []


def test_missing_settings_are_named_and_nobody_is_called(youdang: House, sandbox: Sandbox) -> None:
    env = {name: value for name, value in env_of(sandbox).items() if not name.endswith("SIGN_KEY")}
    found = look(youdang, env)
    assert found["settings"].well is False
    assert "COURIER_EMS_SIGN_KEY" in found["settings"].sentence
    assert "access" not in found


def test_a_key_of_somebody_else_is_told_from_an_address_nobody_listens_at(youdang: House, sandbox: Sandbox) -> None:
    wrong = look(youdang, env_of(sandbox, SIGN_KEY="bm90IG91ciBvd24ga2V5IQ=="))
    assert wrong["address"].well is True
    assert wrong["access"].well is False
    away = look(youdang, env_of(sandbox, URL="http://127.0.0.1:9/"))
    assert away["address"].well is False
    assert "127.0.0.1:9" in away["address"].sentence
    assert "access" not in away


def test_a_door_without_tls_behind_an_https_address_is_found(youdang: House, sandbox: Sandbox) -> None:
    found = look(youdang, env_of(sandbox, URL=sandbox.url.replace("http://", "https://")))
    assert found["tls"].well is False


def test_a_courier_out_of_order_is_said_to_be(youdang: House, sandbox: Sandbox, world: World) -> None:
    world.set_fault("5xx")
    found = look(youdang, env_of(sandbox))
    assert found["access"].well is False
    assert "HTTP 503" in found["access"].sentence
    assert "今日失败 1 次" in found["troubles"].sentence


def test_a_look_by_hand_goes_out_though_the_account_is_paused_and_what_works_again_is_called_again(
    youdang: House, sandbox: Sandbox
) -> None:
    engine, now = youdang.system.engine, youdang.clock.now
    for _ in range(5):
        accounts.note(engine, "ems", Operation.TRACK, now, Go(), Told(CallResult.TIMEOUT))
    assert not isinstance(accounts.may_call(engine, "ems", Operation.TRACK, now), Go)
    found = look(youdang, env_of(sandbox))
    assert found["access"].well is True
    assert found["breaker"].well is True
    assert accounts.may_call(engine, "ems", Operation.TRACK, now) == Go()
    with Session(engine) as session:
        assert {one.kind: one.count for one in session.exec(select(CourierFault))}["timeout"] == 5


def test_a_pause_is_said_with_its_end(youdang: House) -> None:
    for _ in range(5):
        accounts.note(youdang.system.engine, "ems", Operation.TRACK, youdang.clock.now, Go(), Told(CallResult.NETWORK))
    found = look(youdang, {**SETTINGS, "COURIER_EMS_URL": "http://127.0.0.1:9/"})
    assert found["breaker"].well is False
    assert "2026-09-08 09:30" in found["breaker"].sentence


@pytest.fixture
def env(seeded: Urls, sandbox: Sandbox, tmp_path: Path) -> dict[str, str]:
    """The environment in which the command runs."""
    urls = {"DATABASE_URL": seeded.app, "DATABASE_SYSTEM_URL": seeded.system, "DATABASE_OWNER_URL": seeded.owner}
    return {**env_of(sandbox), **urls, "YOUDANG_VAR": str(tmp_path / "var")}


def run(env: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    answer = CliRunner().invoke(main, ["couriers", "check", *arguments], env=dict(env))
    return answer.exit_code, answer.output


def test_the_command_ends_with_0_for_well_1_for_ill_2_for_misuse(env: dict[str, str], world: World) -> None:
    world.advance(0)
    code, printed = run(env, "ems")
    assert (code, "[正常] 授权与签名被接受" in printed) == (0, True), printed
    world.set_fault("5xx")
    code, printed = run(env, "--json")
    told = json.loads(printed)
    assert code == 1
    assert told["well"] is False
    assert [one["code"] for one in told["accounts"]] == ["ems"]
    assert run(env, "nobody")[0] == 2
    assert run(env, "manual")[0] == 2
    half = {**env, "COURIER_SF_URL": "http://127.0.0.1:9/"}
    code, printed = run(half, "sf")
    assert code == 1
    assert "COURIER_SF_CHECKWORD" in printed
