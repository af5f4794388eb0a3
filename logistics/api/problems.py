"""Every error below `/api` and `/hooks` as an RFC 9457 problem document, in both languages; never an HTML page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, Response, g, json, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from logistics.actor import Actor
from logistics.api.fields import BETWEEN
from logistics.errors import Malformed, YoudangError
from logistics.rules.closing import Blocker, StillOpen

OURS = ("/api/", "/hooks/")
MEDIA_TYPE = "application/problem+json"
KEPT_HEADERS = frozenset({"Allow", "Retry-After", "WWW-Authenticate"})
Handler = Callable[[Any], ResponseReturnValue]
log = structlog.get_logger("api")

SAID: Mapping[int, tuple[str, str, str]] = {
    400: (
        "bad_request",
        "请求内容不是合法的 JSON，没有执行。请检查后重发。",
        "The request is not valid JSON; nothing was done. Correct it and send it again.",
    ),
    404: (
        "not_found",
        "没有这个地址，或路径里的编号不成样子。请对照 /api/v1/openapi.json 检查路径。",
        "There is no such address, or a number in its path has the wrong shape. Compare /api/v1/openapi.json.",
    ),
    405: (
        "method_not_allowed",
        "这个地址不接受此方法。可用的方法见 Allow 头。",
        "This address does not take that method. The Allow header names those it takes.",
    ),
    413: (
        "too_large",
        "请求超过 1 MB,没有执行。请缩小后重发。",
        "The request is larger than 1 MB; nothing was done. Send less.",
    ),
    415: (
        "unsupported_media_type",
        "只接受 application/json。请改正 Content-Type 后重发。",
        "Only application/json is accepted. Correct the Content-Type and send it again.",
    ),
    422: (
        "malformed",
        "请求的内容不合要求，没有执行。逐项原因见 errors,改正后重发。",
        "The request has the wrong shape; nothing was done. See errors for each field.",
    ),
    500: (
        "fault",
        "系统出错，没有保存任何内容。请用同一个 Idempotency-Key 稍后重试；仍不行时，把 instance 告诉系统管理人员。",
        "Our fault; nothing was stored. Retry with the same Idempotency-Key, or tell the administrator the instance.",
    ),
}


def install(app: Flask) -> None:
    """Below `OURS` errors of `app` are problem documents; elsewhere the handlers that were there stay in charge."""
    families: dict[type[Exception], Handler] = {YoudangError: _refused, HTTPException: _http, Exception: _fault}
    for family, answer in families.items():
        before: Any = app.error_handler_spec[None][None].get(family)
        app.register_error_handler(family, _by_path(answer, before))


def _by_path(ours: Handler, pages: Handler | None) -> Handler:
    """Ours below our paths, `pages` elsewhere; without one of theirs, Flask's own way."""

    def handle(error: Any) -> ResponseReturnValue:
        if request.path.startswith(OURS):
            return ours(error)
        if pages is not None:
            return pages(error)
        if isinstance(error, HTTPException):
            return error
        raise error

    return handle


def _refused(error: YoudangError) -> Response:
    language = "en" if _reads_english() else "zh"
    fields = (
        {name: [one.sentence(language) for one in said] for name, said in error.fields.items()}
        if isinstance(error, Malformed)
        else {}
    )
    more = {"blockers": [blocker(one) for one in error.blockers]} if isinstance(error, StillOpen) else {}
    answer = problem(error.status, error.rule or "refused", error.zh, error.en, fields, more=more)
    if error.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="youdang"'
    return answer


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()
    rule, zh, en = SAID.get(status, SAID[400] if status < 500 else SAID[500])
    answer = problem(status, rule, zh, en, _by_field(getattr(error, "data", None)))
    for name, value in error.get_headers():
        if name in KEPT_HEADERS:
            answer.headers[name] = value
    return answer


def _fault(error: Exception) -> Response:
    """Anything unforeseen: the unit of work has rolled back; `instance` leads from the caller to the log."""
    number = str(uuid4())
    log.error("api_failed", endpoint=request.endpoint, instance=number, exc_info=error)
    rule, zh, en = SAID[500]
    return problem(500, rule, zh, en, instance=f"urn:uuid:{number}")


def problem(
    status: int,
    rule: str,
    zh: str,
    en: str,
    errors: Mapping[str, list[str]] | None = None,
    instance: str = "",
    more: Mapping[str, Any] | None = None,
) -> Response:
    """A problem document. `detail` is in the caller's language; `zh` and `en` are always both there; `more` members
    belong to the rule.
    """
    words = {
        "type": f"urn:youdang:problem:{rule}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": en if _reads_english() else zh,
        "rule": rule,
        "zh": zh,
        "en": en,
        "errors": dict(errors or {}),
        **(more or {}),
    }
    if instance:
        words["instance"] = instance
    return Response(json.dumps(words, ensure_ascii=False), status, content_type=MEDIA_TYPE)


def blocker(one: Blocker) -> dict[str, Any]:
    """What keeps a dossier from closing: who must act (agency by id, null: the system's administrators), where."""
    return {
        "kind": one.kind.value,
        "zh": one.zh,
        "en": one.en,
        "agency_id": one.agency_id,
        "role": one.role.value,
        "place": {"kind": one.place.kind, "no": one.place.no},
    }


def _reads_english() -> bool:
    asked = request.accept_languages.best_match(["zh", "en"])
    caller: Actor | None = g.get("caller")
    return (asked or (caller.locale if caller else "zh")) == "en"


def _by_field(data: object) -> dict[str, list[str]]:
    """Sentences of every field, by its dotted path; the place they came from (body, query, header) is left out."""
    found: dict[str, list[str]] = {}
    messages = data.get("messages") if isinstance(data, Mapping) else None
    for part in messages.values() if isinstance(messages, Mapping) else ():
        _flatten(part, "", found)
    return found


def _flatten(part: object, path: str, found: dict[str, list[str]]) -> None:
    if isinstance(part, Mapping):
        for name, below in part.items():
            _flatten(below, path if name == "_schema" else f"{path}.{name}".lstrip("."), found)
    else:
        sentences = part if isinstance(part, list) else [part]
        found.setdefault(path or "body", []).extend(_in_callers_words(str(one)) for one in sentences)


def _in_callers_words(sentence: str) -> str:
    zh, _, en = sentence.partition(BETWEEN)
    return en if en and _reads_english() else zh
