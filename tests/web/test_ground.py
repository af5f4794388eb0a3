"""What holds for every page: a log-in, headers, no inline code, two languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

import logistics.terms as terms
from logistics.app import create_app
from logistics.store.context import Context, connect
from logistics.store.embedded import Urls
from logistics.web import times
from logistics.web.headers import POLICY
from logistics.web.language import CATALOGS, english_catalog
from logistics.web.places import back_to
from logistics.web.words import english, word
from tests.web.conftest import Visitor

As = Callable[[str], Visitor]
WEB = Path(create_app.__code__.co_filename).parent / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
OPEN = {
    "/login",
    "/i",  # the applicant's pages ask for the code of the receipt instead
    "/i/<no>/<key>",
    "/i/case",
    "/i/case/rating",
    "/i/case/<int:seq>/not-received",
    "/i/leave",
    "/logout",
    "/language",
    "/reading",
    "/healthz",
    "/readyz",
    "/static/<path:filename>",
    "/fonts/<name>",
    "/fonts/rare.css",
    "/fonts/<name>/<page>.woff2",
    "/verify.html",
    "/worker.js",  # the shell that works without network holds no word about anybody
    "/device/shell.json",
    "/offline/<language>",
    "/feeds/<secret>.ics",  # the secret is the key; an unknown one is answered as nothing there
}


def test_every_route_needs_a_log_in_but_the_few_that_cannot(site: Flask, stranger: Visitor) -> None:
    seen = 0
    for rule in site.url_map.iter_rules():
        if rule.rule in OPEN or rule.rule.startswith(("/api/", "/hooks/")):
            continue
        path = re.sub(r"<(?:[^:>]+:)?[^>]+>", "1", rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = stranger.client.open(path, method=method)
            assert answer.status_code == 303, f"{method} {rule.rule}"
            assert answer.headers["Location"].startswith("/login"), f"{method} {rule.rule}"
            seen += 1
    assert seen >= 3


def test_every_answer_carries_the_strict_policy(site: Flask, as_: As, stranger: Visitor) -> None:
    officer = as_("lin")
    paths = ["/nowhere", "/static/youdang.css", "/healthz", "/login"]
    paths += [rule.rule for rule in site.url_map.iter_rules() if "GET" in (rule.methods or ()) and "<" not in rule.rule]
    for path in paths:
        for visitor in (officer, stranger):
            headers = visitor.get(path).headers
            if path == "/verify.html":  # allowed less: only the script and the style it carries
                assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'sha256-")
            elif not path.startswith("/api/"):
                wasm = " 'wasm-unsafe-eval'" if path == "/receive" else ""  # where the camera reads codes
                assert headers["Content-Security-Policy"].replace(wasm, "") == POLICY, path
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin"
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "unsafe" not in POLICY
    assert officer.get("/").headers["Cache-Control"] == "no-store"


def test_static_files_are_kept_by_their_digest(stranger: Visitor) -> None:
    address = re.search(r'href="(/static/youdang\.css\?v=[0-9a-f]{12})"', stranger.get("/login").text)
    assert address
    assert "immutable" in stranger.get(address[1]).headers["Cache-Control"]
    assert stranger.get("/static/youdang.css").headers["Cache-Control"] == "no-cache"
    assert stranger.get("/fonts/NotoSansSC-Regular.woff2").data[:4] == b"wOF2"
    assert stranger.get("/fonts/__init__.py").status_code == 404


def test_a_rare_character_costs_the_browser_a_small_file_and_not_the_whole_font(stranger: Visitor) -> None:
    rules = stranger.get("/fonts/rare.css").text
    assert 'src:url("/fonts/HanaMinB/20B.woff2")' in rules
    small = stranger.get("/fonts/HanaMinB/20B.woff2").data
    assert small[:4] == b"wOF2"
    assert len(small) < 100_000
    for nothing in ("/fonts/HanaMinB/4E.woff2", "/fonts/HanaMinB/x.woff2", "/fonts/Other/20B.woff2"):
        assert stranger.get(nothing).status_code == 404


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_no_template_has_inline_script_or_style_or_a_foreign_address(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle\s*=|javascript:|hx-on|js:", source, re.IGNORECASE)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", source, re.IGNORECASE)
    assert not re.search(r"<script(?![^>]*\bsrc=)", source, re.IGNORECASE)
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", source)
    assert "|safe" not in source


def test_our_style_has_three_sizes_of_type_and_no_foreign_address() -> None:
    for file in (WEB / "static").glob("*.css"):
        source = file.read_text(encoding="utf-8")
        sizes = set(re.findall(r"font-size:\s*([^;}]+)", source)) | set(re.findall(r"font:\s*\d+ ([\d.]+rem)", source))
        known = {"1rem", "1.25rem", "1.75rem", "1.250rem", "100%", "125%", "10pt !important"}
        assert {size.strip() for size in sizes} <= known, file.name
        assert not re.search(r"url\(\"?(?:https?:)?//|@import", source)
        assert not re.search(r"font-style:\s*italic|letter-spacing:\s*[\d.-]", source)


def _sentences() -> Iterator[tuple[Path, Any]]:
    python = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2)}
    for file in sorted(WEB.rglob("*.py")):
        for _line, message, _comments, _context in extract_from_file("python", str(file), keywords=python):
            yield file, message
    options = {"trimmed": "false", "silent": "false"}
    for file in TEMPLATES:
        found = extract_from_file("jinja2.ext:babel_extract", str(file), keywords=python, options=options)
        for _line, message, _comments, _context in found:
            yield file, message


def test_every_sentence_of_the_pages_has_its_english() -> None:
    catalog = english_catalog()
    lacking = {
        f"{file.relative_to(WEB)}: {message}"
        for file, message in _sentences()
        if (known := catalog.get(message)) is None
        or not all([known.string] if isinstance(known.string, str) else known.string)
    }
    assert not lacking, "\n".join(sorted(lacking))


def test_english_sentences_keep_their_placeholders_and_hold_no_chinese() -> None:
    for message in english_catalog():
        if not message.id:
            continue
        source = message.id[0] if isinstance(message.id, tuple) else message.id
        for said in message.string if isinstance(message.string, tuple) else (message.string,):
            assert set(re.findall(r"%\(\w+\)s", said)) == set(re.findall(r"%\(\w+\)s", source)), source
            assert not re.search(r"[㐀-鿿，。；：（）]", said), said


def test_areas_do_not_disagree_about_a_sentence() -> None:
    known: dict[Any, tuple[str, Any]] = {}
    for file in sorted(CATALOGS.glob("*.po")):
        with file.open("rb") as source:
            for message in read_po(source, locale="en"):
                if message.id:
                    first = known.setdefault(message.id, (file.name, message.string))
                    assert first[1] == message.string, f"{message.id} in {first[0]} and {file.name}"


def test_every_term_has_a_word_in_both_languages() -> None:
    for words in terms.ZH.values():
        for term in words:
            assert word(term, "zh") == terms.zh(term)
            assert re.fullmatch(r"[A-Z][A-Za-z0-9×() ]+", english(term)), term


def test_the_language_is_switched_in_place_and_stays_with_the_officer(as_: As, stranger: Visitor) -> None:
    visitor = as_("lin")
    answer = visitor.post("/language", {"language": "en", "next": "/find?q=7"}, on="/find?q=7")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/find?q=7")
    assert "Workbench" in as_("lin").get("/").text  # another browser, the same officer
    assert "登录名" in stranger.get("/login").text
    stranger.post("/language", {"language": "en", "next": "/login"}, on="/login")
    assert "Log-in name" in stranger.get("/login").text


def test_letters_contrast_and_light_are_the_browsers_own_choice_in_the_first_byte(stranger: Visitor) -> None:
    assert 'data-letters="usual" data-contrast="usual" data-display="auto"' in stranger.get("/login").text
    for way, value in (("display", "dark"), ("letters", "large"), ("contrast", "high")):
        stranger.post("/reading", {way: value, "next": "/login"}, on="/login")
    assert 'data-letters="large" data-contrast="high" data-display="dark"' in stranger.get("/login").text
    stranger.post("/reading", {"display": "purple", "next": "/login"}, on="/login")
    assert 'data-display="dark"' in stranger.get("/i").text


def test_the_process_lives_and_is_ready(stranger: Visitor) -> None:
    assert stranger.get("/healthz").text == "ok\n"
    assert stranger.get("/readyz").text == "ok\n"


def test_a_database_behind_its_migrations_is_not_ready(stranger: Visitor, database: Urls) -> None:
    owner = connect(database.owner)
    with owner.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    owner.dispose()
    answer = stranger.get("/readyz")
    assert answer.status_code == 503
    assert "0000" in answer.text


def test_a_database_that_is_gone_is_not_ready_but_the_process_lives(ctx: Context) -> None:
    from dataclasses import replace

    lost = connect("postgresql+psycopg://nobody:x@127.0.0.1:9/none")
    visitor = Visitor(create_app(replace(ctx, engine=lost)))
    assert visitor.get("/readyz").status_code == 503
    assert visitor.get("/healthz").status_code == 200
    lost.dispose()


def test_instants_are_said_in_beijing_time_with_the_weekday() -> None:
    at = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
    assert times.spoken(at, at, "zh") == "11月21日 周六 14:05"
    assert times.spoken(at, at, "en") == "Sat 21 Nov 14:05"
    assert times.spoken(at - timedelta(days=365), at, "zh") == "2025年11月21日 周五 14:05"


def test_a_distance_is_said_only_under_a_day(site: Flask) -> None:
    now = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
    with site.test_request_context("/healthz"):
        assert times.distance(now - timedelta(hours=2, minutes=5), now) == "2 小时 5 分钟前"
        assert times.distance(now + timedelta(minutes=40), now) == "40 分钟后"
        assert times.distance(now, now) == "刚刚"
        assert times.distance(now - timedelta(days=1), now) == ""
        assert times.duration(timedelta(days=2, hours=3, minutes=59)) == "2 天 3 小时"
        assert times.duration(timedelta(days=2, minutes=59)) == "2 天"
        assert times.duration(timedelta(seconds=3)) == "0 分钟"


@given(st.text(max_size=40))
def test_where_to_go_back_is_always_a_path_of_this_site(wanted: str) -> None:
    back = back_to(wanted)
    assert back.startswith("/")
    assert not back.startswith(("//", "/\\"))
    assert not set(back) & set("\r\n\t \\")
