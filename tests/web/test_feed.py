"""The calendar feed: one event a deadline, stable and folded, for its officer only; its secret is kept nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from logistics.demo.seed import PASSWORD
from logistics.rules.lateness import Reading, Standing
from logistics.services import calendars
from logistics.store import people
from logistics.store.context import Context
from logistics.store.deadlines import Row
from logistics.store.embedded import Urls
from logistics.store.feeds import Moved
from logistics.store.lanes import LaneName
from logistics.tables import Agency, Deadline, Dossier, Feed, Officer
from logistics.terms import Role
from logistics.web import feeds
from tests.played import NOON, both, played, played_template  # noqa: F401 - fixtures
from tests.site import application
from tests.web.conftest import Visitor

LOGIN = "xn-window"


@dataclass
class Watch:
    """The clock of the site."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at


@dataclass
class House:
    """The demo with a site over it."""

    system: Context
    site: Flask
    watch: Watch = field(default_factory=Watch)

    def enter(self, login: str) -> Visitor:
        visitor = Visitor(self.site)
        assert visitor.log_in(login, PASSWORD).status_code == 303
        return visitor

    def address(self, visitor: Visitor, command: str = "") -> str:
        shown = visitor.post("/feeds/issue", {"command_id": command or str(uuid4())}, on="/feeds").text
        found = re.search(r'value="http://localhost(/feeds/[\w-]+\.ics)"', shown)
        assert found, shown
        return found[1]

    def fetch(self, address: str) -> TestResponse:
        self.watch.at += timedelta(seconds=20)
        return self.site.test_client().get(address)


@pytest.fixture
def house(played: Urls, tmp_path: Path) -> Iterator[House]:  # noqa: F811
    with both(played, tmp_path) as (system, app):
        watch = Watch()
        ctx = Context(app.engine, watch, app.keyring, app.signing_key, app.files, {})
        yield House(system, application(ctx), watch)


def events(answer: TestResponse) -> dict[str, dict[str, object]]:
    """The events by uid."""
    assert answer.status_code == 200, answer.text
    return {str(one["UID"]): one for one in Calendar.from_ical(answer.data).walk("VEVENT")}


def assert_well_formed(text: bytes) -> None:
    """Every line ends in CRLF, none is longer than 75 octets, each is whole UTF-8."""
    assert text.endswith(b"\r\n")
    for line in text.split(b"\r\n"):
        assert len(line) <= 75, line
        assert b"\n" not in line
        line.decode()


def test_the_feed_holds_the_officers_open_deadlines(house: House) -> None:
    visitor = house.enter(LOGIN)
    shown = visitor.get("/deadlines?whose=mine&shelf=all").text
    wanted = set(re.findall(r'<a href="/deadlines/(\d+)"', shown))
    answer = house.fetch(house.address(visitor))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"].startswith("private")
    assert_well_formed(answer.data)
    found = events(answer)
    assert {uid.rsplit("-", 1)[1].removesuffix("@youdang") for uid in found} == wanted
    assert wanted
    with Session(house.system.engine) as session:
        due = {str(row.id): row.due_at for row in session.exec(select(Deadline))}
    for uid, event in found.items():
        assert event["DTSTART"].dt == due[uid.rsplit("-", 1)[1].removesuffix("@youdang")]  # type: ignore[attr-defined]
        assert "VALARM" not in str(event)


def test_no_word_of_an_applicant_stands_in_it(house: House) -> None:
    visitor = house.enter(LOGIN)
    text = house.fetch(house.address(visitor)).text.replace("\r\n ", "")
    with Session(house.system.engine) as session:
        cases = session.exec(select(Dossier.case_no)).all()
    assert not [no for no in cases if no and no in text]
    assert "BEGIN:VALARM" not in text


def test_the_secret_is_shown_once_and_only_its_digest_is_kept(house: House) -> None:
    visitor, command = house.enter(LOGIN), str(uuid4())
    address = house.address(visitor, command)
    secret = address.removeprefix("/feeds/").removesuffix(".ics")
    assert secret not in visitor.get("/feeds").text
    again = visitor.post("/feeds/issue", {"command_id": command}, on="/feeds")
    assert secret not in again.text
    with Session(house.system.engine) as session:
        kept = session.exec(select(Feed)).one()
        assert secret not in str(kept.model_dump())
        for table in ("command", "feed"):
            rows = session.connection().exec_driver_sql(f"SELECT to_jsonb(t)::text FROM {table} t").scalars()
            assert not [row for row in rows if secret in row]
    assert house.fetch(address).status_code == 200


def test_a_new_address_ends_the_old_one_and_a_revoked_one_opens_nothing(house: House) -> None:
    visitor = house.enter(LOGIN)
    first = house.address(visitor)
    second = house.address(visitor)
    assert house.fetch(first).status_code == 404
    assert house.fetch(second).status_code == 200
    visitor.post("/feeds/revoke", {"command_id": str(uuid4())}, on="/feeds")
    assert house.fetch(second).status_code == 404
    assert house.fetch("/feeds/never-given.ics").status_code == 404


def test_an_officer_who_left_has_no_feed(house: House) -> None:
    address = house.address(house.enter(LOGIN))
    with Session(house.system.engine) as session, session.begin():
        session.exec(select(Officer).where(Officer.login == LOGIN)).one().active = False
    assert house.fetch(address).status_code == 404


def test_a_program_that_asks_in_a_loop_is_told_to_wait(house: House) -> None:
    address = house.address(house.enter(LOGIN))
    assert house.fetch(address).status_code == 200
    again = house.site.test_client().get(address)
    assert (again.status_code, again.headers["Retry-After"]) == (429, "10")
    assert house.fetch(address).status_code == 200


def test_a_clock_that_moved_keeps_its_uid_and_has_a_higher_sequence(house: House) -> None:
    """Moved by an announcement that closes every day of the coming weeks' Mondays to Wednesdays."""
    address = house.address(house.enter(LOGIN))
    before = events(house.fetch(address))
    days = [(NOON + timedelta(days=n)).date() for n in range(1, 40)]
    text = "\n".join(f"{day} 停电检修" for day in days if day.weekday() < 3)
    with Session(house.system.engine) as session:
        manager = session.exec(select(Officer.id).where(Officer.login == "xn-manager")).one()
        admin = replace(people.actor_of_officer(session, manager or 0), roles=frozenset({Role.ADMINISTRATOR}))
    drafted = calendars.draft_own(house.system, admin, str(uuid4()), text)["notice"]
    calendars.list_moves(house.system, drafted)
    calendars.confirm(house.system, admin, str(uuid4()), drafted)
    while calendars.apply(house.system, drafted):
        pass
    after = events(house.fetch(address))
    moved = [uid for uid in before if after[uid]["DTSTART"].dt > before[uid]["DTSTART"].dt]  # type: ignore[attr-defined]
    assert set(after) == set(before)
    assert moved
    for uid in before:
        assert (after[uid]["SEQUENCE"] > before[uid]["SEQUENCE"]) is (uid in moved)  # type: ignore[operator]


def test_a_paused_clock_says_so(house: House) -> None:
    address = house.address(house.enter(LOGIN))
    uid = next(iter(events(house.fetch(address))))
    with Session(house.system.engine) as session, session.begin():
        session.get_one(Deadline, int(uid.rsplit("-", 1)[1].removesuffix("@youdang"))).paused_at = NOON
    paused = events(house.fetch(address))[uid]
    assert paused["STATUS"] == "TENTATIVE"
    assert str(paused["SUMMARY"]).startswith("（暂停）")


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=120),
    st.integers(0, 9),
    st.booleans(),
)
def test_chinese_lines_are_folded_and_read_back_whole(words: str, times: int, provisional: bool) -> None:
    deadline = Deadline(
        id=7, dossier_id=1, key="transit", leg="transit", owner_agency_id=1, started_at=NOON, due_at=NOON,
        provisional=provisional, policy={}, calendar_version="CN", explanation=[words],
    )  # fmt: skip
    lane = LaneName(1, 2, "甲", "乙", "A", "B")
    owner = Agency(id=1, short_name=words, name_en="", code="1", name="甲", region_code="1", level="city", path="1.",
                   uscc="1", address="", postcode="", phone="")  # fmt: skip
    row = Row(deadline, "421200-2026-000001", lane, owner, "", Reading(Standing.AHEAD))
    site = Flask("feed")
    site.add_url_rule("/deadlines/<int:deadline_id>", "life.show", str)
    with site.test_request_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("logistics.web.feeds._", lambda text, **given: text % given if given else text)
        patch.setattr("logistics.web.dossier.reasons.locale", lambda: "zh")
        patch.setattr("logistics.web.feeds.leg_name", lambda leg: words)
        patch.setattr("logistics.web.feeds.agency_name", lambda agency: agency.short_name)
        text = feeds.written([row], {(1, "transit"): Moved(times, datetime(2026, 11, 1, tzinfo=UTC))})
    assert_well_formed(text)
    event = Calendar.from_ical(text).walk("VEVENT")[0]
    assert words in str(event["SUMMARY"])
    assert event["SEQUENCE"] == times
    assert (event["STATUS"] == "TENTATIVE") is provisional
    assert str(event["SUMMARY"]).startswith("（暂定）") is provisional
