"""The steps of `youdang run`: what is prepared, started, watched and stopped, and what a person is told."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import time

import click

from couriers import adapters
from logistics import logs, world
from logistics.cli.supervisor import GaveUp, Household
from logistics.config import Config
from logistics.store.context import Context
from logistics.store.embedded import Server
from logistics.store.migrate import upgrade

READY_SECONDS = 60.0


def say(sentence: str) -> None:
    """Print a sentence with the time of day."""
    click.echo(f"{time.strftime('%H:%M:%S')} {sentence}")


def prepare(config: Config, demo: bool, months: bool) -> None:
    """Tables, keys and, if wanted, the demo are there afterwards, with or without the `months` before the present."""
    say("正在检查表结构…… Checking the tables …")
    upgrade(config.owner_url)
    with world.context(config, "system") as ctx:
        if demo:
            _prepare_demo(config, ctx, months)


def _prepare_demo(config: Config, ctx: Context, months: bool) -> None:
    """The demo's directory and its dossiers are there; what was there before stays as it is."""
    from logistics.demo import neighbours
    from logistics.demo.cases import CASES
    from logistics.demo.days import live
    from logistics.demo.months import town
    from logistics.demo.seed import seed

    say("正在准备演示数据…… Preparing the demo …")
    seed(ctx)
    logs.configure("warning")  # thousands of acts of the past are no news
    if months:
        neighbours.settle(ctx)
    with world.context(config, "app") as app:
        live(ctx, app, say, town() if months else CASES)


def start(children: Household, config: Config, sandboxed: bool) -> None:
    """Sandbox (if wanted), web and scheduler are started."""
    say("正在启动网页、调度…… Starting web and scheduler …")
    env = {**world.environment(config), "PYTHONUNBUFFERED": "1"}
    ours = str(os.getpid())
    if sandboxed:
        children.start("sandbox", ["sandbox", "--supervised", ours], env)
    children.start("web", ["web", "--supervised", ours], env)
    children.start("scheduler", ["scheduler", "--supervised", ours], env)


def watch(children: Household, server: Server | None) -> None:
    """Look after children and database until a signal comes."""
    while True:
        for _ in range(2):
            time.sleep(0.5)
            children.look()
        if server is not None:
            revive(server)


def revive(server: Server) -> None:
    """The embedded database answers afterwards; a person is told when it had died."""
    if server.revive():
        say("数据库意外停止，已重新启动，已提交的数据都在。 PostgreSQL died and runs again; no data lost.")


def stop(children: Household) -> None:
    """All children are gone afterwards; further signals are ignored meanwhile."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a second Ctrl-C must not leave half of it running
        signal.signal(number, signal.SIG_IGN)
    say("正在停止…… Stopping …")
    children.stop()


def wait_until_ready(config: Config, children: Household) -> None:
    """The web answers that it is ready afterwards. Raises GaveUp after READY_SECONDS."""
    end = time.monotonic() + READY_SECONDS
    while not _is_ready(config):
        if time.monotonic() > end:
            raise GaveUp(f"网页 {READY_SECONDS:.0f} 秒内没有就绪，请看日志 {config.var / 'log' / 'web.log'}。 "
                         "The web is not ready; see its log.")  # fmt: skip
        children.look()
        time.sleep(0.2)


def _is_ready(config: Config) -> bool:
    connection = http.client.HTTPConnection(near(config.host), config.port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def near(host: str) -> str:
    """An address that reaches a server on this machine which listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def greet(config: Config, demo: bool, sandboxed: bool) -> None:
    """Print the address, the log-ins of the demo, which couriers are played, and how to stop."""
    click.echo(f"\n  邮档 Youdang  {config.base_url}\n")
    if demo:
        from logistics.demo.seed import LOGINS

        for login in LOGINS:
            click.echo(f"  {login.login:<16} {login.password:<20} {login.role}　{login.agency}")
        click.echo("")
    if sandboxed:
        names = "、".join(one.name_zh for one in adapters.from_settings(config.couriers).values())
        click.echo(f"  快递 Couriers: {names}（沙箱 sandbox http://127.0.0.1:{config.sandbox_port}/_control）\n")
    say(f"按 Ctrl-C 停止；日志在 {config.var / 'log'}。 Ctrl-C stops; logs are in {config.var / 'log'}.")


def with_sandbox(config: Config) -> Config:
    """The settings with made-up accounts at the sandbox, kept in `secrets` so that a restart speaks with the same keys.

    What an earlier version kept there stays; accounts that it did not know are added.
    """
    from logistics.demo import accounts

    file = config.var / "secrets" / "sandbox.json"
    before: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    kept = {**accounts.invented(), **before}
    if kept != before:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")  # a kill in the middle leaves the old one whole
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
            json.dump(kept, target, indent=1)
        fresh.replace(file)
    root = f"http://127.0.0.1:{config.sandbox_port}"
    return config.with_couriers(accounts.at_sandbox({**kept, **config.couriers}, root))


def refuse_taken_ports(config: Config, sandboxed: bool) -> None:
    """Stop with a sentence when a port we need is in use."""
    wanted = [(config.host, config.port, "YOUDANG_PORT")]
    wanted += [("127.0.0.1", config.sandbox_port, "YOUDANG_SANDBOX_PORT")] if sandboxed else []
    taken = [f"{host}:{port}（{name}）" for host, port, name in wanted if _is_taken(host, port)]
    if taken:
        raise click.ClickException(
            f"端口已被占用：{'、'.join(taken)}。是否已在运行？可用括号中的设置换一个端口。 "
            "These ports are in use. Is it running already? The settings in brackets choose others."
        )


def _is_taken(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
