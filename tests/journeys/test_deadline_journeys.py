"""Deadlines from their start to their end: over National Day and the Spring Festival, paused, taken back, waived,
ordered by a manager; against real PostgreSQL, every rung at its own moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from couriers import adapters
from logistics.rules.workdays import CHINA
from logistics.services import dispatch
from logistics.store import supervision as orders
from logistics.store.embedded import Urls
from logistics.store.work import reading
from logistics.terms import Direction, SupervisionState
from scheduler import nightly
from tests import builders
from tests.builders import House
from tests.journeys import deadline_stories as stories
from tests.journeys.deadline_stories import clock, fired, heard, ledger, until
from tests.services.conftest import EMS

HALL = {"xn-window", "xn-window2"}


@pytest.fixture
def hall(seeded: Urls, tmp_path: Path) -> Iterator[House]:
    """A seeded product; the clock begins in February. Nothing is wrong in it when the test is over."""
    begun = builders.SlowClock(stories.china("2026-02-13 09:00"))
    house = builders.house(seeded, tmp_path, adapters.from_settings(EMS), begun)
    yield house
    wrong = [f"{one.rule} {one.subject}: {one.zh}" for one in nightly.violations(house.system) if one.rule != "errand"]
    house.close()
    assert wrong == []


def due(hall: House, no: str, key: str = stories.FIRST) -> str:
    return f"{clock(hall, no, key).due_at.astimezone(CHINA):%m-%d %H:%M}"


def test_a_leg_over_national_day_2026(hall: House) -> None:
    no = stories.over_national_day(hall)
    assert clock(hall, no).explanation == [
        "自 2026-09-30 周三 16:00 起，次日起计 2 个工作日",
        "国庆节 10-01 至 10-07 休息",
        "故于 2026-10-09 周五 17:30 到期",
    ]
    # the Saturday is worked instead of a holiday, so the first reminder after the end falls on it
    assert fired(hall, clock(hall, no)) == {
        "warning": "10-09 13:37",
        "due": "10-09 17:30",
        "overdue": "10-10 09:00",
        "escalated": "10-12 09:00",
    }
    told = heard(hall, clock(hall, no))
    assert told["warning"] == {"xn-window"}  # whose dossier it is
    assert told["due"] == {"xn-window", "xn-window2"}, "from the due moment on the whole desk hears"
    assert "xn-manager" in told["escalated"]

    envelope = dispatch.start_consignment(hall.web, hall.window, hall.command(), no, Direction.OUTBOUND)
    assert envelope["consignment"]
    until(hall, "2026-10-14 10:00")
    assert fired(hall, clock(hall, no))["escalated_upper"] == "10-14 09:00"
    assert "hb-manager" in heard(hall, clock(hall, no))["escalated_upper"]
    assert ledger(hall, no) == [
        "started",
        *(f"rung_fired {name}" for name in ("warning", "due", "overdue", "escalated", "escalated_upper")),
    ]


def test_a_leg_over_the_spring_festival_with_its_make_up_saturdays(hall: House) -> None:
    no = stories.over_spring_festival(hall)
    assert clock(hall, no).explanation == [
        "自 2026-02-13 周五 10:00 起，次日起计 2 个工作日",
        "02-14 周六调休上班",
        "春节 02-15 至 02-23 休息",
        "故于 2026-02-24 周二 17:30 到期",
    ]
    assert fired(hall, clock(hall, no)) == {
        "warning": "02-24 11:00",
        "due": "02-24 17:30",
        "overdue": "02-25 09:00",
        "escalated": "02-26 09:00",
        "escalated_upper": "02-28 09:00",  # the second make-up Saturday
    }


def test_a_paused_leg_is_silent_and_then_runs_out_what_was_left(hall: House) -> None:
    no = stories.paused(hall)
    assert due(hall, no) == "09-16 17:30"
    assert "2026-09-09 15:00 至 2026-09-15 11:00 暂停（专家评审、检验检测或鉴定），不计" in clock(hall, no).explanation
    moments = fired(hall, clock(hall, no))
    assert list(moments) == ["warning", "due"]
    assert "09-15 11:00" < moments["warning"] < moments["due"] == "09-16 17:30"
    assert ledger(hall, no) == [
        "started", "pause_asked", "paused", "resumed", "recomputed", "rung_fired warning", "rung_fired due",
    ]  # fmt: skip


def test_a_waived_leg_says_no_more(hall: House) -> None:
    no = stories.waived(hall)
    row = clock(hall, no)
    assert (row.waived_by, row.waiver_reason) == (hall.manager.officer_id, "申请人改为当面递交，不再邮寄")
    assert fired(hall, row) == {"warning": "09-20 10:52"}
    assert ledger(hall, no) == ["started", "rung_fired warning", "waived"]


def test_a_reversed_delivery_runs_the_first_clock_on_and_starts_the_next_anew(hall: House) -> None:
    no = stories.delivery_reversed(hall)
    transit, receiving = clock(hall, no, "transit/"), clock(hall, no, "delivered_to_received/")
    assert transit.met_at == stories.china("2026-09-24 10:00")
    assert ledger(hall, no, "transit/") == ["started", "met", "reopened", "met"]
    assert ledger(hall, no, "delivered_to_received/") == ["started", "waived", "started"]
    assert receiving.started_at == stories.china("2026-09-24 10:00")
    assert receiving.met_at is None


def test_an_order_of_a_manager_runs_to_the_answer_that_was_accepted(hall: House) -> None:
    no = stories.over_national_day(hall)
    order = stories.ordered(hall, no)
    with reading(hall.web.engine, hall.window) as session:
        found = orders.chain(session, order)
    assert [step.act.verb.value for step in found.steps] == ["order", "sign", "answer", "send_back", "answer", "accept"]
    assert (found.line.state, found.line.round) == (SupervisionState.CLOSED, 2)
    first, second = found.clocks
    assert [first.due_at, second.due_at] == [stories.china("2026-10-14 17:30"), stories.china("2026-10-16 17:30")]
    assert [first.met_at, second.met_at] == [stories.china("2026-10-14 11:30"), stories.china("2026-10-15 15:00")]
    assert ledger(hall, no, f"supervision_to_answer/{order}") == [
        "started", "rung_fired warning", "met", "started", "met",
    ]  # fmt: skip
    assert heard(hall, first) == {"warning": HALL}
