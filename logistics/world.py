"""From settings to the world a process works in: the database found or started, engine, keys, files and couriers."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Literal

from couriers import adapters
from labels import fonts
from logistics.config import Config
from logistics.rules import quota
from logistics.store import embedded
from logistics.store.context import Context, Keeping, connect, wall_clock
from logistics.store.crypto import load_keyring, load_signing_key
from logistics.store.files import FileStore
from logistics.store.timekeeping import DatabaseClock

Role = Literal["app", "system"]


@contextlib.contextmanager
def database(config: Config, log: Callable[[str], None]) -> Iterator[tuple[Config, embedded.Server | None]]:
    """`config` with database URLs, and the embedded server if that is what serves: it answers while the block runs."""
    if not config.is_embedded:
        yield config, None
        return
    with embedded.ensure(config.var / "postgres", binaries=config.postgres_bin, log=log) as server:
        yield config.with_database(**vars(server.urls)), server


@contextlib.contextmanager
def context(config: Config, role: Role) -> Iterator[Context]:
    """What verbs need, connected as the web's role (`app`) or the scheduler's (`system`); closed at the end. The
    scheduler's time is the database server's."""
    if config.rare_font is not None:
        fonts.install(config.rare_font)
    engine = connect(config.app_url if role == "app" else config.system_url)
    try:
        yield Context(
            engine=engine,
            clock=wall_clock if role == "app" else DatabaseClock(engine),
            keyring=load_keyring(config.keyring_file),
            signing_key=load_signing_key(config.checkpoint_key_file),
            files=_files(config),
            couriers=adapters.from_settings(config.couriers),
            base_url=config.base_url,
            quotas={code: quota.from_settings(config.couriers, code) for code in adapters.names()},
            second_source=config.second_source,
            keeping=Keeping(
                config.transfer_folder, config.transfer_medium, config.transfer_url, config.aws, config.fixity_days
            ),
            printer_networks=config.printer_networks,
            outside=config.outside,
            picture_megabytes=config.picture_megabytes,
        )
    finally:
        engine.dispose()


def _files(config: Config) -> FileStore:
    return FileStore.in_bucket(config.files_url, config.aws) if config.files_url else FileStore(config.var / "files")


def environment(config: Config) -> dict[str, str]:
    """This process's environment with the database and couriers of `config`, for a child process."""
    urls = {
        "DATABASE_URL": config.database_url,
        "DATABASE_SYSTEM_URL": config.database_system_url,
        "DATABASE_OWNER_URL": config.database_owner_url,
    }
    return {**os.environ, **{name: url for name, url in urls.items() if url}, **config.couriers}
