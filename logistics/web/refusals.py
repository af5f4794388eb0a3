"""Errors as people meet them: what happened, why, what to do next — as a page, or as a band for htmx."""

from __future__ import annotations

import re
from uuid import uuid4

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from logistics.errors import YoudangError
from logistics.web.door import OTHER_DOORS, stale_form_sentence
from logistics.web.language import locale

COMMAND_ID = re.compile(r"[0-9a-fA-F-]{36}")
log = structlog.get_logger("web")


def install(app: Flask) -> None:
    """Every error below a page of `app` answers in words; the API's doors answer for themselves."""
    app.register_error_handler(YoudangError, _refused)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _ours)


def _refused(error: YoudangError) -> Response:
    return answer(error.status, error.sentence(locale()))


def _stale(_error: CSRFError) -> Response:
    return answer(400, stale_form_sentence())


def _http(error: HTTPException) -> Response | HTTPException:
    if request.path.startswith(OTHER_DOORS):
        return error
    status = error.code or 500
    known = {
        403: _("没有执行：这一步不归您办。请联系本单位的系统管理人员。"),
        404: _("没有这个页面。请检查地址，或扫描、输入编号查找。"),
        405: _("这个地址不接受这样的操作。请从工作台重新进入。"),
        413: _("文件太大，没有保存。请缩小后再传。"),
        429: _("刚才问得太密，这一次没有回答。请等一分钟再试。"),
        503: _("系统正忙，没有保存任何内容。请等一分钟再试。"),
    }
    made = answer(status, known.get(status, _("没有执行：请求的内容不完整。请回到上一页重试。")))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            made.headers[name] = value
    return made


def _ours(error: Exception) -> Response:
    """Anything unforeseen: the unit of work has rolled back; the number leads from the reader to the log."""
    if request.path.startswith(OTHER_DOORS):
        raise error
    given = request.form.get("command_id", "")
    number = given if COMMAND_ID.fullmatch(given) else str(uuid4())
    log.error("page_failed", endpoint=request.endpoint, command_id=number, exc_info=error)
    said = _("系统出错，没有保存任何内容。请稍后重试；仍不行时，把下面的编号告诉系统管理人员。")
    return answer(500, said, number)


def answer(status: int, sentence: str, number: str = "") -> Response:
    """The refusal as a whole page, or for htmx as a band at the top of the page that leaves the rest in place."""
    if request.headers.get("HX-Request") == "true":
        band = render_template("_refusal.html", sentence=sentence, number=number)
        made = make_response(band, status)
        made.headers["HX-Retarget"], made.headers["HX-Reswap"] = "#messages", "innerHTML"
        return made
    titles = {
        400: _("页面已过时"),
        403: _("没有权限"),
        404: _("没有找到"),
        409: _("没有执行"),
        410: _("文件已不在"),
        413: _("文件太大"),
        422: _("内容不完整"),
        429: _("请稍等"),
        500: _("系统出错"),
        503: _("请稍等"),
    }
    title = titles.get(status, _("没有执行"))
    return make_response(render_template("refusal.html", title=title, sentence=sentence, number=number), status)
