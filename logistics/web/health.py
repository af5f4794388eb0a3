"""Two answers for whoever watches the process: it lives; it can serve."""

from __future__ import annotations

from flask import Blueprint, Response

from logistics.store.readiness import why_not_ready
from logistics.web.visit import open_to_all, world

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@open_to_all
def alive() -> Response:
    """200 while the process answers."""
    return Response("ok\n", mimetype="text/plain")


@pages.get("/readyz")
@open_to_all
def ready() -> Response:
    """200 when the database answers and its migrations are at this program's head; 503 with the reason otherwise."""
    reason = why_not_ready(world().engine)
    return Response(f"{reason or 'ok'}\n", status=503 if reason else 200, mimetype="text/plain")
