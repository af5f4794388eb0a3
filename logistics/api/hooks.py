"""Couriers' pushes: believed on their raw bytes or refused; stored, then answered in the courier's own words."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import NotFound, RequestEntityTooLarge

from couriers.contract import Answer, Operation, Push
from logistics.api.problems import problem
from logistics.api.tokens import LARGEST, world
from logistics.services import tracking

READABLE = frozenset({"application/json", "application/x-www-form-urlencoded"})
"""What couriers send; anything else that is not believed is told so."""

hooks = Blueprint("hooks", __name__, url_prefix="/hooks")
log = structlog.get_logger("hooks")


@hooks.post("/<code>")
def push(code: str) -> Response:
    """The push stands in the inbox exactly as it came, once; only then is the courier told that we have it."""
    ctx = world()
    courier = ctx.couriers.get(code)
    if courier is None or Operation.PUSH not in courier.offers:
        raise NotFound
    came = Push(_headers(), _body())
    if not courier.trusts(came):
        log.warning("push_refused", courier=code, bytes=len(came.body))
        return _disbelieved()
    try:
        fresh = tracking.accept_push(ctx, code, came)
    except SQLAlchemyError as why:
        log.error("push_not_stored", courier=code, exc_info=why)
        return _said(courier.answer(came, False))
    log.info("push", courier=code, bytes=len(came.body), fresh=fresh)
    return _said(courier.answer(came, True))


def _headers() -> dict[str, str]:
    """The headers, and beside them the token of the registered address: some couriers (SF) sign nothing else."""
    token = request.args.get("token")
    return {**request.headers, **({"X-Push-Token": token} if token is not None else {})}


def _body() -> bytes:
    """The raw bytes, at most 1 MB of them, whatever length was announced."""
    request.max_content_length = LARGEST
    if (request.content_length or 0) > LARGEST:
        raise RequestEntityTooLarge
    return request.get_data(cache=False, parse_form_data=False)


def _said(answer: Answer) -> Response:
    return Response(answer.body, answer.status, content_type=answer.content_type)


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
