"""Commands that start the processes of the product, alone or all together."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from types import FrameType

import click

from couriers import adapters
from couriers.contract import BadSettings
from couriers.sandbox import desk
from logistics import logs, world
from logistics.cli import launch
from logistics.cli.supervisor import GaveUp, Household, die_with_parent
from logistics.config import Config, ConfigError
from logistics.store.embedded import EmbeddedPostgresError
from logistics.store.migrate import upgrade

HOOK_PATH = "/hooks/{code}"  # where each courier's pushes come in (logistics.api)
WEB_WORKERS = 2
WEB_THREADS = 16  # for each worker: pushes that wait for the disk together share one commit (store.letterbox)
supervised = click.option("--supervised", type=int, hidden=True, help="End when this process, which started us, ends.")


class Stopped(BaseException):
    """A person or the system asked us to stop."""


@click.command()
@click.option("--demo/--no-demo", default=None, help="Load the demo agencies and dossiers. Default: only with the "
              "embedded database.")  # fmt: skip
@click.option("--months/--no-months", default=False, help="Play five months of dossiers before the present ones at the "
              "first start, which takes minutes. Default: no.")  # fmt: skip
def run(demo: bool | None, months: bool) -> None:
    """启动全部：数据库、网页、调度、演示沙箱。 Start everything on this machine; Ctrl-C stops it.

    Without DATABASE_URL an embedded PostgreSQL keeps its data under YOUDANG_VAR, so the next start finds them. The
    couriers' sandbox is started when the demo is loaded and no courier's account is set; with one that is, nothing is
    pretended. What the processes write is in YOUDANG_VAR/log.
    """
    with _plain_errors(), _until_stopped():
        config = _config()
        wanted = config.is_embedded if demo is None else demo
        sandboxed = wanted and not desk.desks_wanted(config.couriers)
        launch.refuse_taken_ports(config, sandboxed)
        with world.database(config, launch.say) as (config, server), contextlib.ExitStack() as house:
            if sandboxed:
                config = launch.with_sandbox(config)
            launch.prepare(config, wanted, months)
            children = Household(config.var / "log", launch.say)
            house.callback(launch.stop, children)
            launch.start(children, config, sandboxed)
            launch.wait_until_ready(config, children)
            launch.greet(config, wanted, sandboxed)
            launch.watch(children, server)


@click.command()
@supervised
def web(supervised: int | None) -> None:
    """网页与接口。 The web pages and the JSON API (Granian), on YOUDANG_HOST and YOUDANG_PORT.

    Any number of these may run, on any number of machines, over one database. Put a reverse proxy that buffers requests
    and speaks HTTPS in front.
    """
    _begin(supervised)
    with _plain_errors():
        config = _config()
        with world.database(config, launch.say) as (config, _server):
            os.environ.update(world.environment(config))  # the workers read it
            _serve(config)


@click.command()
@supervised
def scheduler(supervised: int | None) -> None:
    """调度：下单、查询、提醒、检查点。 The scheduler: bookings, tracking, reminders, checkpoints.

    Any number may run at once; each piece of work is done by one of them.
    """
    _begin(supervised)
    from scheduler.__main__ import run as run_scheduler

    with _plain_errors():
        config = _config()
        logs.configure(config.log_level)
        with world.database(config, launch.say) as (config, _server), world.context(config, "system") as ctx:
            run_scheduler(
                ctx,
                config.tick_seconds,
                config.checkpoint_seconds,
                config.lease_seconds,
                config.smtp_url,
                config.mail_from,
                config.sealing,
            )


@click.command()
@click.option("--lapse-seconds", default=15.0, show_default=True, help="Seconds between two moves of a parcel.")
@supervised
def sandbox(lapse_seconds: float, supervised: int | None) -> None:
    """快递沙箱（演示与培训）。 The couriers' side on this machine, for demo and training, on YOUDANG_SANDBOX_PORT.

    It plays every courier that has its COURIER_… settings: checks what we send as that courier would, moves parcels
    along in a time-lapse and pushes their events to our hooks. It keeps its parcels in YOUDANG_VAR/sandbox.
    """
    _begin(supervised)
    from couriers.sandbox.server import run as run_sandbox

    with _plain_errors():
        config = _config()
        logs.configure(config.log_level)
        if not desk.desks_wanted(config.couriers):
            adapters.make("ems", config.couriers)  # names the settings that are missing
        adapters.from_settings(config.couriers)  # names every one that is missing or wrong
        state = config.var / "sandbox"
        state.mkdir(parents=True, exist_ok=True)
        hook = f"http://{launch.near(config.host)}:{config.port}{HOOK_PATH}"
        run_sandbox("127.0.0.1", config.sandbox_port, state / "parcels.sqlite", hook, lapse_seconds, config.couriers)


@click.command()
@click.option("--show-urls", is_flag=True, help="Print the database addresses with their passwords.")
def postgres(show_urls: bool) -> None:
    """内置数据库，直到 Ctrl-C。 Hold the embedded PostgreSQL open until Ctrl-C.

    Useful for back-ups (pg_dump) and for keeping the database up while other commands come and go. The last process
    that uses the embedded database stops it; none of the others needs to be told.
    """
    with _plain_errors(), _until_stopped():
        config = _config()
        if not config.is_embedded:
            raise click.ClickException(
                "已设置 DATABASE_URL，不使用内置数据库。 DATABASE_URL is set; nothing is embedded."
            )
        with world.database(config, launch.say) as (config, server):
            assert server is not None
            launch.say(f"数据库已就绪 Ready, socket folder: {server.cluster.sockets}")
            if show_urls:
                for name in ("DATABASE_URL", "DATABASE_SYSTEM_URL", "DATABASE_OWNER_URL"):
                    click.echo(f"{name}={world.environment(config)[name]}")
            while True:
                time.sleep(3)
                launch.revive(server)


@click.command()
def migrate() -> None:
    """把表结构升级到最新。 Bring the tables to the newest shape, as the owner role.

    Safe to repeat and safe while another does the same; `youdang run` does it by itself. Make a back-up first.
    """
    with _plain_errors():
        config = _config()
        logs.configure(config.log_level)
        with world.database(config, launch.say) as (config, _server):
            upgrade(config.owner_url)
        launch.say("表结构已是最新。 The tables have the newest shape.")


def _serve(config: Config) -> None:
    """Granian over `wsgi:app` until it is told to stop."""
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "wsgi:app",
        address=config.host,
        port=config.port,
        interface=Interfaces.WSGI,
        workers=WEB_WORKERS,
        blocking_threads=WEB_THREADS,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve(target_loader=_load_worker)


def _load_worker(_target: str) -> Callable[..., Iterable[bytes]]:
    """The application, in one of Granian's workers; the worker ends when Granian's main process is killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    assert parent.pid is not None
    die_with_parent(parent.pid)
    from wsgi import app

    return app


def _begin(supervised: int | None) -> None:
    if supervised is not None:
        die_with_parent(supervised)


def _config() -> Config:
    return Config.from_env(os.environ)


@contextlib.contextmanager
def _plain_errors() -> Iterator[None]:
    """Faults an administrator can mend end the command with their sentence instead of a traceback."""
    try:
        yield
    except (ConfigError, BadSettings, EmbeddedPostgresError, GaveUp) as error:
        raise click.ClickException(str(error)) from error


@contextlib.contextmanager
def _until_stopped() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the block quietly, with all that it opened closed."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        yield
    except Stopped:
        launch.say("已停止。 Stopped.")
