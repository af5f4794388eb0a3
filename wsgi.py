"""The web application for any WSGI server: `granian --interface wsgi wsgi:app`."""

from __future__ import annotations

import atexit
import contextlib
import os

from logistics import logs, world
from logistics.app import create_app
from logistics.config import Config

_open = contextlib.ExitStack()
atexit.register(_open.close)
_config, _ = _open.enter_context(world.database(Config.from_env(os.environ), log=print))
logs.configure(_config.log_level)
app = create_app(
    _open.enter_context(world.context(_config, "app")),
    cookie_secure=_config.cookie_secure,
    design_page=bool(_config.design),
    proxies=_config.proxies,
)
