"""Our side of the wire in a courier's test: a real HTTP server that hands each push to a function."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from couriers.contract import Answer, Push


@contextmanager
def listening(take: Callable[[Push], Answer]) -> Iterator[str]:
    """The server's address while the block runs. A token in the called address is handed on as the product does."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            token = parse_qs(urlsplit(self.path).query).get("token")
            headers = {**dict(self.headers), **({"X-Push-Token": token[0]} if token else {})}
            answer = take(Push(headers, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
