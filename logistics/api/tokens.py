"""Who calls: a token stands for a system that acts as one officer. And what a request must be to be read."""

from __future__ import annotations

import hashlib
import json
from typing import NoReturn, cast

from flask import Flask, current_app, g, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from logistics.actor import Actor
from logistics.errors import YoudangError
from logistics.services import clients
from logistics.store.context import Context
from logistics.store.work import BoundCommandId

LARGEST = 1024 * 1024
PATH = "/api/"
OPEN_ENDPOINTS = frozenset({"api-docs.openapi_json"})
"""What needs no token: the description of the API, which holds no data."""


class NoToken(YoudangError):
    """The caller did not say who they are, or said it wrongly. HTTP 401."""

    status = 401

    def __init__(self) -> None:
        """One sentence for every reason."""
        super().__init__(
            "没有有效的访问令牌。请在 Authorization 头里写 Bearer 加本系统发给的令牌；令牌失效时请系统管理人员重发。",
            "No valid token. Send 'Authorization: Bearer <token>'; ask the administrator for a new one.",
            "token",
        )


def install(app: Flask) -> None:
    """Below `/api/` nothing of `app` is reached without a token, and only bodies that can be read are."""
    app.before_request(_guard)


def _guard() -> None:
    if not request.path.startswith(PATH) or request.endpoint in OPEN_ENDPOINTS:
        return
    g.client_id, g.caller = _caller()
    request.max_content_length = LARGEST
    if (request.content_length or 0) > LARGEST:
        raise RequestEntityTooLarge
    if request.method == "POST":
        g.request_sha256 = _digest(request.get_data(cache=True))


def _caller() -> tuple[int, Actor]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = clients.actor_of(world(), token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if found is None:
        raise NoToken
    return found


def _digest(body: bytes) -> str:
    """The digest of method, path and content: spaces and the order of fields do not make another request."""
    canonical = "{}"
    if body:
        if not request.is_json:
            raise UnsupportedMediaType
        canonical = _canonical(body)
    return hashlib.sha256(f"{request.method} {request.path}\n{canonical}".encode()).hexdigest()


def _canonical(body: bytes) -> str:
    """The JSON, written one way. What a later reader would stumble over (NaN, endless nesting or digits) is refused."""
    try:
        content = json.loads(body.decode(), parse_constant=_refuse_constant)
        return json.dumps(content, sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError) as why:
        raise BadRequest from why


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def world() -> Context:
    """What verbs need."""
    return cast(Context, current_app.extensions["youdang"])


def caller() -> Actor:
    """The officer this request acts as."""
    return cast(Actor, g.caller)


def command_id(key: str) -> BoundCommandId:
    """The command id of this request: the client's own key, which no other client can meet, bound to the content."""
    return BoundCommandId(f"api:{g.client_id}:{key}", g.request_sha256)
