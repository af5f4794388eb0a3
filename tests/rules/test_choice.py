"""Which courier is proposed and why, which is barred and by what; and that nothing unknown is told as known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.rules import choice
from logistics.rules.choice import Measured, Option, Situation
from logistics.tables import Original
from logistics.terms import Channel, Payer, Secrecy
from tests.rules.rows import consignment, original

NOW = datetime(2026, 9, 8, 2, 0, tzinfo=UTC)
EMS = Option("ems", "中国邮政 EMS", "EMS", Channel.POSTAL, books=True, takes_pool=True)
SF = Option("sf", "顺丰速运", "SF", Channel.COURIER, books=True)
TRACKER = Option("kuaidi100", "快递100", "KUAIDI100", Channel.COURIER, books=False)
PERSON = Option("manual", "专人递送", "Appointed person", Channel.APPOINTED_PERSON, books=True)


def situation(*inside: Original) -> Situation:
    return Situation(inside or (original(),), Payer.SENDER, None, timedelta(hours=96), NOW, NOW)


def codes(options: list[Option], inside: Situation | None = None) -> list[str]:
    return [one.code for one in choice.propose(options, inside or situation()) if one.open]


def words(option: Option, inside: Situation | None = None) -> str:
    (found,) = choice.propose([option], inside or situation())
    return "；".join(one.zh for one in found.reasons)


def test_with_nothing_known_the_post_is_proposed_and_what_is_unknown_is_said() -> None:
    assert codes([SF, PERSON, EMS]) == ["ems", "sf", "manual"]
    said = choice.propose([EMS], situation())[0].reasons[-1]
    assert not said.known
    assert "未知：是否上门揽收、承诺时间、价格、本线路实际快慢（只有 0 件）" in said.zh


def test_an_official_document_bars_the_company_by_name_of_the_law() -> None:
    inside = situation(original(official_document=True))
    found = {one.code: one for one in choice.propose([SF, EMS, PERSON], inside)}
    assert [one.code for one in found.values() if one.open] == ["ems"]
    assert "《邮政法》第五十五条" in found["sf"].reasons[0].zh
    assert "只能交邮政企业" in found["ems"].reasons[0].zh


def test_a_secret_goes_by_a_person_only() -> None:
    assert codes([EMS, SF, PERSON], situation(original(secrecy=Secrecy.SECRET))) == ["manual"]


def test_an_account_that_only_tracks_cannot_be_chosen() -> None:
    assert codes([TRACKER]) == []
    assert "不能下单" in words(TRACKER)


def test_the_couriers_own_no_to_the_address_bars_it_in_its_words() -> None:
    assert "原话：超区" in words(replace(EMS, serves=False, scope_words="超区"))


def test_out_of_order_means_the_pool_or_another_way() -> None:
    out = replace(EMS, out_of_order=True, out_until=NOW + timedelta(minutes=5))
    assert "号段已经用完" in words(out)
    assert "不接受号段" in words(replace(SF, out_of_order=True))
    ready = replace(out, pool_left=3, next_number="1000000000100")
    (found,) = choice.propose([ready], situation())
    assert (found.open, found.from_pool, found.next_number) == (True, True, "1000000000100")
    assert codes([ready, SF]) == ["sf", "ems"]


def test_what_was_really_measured_outweighs_what_is_promised() -> None:
    slow = replace(EMS, measured=Measured(40, 90.0), arrives_by=NOW + timedelta(hours=20))
    fast = replace(SF, measured=Measured(12, 30.0), arrives_by=NOW + timedelta(hours=60))
    assert codes([slow, fast]) == ["sf", "ems"]
    assert "近 12 件，八成在 30 小时内妥投" in words(fast)


def test_a_figure_of_too_few_envelopes_does_not_count() -> None:
    few = replace(SF, measured=Measured(2, 5.0))
    assert codes([few, EMS]) == ["ems", "sf"]
    assert "本线路实际快慢（只有 2 件）" in words(few)


def test_known_to_be_late_is_worse_than_unknown() -> None:
    assert codes([replace(EMS, measured=Measured(30, 130.0)), SF]) == ["sf", "ems"]


def test_equally_fast_ones_are_told_apart_by_the_price() -> None:
    dear = replace(EMS, arrives_by=NOW + timedelta(hours=30), yuan=Decimal("22.00"))
    cheap = replace(SF, arrives_by=NOW + timedelta(hours=32), yuan=Decimal("18.00"))
    assert codes([dear, cheap]) == ["sf", "ems"]
    assert "报价 18.00 元" in words(cheap)


def test_payer_agreement_and_hours_are_told() -> None:
    closed = replace(situation(), opens_at=NOW + timedelta(hours=9), agreement_until=date(2026, 8, 31))
    said = words(EMS, closed)
    assert "按通办协议寄出单位付费" in said
    assert "已于 2026-08-31 到期" in said
    assert "现已下班" in said
    booked = replace(EMS, pickup=(NOW + timedelta(hours=4), NOW + timedelta(hours=6)))
    assert "已预约 9 月 8 日 14:00–16:00 上门揽收" in words(booked, closed)
    assert "付费" not in words(EMS, replace(closed, payer=None))


OPTIONS = st.builds(
    Option,
    code=st.sampled_from(["a", "b", "c", "d", "e", "manual"]),
    name_zh=st.just("快递"),
    name_en=st.just("courier"),
    channel=st.sampled_from([Channel.POSTAL, Channel.COURIER]),
    books=st.booleans(),
    takes_pool=st.booleans(),
    pool_left=st.integers(0, 2),
    out_of_order=st.booleans(),
    serves=st.sampled_from([None, True, False]),
    yuan=st.one_of(st.none(), st.decimals(1, 99, places=2)),
    arrives_by=st.one_of(st.none(), st.integers(-5, 200).map(lambda hours: NOW + timedelta(hours=hours))),
    measured=st.one_of(st.none(), st.builds(Measured, st.integers(1, 50), st.floats(0, 300))),
)


@given(st.lists(OPTIONS, unique_by=lambda one: one.code), st.randoms())
def test_the_order_does_not_depend_on_the_order_of_asking_and_each_is_told_once(options: list[Option], dice) -> None:
    first = choice.propose(options, situation())
    dice.shuffle(options)
    assert choice.propose(options, situation()) == first
    assert sorted(one.code for one in first) == sorted(one.code for one in options)
    assert all(one.reasons and all(reason.zh and reason.en for reason in one.reasons) for one in first)
    opened = [one.open for one in first]
    assert opened == sorted(opened, reverse=True)


@pytest.mark.parametrize("inside", [[], [original()]])
def test_nobody_is_told_of_an_envelope_that_they_may_not_carry(inside: list[Original]) -> None:
    asked = [("ems", Channel.POSTAL), ("sf", Channel.COURIER)]
    secret = [*inside, original(secrecy=Secrecy.SECRET)]
    official = [*inside, original(official_document=True)]
    assert choice.enquiries(consignment(), secret, asked, NOW) == ()
    assert [one.payload["courier"] for one in choice.enquiries(consignment(), official, asked, NOW)] == ["ems"]
    assert len(choice.enquiries(consignment(), inside, asked, NOW)) == 2
