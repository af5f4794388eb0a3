"""A web process for the kill test: the product's own application, with its hook and its API, on slow roads."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from logistics import world
from logistics.app import create_app
from logistics.config import Config

SLOW_SHARE = 0.3
SLOW_SECONDS = 0.4


class SlowRoads:
    """Some answers travel slowly: their act is committed, and a kill in between keeps the answer from arriving."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._dice = random.Random()

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        answer: Iterable[bytes] = self._app(environ, start_response)
        if self._dice.random() < SLOW_SHARE:
            time.sleep(SLOW_SECONDS)
        return answer


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object, **__: object) -> None:
        return


def serve(config: Config) -> None:
    """Answer on the config's port until killed."""
    with world.context(config, "app") as ctx:
        app = SlowRoads(create_app(ctx))
        make_server("127.0.0.1", config.port, app, threaded=True, request_handler=_Quiet).serve_forever()
