"""Two languages: sentences are written in Chinese; English comes from `translations/en/<area>.po`, read at start."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Blueprint, Flask, g, redirect, request
from flask_babel import Babel, Domain
from markupsafe import Markup
from werkzeug.wrappers import Response

from logistics.services import people
from logistics.web.places import back_to
from logistics.web.visit import open_to_all, reader, world

LOCALES = ("zh", "en")
COOKIE = "youdang_language"
YEAR = 365 * 24 * 3600
CATALOGS = Path(__file__).parent / "translations" / "en"

pages = Blueprint("language", __name__)


def locale() -> str:
    """The reader's language: the officer's own, before log-in the browser's choice by cookie, else Chinese."""
    known: str | None = g.get("locale")
    if known is None:
        actor = reader()
        wanted = actor.locale if actor else request.cookies.get(COOKIE, "zh")
        known = g.locale = wanted if wanted in LOCALES else "zh"
    return known


def together(sentences: Iterable[str]) -> str:
    """Sentences one after another, with the space that the reader's language sets between them; empty ones left out."""
    return ("" if locale() == "zh" else " ").join(one for one in map(str, sentences) if one)


@cache
def english_catalog() -> Catalog:
    """All areas in one catalog; a sentence that stands in several comes from the first (a test compares)."""
    whole = Catalog(locale="en")
    for file in sorted(CATALOGS.glob("*.po")):
        with file.open("rb") as source:
            for message in read_po(source, locale="en"):
                if message.id and whole.get(message.id) is None:
                    whole.add(message.id, message.string)
    return whole


class _Areas(Domain):  # type: ignore[misc]
    """Flask-Babel's source of translations, from the texts of the areas instead of compiled files."""

    def get_translations(self) -> NullTranslations:
        return _english() if locale() == "en" else _source()


@cache
def _areas() -> Domain:
    return _Areas()


@cache
def _english() -> Translations:
    compiled = io.BytesIO()
    write_mo(compiled, english_catalog())
    compiled.seek(0)
    return Translations(compiled)


@cache
def _source() -> NullTranslations:
    return NullTranslations()


class _Speech(Babel):  # type: ignore[misc]
    """Flask-Babel with the areas as its only domain."""

    @property
    def domain_instance(self) -> Domain:
        """The areas."""
        return _areas()


@lru_cache(maxsize=8192)
def _marked(sentence: str, language: str) -> Markup:
    return Markup(_english().gettext(sentence) if language == "en" else sentence)  # noqa: S704 - our own sentences


def _said(sentence: str, /, **values: object) -> Markup:
    """`_('…')` of templates; what is put into it is escaped. A page says hundreds, so no context is looked at."""
    known = _marked(str(sentence), locale())
    return known % values if values or "%" in known else known


def _counted(one: str, many: str, number: int, /, **values: object) -> Markup:
    """`ngettext('…', '…', n)` of templates, the same way."""
    words = (_english() if locale() == "en" else _source()).ngettext(one, many, number)
    return Markup(words) % {"num": number, **values}  # noqa: S704 - our own sentences


def install(app: Flask) -> None:
    """Templates and pages of `app` speak the reader's language, in Beijing time."""
    _Speech(
        app,
        default_locale="zh_Hans_CN",
        default_timezone="Asia/Shanghai",
        locale_selector=lambda: "en" if locale() == "en" else "zh_Hans_CN",
    )
    app.jinja_env.globals.update(locale=locale, _=_said, gettext=_said, ngettext=_counted)
    english_catalog()  # a faulty catalog is seen at start, not by a reader


@pages.post("/language")
@open_to_all
def choose() -> Response:
    """The reader's language from now on, on the same page."""
    wanted = request.form.get("language", "zh")
    chosen = wanted if wanted in LOCALES else "zh"
    actor = reader()
    if actor is not None:
        people.choose_language(world(), actor, chosen)
    answer = redirect(back_to(request.form.get("next")), 303)
    answer.set_cookie(COOKIE, chosen, max_age=YEAR, httponly=True, samesite="Lax")
    return answer
