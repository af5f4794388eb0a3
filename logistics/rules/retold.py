"""A clock's stored sentences read to people who read English: the same moments, lengths and names, nothing else. Pure.

What stands beside a deadline is Chinese and stays so: it is evidence (rules/workdays/explain, rules/pausing). Each of
those sentences has one shape here. A name that has no English, such as why an agency closed for a day, is kept apart as
the quotation that it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from logistics.rules.spoken import MONTHS


class Retold(NamedTuple):
    """The sentence in English; `quote`, if any, are somebody's own words, said after it."""

    words: str
    quote: str = ""


FESTIVALS: Mapping[str, str] = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Tomb-sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
    "抗战胜利70周年纪念日": "70th anniversary of victory in the war of resistance",
}
"""The days off that the state has announced since 2004; several together are parted by 、."""

REASONS: Mapping[str, str] = {
    "不可抗力": "force majeure",
    "申请人原因": "on the applicant's part",
    "专家评审、检验检测或鉴定": "experts' review, testing or appraisal",
    "快递停运": "courier suspension",
    "其他原因": "other reason",
}
"""Why a clock stood still (rules/pausing: REASON_NAMES)."""

_WEEKDAYS = dict(zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
_UNITS = {"个工作日": "working day", "个工作小时": "working hour", "小时": "hour"}
_MOMENT = r"\d{4}-\d\d-\d\d(?: 周[一二三四五六日])? \d\d:\d\d(?::\d\d)?"
_DAY = r"(?:\d{4}-)?\d\d-\d\d"
_Found = re.Match[str]


def retold(sentence: str) -> Retold | None:
    """The sentence in English; None where no rule of ours wrote it."""
    for shape, told in _SHAPES:
        found = shape.fullmatch(sentence)
        if found:
            return told(found)
    return None


def festival(name: str) -> str:
    """What days off are called in English, one festival or several; empty for a name that the state never gave."""
    known = [FESTIVALS.get(one, "") for one in name.split("、")]
    return " and ".join(known) if all(known) else ""


def hours(text: str) -> str:
    """Opening hours as `str(Hours)` writes them: `Mon 09:00-12:00; Fri 09:00-11:00 | 1 Jun to 30 Sep 09:00-12:00`."""
    text = re.sub(r"周([一二三四五])", lambda day: _WEEKDAYS[day[1]], text)
    return re.sub(r"(\d\d-\d\d)至(\d\d-\d\d)", lambda found: f"{_day(found[1])} to {_day(found[2])}", text)


def _day(text: str) -> str:
    *year, month, day = text.split("-")
    return " ".join((str(int(day)), MONTHS[int(month) - 1], *year))


def moment(text: str) -> str:
    """`2026-10-10 周六 17:30` as `Sat 10 Oct 2026 17:30`; the weekday where it is given."""
    on, *weekday, clock = text.split(" ")
    return " ".join((*(_WEEKDAYS[one[1]] for one in weekday), _day(on), clock))


def _many(number: str, unit: str) -> str:
    return f"{number} {unit}{'' if int(number) == 1 else 's'}"


def _span(first: str, last: str | None) -> str:
    return f"{_day(first)} to {_day(last)}" if last else _day(first)


def _working_days(found: _Found) -> Retold:
    return Retold(f"From {moment(found['start'])}: {_many(found['n'], 'working day')}, the day after being the first")


def _natural_hours(found: _Found) -> Retold:
    counted = f"{_many(found['n'], 'hour')} by the clock, nights, weekends and holidays included"
    return Retold(f"From {moment(found['start'])}: {counted}")


def _working_time(found: _Found) -> Retold:
    given = (found["h"] and _many(found["h"], "hour"), found["m"] and _many(found["m"], "minute"))
    length = " ".join(part for part in given if part)
    return Retold(f"From {moment(found['start'])}: {length} of working time ({hours(found['hours'])})")


def _begun(found: _Found) -> Retold:
    return Retold(f"The start lies outside working time: counted from {moment(found['start'])}")


def _made_up(found: _Found) -> Retold:
    return Retold(f"{_WEEKDAYS[found['weekday']]} {_day(found['day'])} is worked in place of a day off")


def _off(found: _Found) -> Retold:
    named, when = festival(found["name"]), _span(found["first"], found["last"])
    return Retold(f"{named}: {when} off") if named else Retold(f"{when} off", found["name"])


def _weekends(found: _Found) -> Retold:
    return Retold(f"Besides, {_many(found['n'], 'weekend day')} off in between")


def _unsettled(found: _Found) -> Retold:
    return Retold(
        f"The days off of {found['year']} are not announced (or not entered) yet: reckoned with weekends and statutory"
        " holidays for now, and again once the notice is entered"
    )


def _due(found: _Found) -> Retold:
    return Retold(f"So it is due on {moment(found['end'])}{' (provisional)' if found['unsure'] else ''}")


def _paused(found: _Found) -> Retold:
    between = f"{moment(found['first'])} to {moment(found['last'])}"
    return Retold(f"Stood still from {between} ({REASONS[found['reason']]}): not counted")


def _rounded(found: _Found) -> Retold:  # noqa: ARG001 - the sentence has no blanks
    return Retold(
        "Working time lost to pauses is turned into working days by each day's own hours; part of a day counts as one"
    )


def _extended(found: _Found) -> Retold:
    return Retold(f"Extended by {_many(found['n'], _UNITS[found['unit']])}, as approved")


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[_Found], Retold]], ...] = tuple(
    (re.compile(shape), told)
    for shape, told in (
        (rf"自 (?P<start>{_MOMENT}) 起，次日起计 (?P<n>\d+) 个工作日", _working_days),
        (rf"自 (?P<start>{_MOMENT}) 起，计 (?P<n>\d+) 自然小时，昼夜、周末和节假日照计", _natural_hours),
        (
            rf"自 (?P<start>{_MOMENT}) 起，计 (?:(?P<h>\d+) 小时)? ?(?:(?P<m>\d+) 分钟)?工作时间（(?P<hours>.+)）",
            _working_time,
        ),
        (rf"起点不在工作时间内，自 (?P<start>{_MOMENT}) 起计", _begun),
        (rf"(?P<day>{_DAY}) 周(?P<weekday>[一二三四五六日])调休上班", _made_up),
        (r"其间另有周末休息 (?P<n>\d+) 天", _weekends),
        (r"(?P<year>\d{4}) 年放假安排尚未公布（或未录入），暂按周末和法定节日推算，通知录入后须重算", _unsettled),
        (rf"故于 (?P<end>{_MOMENT}) 到期(?P<unsure>（暂定）)?", _due),
        (rf"(?P<first>{_MOMENT}) 至 (?P<last>{_MOMENT}) 暂停（(?P<reason>{'|'.join(REASONS)})），不计", _paused),
        (r"暂停占去的工作时间按各日作息折成工作日，不足一日的按一日顺延", _rounded),
        (rf"经批准延长 (?P<n>\d+) (?P<unit>{'|'.join(_UNITS)})", _extended),
        # last, for a name may hold anything
        (rf"(?P<name>.*?) (?P<first>{_DAY})(?: 至 (?P<last>{_DAY}))? 休息", _off),
    )
)
