"""The calendar's pages over a demo that has been played: the year and its sources; a notice read, listed, confirmed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from logistics.demo.seed import PASSWORD
from logistics.rules.workdays import state_calendar
from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.tables import CalendarMove, CalendarNotice, Deadline, LedgerEntry, Officer
from logistics.web.year import days_of, year_of
from scheduler.calendars import once
from tests.played import both, played, played_template  # noqa: F401 - fixtures
from tests.site import application
from tests.web.conftest import Visitor

As = Callable[[str], Visitor]
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月20日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假。
六、中秋节：9月15日（周三）放假。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
国务院办公厅
2026年11月19日
"""


@pytest.fixture
def system(played: Urls, tmp_path: Path) -> Iterator[Context]:  # noqa: F811
    with both(played, tmp_path) as (context, _app):
        yield context


@pytest.fixture
def as_(played: Urls, tmp_path: Path, system: Context) -> Iterator[As]:  # noqa: F811
    """A visitor logged in as one of the demo's officers; Xianning's manager administers it too."""
    with Session(system.engine) as session, session.begin():
        manager = session.exec(select(Officer).where(Officer.login == "xn-manager")).one()
        manager.roles = [*manager.roles, "administrator"]
    with both(played, tmp_path) as (_system, app):
        site = application(app)

        def enter(login: str) -> Visitor:
            visitor = Visitor(site)
            assert visitor.log_in(login, PASSWORD).status_code == 303
            return visitor

        yield enter


def post(visitor: Visitor, path: str, on: str, **fields: object) -> TestResponse:
    return visitor.post(path, {"command_id": str(uuid4()), **fields}, on=on)


def test_a_year_shows_every_day_off_and_made_up_with_its_source(as_: As) -> None:
    shown = as_("xn-window").get("/calendar").text
    assert "国务院办公厅关于2026年部分节假日安排的通知" in shown
    assert "248 个工作日" in shown
    assert shown.count('<table class="month">') == 12
    assert 'title="国庆节"' in shown
    assert "录入放假通知" not in shown


def test_a_year_nobody_has_settled_says_provisional(as_: As) -> None:
    shown = as_("xn-window").get("/calendar?year=2027").text
    assert "暂定" in shown
    assert "尚未公布" in shown
    assert shown.count('class="provisional"') >= 12
    for wrong in ("1980", "20a6", "99999"):
        assert as_("xn-window").get(f"/calendar?year={wrong}").status_code == 404


def test_a_drawn_year_counts_as_the_calendar_does() -> None:
    calendar = state_calendar()
    for year in (2024, 2026, 2028):
        drawn = year_of(calendar, calendar, year, date(2026, 11, 20))
        days = [cell for month in drawn.months for week in month.weeks for cell in week if cell]
        assert [cell.works for cell in days] == [calendar.is_workday(cell.day) for cell in days]
        assert drawn.workdays == sum(cell.works for cell in days)
        assert sum((run.last - run.first).days + 1 for run in drawn.special) == sum(bool(cell.sign) for cell in days)


def test_a_notice_is_read_listed_confirmed_and_applied_as_it_was_listed(as_: As, system: Context) -> None:
    """In November deadlines that reach over New Year are provisional; the notice settles what it listed, no more."""
    with Session(system.engine) as session, session.begin():
        clock = session.exec(select(Deadline).where(Deadline.leg == "checked_to_decision")).first()
        assert clock is not None
        clock.met_at, clock.waived_at, clock.provisional = None, None, True
        clock.policy = {**clock.policy, "length": 60}
    admin = as_("hb-admin")
    read = post(admin, "/calendar/new", "/calendar/new", text=NOTICE)
    assert read.status_code == 303, read.text
    way = read.headers["Location"]
    waiting = admin.get(way).text
    assert "正在列清单" in waiting
    assert 'hx-trigger="load delay:2s"' in waiting
    assert "确认生效" not in waiting
    assert once(system) == 1
    listed = admin.get(way).text
    assert "确认生效" in listed
    assert "2027-02-05" in listed
    assert "国办发明电〔2026〕9号" in listed
    with Session(system.engine) as session:
        moves = {row.deadline_id: row.due_after for row in session.exec(select(CalendarMove))}
    assert f'改动的时限 <span class="count">{len(moves)}</span>' in listed
    assert moves
    done = post(admin, f"{way}/confirm", way)
    assert (done.status_code, done.headers["Location"]) == (303, way)
    assert "正在重算" in admin.get(way).text
    once(system)
    assert "已生效" in admin.get(way).text
    with Session(system.engine) as session:
        for key, due_at in moves.items():
            assert session.get_one(Deadline, key).due_at == due_at
        said = session.exec(select(LedgerEntry).where(LedgerEntry.what == "deadline:recomputed")).all()
    assert len(said) == len(moves)
    shown = admin.get("/calendar?year=2027").text
    assert "国办发明电〔2026〕9号" in shown
    assert post(admin, f"{way}/confirm", way).status_code == 409
    life = admin.get(f"/deadlines/{next(iter(moves))}").text
    assert "国务院办公厅关于2027年部分节假日安排的通知" in life


def test_a_notice_that_contradicts_itself_is_refused_at_its_line(as_: As) -> None:
    admin = as_("hb-admin")
    wrong = post(admin, "/calendar/new", "/calendar/new", text=NOTICE.replace("1日（周五）至3日", "1日（周四）至3日"))
    assert wrong.status_code == 422
    assert "是星期五，通知写的是星期四" in wrong.text
    assert "二、春节" in wrong.text
    csv = post(
        admin, "/calendar/new", "/calendar/new", text="date,kind,name,follows\n2027-13-01,closed,元旦,\n", year="2027"
    )
    assert csv.status_code == 422
    assert "第 2 行" in csv.text
    assert post(admin, "/calendar/new", "/calendar/new").status_code == 422


def test_a_notice_may_come_as_a_file(as_: As, system: Context) -> None:
    admin = as_("hb-admin")
    good = (io.BytesIO(("\ufeff" + NOTICE).encode()), "2027.txt")
    read = admin.post("/calendar/new", {"command_id": str(uuid4()), "file": good}, on="/calendar/new")
    assert read.status_code == 303, read.text
    bad = (io.BytesIO(NOTICE.encode("gb18030")), "2027.txt")
    refused = admin.post("/calendar/new", {"command_id": str(uuid4()), "file": bad}, on="/calendar/new")
    assert refused.status_code == 422
    assert "UTF-8" in refused.text


def test_a_draft_is_withdrawn_and_nothing_moves(as_: As, system: Context) -> None:
    admin = as_("hb-admin")
    way = post(admin, "/calendar/new", "/calendar/new", text=NOTICE).headers["Location"]
    once(system)
    assert post(admin, f"{way}/withdraw", way).headers["Location"] == "/calendar"
    assert "已撤回" in admin.get(way).text
    with Session(system.engine) as session:
        assert session.exec(select(CalendarMove).where(col(CalendarMove.applied_at).is_not(None))).all() == []


def test_an_agency_closes_its_own_days_and_no_others_may_touch_them(as_: As, system: Context) -> None:
    ours = as_("xn-manager")
    wrong = post(ours, "/calendar/closures", "/calendar/closures", text="2026-12-25 系统切换\n某天 停电")
    assert wrong.status_code == 422
    assert "第 2 行" in wrong.text
    way = post(ours, "/calendar/closures", "/calendar/closures", text="2026-12-25 系统切换").headers["Location"]
    once(system)
    assert post(as_("hb-admin"), f"{way}/confirm", "/calendar/new").status_code in (403, 404)
    assert as_("fr-receiver").get(way).status_code == 404
    assert post(ours, f"{way}/confirm", way).status_code == 303
    once(system)
    shown = ours.get("/calendar").text
    assert "系统切换" in shown
    assert "自定停收" in shown
    assert "系统切换" not in as_("fr-receiver").get("/calendar").text


def test_only_the_uppermost_agency_reads_notices_in(as_: As) -> None:
    ours = as_("xn-manager")
    assert ours.get("/calendar/new").status_code == 404
    assert post(ours, "/calendar/new", "/calendar/closures", text=NOTICE).status_code in (403, 404)
    assert as_("xn-window").get("/calendar/closures").status_code == 403


def test_days_off_in_a_row_are_one_line() -> None:
    days: list[dict[str, Any]] = [
        {"day": "2027-01-01", "kind": "closed", "name": "元旦", "follows": None},
        {"day": "2027-01-02", "kind": "closed", "name": "元旦", "follows": None},
        {"day": "2027-01-31", "kind": "opened", "name": "春节", "follows": 1},
    ]
    assert [(one.first, one.count, one.opened) for one in days_of(days)] == [
        (date(2027, 1, 1), 2, False),
        (date(2027, 1, 31), 1, True),
    ]


def test_the_calendar_speaks_english(as_: As, system: Context) -> None:
    admin = as_("hb-admin")
    way = post(admin, "/calendar/new", "/calendar/new", text=NOTICE).headers["Location"]
    once(system)
    admin.post("/language", {"language": "en"}, on="/")
    for path in ("/calendar", "/calendar?year=2027", "/calendar/new", "/calendar/closures", "/feeds", way):
        body = re.search(r"<main.*</main>", admin.get(path).text, re.DOTALL)
        assert body
        plain = re.sub(
            r'<(a|td|th|span|ul|pre)[^>]*lang="zh[^>]*>.*?</\1>|title="[^"]*"', " ", body[0], flags=re.DOTALL
        )
        words = set(re.findall(r"[\u3400-\u9fff]+", re.sub(r"<[^>]+>", " ", plain)))
        assert words <= {"宋雨"}, (path, words)
    with Session(system.engine) as session:
        assert session.exec(select(CalendarNotice)).first() is not None
