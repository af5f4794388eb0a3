"""The web application: the only place that wires its doors together."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from functools import cache
from pathlib import Path
from types import ModuleType

from flask import Blueprint, Flask, url_for
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

import logistics.web
from logistics import api
from logistics.store.context import Context
from logistics.web import (
    design,
    door,
    forms,
    headers,
    language,
    navigation,
    pictures,
    places,
    reading,
    refusals,
    times,
    visit,
    words,
)
from logistics.web.labels import labels_in

MEBIBYTE = 1024 * 1024


def create_app(
    ctx: Context,
    *,
    cookie_secure: bool = False,
    largest_upload_mib: int = 20,
    design_page: bool = False,
    proxies: int = 0,
) -> Flask:
    """The application over that context. `cookie_secure` sends the session cookie over HTTPS only; `design_page` adds
    the sheet of components for developers. So many `proxies` of our own stand before it and say where visitors come
    from; with 0 no header is believed."""
    app = Flask("logistics.web", static_folder="static", template_folder="templates")
    app.config.update(SECRET_KEY=ctx.keyring.session_key, MAX_CONTENT_LENGTH=largest_upload_mib * MEBIBYTE)
    app.extensions["youdang"] = ctx
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    headers.install(app)
    door.install(app, cookie_secure)
    language.install(app)
    reading.install(app)
    refusals.install(app)
    _register_pages(app)
    if design_page:
        app.register_blueprint(design.sheet)
    api.register(app, ctx)
    _give_templates_words(app)
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0, x_host=0, x_prefix=0)  # type: ignore[method-assign]
    return app


def _register_pages(app: Flask) -> None:
    """Every module of `logistics.web` that has `pages` is a door; what it offers in `ENTRIES` is in the navigation."""
    entries: list[navigation.Entry] = []
    for module in _modules():
        blueprint = getattr(module, "pages", None)
        if isinstance(blueprint, Blueprint):
            app.register_blueprint(blueprint)
            entries.extend(getattr(module, "ENTRIES", []))
    app.extensions["youdang_entries"] = sorted(entries, key=lambda entry: entry.place)


@cache
def _modules() -> tuple[ModuleType, ...]:
    found = pkgutil.walk_packages(logistics.web.__path__, "logistics.web.")
    return tuple(importlib.import_module(module.name) for module in found)


def _give_templates_words(app: Flask) -> None:
    """Functions and filters that templates use."""
    jinja = app.jinja_env
    jinja.globals.update(
        asset=_asset,
        command_id=forms.new_command_id,
        entries=navigation.entries,
        errors_of=forms.errors_of,
        labels_in=labels_in,
        largest_picture=pictures.largest,
        now=visit.now,
        problem=forms.problem,
        reader=visit.reader,
        shown_page=places.shown_page,
        typed=forms.typed,
        typed_list=forms.typed_list,
        nav_ways=navigation.ways,
        duration=times.duration,
    )
    jinja.filters["time"] = times.time_element
    jinja.filters["due"] = times.due_element
    jinja.filters["waited"] = times.waited_element
    jinja.filters["day"] = times.day_element
    jinja.filters["figure"] = times.figure
    jinja.filters["term"] = lambda term: words.word(term, language.locale())


def _asset(name: str) -> str:
    """The address of a static file, with its digest, so that browsers keep it until it changes."""
    return url_for("static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    file = Path(logistics.web.__path__[0]) / "static" / name
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
