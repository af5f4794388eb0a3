"""The least a server can do with a push: read its body and answer. What remains is Granian's own time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The answer EMS would get."""
    environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    body = b'{"code":"00000"}'
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
