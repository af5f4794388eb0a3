"""What each channel is told and what its answers mean, without a database; and what Apprise can and cannot prove."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.contract import Reply
from couriers.transport import send
from logistics.demo.receivers import Receivers
from logistics.rules.webhooks import Outside
from logistics.terms import ChannelKind, NoticeGroup
from scheduler.channels import other, robots, sms
from scheduler.channels.answers import Later, No, Taken
from scheduler.channels.robots import Robot
from scheduler.channels.words import Words, blotted, plain_marks, worded

K = ChannelKind
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
WORDS = Words("邮档到期:专档 1", "", "专档 1 到期。", "请登录邮档处理:", "https://youdang.example/dossiers/1", "zh")


@pytest.fixture(scope="module")
def far() -> Iterator[Receivers]:
    with Receivers(lambda: NOW) as running:
        yield running


def test_dingtalks_signature_is_the_published_one() -> None:
    call = robots.dingtalk(Robot("https://oapi.dingtalk.com/robot/send?access_token=t", "SECabc"), WORDS, [], NOW)
    asked = parse_qs(urlsplit(call.url).query)
    stamp = "1795334400000"
    made = hmac.new(b"SECabc", f"{stamp}\nSECabc".encode(), hashlib.sha256).digest()
    assert asked == {"access_token": ["t"], "timestamp": [stamp], "sign": [base64.b64encode(made).decode()]}


def test_feishus_signature_signs_nothing_with_the_text_as_its_key() -> None:
    call = robots.feishu(Robot("https://open.feishu.cn/open-apis/bot/v2/hook/t", "abc"), WORDS, [], NOW)
    body = json.loads(call.body or b"")
    made = hmac.new(b"1795334400\nabc", b"", hashlib.sha256).digest()
    assert body["timestamp"] == "1795334400"
    assert body["sign"] == base64.b64encode(made).decode()


def test_robots_without_a_secret_send_no_signature() -> None:
    ding = robots.dingtalk(Robot("https://oapi.dingtalk.com/robot/send?access_token=t"), WORDS, [], NOW)
    assert ding.url == "https://oapi.dingtalk.com/robot/send?access_token=t"
    lark = robots.feishu(Robot("https://open.feishu.cn/open-apis/bot/v2/hook/t"), WORDS, [], NOW)
    assert "sign" not in json.loads(lark.body or b"")


@pytest.mark.parametrize(
    ("kind", "status", "body", "said"),
    [
        (K.DINGTALK, 200, {"errcode": 0, "errmsg": "ok"}, Taken),
        (K.DINGTALK, 200, {"errcode": 310000, "errmsg": "sign not match"}, No),
        (K.DINGTALK, 200, {"errcode": 130101, "errmsg": "send too fast"}, Later),
        (K.DINGTALK, 200, {"errcode": 987654, "errmsg": "never heard of"}, Later),
        (K.DINGTALK, 500, {"errcode": 0}, Later),
        (K.DINGTALK, 404, {}, No),
        (K.DINGTALK, 200, [], Later),
        (K.WECOM, 200, {"errcode": 93000}, No),
        (K.WECOM, 200, {"errcode": 45009}, Later),
        (K.FEISHU, 200, {"code": 0, "msg": "success"}, Taken),
        (K.FEISHU, 200, {"StatusCode": 0}, Taken),
        (K.FEISHU, 400, {"code": 19021}, No),
        (K.FEISHU, 200, {"code": True}, Later),
    ],
)
def test_only_the_code_of_success_is_success(kind: ChannelKind, status: int, body: Any, said: type) -> None:
    assert isinstance(robots.read(kind, Reply(status, {}, json.dumps(body).encode())), said)


@given(st.sampled_from([K.DINGTALK, K.WECOM, K.FEISHU]), st.integers(200, 599), st.binary(max_size=80))
def test_no_answer_that_cannot_be_read_is_taken_for_success(kind: ChannelKind, status: int, body: bytes) -> None:
    assert not isinstance(robots.read(kind, Reply(status, {}, body)), Taken)
    assert not isinstance(sms.read(Reply(status, {}, body)), Taken)


def test_the_bridge_tells_our_account_from_this_message_and_both_from_a_bad_moment() -> None:
    def said(status: int, body: Any = None) -> Any:
        return sms.read(Reply(status, {}, json.dumps(body).encode()))

    assert said(202, {"accepted": True}) == Taken()
    assert said(401).is_channel
    assert not said(422, {"reason": "13900000000"}).is_channel
    assert "139" not in said(422, {"reason": "13900000000"}).words
    assert isinstance(said(200, {"accepted": False}), No)
    assert isinstance(said(200, {"accepted": "yes"}), Later)
    assert isinstance(said(302), Later)


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # by one of Apprise's plugins
def test_apprise_double_encodes_dingtalks_signature_and_calls_its_refusal_a_success(
    far: Receivers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why we speak to the robots ourselves. When this fails, Apprise has got better: look again."""
    from apprise.plugins.dingtalk import NotifyDingTalk

    monkeypatch.setattr(NotifyDingTalk, "notify_url", f"http://{far.host}/robot/send?access_token={{token}}")
    known, before = far.secrets, len(far.refused)
    assert isinstance(other.tell(f"dingtalk://{known.dingtalk_secret}@{known.dingtalk_token}", WORDS, Outside()), Taken)
    assert far.refused[before:] == [("dingtalk", 310000)]
    ours = robots.dingtalk(Robot(far.url("dingtalk"), known.dingtalk_secret), WORDS, [], NOW)
    assert robots.read(K.DINGTALK, send(ours, 5)) == Taken()
    assert len(far.of("dingtalk")) == 1


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_another_service_is_spoken_to_through_apprise_where_its_host_is_allowed(far: Receivers) -> None:
    refused = other.tell(f"json://{far.host}/sms", WORDS, Outside(services=("json",)))
    assert isinstance(refused, No)
    assert "YOUDANG_CHANNEL_HOSTS" in refused.words
    said = other.tell(f"json://{far.host}/nowhere", WORDS, Outside((far.host,), ("json",)))
    assert isinstance(said, Later)
    assert isinstance(other.tell("nonsense", WORDS, Outside()), No)


@given(st.text(max_size=80).filter(lambda text: "\0" not in text))
def test_markdown_shows_a_sentence_as_it_was_written(text: str) -> None:
    shown = plain_marks(text)
    assert shown.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\") == text


def test_every_group_of_notices_has_its_words_in_both_languages() -> None:
    for group in NoticeGroup:
        for kind in ChannelKind:
            given_words = {"dossier": "", "count": 3, "base_url": "https://y", "kind": kind, "missed": [K.MAIL]}
            zh = worded(group, {"zh": "句", "en": "Words."}, "zh", **given_words)
            en = worded(group, {"zh": "句", "en": "Words."}, "en", **given_words)
            assert "3 项提醒" in zh.subject
            assert "邮件未送达" in zh.plain()
            assert "3 notices" in en.subject
            assert "Not delivered by e-mail" in en.plain()
            assert en.link in en.markdown()
            assert not any("一" <= letter <= "鿿" for letter in en.subject + en.note + en.closing)


def test_a_long_text_message_is_cut_and_what_is_personal_is_blotted_whole() -> None:
    long = Words("s", "", "字" * 400, "", "", "zh").short()
    assert len(long) == 300
    assert blotted("王小明、王小", ["王小", "王小明"]) == "＊＊＊、＊＊＊"
