"""The couriers' side as one local HTTP server: every configured desk on its own paths, its pushes, and /_control."""

from __future__ import annotations

import signal
import socket
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from couriers.contract import Operation
from couriers.sandbox.control import control
from couriers.sandbox.desk import Asked, Desk, Said, desks, serves
from couriers.sandbox.pusher import PUSH_SECONDS, Pusher
from couriers.sandbox.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_LARGEST_REQUEST = 1024 * 1024
_FOR_EVER = 3600.0
_REMEMBERED = 10_000


class _Quiet(WSGIRequestHandler):
    """Logs nothing: bodies and addresses are personal data."""

    def log(self, *_: object, **__: object) -> None:
        """Says nothing."""


class Sandbox:
    """A running sandbox: a desk for every courier that has its COURIER_* settings. Also a context manager.

    `settings` are then those given, with the addresses that lead each adapter here. Raises KeyError for a missing
    setting, ValueError when there is no desk at all. `hook_url`: see `couriers.sandbox.pusher.hook_of`.
    """

    def __init__(
        self,
        world: World,
        settings: Mapping[str, str],
        hook_url: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        push_retry_seconds: tuple[float, ...] = (0.5, 1, 2, 5, 15, 30),
    ) -> None:
        self.world = world
        self.desks = desks(settings)
        if not self.desks:
            raise ValueError("没有任何快递方的设置（COURIER_…），沙箱无从扮演")
        self.calls: deque[tuple[datetime, str]] = deque(maxlen=_REMEMBERED)
        """When which desk was last called, whatever became of the call."""
        self._stopping = threading.Event()
        self._pusher = Pusher(world, self.desks, hook_url, self._stopping, push_retry_seconds)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._server = make_server(host, port, self, threaded=True, request_handler=_Quiet)
        self.root = f"http://{f'[{host}]' if family == socket.AF_INET6 else host}:{self._server.server_port}"
        self.settings = dict(settings)
        for one in self.desks.values():
            self.settings.update(one.addresses(self.root))
        serving = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="sandbox-server", daemon=True)
        self._threads = [serving, self._pusher]

    @property
    def hook_url(self) -> str | None:
        """Where pushes go; may be changed while it runs."""
        return self._pusher.hook_url

    @hook_url.setter
    def hook_url(self, url: str | None) -> None:
        self._pusher.hook_url = url

    @property
    def url(self) -> str:
        """The EMS gateway's address. KeyError when there is no EMS desk."""
        return self.settings["COURIER_EMS_URL"]

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Calls are answered and pushes sent, from now on, in threads of this process."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Nothing is answered or pushed any more; the world stays open."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join(timeout=PUSH_SECONDS + 1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The WSGI application."""
        request = Request(environ)
        request.max_content_length = _LARGEST_REQUEST
        found = next((one for one in self.desks.values() if serves(one, request.path)), None)
        if request.path == "/_control":
            response = control(request, self.world, self._pusher)
        elif found is not None:
            response = self._attend(found, request)
        else:
            response = Response("not found", status=404)
        return response(environ, start_response)

    def _attend(self, desk: Desk, request: Request) -> Response:
        self.calls.append((self.world.now(), desk.code))
        held = self.world.faults.met("call", desk.code)
        account = self.world.account(desk.code, held)
        asked = Asked(
            request.method,
            request.path,
            request.query_string.decode("latin-1"),
            dict(request.headers),
            request.get_data(),
            self.root,
        )
        if slow := held.get("slow"):
            self._stopping.wait(float(slow))
        if status := held.get("5xx"):
            return Response("服务暂不可用", status=503 if status is True else int(status), headers={"Retry-After": "1"})
        if often := held.get("throttled"):
            told_when = often is not True and isinstance(often, int)
            words = desk.throttled(asked, account) if often != "http" and not told_when else None
            after = str(often) if told_when else "1"
            return _whole(words) if words else Response("请求过于频繁", status=429, headers={"Retry-After": after})
        said = desk.handle(asked, account)
        silence = held.get("timeout_after_order")
        if silence and said.operation is Operation.BOOK:
            self._stopping.wait(_FOR_EVER if silence is True else float(silence))
        return _spoilt(said, held)


def _whole(said: Said) -> Response:
    return Response(said.body, status=said.status, content_type=said.content_type)


def _spoilt(said: Said, held: Mapping[str, Any]) -> Response:
    """The answer as it leaves the house: whole, half a text, or half a text of which more was announced."""
    response = _whole(said)
    if held.get("garbled"):
        response.set_data(said.body[: len(said.body) // 2])
    if held.get("half_answer") == "cut":
        response.set_data(said.body[: len(said.body) // 2])
        response.automatically_set_content_length = False
        response.headers["Content-Length"] = str(len(said.body))
    return response


def serve(
    port: int, world: World, hook_url: str | None, settings: Mapping[str, str], host: str = "127.0.0.1"
) -> Sandbox:
    """A sandbox that is already running in threads of this process; port 0 takes a free one. Call `stop` in the end."""
    sandbox = Sandbox(world, settings, hook_url, host, port)
    sandbox.start()
    return sandbox


def run(
    host: str,
    port: int,
    state_path: Path | str,
    hook_url: str | None,
    lapse_seconds: float | None,
    settings: Mapping[str, str],
) -> None:
    """Serves until SIGTERM or SIGINT. To be called in a process's main thread; KeyError for a missing setting."""
    stop = threading.Event()
    world = World(state_path, lapse_seconds=lapse_seconds)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with Sandbox(world, settings, hook_url, host, port):
            stop.wait()
    finally:
        world.close()
        for number, handler in before.items():
            signal.signal(number, handler)
