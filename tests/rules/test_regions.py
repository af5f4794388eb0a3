"""Regions: parents from the digits, how far a lane reaches, what the carried table knows, what an import refuses."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.rules.regions import (
    Region,
    RegionError,
    by_code,
    carried_regions,
    city_of,
    is_known,
    lane_scope,
    name_of,
    parse_regions_csv,
    province_of,
)
from logistics.terms import LaneScope

TODAY = date(2026, 11, 21)
HEADING = "code,name,valid_from,valid_to\n"
codes = st.sampled_from(sorted(carried_regions()))


@pytest.mark.parametrize(
    ("a", "b", "scope"),
    [
        ("421200", "430102", LaneScope.CROSS),  # 咸宁市, 长沙市芙蓉区
        ("421200", "420100", LaneScope.PROVINCE),
        ("430102", "430103", LaneScope.CITY),
        ("421200", "421202", LaneScope.CITY),
        ("421200", "421200", LaneScope.CITY),
        ("500103", "500241", LaneScope.CITY),  # 重庆: districts and counties are one city
        ("110101", "110119", LaneScope.CITY),
        ("110101", "120101", LaneScope.CROSS),
        ("429004", "429006", LaneScope.PROVINCE),  # 仙桃市, 天门市: each its own city
        ("429004", "429004", LaneScope.CITY),
        ("429004", "420100", LaneScope.PROVINCE),
        ("420000", "420106", LaneScope.PROVINCE),  # a province's organs: the code does not say which city
        ("659001", "650102", LaneScope.PROVINCE),
        ("441900", "442000", LaneScope.PROVINCE),  # 东莞市, 中山市 have no counties
    ],
)
def test_how_far_a_lane_reaches(a: str, b: str, scope: LaneScope) -> None:
    assert lane_scope(a, b) is scope
    assert lane_scope(b, a) is scope


def test_parents_are_read_from_the_digits() -> None:
    assert province_of("430102") == "430000"
    assert city_of("430102") == "430100"
    assert city_of("429004") == "429004"
    assert city_of("500241") == "500000"
    assert city_of("500100") == "500000"
    assert city_of("430000") == "430000"
    assert city_of("820001") == "820000"


@given(codes, codes, codes)
def test_a_city_lies_in_one_province_and_nearness_is_shared(a: str, b: str, c: str) -> None:
    order = [LaneScope.CITY, LaneScope.PROVINCE, LaneScope.CROSS]
    assert province_of(city_of(a)) == province_of(a)
    assert order.index(lane_scope(a, c)) <= max(order.index(lane_scope(a, b)), order.index(lane_scope(b, c)))


def test_the_carried_table_reaches_every_county_and_holds_recent_changes() -> None:
    table = carried_regions()
    assert len(table) > 3_000
    for code in ("330113", "330114", "410307", "540481", "653228", "653229", "500157", "421200", "430102"):
        assert is_known(code, TODAY)
    assert name_of("421200", TODAY) == "咸宁市"
    assert name_of("430102", TODAY) == "芙蓉区"
    assert name_of("430199", TODAY) is None
    assert all(province_of(code) in table for code in table)
    assert sorted(code for code in table if code[0] in "78") == ["710000", "810000", "820000"]


@pytest.mark.parametrize("code", ["", "42120", "4212000", "42120a", "４２１２００", "912000", "021200", "421200\n"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(RegionError, match="six-digit"):
        province_of(code)
    with pytest.raises(RegionError, match="six-digit"):
        lane_scope("421200", code)
    assert not is_known(code, TODAY)


def test_a_code_stands_between_its_dates_both_included() -> None:
    table = by_code(
        [
            Region("330199", "甲区", None, date(2021, 3, 10)),
            Region("330199", "乙区", date(2021, 3, 11), date(2025, 1, 1)),
        ]
    )
    assert name_of("330199", date(2021, 3, 10), table) == "甲区"
    assert name_of("330199", date(2021, 3, 11), table) == "乙区"
    assert is_known("330199", date(2025, 1, 1), table)
    assert not is_known("330199", date(2025, 1, 2), table)


def test_an_import_is_read_whole() -> None:
    assert parse_regions_csv("\ufeffcode,name,valid_from,valid_to\r\n330113,临平区,2021-03-11,\r\n") == [
        Region("330113", "临平区", date(2021, 3, 11))
    ]


def test_an_import_with_faults_names_every_line_and_brings_in_nothing() -> None:
    text = (
        HEADING + "330113,临平区,,\n33011,短码,,\n330114,,,\n330115,丙区,2021-13-01,\n330113,重号,,\n330116,丁区,,,\n"
    )
    text += "330117,戊区,2022-01-02,2022-01-01\n"
    with pytest.raises(RegionError) as caught:
        parse_regions_csv(text)
    assert [f"line {n}:" in caught.value.en for n in range(2, 9)] == [False] + [True] * 6
    assert "第 6 行" in caught.value.zh
    with pytest.raises(RegionError, match="first line"):
        parse_regions_csv("代码,名称\n")
    with pytest.raises(RegionError, match="first line"):
        parse_regions_csv("")


dates = st.none() | st.dates(date(2020, 1, 1), date(2020, 2, 1))


@given(st.tuples(dates, dates), st.tuples(dates, dates))
def test_spans_of_one_code_may_touch_but_never_share_a_day(
    a: tuple[date | None, ...], b: tuple[date | None, ...]
) -> None:
    low, high = date(2019, 12, 1), date(2020, 3, 1)
    spans = [(begin or low, end or high) for begin, end in (a, b)]
    rows = "".join(f"330113,某区,{begin or ''},{end or ''}\n" for begin, end in (a, b))
    backwards = any(begin > end for begin, end in spans)
    shared = max(spans[0][0], spans[1][0]) <= min(spans[0][1], spans[1][1])
    if backwards or shared:
        with pytest.raises(RegionError):
            parse_regions_csv(HEADING + rows)
    else:
        assert len(parse_regions_csv(HEADING + rows)) == 2
