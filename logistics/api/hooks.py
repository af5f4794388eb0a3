"""Couriers' pushes: believed on their raw bytes or refused; stored, then answered in the courier's own words.

A push that can be believed takes a short way (`Door`), ahead of all that pages need; whatever else comes to `/hooks` is
told so by the routes of the application, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, cast

import structlog
from flask import Blueprint, Flask, Response, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import EnvironHeaders, Headers
from werkzeug.exceptions import NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Request

from couriers.contract import Answer, Courier, Operation, Push
from logistics.api.problems import problem
from logistics.api.tokens import LARGEST, world
from logistics.services import tracking
from logistics.store.context import Context

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

READABLE = frozenset({"application/json", "application/x-www-form-urlencoded"})
"""What couriers send; anything else that is not believed is told so."""

PATH = "/hooks/"

CARRIED = (
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
"""What an answer carries besides its body; it is never a page."""

hooks = Blueprint("hooks", __name__, url_prefix="/hooks")
log = structlog.get_logger("hooks")


def install(app: Flask, ctx: Context) -> None:
    """`app` takes pushes."""
    app.register_blueprint(hooks)
    setattr(app, "wsgi_app", Door(app.wsgi_app, ctx))  # noqa: B010 - as Flask's manual says to wrap it


class Door:
    """The way of a push whose bytes prove its courier: read, stored, answered. Anything else goes on to `pages`."""

    def __init__(self, pages: WSGIApplication, ctx: Context) -> None:
        """In front of `pages`."""
        self._pages, self._ctx = pages, ctx

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request."""
        try:
            came = self._push(environ)
            answer = None if came is None else _answer(self._ctx, *came)
        except Exception as fault:  # the long way meets it again, and answers as for any fault
            log.error("push_fault", exc_info=fault)
            answer = None
        if answer is None:
            return self._pages(environ, start_response)
        status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        length = ("Content-Length", str(len(answer.body)))
        start_response(status, [("Content-Type", answer.content_type), length, *CARRIED])
        return [answer.body]

    def _push(self, environ: WSGIEnvironment) -> tuple[Courier, Push] | None:
        """The push, if it is one and to be believed; its body can be read again otherwise."""
        path, length = str(environ.get("PATH_INFO", "")), str(environ.get("CONTENT_LENGTH", ""))
        if environ["REQUEST_METHOD"] != "POST" or not path.startswith(PATH) or not length.isdecimal():
            return None
        courier = _pusher(self._ctx, path[len(PATH) :])
        if courier is None or int(length) > LARGEST:
            return None
        body = cast(bytes, environ["wsgi.input"].read(int(length)))
        environ["wsgi.input"] = BytesIO(body)
        token = Request(environ).args.get("token") if environ.get("QUERY_STRING") else None
        came = Push(_headers(EnvironHeaders(environ), token), body)
        return (courier, came) if len(body) == int(length) and courier.trusts(came) else None


def _pusher(ctx: Context, code: str) -> Courier | None:
    courier = ctx.couriers.get(code)
    return courier if courier is not None and Operation.PUSH in courier.offers else None


@hooks.post("/<code>")
def push(code: str) -> Response:
    """The push stands in the inbox exactly as it came, once; only then is the courier told that we have it."""
    courier = _pusher(world(), code)
    if courier is None:
        raise NotFound
    came = Push(_headers(request.headers, request.args.get("token")), _body())
    if not courier.trusts(came):
        log.warning("push_refused", courier=code, bytes=len(came.body))
        return _disbelieved()
    answer = _answer(world(), courier, came)
    return Response(answer.body, answer.status, content_type=answer.content_type)


def _answer(ctx: Context, courier: Courier, came: Push) -> Answer:
    """What the courier is told about a push of its own: that it is committed, or that it should send it again."""
    try:
        tracking.accept_push(ctx, courier.code, came)
    except SQLAlchemyError as why:
        log.error("push_not_stored", courier=courier.code, exc_info=why)
        return courier.answer(came, False)
    return courier.answer(came, True)


def _headers(headers: Headers, token: str | None) -> dict[str, str]:
    """The headers, and beside them the token of the registered address: some couriers (SF) sign nothing else."""
    return {**headers, **({"X-Push-Token": token} if token is not None else {})}


def _body() -> bytes:
    """The raw bytes, at most 1 MB of them, whatever length was announced."""
    request.max_content_length = LARGEST
    if (request.content_length or 0) > LARGEST:
        raise RequestEntityTooLarge
    return request.get_data(cache=False, parse_form_data=False)


def _disbelieved() -> Response:
    if request.mimetype not in READABLE:
        return problem(
            415,
            "unsupported_media_type",
            "推送的内容类型不对，没有接收。请按接口约定的类型重发。",
            "The push has the wrong content type and was not taken. Send it as agreed.",
        )
    return problem(
        401,
        "forged_push",
        "推送不能证明来自该快递方，没有接收。请核对密钥与客户号后重发。",
        "The push does not prove that it comes from the courier; it was not taken. Check key and customer number.",
    )
