"""A courier's word for a place as a GB/T 2260 code (地点归区划): only what the words themselves say beyond doubt.

The words must begin with whole names, each in the one before it: 湖南省长沙市岳麓区, 【长沙市】. A name that several
regions bear (鼓楼区) says nothing; words that go on to name another province or city say nothing at all. Short
forms count only where province and city together are the whole text (湖南长沙). Nothing is ever guessed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from logistics.rules.regions import carried_regions, province_of

_BRACKETS = re.compile(r"[\s,，、/|>\-·【】\[\]（）()《》「」『』]+")
_CITIES_THEMSELVES = frozenset({"11", "12", "31", "50"})
_SHORT = re.compile(r"(特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|省|市|地区|盟)$")
_SEEN = 65536  # places a process remembers: couriers repeat a few thousand


@dataclass(frozen=True)
class _Names:
    """`alone`: names that one region only bears. `within`: code -> names of the regions directly below it."""

    alone: Mapping[str, str]
    within: Mapping[str, Mapping[str, str]]
    short: Mapping[str, str]  # province and city in short, written together
    longest: int
    large: re.Pattern[str]  # any province's or city's whole name


@lru_cache(maxsize=_SEEN)
def region_code(place: str) -> str:
    """The six digits of the smallest region that the words name beyond doubt, "" when they leave any doubt."""
    names = _names()
    words = _BRACKETS.sub("", place)
    code = names.short.get(words, "")
    if code:
        return code
    found, rest = _longest(names.alone, words, names.longest)
    if not found:
        return ""
    path, said = [found], words[: len(words) - len(rest)]
    while rest:
        child, after = _longest(names.within.get(path[-1], {}), rest, names.longest)
        if not child:
            break
        said, rest = said + rest[: len(rest) - len(after)], after
        path.append(child)
    other = any(name not in said for name in names.large.findall(rest))
    return "" if other else path[-1]


def _longest(names: Mapping[str, str], words: str, longest: int) -> tuple[str, str]:
    for length in range(min(longest, len(words)), 1, -1):
        code = names.get(words[:length])
        if code is not None:
            return code, words[length:]
    return "", words


@cache
def _names() -> _Names:
    bearers: defaultdict[str, set[str]] = defaultdict(set)
    within: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    short: defaultdict[str, set[str]] = defaultdict(set)
    large = set()
    for code, name in _regions():
        bearers[name].add(code)
        for above in _above(code):
            within[above][name].add(code)
        if code.endswith("00"):
            large.add(name)
        if code.endswith("00") and not code.endswith("0000"):
            short[_SHORT.sub("", _name(province_of(code))) + _SHORT.sub("", name)].add(code)
    return _Names(
        alone=_single(bearers),
        within={above: _single(below) for above, below in within.items()},
        short=_single(short),
        longest=max(map(len, bearers)),
        large=re.compile("|".join(sorted(map(re.escape, large), key=lambda name: (-len(name), name)))),
    )


def _single(bearers: Mapping[str, set[str]]) -> dict[str, str]:
    return {name: next(iter(codes)) for name, codes in bearers.items() if len(codes) == 1}


def _regions() -> list[tuple[str, str]]:
    """Code and name of every region, but for what a municipality's inner codes (310100) say over again."""
    return [
        (code, spans[-1].name)
        for code, spans in carried_regions().items()
        if not (code[:2] in _CITIES_THEMSELVES and code.endswith("00") and not code.endswith("0000"))
    ]


def _above(code: str) -> list[str]:
    """The codes whose name may stand directly before this one's: its city and, for a city or a county, its province."""
    if code.endswith("0000"):
        return []
    return [province_of(code)] if code.endswith("00") else [code[:4] + "00", province_of(code)]


def _name(code: str) -> str:
    return carried_regions()[code][-1].name
