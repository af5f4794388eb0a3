"""`youdang couriers check`: why a courier does not answer, and what to do about it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict

import click
from sqlalchemy.exc import OperationalError

from couriers import adapters
from logistics import logs, world
from logistics.config import Config, ConfigError
from scheduler import checkup
from scheduler.checkup import Finding

_MARKS = {True: "正常", False: "有误", None: "留意"}


@click.group("couriers", short_help="Find out how the couriers' accounts fare.")
def couriers() -> None:
    """快递账户。 Couriers' accounts."""


@couriers.command("check")
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(code: str | None, as_json: bool) -> None:
    """Say why a courier does not answer: settings, address, TLS, clock, credentials, pauses, quota, failures, pushes.

    CODE is ems, sf, kuaidi100, kdniao, jdl …; without it every account that has any setting is checked. One harmless
    call goes to the courier: it asks after a number that cannot exist.

    Exit codes: 0 all well; 1 something is wrong, each finding says what to do; 2 wrong arguments or settings.
    """
    codes = [code] if code is not None else _configured(os.environ)
    if code is not None and code not in _callable():
        raise click.UsageError(f"没有名为 {code} 的快递账户；可用：{'、'.join(_callable())}。")
    found = _found(codes)
    well = bool(found) and all(finding.well is not False for findings in found.values() for finding in findings)
    if as_json:
        accounts = [{"code": one, "findings": [asdict(row) for row in rows]} for one, rows in found.items()]
        click.echo(json.dumps({"well": well, "accounts": accounts}, ensure_ascii=False))
    else:
        _print(found)
    raise SystemExit(0 if well else 1)


def _found(codes: list[str]) -> dict[str, list[Finding]]:
    """What was found, by account. A database that is away is a finding too: nothing works without it."""
    try:
        config = Config.from_env(os.environ)
    except ConfigError as wrong:
        raise click.UsageError(str(wrong)) from wrong
    logs.configure("error")
    try:
        # an account that is half set is what this command is for, so that it must not stand in the way
        with (
            world.database(config, lambda line: click.echo(line, err=True)) as (config, _server),
            world.context(config.with_couriers(_without_accounts(config.couriers)), "system") as ctx,
        ):
            return {code: checkup.check(ctx, code, os.environ) for code in codes}
    except OperationalError:
        words = "连不上数据库，无法查明。请检查 DATABASE_SYSTEM_URL 和数据库是否在运行。"
        return {code: [Finding("database", False, words)] for code in codes}


def _without_accounts(env: Mapping[str, str]) -> dict[str, str]:
    """The settings without the mandatory ones of couriers: `checkup` makes the courier that it looks at itself."""
    wanted = {name for code in adapters.names() for name in adapters.settings_of(code)}
    return {name: value for name, value in env.items() if name not in wanted}


def _callable() -> list[str]:
    return [code for code in adapters.names() if adapters.settings_of(code)]


def _configured(env: Mapping[str, str]) -> list[str]:
    return [code for code in _callable() if any(env.get(name) for name in adapters.settings_of(code))]


def _print(found: Mapping[str, list[Finding]]) -> None:
    if not found:
        click.echo("还没有配置任何快递账户。请照 docs/couriers.md 设置环境变量后重新启动。")
    for code, findings in found.items():
        click.echo(f"{code}")
        for finding in findings:
            click.echo(f"  [{_MARKS[finding.well]}] {finding.sentence}")
