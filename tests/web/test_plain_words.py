"""No mixed pages: every page of the played demo, walked in both languages, speaks one language and in words for people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import text
from sqlmodel import Session
from werkzeug.exceptions import HTTPException

from logistics.app import create_app
from logistics.demo.seed import PASSWORD
from logistics.store.embedded import Urls
from tests.played import both, played, played_template  # noqa: F401 - fixtures
from tests.web.conftest import Visitor

OFFICERS = ("xn-window2", "xn-manager", "hb-admin", "fr-receiver")
EACH = 2  # pages of one kind an officer opens: another of the kind says nothing new
READ_OUT = {"alt", "aria-label", "placeholder", "title"}
NOT_READ = {"script", "style", "code", "svg", "pre"}
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr", "path", "circle", "rect"}
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
RAW = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\b\d{4}-\d\d-\d\dT[\d:]+|\bNone\b|\bTrue\b|\bFalse\b|<[A-Z]\w+\.\w+|\{\w*\}|%\(\w+\)s")
LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]+")


@dataclass
class Page:
    """What one page says, and where it leads."""

    words: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Takes down what a reader sees or hears, but for what is marked as another language."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language, self.page = language, Page()
        self._closed: list[str] = []  # elements inside which nothing is taken down

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        foreign = given.get("lang", self.language)[:2] != self.language[:2]
        if tag not in VOID and (self._closed or tag in NOT_READ or foreign):
            self._closed.append(tag)
        if not self._closed:
            self.page.words += [given[name] for name in READ_OUT & set(given)]
        if tag == "a" and given.get("href", "").startswith("/"):
            self.page.ways.append(given["href"].partition("#")[0])

    def handle_endtag(self, tag: str) -> None:
        if self._closed and tag == self._closed[-1]:
            self._closed.pop()

    def handle_data(self, data: str) -> None:
        if not self._closed and data.strip():
            self.page.words.append(" ".join(data.split()))


def read(html: str, language: str) -> Page:
    reader = _Reader(language)
    reader.feed(html)
    return reader.page


def walk(app: Flask, visitor: Visitor, language: str) -> Iterator[tuple[str, Page]]:
    """Every kind of page the officer can come to by links."""
    seen: set[str] = set()
    kinds: Counter[str] = Counter()
    waiting = ["/"]
    match = app.url_map.bind("localhost").match
    while waiting:
        way = waiting.pop(0)
        try:
            endpoint = str(match(urlsplit(way).path)[0])
        except HTTPException:
            continue
        if way in seen or kinds[endpoint] >= EACH or endpoint in {"static", "verifier.whole"}:
            continue
        seen.add(way)
        answer = visitor.get(way)
        if answer.mimetype != "text/html":
            continue
        kinds[endpoint] += 1
        page = read(answer.text, language)
        yield f"{way} ({answer.status_code})", page
        waiting += page.ways


def test_prototype(played: Urls, tmp_path: Path) -> None:  # noqa: F811
    with both(played, tmp_path) as (system, web):
        app = create_app(web)
        out = open("/tmp/l/walk.txt", "w")
        for login in OFFICERS:
            visitor = Visitor(app)
            visitor.log_in(login, PASSWORD)
            for language in ("zh", "en"):
                visitor.post("/language", {"language": language, "next": "/"})
                n = 0
                for way, page in walk(app, visitor, language):
                    n += 1
                    for words in page.words:
                        out.write(f"{language}\t{login}\t{way}\t{words}\n")
                print(login, language, n)
