"""JSON over HTTP: `/api/v1` for other systems, `/hooks` for couriers' pushes. Shape is checked here, nothing else:

verbs are the services', reads are the store's, and no SQL stands below this package.
"""

from __future__ import annotations

from flask import Flask

from logistics.api import document, hooks, problems, tokens
from logistics.store.context import Context


def register(app: Flask, ctx: Context) -> None:
    """`app` answers `/api/v1` and `/hooks`. To be called after the pages have installed their error handlers."""
    app.extensions["youdang"] = ctx
    problems.install(app)
    tokens.install(app)
    hooks.install(app, ctx)
    document.install(app)
