"""No mixed pages: the played demo, walked in both languages, speaks one language a page, and in words for people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import text
from werkzeug.exceptions import HTTPException

from logistics.demo.seed import PASSWORD
from logistics.rules import regions
from logistics.store.context import connect
from logistics.store.embedded import Urls
from tests.played import NOON, both, kept, played, played_template  # noqa: F401 - fixtures
from tests.site import application
from tests.web.conftest import Visitor

OFFICERS = ("xn-window2", "xn-manager", "hb-admin", "fr-receiver")
EACH = 1  # pages of one kind an officer opens: another of the kind says nothing new
SILENT = {"static", "verifier.whole", "deadlines.csv"}
OURS = {("discrepancy", "note"), ("errand", "last_error"), ("notice", "zh"), ("package_check", "words")}
OURS |= {("delivery", "words"), ("channel", "last_error"), ("inbox", "last_error"), ("courier_trouble", "words")}
OURS |= {("transfer_batch", "last_error"), ("calendar_notice", "title")}
OWN_TABLES = {"ledger_entry", "command", "audit"}
"""Columns and tables with sentences of our own, in Chinese: an English reader is told the same in English."""
UNRECEIVED = "快递称已妥投，本单位未收到。"
"""What stands where nobody typed why."""
THEIRS = re.compile(r"中文|国办发[^ ]*〔\d{4}〕\d+号")
"""Marked as Chinese on an English page and in no table: the way to the other language, the state's numbers."""
KNOWN = {
    *(
        "EMS",
        "SF",
        "JDL",
        "CAINIAO",
        "KDNIAO",
        "Alt",
        "Enter",
        "Esc",
        "Tab",
        "CPCL",
        "TSPL",
        "ZPL",
        "PDF",
        "JPEG",
        "PNG",
    ),
    *("MB", "KB", "CSV", "XLSX", "JSON", "Wilson", "HTTP", "IP", "dpi", "EN", "SHA", "QR", "xlsx", "csv"),
    *("date", "kind", "name", "follows"),  # the first line of a CSV
}
"""Names that are written alike in both languages."""
MASKED = re.compile(r"[\u3400-\u9fff]+\*+")
NUMBERED = re.compile(r"[A-Za-z0-9_.@/-]*\d[A-Za-z0-9_.@/-]*")
"""A masked name; a number or digest of ours, whatever letters it holds."""
READ_OUT = {"alt", "aria-label", "placeholder", "title"}
NOT_READ = {"script", "style", "code", "svg", "pre"}
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr", "path", "circle", "rect"}
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
RAW = re.compile(
    r"\b[a-z]+(?:_[a-z0-9]+)+\b|\b\d{4}-\d\d-\d\dT[\d:]+|<[A-Z]\w+\.\w+|\{\w*\}|%\(\w+\)s"
    r"|\b(?:True|False)\b|[\w:·(] ?\bNone\b"
)
"""Codes, instants and values as the program holds them. `None` alone in a cell is also English for 无: there the
Chinese walk of the same page finds it.
"""
LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]+")


@dataclass
class Page:
    """What one page says, and where it leads."""

    words: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Takes down what a reader sees or hears; what is marked as another language apart."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language, self.page = language, Page()
        self._closed: list[str] = []  # elements inside which nothing is taken down
        self._foreign: list[str] = []  # those that are marked as another language, and what stands in them

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        foreign = given.get("lang", self.language)[:2] != self.language[:2]
        if tag not in VOID and (self._closed or tag in NOT_READ):
            self._closed.append(tag)
        elif tag not in VOID and (self._foreign or foreign):
            self._foreign.append(tag)
        if not self._closed and not self._foreign:
            self.page.words += [given[name] for name in READ_OUT & set(given)]
        if tag == "a" and given.get("href", "").startswith("/"):
            self.page.ways.append(given["href"].partition("#")[0])

    def handle_endtag(self, tag: str) -> None:
        for inside in (self._closed, self._foreign):
            if inside and tag == inside[-1]:
                inside.pop()
                return

    def handle_data(self, data: str) -> None:
        if not self._closed and data.strip():
            (self.page.quoted if self._foreign else self.page.words).append(" ".join(data.split()))


def read(html: str, language: str) -> Page:
    reader = _Reader(language)
    reader.feed(html)
    return reader.page


def walk(app: Flask, visitor: Visitor, language: str, kinds: Counter[str]) -> Iterator[tuple[str, Page]]:
    """Every kind of page the officer can come to by links, but for kinds that were seen often enough."""
    seen: set[str] = set()
    match = app.url_map.bind("localhost").match
    waiting = ["/"]
    while waiting:
        way = waiting.pop(0)
        try:
            endpoint = str(match(urlsplit(way).path)[0])
        except HTTPException:
            continue
        if way.startswith("/offline"):  # its script fills the sentences in
            continue
        if way in seen or (kinds[endpoint] >= EACH and way != "/") or endpoint in SILENT:
            continue
        seen.add(way)
        kinds[endpoint] += 1
        answer = visitor.get(way)
        if answer.mimetype == "text/html":
            page = read(answer.text, language)
            yield f"{language} {way} ({answer.status_code})", page
            waiting += page.ways


def data_of(urls: Urls) -> list[str]:
    """Whatever people, couriers and papers wrote into the database, longest first: it is shown as it is."""
    engine = connect(urls.owner)
    found: set[str] = set()
    with engine.connect() as connection:
        columns = connection.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
                " AND data_type IN ('text', 'character varying')"
            )
        ).all()
        for table, column in columns:
            if (table, column) not in OURS and table not in OWN_TABLES:
                every = text(f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')
                rows = connection.execute(every)
                found |= {" ".join(str(value).split()) for (value,) in rows}
        for (code,) in connection.execute(text("SELECT DISTINCT region_code FROM agency")):
            around = {code, regions.province_of(code), regions.city_of(code)}
            found |= {str(regions.name_of(one, NOON.date())) for one in around if one}
        notes = [note for (note,) in connection.execute(text("SELECT note FROM discrepancy"))]
        found |= {note.partition("」：")[2] for note in notes}  # what a person wrote behind our own words
        disputed = "SELECT note FROM discrepancy WHERE kind = 'delivery_disputed'"
        found |= {note for (note,) in connection.execute(text(disputed))} - {UNRECEIVED}
    engine.dispose()
    return sorted((one for one in found if HAN.search(one) or LATIN.search(one)), key=len, reverse=True)


def without(words: str, data: list[str]) -> str:
    """The words without what is data in them."""
    for one in data:
        if one in words:
            words = words.replace(one, " ")
            if not HAN.search(words) and not LATIN.search(words):
                break
    return words


def test_every_page_speaks_one_language_and_in_words_for_people(played: Urls) -> None:  # noqa: F811
    data = data_of(played)
    faults: set[str] = set()
    heard: set[tuple[str, str]] = set()
    pages = 0
    with both(played, *kept()) as (_system, web):
        app = application(web)
        kinds = {"zh": Counter[str](), "en": Counter[str]()}
        for login in OFFICERS:
            visitor = Visitor(app)
            visitor.log_in(login, PASSWORD)
            for language, foreign in (("zh", LATIN), ("en", HAN)):
                visitor.post("/language", {"language": language, "next": "/"})
                for place, page in walk(app, visitor, language, kinds[language]):
                    pages += 1
                    if not place.endswith("(200)"):
                        faults.add(place)
                    for words in page.quoted if language == "en" else ():
                        if ("quoted", words) in heard:
                            continue
                        heard.add(("quoted", words))
                        left = THEIRS.sub(" ", words)
                        left = MASKED.sub(" ", without(left, data)) if HAN.search(left) else ""
                        if HAN.search(left):
                            faults.add(f"{place}: ours, left in Chinese: {words[:120]}")
                    for words in page.words:
                        if (language, words) in heard:
                            continue
                        heard.add((language, words))
                        if RAW.search(words):
                            faults.add(f"{place}: raw: {words[:120]}")
                        left = without(words, data) if foreign.search(words) else ""
                        left = NUMBERED.sub(" ", MASKED.sub(" ", left))
                        odd = [one for one in foreign.findall(left) if one not in KNOWN]
                        if odd:
                            faults.add(f"{place}: {odd[0]!r} in {words[:120]}")
    assert pages > 100
    assert not faults, "\n".join(sorted(faults))
