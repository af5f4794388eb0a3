"""The couriers' side as a local HTTP server: the EMS gateway, its pusher, and /_control for those who lead the play."""

from __future__ import annotations

import json
import signal
import socket
import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from couriers import transport
from couriers.contract import CourierError
from couriers.sandbox.ems import PATHS, Account, EmsDesk
from couriers.sandbox.world import OwedPush, World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_LARGEST_REQUEST = 1024 * 1024
_PUSH_SECONDS = 5.0
_LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


class _Quiet(WSGIRequestHandler):
    """Logs nothing: bodies and addresses are personal data."""

    def log(self, *_: object, **__: object) -> None:
        """Says nothing."""


class Sandbox:
    """A running sandbox: `url` is the gateway's address. Also a context manager that starts and stops it."""

    def __init__(
        self,
        world: World,
        account: Account,
        hook_url: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        push_retry_seconds: tuple[float, ...] = (0.5, 1, 2, 5, 15, 30),
    ) -> None:
        self.world = world
        self.hook_url = hook_url
        self._desk = EmsDesk(world, account)
        self._retry = push_retry_seconds
        self._stopping = threading.Event()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._server = make_server(host, port, self, threaded=True, request_handler=_Quiet)
        self.root = f"http://{f'[{host}]' if family == socket.AF_INET6 else host}:{self._server.server_port}"
        self.url = self.root + PATHS[0]
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.05,), name="sandbox-server", daemon=True),
            threading.Thread(target=self._push_for_ever, name="sandbox-pusher", daemon=True),
        ]

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
            thread.join(timeout=_PUSH_SECONDS + 1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The WSGI application."""
        request = Request(environ)
        request.max_content_length = _LARGEST_REQUEST
        if request.path == "/_control":
            response = self._control(request)
        elif request.path in PATHS:
            response = self._gateway(request)
        else:
            response = Response("not found", status=404)
        return response(environ, start_response)

    def _gateway(self, request: Request) -> Response:
        if slow := self.world.fault("slow"):
            self._stopping.wait(float(slow))
        if status := self.world.fault("5xx"):
            return Response("服务暂不可用", status=503 if status is True else int(status), headers={"Retry-After": "1"})
        data = request.get_data()
        api_code, answer = self._desk.handle(request.method, request.headers.get("Content-Type", ""), data)
        silence = self.world.fault("timeout_after_order")
        if silence and api_code == "020003":
            self._stopping.wait(3600.0 if silence is True else float(silence))
        if self.world.fault("garbled"):
            answer = answer[: len(answer) // 2]
        return Response(answer, content_type="application/json;charset=UTF-8")

    def _control(self, request: Request) -> Response:
        if request.remote_addr not in _LOOPBACK:
            return Response("loopback only", status=403)
        if request.method == "GET":
            return _json(self.world.state())
        # A page in somebody's browser cannot send this content type without asking first.
        if request.method != "POST" or request.mimetype != "application/json":
            return _json({"error": "POST application/json"}, 415)
        try:
            self._do(json.loads(request.get_data()))
        except (KeyError, TypeError, ValueError, AttributeError) as e:
            return _json({"error": f"{type(e).__name__}: {e}"}, 422)
        return _json(self.world.state())

    def _do(self, wish: Mapping[str, Any]) -> None:
        unknown = set(wish) - {"faults", "advance", "tell", "play", "hook_url"}
        if unknown:
            raise ValueError(f"不认识的指令：{'、'.join(sorted(unknown))}")
        for name, value in wish.get("faults", {}).items():
            self.world.set_fault(name, value)
        if "hook_url" in wish:
            self.hook_url = wish["hook_url"]
        if "advance" in wish:
            self.world.advance(float(wish["advance"]))
        if "tell" in wish:
            told = dict(wish["tell"])
            moment = _aware(told.pop("op_time"))
            self.world.tell(told.pop("waybill_no"), told.pop("code"), moment, **told)
        if "play" in wish:
            play = wish["play"]
            self.world.play(play["waybill_no"], play["journey"], _aware(play["start"]), float(play["seconds"]))

    def _push_for_ever(self) -> None:
        while not self._stopping.wait(0.05):
            if self.hook_url:
                for push in self.world.owed():
                    if not self._stopping.is_set():
                        self._push(self.hook_url, push)

    def _push(self, hook_url: str, push: OwedPush) -> None:
        call = self._desk.push_call(hook_url, push.event)
        try:
            done = self._desk.acknowledged(transport.send(call, _PUSH_SECONDS))
            if done and self.world.fault("duplicate_push"):
                transport.send(call, _PUSH_SECONDS)
        except CourierError:
            done = False
        if done:
            self.world.pushed(push)
        else:
            self.world.push_failed(push, self._retry[min(push.attempts, len(self._retry) - 1)])


def serve(port: int, world: World, hook_url: str | None, account: Account, host: str = "127.0.0.1") -> Sandbox:
    """A sandbox that is already running in threads of this process; port 0 takes a free one. Call `stop` in the end."""
    sandbox = Sandbox(world, account, hook_url, host, port)
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
        with Sandbox(world, Account.from_settings(settings), hook_url, host, port):
            stop.wait()
    finally:
        world.close()
        for number, handler in before.items():
            signal.signal(number, handler)


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status=status, content_type="application/json")


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("时间须带时区")
    return moment
