"""Administrative regions by GB/T 2260: the parent of a code, how far a lane reaches, which codes stood when.

A code has six digits: two for the province, two for the prefecture-level city, two for the county. Parents and lane
scope are read from the digits, so they hold for retired codes too; whether a code is known is asked of the table.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from logistics.errors import Malformed
from logistics.terms import LaneScope

COLUMNS = ("code", "name", "valid_from", "valid_to")
# Directly administered municipalities, and Hong Kong and Macao: the whole province-level unit is one city.
_ONE_CITY_PROVINCES = frozenset({"11", "12", "31", "50", "81", "82"})
# 省直辖县级行政区划: counties without a prefecture above them; each is a city of its own for a lane.
_WITHOUT_PREFECTURE = "90"
_CODE = re.compile(r"[1-8]\d{5}")


class RegionError(Malformed, ValueError):
    """A region code or table that cannot be used. HTTP 422."""


@dataclass(frozen=True, slots=True)
class Region:
    """One code and its name; both dates are included, None where no limit is known."""

    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None

    def stands_on(self, day: date) -> bool:
        """Whether the code was in force on this date."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


def province_of(code: str) -> str:
    """The code of the province-level unit: 421200 -> 420000."""
    return _checked(code)[:2] + "0000"


def city_of(code: str) -> str:
    """The code of the city a lane counts: 430103 -> 430100.

    A municipality is one city whatever its third and fourth digit (500241 -> 500000); a county without a prefecture is
    its own (429004 -> 429004). A province's own code has no city and is returned as it is.
    """
    _checked(code)
    if code[:2] in _ONE_CITY_PROVINCES:
        return code[:2] + "0000"
    if code[2:4] == _WITHOUT_PREFECTURE:
        return code
    return code[:4] + "00"


def lane_scope(a: str, b: str) -> LaneScope:
    """How far a lane between two regions reaches: 市内, 省内 or 跨省. Symmetric.

    A province's own organs (420000) sit in one of its cities, but the code does not say which: lanes to them are 省内.
    """
    if city_of(a) == city_of(b):
        return LaneScope.CITY
    return LaneScope.PROVINCE if province_of(a) == province_of(b) else LaneScope.CROSS


def is_known(code: str, on_date: date, regions: Mapping[str, tuple[Region, ...]] | None = None) -> bool:
    """Whether the code stood on this date by the given table, or by the carried one."""
    table = carried_regions() if regions is None else regions
    return any(region.stands_on(on_date) for region in table.get(code, ()))


def name_of(code: str, on_date: date, regions: Mapping[str, tuple[Region, ...]] | None = None) -> str | None:
    """The region's own name on this date (咸宁市), or None for a code that did not stand."""
    table = carried_regions() if regions is None else regions
    return next((region.name for region in table.get(code, ()) if region.stands_on(on_date)), None)


@cache
def full_name(code: str) -> str:
    """Province, city and county by the carried table, each once (湖南省长沙市岳麓区); "" for a code not in it."""
    table, found = carried_regions(), list[str]()
    if code not in table:
        return ""
    for above in dict.fromkeys((province_of(code), city_of(code), code)):
        name = table[above][-1].name if above in table else ""
        found += [name] if name and name not in found else []
    return "".join(found)


@cache
def carried_regions() -> Mapping[str, tuple[Region, ...]]:
    """The table this package carries, by code; read once a process."""
    return by_code(parse_regions_csv((files("logistics.rules") / "data" / "regions.csv").read_text("utf-8")))


def by_code(regions: Iterable[Region]) -> Mapping[str, tuple[Region, ...]]:
    """Regions grouped by code: a code used again after a gap has several."""
    grouped: dict[str, tuple[Region, ...]] = {}
    for region in regions:
        grouped[region.code] = (*grouped.get(region.code, ()), region)
    return grouped


def parse_regions_csv(text: str) -> list[Region]:
    """Regions from CSV text with the columns code, name, valid_from, valid_to (ISO dates; empty: no limit known).

    Raises RegionError naming every wrong line, among them two spans of one code that overlap; nothing is skipped.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    heading = tuple(next(reader, ()))
    if heading != COLUMNS:
        expected, given = ",".join(COLUMNS), ",".join(heading)
        raise RegionError(
            f"首行应为 {expected}，读到的是“{given}”", f'the first line must be {expected}, not "{given}"'
        )
    regions: dict[str, list[Region]] = {}
    faults: list[tuple[int, RegionError]] = []
    for row in reader:
        try:
            region = _read_row([value.strip() for value in row])
            _refuse_overlap(region, regions.get(region.code, []))
        except RegionError as fault:
            faults.append((reader.line_num, fault))
        else:
            regions.setdefault(region.code, []).append(region)
    if faults:
        raise RegionError(
            "行政区划数据有误，未导入。" + "；".join(f"第 {line} 行：{fault.zh}" for line, fault in faults),
            "regions not imported: " + "; ".join(f"line {line}: {fault.en}" for line, fault in faults),
        )
    return [region for spans in regions.values() for region in spans]


def _read_row(row: list[str]) -> Region:
    if len(row) != len(COLUMNS):
        raise RegionError(
            f"应有 {len(COLUMNS)} 列，读到 {len(row)} 列", f"{len(row)} columns instead of {len(COLUMNS)}"
        )
    code, name, valid_from, valid_to = row
    if not name:
        raise RegionError("名称为空", "empty name")
    region = Region(_checked(code), name, _read_date(valid_from), _read_date(valid_to))
    if region.valid_from and region.valid_to and region.valid_to < region.valid_from:
        raise RegionError(f"停用日期 {valid_to} 早于启用日期 {valid_from}", f"ends {valid_to}, before {valid_from}")
    return region


def _refuse_overlap(region: Region, others: list[Region]) -> None:
    for other in others:
        begins_in_time = other.valid_to is None or region.valid_from is None or region.valid_from <= other.valid_to
        ends_in_time = region.valid_to is None or other.valid_from is None or other.valid_from <= region.valid_to
        if begins_in_time and ends_in_time:
            raise RegionError(f"代码 {region.code} 与“{other.name}”的有效期重叠", f"spans of {region.code} overlap")


def _read_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RegionError(f"日期“{text}”无法识别，应写作 2026-10-01", f'cannot read the date "{text}"') from None


def _checked(code: str) -> str:
    if not _CODE.fullmatch(code):
        raise RegionError(
            f"行政区划代码“{code}”不合 GB/T 2260：应为六位数字", f'"{code}" is no six-digit GB/T 2260 code'
        )
    return code
