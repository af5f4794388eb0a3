"""The demo's months: hundreds of cases before and beside the present cast, each lane with a pace of its own.

Dice that a constant seeds choose who, where and what; the same town comes out at every start.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from logistics.demo.cases import CASES, ITEMS, Case, Plot
from logistics.demo.town import SEED

Kind = TypeVar("Kind")

DAYS = 108  # working days from the first case to now: more than five months
PER_DAY = 2.4  # cases a working day, besides the present cast
SETTLED_BEFORE = 9  # younger ones may still be under way

_LANES = {"xn-fr": 30, "xn-xa": 14, "hz-xn": 11, "xx-xn": 9, "at-xn": 16, "km-xn": 8, "xn-th": 7, "th-fr": 5}
_COURIERS = {"ems": 70, "sf": 22, "kuaidi100": 8}
_ONLY_BY_POST = ("at-xn",)
_PLOTS = {
    Plot.SMOOTH: 700, Plot.SLOW: 50, Plot.LATE_COUNT: 60, Plot.DAMAGED: 20, Plot.MISSING: 12, Plot.SEAL: 16,
    Plot.UNKNOWN_CODE: 14, Plot.REPACKED: 18, Plot.BY_HAND: 20, Plot.WAIVED: 18, Plot.FOUND: 22, Plot.PAUSED: 30,
}  # fmt: skip
"""How often each thing happens in the months, in thousandths. What never ends well happens in the present cast only."""

_RATING = 0.34
_STARS, _STARS_OF_TROUBLE = (5, 5, 5, 5, 5, 5, 4, 4, 4, 3), (1, 2, 2, 3, 3, 4)
_ANNOYING = frozenset({Plot.SLOW, Plot.LATE_COUNT, Plot.DAMAGED, Plot.MISSING, Plot.FOUND})
_STAYING = 0.72  # of the cases, whose papers the authority keeps
_COLLECTED_BY_ANOTHER = 0.2
_FAMILIES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
_COMPOUND = ("欧阳", "上官", "司徒", "诸葛", "皇甫", "令狐")
_GIVEN = (
    "子涵", "雨桐", "建国", "秀兰", "志强", "玉梅", "晓峰", "春燕", "文博", "思齐", "海燕", "国庆", "佳怡", "俊杰",
    "𠮷祥", "䶮", "㛃", "喆", "玥", "𬭎", "镕基", "浩然", "若曦", "一诺", "德胜", "凤英", "启明", "念慈",
)  # fmt: skip
_OTHER = (
    "阿依古丽·买买提明", "阿卜杜热依木·阿卜力克木", "次仁·德吉卓玛", "巴图尔·额尔德尼", "吉克·阿依莫", "艾力·吐尔逊",
    "古丽努尔·艾合买提江", "扎西·旺堆", "玛依拉·卡德尔", "木拉提·阿斯哈尔",
)  # fmt: skip

PRESENT = (
    Case(24, "xn-fr", Plot.PAUSED, 1),
    Case(19, "xn-fr", Plot.PAUSED_STILL),
    Case(16, "xn-xa", Plot.PAUSE_ASKED, 1),
    Case(13, "km-xn", Plot.FOUND, holder="普𬭎"),
    Case(3, "at-xn", Plot.SMOOTH, holder="阿卜杜热依木·阿卜力克木"),
    Case(2, "at-xn", Plot.SMOOTH, wants=1, holder="玛依拉·卡德尔"),
    Case(2, "at-xn", Plot.SMOOTH, 1, holder="木拉提·阿斯哈尔"),
    Case(1, "at-xn", Plot.SMOOTH, wants=2, holder="艾力·吐尔逊"),
    Case(1, "xn-th", Plot.SMOOTH, by="sf", holder="上官䶮"),
)
"""Cases of now that need the months behind them: parcels on the slow lane, which will probably be late."""


def town() -> Sequence[Case]:
    """Every case of the whole town: the months, and the present cast."""
    dice = random.Random(SEED)  # noqa: S311 - a play's dice, no secret
    whole, rest = divmod(PER_DAY, 1)
    past = [
        _case(dice, days_ago) for days_ago in range(DAYS, 0, -1) for _ in range(int(whole) + (dice.random() < rest))
    ]
    return (*map(_rated, past, range(len(past))), *PRESENT, *CASES)


def _rated(case: Case, number: int) -> Case:
    """Every third applicant says something at the end; who waited or lost a paper on the way is seldom content."""
    dice = random.Random(SEED * 100 + number)  # noqa: S311 - dice of their own: ratings change nothing of the cases
    if dice.random() > _RATING:
        return case
    stars = dice.choice(_STARS_OF_TROUBLE) if case.plot in _ANNOYING else dice.choice(_STARS)
    return replace(case, stars=stars)


def _case(dice: random.Random, days_ago: int) -> Case:
    lane, plot = _one_of(dice, _LANES), _one_of(dice, _PLOTS)
    by = "ems" if lane in _ONLY_BY_POST or plot is Plot.UNKNOWN_CODE else _one_of(dice, _COURIERS)
    stays = dice.random() < _STAYING
    wants = dice.choice((1, 1, 1, 2)) if stays else dice.choice((1, 2, 2, 0))
    agent = not stays and dice.random() < _COLLECTED_BY_ANOTHER
    item = dice.randrange(min(2, len(ITEMS.get(lane, (0, 0)))))
    return Case(days_ago, lane, plot, item, by, wants, stays, agent, _name(dice))


def _one_of(dice: random.Random, weights: Mapping[Kind, int]) -> Kind:
    return dice.choices(list(weights), list(weights.values()))[0]


def _name(dice: random.Random) -> str:
    """A name of nobody."""
    if dice.random() < 0.08:
        return dice.choice(_OTHER)
    family = dice.choice(_COMPOUND) if dice.random() < 0.06 else dice.choice(_FAMILIES)
    return family + dice.choice(_GIVEN)
