"""The application over a test's own world, without the half second of making it.

Addresses, pages and templates are the same for every world: they are compiled once per process, which spares the suite
minutes. A test that gives the application a page, an option or another key of its own makes its own with `create_app`.
"""

from __future__ import annotations

from copy import copy

from flask import Flask

from logistics.api.hooks import Door
from logistics.app import create_app
from logistics.store.context import Context

_made: list[Flask] = []
"""The first of this process, which is never asked for a page itself."""


def application(ctx: Context) -> Flask:
    """What `create_app(ctx)` makes. It shares with its sisters what no world changes; their worlds, keys and sessions
    are apart, and several can be in use at a time."""
    if not _made:
        _made.append(create_app(ctx))
    app = copy(_made[0])
    app.extensions = {**app.extensions, "youdang": ctx}
    app.config = copy(app.config)
    app.config["SECRET_KEY"] = ctx.keyring.session_key
    setattr(app, "wsgi_app", Door(Flask.wsgi_app.__get__(app), ctx))  # noqa: B010 - as in `hooks.install`
    return app
