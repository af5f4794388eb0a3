"""From settings to a running web application, on a database that is set and on the embedded one."""

from __future__ import annotations

import importlib
import stat
from pathlib import Path

import pytest

from logistics import world
from logistics.app import create_app
from logistics.config import Config
from logistics.store.embedded import Urls
from logistics.store.readiness import why_not_ready


def settings(urls: Urls, var: Path) -> dict[str, str]:
    """The environment of a process over this database."""
    return {
        "DATABASE_URL": urls.app,
        "DATABASE_SYSTEM_URL": urls.system,
        "DATABASE_OWNER_URL": urls.owner,
        "YOUDANG_VAR": str(var),
    }


def test_a_context_has_the_role_it_was_asked_for_and_keys_that_stay(database: Urls, tmp_path: Path) -> None:
    config = Config.from_env(settings(database, tmp_path))
    with world.context(config, "app") as web, world.context(config, "system") as scheduler:
        assert web.engine.url.username == "youdang_app"
        assert scheduler.engine.url.username == "youdang_system"
        assert web.keyring == scheduler.keyring
        assert web.signing_key.private_bytes_raw() == scheduler.signing_key.private_bytes_raw()
        assert stat.S_IMODE(config.keyring_file.stat().st_mode) == 0o600
        assert why_not_ready(web.engine) == ""
        assert create_app(web).test_client().get("/login", buffered=True).status_code == 200


def test_the_wsgi_module_is_the_whole_application(
    database: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings(database, tmp_path).items():
        monkeypatch.setenv(name, value)
    module = importlib.import_module("wsgi")
    try:
        client = module.app.test_client()
        assert client.get("/readyz", buffered=True).text == "ok\n"
    finally:
        module.app.extensions["youdang"].engine.dispose()
