"""What a report says, before it is a spreadsheet or a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from logistics.rules import reporting
from logistics.rules.figures import Figures, Judged, Lane, Side
from logistics.rules.reporting import Line
from logistics.rules.told import Told
from logistics.rules.troubles import Kind, Trouble
from logistics.rules.workdays import CHINA


@dataclass(frozen=True)
class Words:
    """The words of a report in its reader's language: what legs, couriers, sides, numbers and outcomes are called."""

    language: Literal["zh", "en"]
    legs: Mapping[str, str]
    couriers: Mapping[str, str]
    sides: Mapping[Side, str]
    kinds: Mapping[Kind, str]
    outcomes: Mapping[str, str]
    narrowed: str  # what narrows it, as the page says it

    def plain(self) -> dict[str, Any]:
        """As they are stored with the order; `words_of` gives them back."""
        return {
            "language": self.language,
            "legs": dict(self.legs),
            "couriers": dict(self.couriers),
            "sides": {side.value: words for side, words in self.sides.items()},
            "kinds": {kind.value: words for kind, words in self.kinds.items()},
            "outcomes": dict(self.outcomes),
            "narrowed": self.narrowed,
        }


def words_of(stored: Mapping[str, Any]) -> Words:
    """The words of a report that was asked for."""
    return Words(
        "en" if stored["language"] == "en" else "zh",
        stored["legs"],
        stored["couriers"],
        {Side(side): words for side, words in stored["sides"].items()},
        {Kind(kind): words for kind, words in stored["kinds"].items()},
        stored["outcomes"],
        stored["narrowed"],
    )


@dataclass(frozen=True)
class Content:
    """Everything one report is made of."""

    agency: str
    made_by: str
    figures: Figures
    now: Mapping[Kind, int]
    lines: Sequence[Line]
    digest: str
    entries: Sequence[Told]
    entries_digest: str
    cases: Sequence[Judged]
    present: Sequence[Trouble]
    log_size: int
    log_root: str
    called: Mapping[int, str]
    words: Words
    number: str = ""

    def numbered(self, key: int) -> Content:
        """The same with its number: the day it was made, and its place among all reports."""
        return replace(self, number=reporting.number(self.figures.as_of, key))

    def lane(self, lane: Lane) -> str:
        """The two ends of a lane."""
        return " → ".join(self.called.get(one, str(one)) for one in lane)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What was asked, as (name, value)."""
        asked = self.figures.asked
        return [
            ("截至", self.figures.as_of.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")),
            ("起算于", f"{asked.since.isoformat()} – {asked.until.isoformat()}"),
            ("测量环节", self.words.legs[asked.measured]),
            ("筛选", self.words.narrowed),
            ("留痕条目", str(len(self.entries))),
            ("数字", str(len(self.lines))),
        ]


NOTES = (
    "每个数都由留痕条目算出：一项时限从一条记录的事实起算，到另一条记录的事实为止；只用“截至”时刻之前记录的条目。",
    "期间：按起算日（北京时间）归入，首尾两日都算。一项时限只归入一个期间。",
    "用时：从起算到完成的自然时间，昼夜连续，含暂停；只算已了的。豁免的、时刻颠倒的（完成早于起算）不计，单独列出；未了的单独列出。",
    "中位数、八成不超过、九成五不超过：最近秩法，从短到长排在该比例处（向上取整）的那一项，总是真实发生的。"
    "不足 5 项不报；九成五不足 20 项不报。",
    "按时率：按时完成的，除以已有结果的（已了的和过了应于时刻仍未了的）。应于时刻按责任单位的工作日历和批准的暂停、延期计算。"
    "区间：百分之九十五的 Wilson 区间。",
    "时间花在谁手里：揽收、在途是快递的，其余是各环节责任单位的。",
    "超时、静默、争议由留痕算出；可能超时和搁置是制表时的现状，随报表保存，重新计算时照旧。",
)
NOTES_EN = (
    "Every figure is made of ledger entries: a clock starts with one recorded fact and ends with another. Only entries "
    "recorded until the 'as of' moment are read.",
    "Period: by the day the clock started (Beijing time), first and last day included.",
    "Time taken: natural time from start to end, day and night, pauses included, of closed clocks only. Waived ones, "
    "and ones that ended before they started, are left out and counted beside; so are open ones.",
    "Percentiles by nearest rank, so each is a case that happened. None below 5 cases; no 95th below 20.",
    "On time: kept by the due moment, among those closed or past due. The due moment follows the owner's working "
    "calendar, pauses and extensions. Interval: Wilson, 95 %.",
    "Whose hours: collection and road are the courier's, the rest the agency's that answers for the leg.",
    "Late, silent and disputed come from the ledger; at risk and parked are as they were when the report was made, and "
    "are kept with it.",
)


def notes(words: Words) -> tuple[str, ...]:
    """The definitions; an English reader has both languages."""
    return NOTES if words.language == "zh" else (*NOTES, *NOTES_EN)
