"""From settings to the world a process works in: engine, keys, files, couriers."""

from __future__ import annotations

from typing import Literal

from couriers import adapters
from logistics.config import Config
from logistics.store import embedded
from logistics.store.context import Context, connect, wall_clock
from logistics.store.crypto import load_keyring, load_signing_key
from logistics.store.files import FileStore

ProcessRole = Literal["app", "system"]


def context_from(config: Config, role: ProcessRole) -> Context:
    """The context of a process that connects as `role`: "app" for the web, "system" for the scheduler.

    With the embedded database its server runs afterwards and stays counted on until this process ends.
    Raises `EmbeddedPostgresError`, `BadSettings` of the couriers, or OSError for key files that cannot be read.
    """
    return Context(
        engine=connect(_database_url(config, role)),
        clock=wall_clock,
        keyring=load_keyring(config.keyring_file),
        signing_key=load_signing_key(config.checkpoint_key_file),
        files=FileStore(config.var / "files"),
        couriers=adapters.from_settings(config.couriers),
        base_url=config.base_url,
    )


_held: list[embedded.Server] = []  # servers this process counts on: letting one go would allow it to stop


def _database_url(config: Config, role: ProcessRole) -> str:
    if not config.is_embedded:
        return config.app_url if role == "app" else config.system_url
    server = embedded.ensure(config.var / "postgres", binaries=config.postgres_bin)
    _held.append(server)
    return server.urls.app if role == "app" else server.urls.system
