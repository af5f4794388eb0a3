"""A clock's sentences in English: every one that the rules can write, with the same figures, days and names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from logistics.rules.deadlines import DEFAULT_POLICIES, Leg, Policy, Unit, plan
from logistics.rules.pausing import REASON_NAMES, UNIT_NAMES, PauseReason, Relief, Stretch
from logistics.rules.retold import REASONS, festival, hours, retold
from logistics.rules.spoken import MONTHS
from logistics.rules.workdays import CHINA, Calendar, DayKind, Hours, SpecialDay, state_calendar
from logistics.rules.workdays.explain import explain
from logistics.rules.workdays.reckon import add_natural_hours, add_working_days, add_working_minutes
from logistics.terms import LaneScope

STATES = state_calendar()
USUAL = DEFAULT_POLICIES[Leg.TRANSIT, LaneScope.CITY]
HOURS = [
    Hours.parse("09:00-12:00,13:30-17:30"),
    Hours.parse("周一至周四 09:00-12:00,13:30-17:30; 周五 09:00-12:00"),
    Hours.parse("08:30-12:00 | 06-01至09-30 09:00-12:00,15:00-18:00"),
]
HAN = re.compile(r"[\u3400-\u9fff]")
FIRST = datetime(2013, 1, 1, tzinfo=CHINA)
DAYS = dict(zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))

NAMES = ["系统切换", "搬迁 二楼", "12-25 盘点", "至 月底", "Stocktaking", "。", "10 周年庆", "国庆节、盘点", ""]

starts = st.integers(0, 60 * 60 * 24 * 365 * 16).map(lambda seconds: FIRST + timedelta(seconds=seconds))


def own_days() -> Iterator[SpecialDay]:
    """Every month for years an agency closes for three days under some name, and opens on one instead."""
    for number in range(12 * 17):
        year, month = 2013 + number // 12, number % 12 + 1
        for day in (13, 14, 15):
            yield SpecialDay(date(year, month, day), DayKind.CLOSED, NAMES[number % len(NAMES)])
        yield SpecialDay(date(year, month, 22), DayKind.OPENED, NAMES[number % len(NAMES)], 1)


OWN = Calendar(
    "own",
    STATES.notices.values(),
    [*(one for one in STATES.given if one.day.day not in (13, 14, 15, 22)), *own_days()],
)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, ...]:
    """What stands beside a deadline of any length, by any hours, with pauses and extensions."""
    start, unit = draw(starts), draw(st.sampled_from(Unit))
    policy = Policy(Leg.TRANSIT, LaneScope.CITY, draw(st.integers(1, 40)), unit, USUAL.rungs)
    pauses = []
    for _ in range(draw(st.integers(0, 2))):
        begins = start + timedelta(minutes=draw(st.integers(-300, 6000)))
        ends = begins + timedelta(minutes=draw(st.integers(0, 4000)))
        pauses.append(Stretch(begins, ends, draw(st.sampled_from(PauseReason))))
    relief = Relief(tuple(pauses), tuple(draw(st.lists(st.integers(1, 9), max_size=2))))
    return plan(policy, draw(st.sampled_from([STATES, OWN])), draw(st.sampled_from(HOURS)), start, relief).explanation


def figures(text: str) -> Counter[int]:
    """All numbers of a sentence, months among them."""
    for number, month in enumerate(MONTHS, start=1):
        text = re.sub(rf"\b{month}\b", str(number), text)
    return Counter(int(one) for one in re.findall(r"\d+", text))


def weekdays(text: str) -> Counter[str]:
    """All days of the week that a sentence names, in either language."""
    return Counter(
        [
            *re.findall(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b", text),
            *map(DAYS.get, re.findall("周([一二三四五六日])(?=[ 调])", text)),
        ]
    )


def same_in_english(sentence: str) -> None:
    told = retold(sentence)
    assert told is not None, sentence
    assert not HAN.search(told.words), told
    assert told.quote == "" or told.quote in sentence
    bare = sentence.replace(told.quote, "", 1) if told.quote else sentence
    assert figures(bare) == figures(told.words), (sentence, told)
    assert weekdays(bare) == weekdays(told.words), (sentence, told)
    assert ("暂定" in bare) == ("provisional" in told.words)


@given(written())
@settings(max_examples=200, deadline=None)
def test_every_sentence_beside_a_deadline_says_the_same_in_english(sentences: tuple[str, ...]) -> None:
    for sentence in sentences:
        same_in_english(sentence)


@given(starts, st.integers(0, 6000), st.sampled_from(HOURS))
@example(datetime(2015, 9, 1, 9, tzinfo=CHINA), 0, HOURS[1])  # over the day kept once, by the hours of each weekday
@settings(max_examples=150, deadline=None)
def test_any_length_of_time_says_the_same_in_english(start: datetime, length: int, open_hours: Hours) -> None:
    for due in (
        add_working_minutes(STATES, open_hours, start, length),
        add_natural_hours(STATES, open_hours, start, length),
        add_working_days(STATES, open_hours, start, length // 60 + 1),
    ):
        for sentence in explain(due):
            same_in_english(sentence)


def test_every_day_off_since_2004_has_an_english_name() -> None:
    given_names = {day.name for day in STATES.given}
    assert len(given_names) > 8
    assert not {name for name in given_names if not festival(name)}
    assert festival("国庆节、中秋节") == "National Day and Mid-Autumn Festival"
    assert festival("国庆节、盘点") == ""


def test_every_reason_of_a_pause_has_english() -> None:
    assert set(REASONS) == set(REASON_NAMES.values())
    for reason in REASON_NAMES.values():
        same_in_english(f"2026-11-20 10:00 至 2026-11-23 09:30 暂停（{reason}），不计")
    for unit in UNIT_NAMES.values():
        same_in_english(f"经批准延长 1 {unit}")


@pytest.mark.parametrize(
    ("chinese", "english", "quote"),
    [
        (
            "自 2026-11-20 周五 10:05 起，次日起计 1 个工作日",
            "From Fri 20 Nov 2026 10:05: 1 working day, the day after being the first",
            "",
        ),
        ("国庆节 10-01 至 10-07 休息", "National Day: 1 Oct to 7 Oct off", ""),
        ("系统切换 12-25 休息", "25 Dec off", "系统切换"),
        ("元旦 2027-01-01 休息", "New Year's Day: 1 Jan 2027 off", ""),
        ("10-10 周六调休上班", "Sat 10 Oct is worked in place of a day off", ""),
        ("故于 2027-02-15 周一 17:30 到期（暂定）", "So it is due on Mon 15 Feb 2027 17:30 (provisional)", ""),
    ],
)
def test_dates_and_names_are_as_english_readers_write_them(chinese: str, english: str, quote: str) -> None:
    assert retold(chinese) == (english, quote)


def test_what_a_person_wrote_is_not_taken_for_ours() -> None:
    assert retold("申请人住院，材料晚交两天") is None
    assert retold("") is None


def test_opening_hours_keep_their_figures() -> None:
    for one in HOURS:
        assert not HAN.search(hours(str(one)))
    assert hours("09:00-12:00 | 06-01至09-30 08:00-12:00") == "09:00-12:00 | 1 Jun to 30 Sep 08:00-12:00"
