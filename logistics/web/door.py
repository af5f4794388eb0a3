"""The door: who stands behind the cookie, no page without a log-in, no act without the form's own token."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, current_app, g, make_response, redirect, request, session
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFProtect
from marshmallow import fields
from werkzeug.wrappers import Response as AnyResponse

from logistics.services import people
from logistics.web.forms import FormShape, read, redraws
from logistics.web.page import page
from logistics.web.places import back_to, shown_page
from logistics.web.visit import open_to_all, reader, world

COOKIE = "youdang_session"
OTHER_DOORS = ("/api/", "/hooks/")  # they check tokens and signatures of their own
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

pages = Blueprint("door", __name__)
csrf = CSRFProtect()


class LogIn(FormShape):
    """The log-in form."""

    login = fields.String(required=True)
    password = fields.String(required=True)


def install(app: Flask, cookie_secure: bool) -> None:
    """`app` lets in only who is logged in, and takes only forms it gave to that log-in itself."""
    app.config.update(
        YOUDANG_COOKIE_SECURE=cookie_secure,
        SESSION_COOKIE_NAME="youdang_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=cookie_secure,
        WTF_CSRF_FIELD_NAME="_csrf",
        WTF_CSRF_CHECK_DEFAULT=False,  # `_guard` asks, after it is known who reads
        WTF_CSRF_TIME_LIMIT=None,  # a form lives as long as the log-in it belongs to
    )
    csrf.init_app(app)
    app.before_request(_guard)


def _guard() -> AnyResponse | None:
    """Find the reader; send strangers to the log-in page; refuse a form that is not this log-in's own."""
    if request.endpoint == "static" or request.path.startswith(OTHER_DOORS):
        return None
    token = request.cookies.get(COOKIE, "")
    g.actor = people.actor_of(world(), token) if token else None
    _bind_forms_to(token if g.actor else "")
    if request.endpoint is None:  # an address of no page: the answer says so, to readers with their own page head
        return None
    view = current_app.view_functions[request.endpoint]
    if not getattr(view, "open_to_all", False):
        if g.actor is None:
            return _to_log_in()
        if g.actor.password_given and not getattr(view, "before_own_password", False):
            return redirect("/password", 303)
    if request.method not in SAFE and not getattr(view, "changes_nothing", False):
        csrf.protect()
    return None


def _bind_forms_to(token: str) -> None:
    """Forms drawn for another log-in lose their token."""
    owner = people.token_digest(token) if token else ""
    if session.get("of", "") != owner:
        session.clear()
        session["of"] = owner


def _to_log_in() -> AnyResponse:
    """The log-in page, which leads back to the page the reader was on."""
    back = shown_page()
    target = "/login" + (f"?{urlencode({'next': back})}" if back != "/" else "")
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target, 303)


def draw_log_in() -> Response:
    """The log-in page; `next` is where it leads."""
    return page("login.html", next=back_to(request.values.get("next")))


@pages.get("/login")
@open_to_all
def log_in_page() -> AnyResponse:
    """The log-in page; who is in already goes on."""
    return redirect(back_to(request.args.get("next")), 303) if reader() else draw_log_in()


@pages.post("/login")
@open_to_all
@redraws(draw_log_in)
def log_in() -> Response:
    """A new session, then the page that was wanted."""
    form = read(LogIn)
    token = people.log_in(world(), form["login"], form["password"])
    answer = make_response(redirect(back_to(request.form.get("next")), 303))
    answer.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=current_app.config["YOUDANG_COOKIE_SECURE"])
    return answer


@pages.post("/logout")
@open_to_all
def log_out() -> AnyResponse:
    """The session is over and the cookie gone."""
    people.log_out(world(), request.cookies.get(COOKIE, ""))
    answer = redirect("/login", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="Lax")
    session.clear()
    return answer


def stale_form_sentence() -> str:
    """Said when a form's token is not this log-in's own."""
    sentence = _(
        "没有执行：这一页已经过时（重新登录过，或不是从本系统打开的）。请回到原来的页面再做一次，填过的内容还在。"
    )
    return str(sentence)
