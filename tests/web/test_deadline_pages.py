"""The pages of time over a demo that has been played: lists by whose and when, the file, one clock's life, waiving."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select

from logistics.demo.seed import PASSWORD
from logistics.services import reminding
from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.tables import Agency, Deadline, Dossier, Foresight, LedgerEntry, Notice, Officer, Rung
from tests.played import NOON, both, played, played_template  # noqa: F401 - fixtures
from tests.site import application
from tests.web.conftest import Visitor

As = Callable[[str], Visitor]
ROW = re.compile(r"<tr>\s+<td")  # the head's row stands in one line
SHELVES = ("late", "today", "soon", "risk", "paused", "all")


@pytest.fixture
def system(played: Urls, tmp_path: Path) -> Iterator[Context]:  # noqa: F811
    with both(played, tmp_path) as (context, _app):
        yield context


@pytest.fixture
def as_(played: Urls, tmp_path: Path) -> Iterator[As]:  # noqa: F811
    """A visitor logged in as one of the demo's officers."""
    with both(played, tmp_path) as (_system, app):
        site = application(app)

        def enter(login: str) -> Visitor:
            visitor = Visitor(site)
            assert visitor.log_in(login, PASSWORD).status_code == 303
            return visitor

        yield enter


def rows_of(visitor: Visitor, path: str) -> list[list[str]]:
    """The file's rows."""
    answer = visitor.get(path)
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def number_of(page: str, shelf: str) -> int:
    found = re.search(rf'href="/deadlines\?[^"]*shelf={shelf}[^"]*"[^>]*>\s*<span class="figure-number">(\d+)<', page)
    assert found, shelf
    return int(found[1])


def late_of(system: Context, name: str) -> list[Deadline]:
    """Late deadlines that an agency with that name in its name must keep."""
    with Session(system.engine) as session:
        return list(
            session.exec(
                select(Deadline)
                .where(Deadline.owner_agency_id == Agency.id, col(Agency.name).contains(name))
                .where(col(Deadline.met_at).is_(None), col(Deadline.waived_at).is_(None), Deadline.due_at < NOON)
                .order_by(col(Deadline.id))
            )
        )


@pytest.mark.parametrize("login", ["xn-manager", "xn-window", "fr-receiver"])
def test_each_number_opens_as_many_rows(as_: As, login: str) -> None:
    visitor = as_(login)
    for whose in ("mine", "agency", "all"):
        for shelf in SHELVES:
            shown = visitor.get(f"/deadlines?whose={whose}&shelf={shelf}")
            assert shown.status_code == 200
            assert len(ROW.findall(shown.text)) == number_of(shown.text, shelf), (whose, shelf)


def test_what_is_asked_first_is_what_is_most_urgent(as_: As) -> None:
    shown = as_("xn-manager").get("/deadlines").text
    number = number_of(shown, "late")
    assert "<h1>" in shown
    assert f"{number} 项时限超时" in shown


def test_late_and_today_and_paused_share_no_clock(as_: As, system: Context) -> None:
    visitor = as_("xn-manager")
    seen: list[str] = []
    for shelf in ("late", "today", "soon", "paused"):
        seen += re.findall(r'href="/deadlines/(\d+)"', visitor.get(f"/deadlines?whose=all&shelf={shelf}").text)
    assert len(seen) == len(set(seen)) > 0


def test_a_paused_clock_leaves_the_late_ones_until_it_runs_again(as_: As, system: Context) -> None:
    manager, one = as_("xn-manager"), late_of(system, "咸宁")[0]
    before = number_of(manager.get("/deadlines?shelf=late").text, "late")
    with Session(system.engine) as session, session.begin():
        session.get_one(Deadline, one.id).paused_at = one.due_at - timedelta(hours=1)
    shown = manager.get("/deadlines?shelf=paused").text
    assert number_of(shown, "late") == before - 1
    assert f'href="/deadlines/{one.id}"' in shown
    assert "已暂停" in shown
    assert "下面各级等恢复计时后顺延" in manager.get(f"/deadlines/{one.id}").text


def test_a_forecast_is_shown_with_its_sample_and_only_for_its_own_due_moment(as_: As, system: Context) -> None:
    manager = as_("xn-manager")
    with Session(system.engine) as session, session.begin():
        one = session.exec(
            select(Deadline).where(col(Deadline.met_at).is_(None), Deadline.due_at > NOON).order_by(col(Deadline.id))
        ).first()
        assert one is not None
        made = Foresight(
            dossier_id=one.dossier_id, deadline_id=one.id or 0, reckoned_at=NOON, due_at=one.due_at, step="begun",
            step_at=NOON, among="lane", compared=60, total=40, hits=30, at_risk=True,
        )  # fmt: skip
        session.add(made)
        clock = one.id
    shown = manager.get("/deadlines?whose=all&shelf=risk").text
    assert number_of(shown, "risk") == 1
    assert "可能超时 75%" in shown
    assert "n=40" in shown
    with Session(system.engine) as session, session.begin():
        session.get_one(Deadline, clock).due_at += timedelta(days=1)
    assert number_of(manager.get("/deadlines?whose=all&shelf=risk").text, "risk") == 0


def test_an_officer_sees_first_what_their_desk_answers_for(as_: As, system: Context) -> None:
    shown = as_("fr-receiver").get("/deadlines?shelf=all").text
    ids = {int(key) for key in re.findall(r'href="/deadlines/(\d+)"', shown)}
    with Session(system.engine) as session:
        furong = session.exec(select(Officer.agency_id).where(Officer.login == "fr-receiver")).one()
        ours = set(
            session.exec(
                select(Deadline.id)
                .join(Dossier, col(Dossier.id) == Deadline.dossier_id)
                .where(col(Deadline.met_at).is_(None), col(Deadline.waived_at).is_(None))
                .where(Deadline.owner_agency_id == furong, Dossier.receiver_agency_id == furong)
            )
        )
    assert ids == ours
    assert ids


def test_a_clock_named_as_mine_is_mine(as_: As, system: Context) -> None:
    with Session(system.engine) as session, session.begin():
        me = session.exec(select(Officer).where(Officer.login == "xn-manager")).one()
        one = session.get_one(Deadline, late_of(system, "咸宁")[0].id)
        one.owner_officer_id = me.id
        way = f'href="/deadlines/{one.id}"'
    assert way in as_("xn-manager").get("/deadlines?whose=mine").text
    assert way not in as_("xn-window").get("/deadlines?whose=mine&shelf=late").text


def test_a_region_holds_its_own_agencies_only(as_: As, system: Context) -> None:
    manager = as_("hb-manager")
    whole, city = (number_of(manager.get(f"/deadlines?region={code}").text, "all") for code in ("420000", "421200"))
    assert whole >= city > 0
    assert manager.get("/deadlines?region=430100").status_code == 404
    owners = {row[8] for row in rows_of(manager, "/deadlines.csv?region=421200&shelf=all")[1:]}
    with Session(system.engine) as session:
        inside = session.exec(select(Agency.short_name).where(col(Agency.region_code).startswith("4212"))).all()
    assert owners <= set(inside)


def test_the_file_holds_exactly_what_is_shown(as_: As) -> None:
    manager = as_("xn-manager")
    page = manager.get("/deadlines?shelf=late&whose=all")
    lane = re.search(r'<option value="(\d+-\d+)"', page.text)
    leg = re.search(r'id="narrow-leg".*?<option value="(\w+)"', page.text, re.DOTALL)
    assert lane
    assert leg
    for query in ("", f"&lane={lane[1]}", f"&leg={leg[1]}", f"&lane={lane[1]}&leg={leg[1]}"):
        asked = f"?shelf=late&whose=all{query}"
        shown = re.findall(r'<a class="number" href="/dossiers/([^"]+)"', manager.get(f"/deadlines{asked}").text)
        header, *rows = rows_of(manager, f"/deadlines.csv{asked}")
        assert [row[0] for row in rows] == shown
        assert header[0] == "专档"
        assert len({len(row) for row in [header, *rows]}) == 1


def test_an_address_nobody_offered_is_no_page(as_: As) -> None:
    manager = as_("xn-manager")
    wrong = ("lane=1", "lane=a-b", "agency=x", "whose=theirs", "shelf=lost", "region=99", "after=1", "after=x-1")
    for query in wrong:
        assert manager.get(f"/deadlines?{query}").status_code == 404, query


def test_a_long_list_goes_on_where_its_page_ended(as_: As, system: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logistics.store.deadlines.listed.__defaults__", (None, 3))
    manager, seen = as_("xn-manager"), list[str]()
    way: str | None = "/deadlines?shelf=all&whose=all"
    while way:
        shown = manager.get(way).text
        seen += re.findall(r'<a href="/deadlines/(\d+)"', shown)
        following = re.search(r'href="([^"]+)" rel="next"', shown)
        way = following[1].replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == number_of(shown, "all")


def test_a_clocks_life_tells_its_basis_its_past_and_what_is_planned(as_: As, system: Context) -> None:
    one = late_of(system, "咸宁")[0]
    shown = as_("xn-manager").get(f"/deadlines/{one.id}").text
    assert "时限开始" in shown
    assert one.calendar_version in shown
    assert "国务院办公厅关于2026年部分节假日安排的通知" in shown
    assert "到期" in shown.split("怎样算出")[1]
    with Session(system.engine) as session:
        waiting = session.exec(
            select(Rung).where(Rung.deadline_id == one.id, col(Rung.fired_at).is_(None), col(Rung.dropped_at).is_(None))
        ).all()
    assert shown.count("beat-planned") == len(waiting)


def test_a_life_says_whom_a_rung_told_and_who_knows(as_: As, system: Context) -> None:
    one = late_of(system, "咸宁")[0]
    reminding.chase(system, one.id or 0)
    with Session(system.engine) as session, session.begin():
        notice = session.exec(select(Notice).where(Notice.deadline_id == one.id).order_by(col(Notice.id))).first()
        assert notice is not None
        notice.acknowledged_at = NOON
        name = session.get_one(Officer, notice.officer_id).name
    shown = as_("fr-manager").get(f"/deadlines/{one.id}")
    if shown.status_code == 404:  # that lane is not Furong's
        shown = as_("xn-manager").get(f"/deadlines/{one.id}")
    assert f"{name}（11月20日 周五 12:00 知悉）" in shown.text


def test_a_stranger_does_not_see_a_clocks_life(as_: As, system: Context) -> None:
    one = late_of(system, "咸宁")[0]
    assert as_("hz-manager").get(f"/deadlines/{one.id}").status_code == 404


def test_a_manager_waives_with_a_reason_that_stands_in_the_ledger(as_: As, system: Context) -> None:
    manager, deadline = as_("xn-manager"), late_of(system, "咸宁")[0]
    page = f"/deadlines/{deadline.id}/waive"
    before = len(rows_of(manager, "/deadlines.csv?shelf=late"))
    without = manager.post(page, {"command_id": str(uuid4())}, on=page)
    assert without.status_code == 422
    assert "请填写这一项" in without.text
    done = manager.post(page, {"command_id": str(uuid4()), "reason": "申请人改期"}, on=page)
    assert (done.status_code, done.headers["Location"]) == (303, "/deadlines")
    assert "已豁免" in manager.get("/deadlines").text
    assert len(rows_of(manager, "/deadlines.csv?shelf=late")) == before - 1
    assert manager.get(page).status_code == 404
    life = manager.get(f"/deadlines/{deadline.id}").text
    assert "不再计时" in life
    assert "申请人改期" in life
    with Session(system.engine) as session:
        kept = session.get_one(Deadline, deadline.id)
        said = session.exec(
            select(LedgerEntry).where(
                LedgerEntry.dossier_id == deadline.dossier_id, LedgerEntry.what == "deadline:waived"
            )
        ).all()
    assert (kept.waiver_reason, kept.waived_by is not None) == ("申请人改期", True)
    assert said[-1].actor_name == "吴建平"


def test_another_agencys_deadline_is_shown_to_its_partner_and_waived_by_its_own_only(as_: As, system: Context) -> None:
    theirs = late_of(system, "芙蓉")[0]
    manager = as_("xn-manager")
    assert f'"/deadlines/{theirs.id}/waive"' not in manager.get(f"/deadlines/{theirs.id}").text
    page = f"/deadlines/{theirs.id}/waive"
    refused = manager.post(page, {"command_id": str(uuid4()), "reason": "算了"}, on=page)
    assert refused.status_code == 404


def test_only_managers_waive(as_: As, system: Context) -> None:
    one = late_of(system, "咸宁")[0]
    for login in ("hb-admin", "xn-window"):
        visitor = as_(login)
        assert "/waive" not in visitor.get(f"/deadlines/{one.id}").text
        assert visitor.get(f"/deadlines/{one.id}/waive").status_code == 403


def test_the_pages_of_time_speak_english_throughout(as_: As, system: Context) -> None:
    one = late_of(system, "咸宁")[0]
    reminding.chase(system, one.id or 0)
    manager = as_("xn-manager")
    manager.post("/language", {"language": "en"}, on="/")
    with Session(system.engine) as session:
        names = {*session.exec(select(Officer.name)), "审批科", "申请人", *session.exec(select(Agency.short_name))}
    for path in (*(f"/deadlines?whose=all&shelf={shelf}" for shelf in SHELVES), f"/deadlines/{one.id}"):
        body = re.search(r"<main.*</main>", manager.get(path).text, re.DOTALL)
        assert body
        plain = re.sub(r'<(td|span|ul)[^>]*lang="zh[^>]*>.*?</\1>', " ", body[0], flags=re.DOTALL)
        words = re.sub(r"<[^>]+>", " ", re.sub(r"<option[^>]*>[^<]*", "<", plain))
        assert set(re.findall(r"[\u3400-\u9fff]+", words)) <= names, path
