"""One scan told twice (重复表述): by push and by query, with other words, other seconds, another spelling of the place.

Pure, and a function of the set. Rows stay; a repeat only stands behind the first of them. Two statements are one scan
when the same account gives them the same code and detail within a minute and neither place nor words speak against it.
Two accounts' statements are one when milestone, minute and place agree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from couriers.contract import Milestone
from logistics.tables import Tracking

WINDOW = timedelta(seconds=60)
"""How far apart two wordings of one scan may be timed: couriers round to the minute and correct within it."""

_UNLIKE = frozenset({Milestone.INFO, Milestone.UNRECOGNISED, Milestone.ORDER_CREATED})
"""Milestones that say too little to know another account's scan by them."""

_MARKS = re.compile(r"[\s,，、·【】\[\]（）()《》「」]+")
_NAMED = re.compile(r"【+([^【】]+)】+")
_LEAVES = re.compile("离开|发往|发出|封车|运往|启运|发车")
_REACHES = re.compile("到达|抵达|到站|解车|已到")


@dataclass(frozen=True)
class Told:
    """One scan: the statement that stands for it, and the others that say it again, in order of time."""

    head: Tracking
    again: tuple[Tracking, ...] = ()


def folded(rows: Iterable[Tracking]) -> list[Told]:
    """Every scan once, account by account, in order of time. No row is lost: each is a head or behind one."""
    scans: list[list[Tracking]] = []
    lately: list[list[Tracking]] = []
    for row in sorted(rows, key=_when):
        lately = [one for one in lately if row.happened_at - one[0].happened_at <= WINDOW]
        same = next((one for one in lately if _is_again(one[0], row)), None)
        if same is not None:
            same.append(row)
        else:
            scans.append([row])
            lately.append(scans[-1])
    return [Told(one[0], tuple(one[1:])) for one in scans]


def beside(rows: Iterable[Tracking], own: str) -> list[Told]:
    """As `folded`; what another account says of a scan of the courier `own` stands behind that."""
    scans = folded(rows)
    ours = [one for one in scans if one.head.courier == own]
    taken: dict[int, list[Told]] = {}
    left = []
    for other in (one for one in scans if one.head.courier != own):
        free = [
            (abs(other.head.happened_at - mine.head.happened_at), place)
            for place, mine in enumerate(ours)
            if _is_one_scan(mine.head, other.head)
            and all(one.head.courier != other.head.courier for one in taken.get(place, ()))
        ]
        if free:
            taken.setdefault(min(free)[1], []).append(other)
        else:
            left.append(other)
    found = [replace(mine, again=mine.again + _all(taken.get(place, ()))) for place, mine in enumerate(ours)]
    return sorted([*found, *left], key=lambda one: _when(one.head))


def _all(scans: Iterable[Told]) -> tuple[Tracking, ...]:
    return tuple(row for one in scans for row in (one.head, *one.again))


def _when(row: Tracking) -> tuple[object, str]:
    return row.happened_at, row.natural_key


def _is_again(first: Tracking, row: Tracking) -> bool:
    same = (first.courier, first.waybill_no, first.code, first.detail_code, first.voids, first.milestone) == (
        row.courier, row.waybill_no, row.code, row.detail_code, row.voids, row.milestone,
    )  # fmt: skip
    if not same or not (row.code or first.text == row.text):
        return False
    first_org, row_org = _org(first), _org(row)
    if first_org and row_org:
        return first_org == row_org and not _contradict(first.text, row.text)
    return _may_be_one_place(first.place, row.place) and not _contradict(first.text, row.text)


def _is_one_scan(mine: Tracking, other: Tracking) -> bool:
    if mine.milestone is not other.milestone or mine.milestone in _UNLIKE or mine.waybill_no != other.waybill_no:
        return False
    if abs(mine.happened_at - other.happened_at) > WINDOW or (mine.voids is None) != (other.voids is None):
        return False
    if _contradict(mine.text, other.text, places=False):
        return False
    if mine.region_code and other.region_code:
        return _is_within(mine.region_code, other.region_code) or _is_within(other.region_code, mine.region_code)
    return _may_be_one_place(mine.place, other.place)


def _org(row: Tracking) -> str:
    """The courier's own number of the place, which the natural key holds; "" where it has none, or it was cut off."""
    try:
        said = json.loads(row.natural_key)[4]
    except (ValueError, LookupError, TypeError):
        return ""
    return said if isinstance(said, str) and said != row.place else ""


@lru_cache(maxsize=65536)
def _may_be_one_place(one: str, other: str) -> bool:
    """False when both name a place and the names differ by more than marks, 省 and 市, or by one being more exact."""
    bare, others = _MARKS.sub("", one), _MARKS.sub("", other)
    if not bare or not others or bare in others or others in bare:
        return True
    return re.sub("[省市]", "", bare) == re.sub("[省市]", "", others)


def _contradict(one: str, other: str, places: bool = True) -> bool:
    """True when one text says that it left and the other that it came, or they name different places in 【】."""
    leaves, reaches = bool(_LEAVES.search(one)), bool(_REACHES.search(one))
    left, reached = bool(_LEAVES.search(other)), bool(_REACHES.search(other))
    if (leaves, reaches, left, reached) in {(True, False, False, True), (False, True, True, False)}:
        return True
    return places and not _name_the_same(_NAMED.findall(one), _NAMED.findall(other))


def _name_the_same(names: Sequence[str], others: Sequence[str]) -> bool:
    fewer, more = sorted((names, others), key=len)
    return all(any(_may_be_one_place(name, other) for other in more) for name in fewer)


def _is_within(code: str, wider: str) -> bool:
    """Whether the region of `code` lies in (or is) that of `wider`."""
    stem = wider[:2] if wider.endswith("0000") else wider[:4] if wider.endswith("00") else wider
    return code.startswith(stem)
