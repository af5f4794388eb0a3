"""By which channels a message goes: what is demanded has its turn, what failed falls to the next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.rules.reaching import USUAL, End, Route, alternatives, demanded, group_of
from logistics.rules.webhooks import Outside, address_fault, host_of, hosts, mobile_fault, services
from logistics.terms import ChannelKind, DeliveryState, NoticeGroup

K, S = ChannelKind, DeliveryState
kinds = st.lists(st.sampled_from(K), unique=True).map(tuple)
ends = st.dictionaries(st.sampled_from(K), st.booleans())


def walked(route: Route, works: dict[ChannelKind, bool]) -> tuple[dict[ChannelKind, DeliveryState], End]:
    """What becomes of a message when each channel works or does not."""
    tried: dict[ChannelKind, DeliveryState] = {}
    while not isinstance(step := route.next(tried), End):
        assert step not in tried, "a channel has its turn once"
        tried[step] = S.SENT if works.get(step, False) else S.FELL_TO_NEXT
    return tried, step


@given(kinds, kinds, ends)
def test_every_demanded_channel_has_its_turn_and_a_failure_is_followed_by_something_that_went(
    demands: tuple[ChannelKind, ...], others: tuple[ChannelKind, ...], works: dict[ChannelKind, bool]
) -> None:
    tried, end = walked(Route(demands, others), works)
    assert set(demands) <= set(tried)
    order = list(tried)
    if end is End.DONE:
        assert tried[order[-1]] is S.SENT
    elif end is End.EXHAUSTED:
        assert set(tried) == {*demands, *others}
        assert tried[order[-1]] is S.FELL_TO_NEXT
    else:
        assert not demands
        assert not others


@given(kinds, ends)
def test_where_nothing_is_demanded_the_first_that_takes_it_is_the_only_one(
    others: tuple[ChannelKind, ...], works: dict[ChannelKind, bool]
) -> None:
    tried, _ = walked(Route((), others), works)
    assert list(tried.values()).count(S.SENT) <= 1
    assert all(state is S.FELL_TO_NEXT for state in list(tried.values())[:-1])


@given(kinds, kinds, ends)
def test_what_is_sent_says_exactly_which_channels_failed_before(
    demands: tuple[ChannelKind, ...], others: tuple[ChannelKind, ...], works: dict[ChannelKind, bool]
) -> None:
    route = Route(demands, others)
    tried, _ = walked(route, works)
    for kind in tried:
        before = list(tried)[: list(tried).index(kind)]
        failed = tuple(one for one in before if tried[one] is S.FELL_TO_NEXT)
        assert route.missed(kind, {one: tried[one] for one in before}) == failed


def test_what_went_after_all_else_failed_is_enough_even_where_its_turn_was_first() -> None:
    route = Route((), (K.DINGTALK, K.SMS))
    assert route.next({K.DINGTALK: S.FELL_TO_NEXT, K.SMS: S.FELL_TO_NEXT}) is End.EXHAUSTED
    assert route.next({K.SMS: S.FELL_TO_NEXT, K.DINGTALK: S.FAILED}) is K.DINGTALK
    assert route.missed(K.DINGTALK, {K.SMS: S.FELL_TO_NEXT}) == (K.SMS,)
    assert route.next({K.SMS: S.FELL_TO_NEXT, K.DINGTALK: S.SENT}) is End.DONE


def test_a_robot_is_whichever_the_agency_has_and_the_inbox_needs_no_channel() -> None:
    assert demanded(["inbox", "robot", "sms"], {K.FEISHU, K.OTHER}) == (K.FEISHU, K.SMS)
    assert demanded(["robot"], {K.MAIL}) == ()
    with pytest.raises(ValueError, match="pigeon"):
        demanded(["pigeon"], set())


def test_who_chose_nothing_is_told_by_mail_then_by_the_robot_and_last_by_text_message() -> None:
    assert alternatives(None, {K.SMS, K.WECOM, K.MAIL}) == (K.MAIL, K.WECOM, K.SMS)
    assert alternatives(("sms", "mail", "feishu"), {K.SMS, K.MAIL}) == (K.SMS, K.MAIL)
    assert alternatives((), set(USUAL)) == ()


def test_a_kind_of_notice_belongs_to_the_group_its_word_begins_with() -> None:
    assert group_of("escalated_upper") is NoticeGroup.ESCALATION
    assert group_of("supervision:ordered") is NoticeGroup.SUPERVISION
    assert group_of("digest") is NoticeGroup.DIGEST
    assert group_of("silent_parcel") is NoticeGroup.FORESIGHT
    assert group_of("anything") is NoticeGroup.REST


def test_robots_call_their_providers_own_hosts_and_others_only_where_the_operator_lets_them() -> None:
    own = "https://oapi.dingtalk.com/robot/send?access_token=x"
    private = "https://ding.example.gov.cn/robot/send?access_token=x"
    assert address_fault(K.DINGTALK, own, Outside()) is None
    assert address_fault(K.WECOM, own, Outside()) is not None
    assert address_fault(K.DINGTALK, private, Outside()) is not None
    assert address_fault(K.DINGTALK, private, Outside(("ding.example.gov.cn",))) is None
    assert address_fault(K.DINGTALK, private.replace("https", "http"), Outside(("ding.example.gov.cn",))) is not None
    assert address_fault(K.SMS, "https://sms.example.gov.cn/send", Outside()) is not None
    assert address_fault(K.SMS, "http://127.0.0.1:9000/send", Outside(("127.0.0.1:9000",))) is None
    assert address_fault(K.SMS, "http://127.0.0.1:9001/send", Outside(("127.0.0.1:9000",))) is not None
    assert address_fault(K.FEISHU, "https://open.feishu.cn/open-apis/bot/v2/hook/x", Outside()) is None


@given(st.text(max_size=60))
def test_no_text_makes_the_check_of_an_address_fall_over_nor_quote_it(text: str) -> None:
    for kind in K:
        for url in (text, f"https://{text}", f"https://oapi.dingtalk.com/{text}?access_token=topsecret"):
            fault = address_fault(kind, url, Outside())
            assert fault is None or "topsecret" not in fault


def test_settings_name_what_is_no_host_and_no_service() -> None:
    assert hosts(" SMS.example.cn , 127.0.0.1:80,") == ("sms.example.cn", "127.0.0.1:80")
    assert services("lark, ntfys") == ("lark", "ntfys")
    for wrong in ("https://a.cn", "a b"):
        with pytest.raises(ValueError, match="host"):
            hosts(wrong)
    with pytest.raises(ValueError, match="scheme"):
        services("la-rk")
    assert host_of(K.OTHER, "lark://token") == "lark"
    assert mobile_fault("139000000000") is not None
    assert mobile_fault("") is None
