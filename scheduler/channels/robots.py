"""Robots of group chats: what DingTalk, WeCom and Feishu want to hear, and what their answers mean.

All three answer HTTP 200 to what they refuse; only the code in the body says whether the message was taken. A code in
no table is a failure that is tried again, never a success.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from couriers.contract import Call, Reply
from logistics.terms import ChannelKind
from scheduler.channels.answers import Later, No, Said, Taken
from scheduler.channels.words import Words

THROTTLED_SECONDS = 60

_TURNED_AWAY = "机器人不认本系统：地址、加签密钥、关键词或 IP 白名单有误，或机器人已停用"
_BAD_CONTENT = "对方不收这条内容"

DINGTALK: Mapping[int, Said] = {
    0: Taken(),
    -1: Later("钉钉系统繁忙。"),
    310000: No(_TURNED_AWAY, is_channel=True),
    300001: No(_TURNED_AWAY, is_channel=True),
    300005: No(_TURNED_AWAY, is_channel=True),
    400013: No(_TURNED_AWAY, is_channel=True),
    400101: No(_TURNED_AWAY, is_channel=True),
    400102: No(_TURNED_AWAY, is_channel=True),
    40035: No(_BAD_CONTENT),
    430101: No(_BAD_CONTENT),
    430102: No(_BAD_CONTENT),
    430103: No(_BAD_CONTENT),
    430104: No(_BAD_CONTENT),
    130101: Later("钉钉限流。", retry_after_seconds=THROTTLED_SECONDS),
    410100: Later("钉钉限流。", retry_after_seconds=THROTTLED_SECONDS),
}

WECOM: Mapping[int, Said] = {
    0: Taken(),
    -1: Later("企业微信系统繁忙。"),
    93000: No(_TURNED_AWAY, is_channel=True),
    93008: No(_TURNED_AWAY, is_channel=True),
    40008: No(_BAD_CONTENT),
    40035: No(_BAD_CONTENT),
    40058: No(_BAD_CONTENT),
    44004: No(_BAD_CONTENT),
    45002: No(_BAD_CONTENT),
    45009: Later("企业微信限流。", retry_after_seconds=THROTTLED_SECONDS),
    45033: Later("企业微信限流。", retry_after_seconds=THROTTLED_SECONDS),
}

FEISHU: Mapping[int, Said] = {
    0: Taken(),
    19001: No(_TURNED_AWAY, is_channel=True),
    19021: No(_TURNED_AWAY, is_channel=True),
    19022: No(_TURNED_AWAY, is_channel=True),
    19024: No(_TURNED_AWAY, is_channel=True),
    9499: No(_BAD_CONTENT),
    11232: Later("飞书限流。", retry_after_seconds=THROTTLED_SECONDS),
    11233: Later("飞书限流。", retry_after_seconds=THROTTLED_SECONDS),
}

CODES: Mapping[ChannelKind, Mapping[int, Said]] = {
    ChannelKind.DINGTALK: DINGTALK,
    ChannelKind.WECOM: WECOM,
    ChannelKind.FEISHU: FEISHU,
}


@dataclass(frozen=True)
class Robot:
    """A robot's address, which holds its token, and the secret it wants signatures with ("": none)."""

    url: str = field(repr=False)
    secret: str = field(default="", repr=False)


def dingtalk(robot: Robot, words: Words, mobiles: Sequence[str], now: datetime) -> Call:
    """A message as markdown; who is named by mobile is called by the client of whoever has that number."""
    named = "".join(f" @{one}" for one in mobiles)
    text = words.markdown() + (f"\n\n{named.strip()}" if named else "")
    body = {
        "msgtype": "markdown",
        "markdown": {"title": words.subject, "text": text},
        "at": {"atMobiles": list(mobiles), "isAtAll": False},
    }
    added = {}
    if robot.secret:
        stamp = str(int(now.timestamp() * 1000))
        added = {"timestamp": stamp, "sign": _digest(robot.secret, f"{stamp}\n{robot.secret}")}
    return _post(_with(robot.url, added), body)


def wecom(robot: Robot, words: Words, mobiles: Sequence[str], _now: datetime) -> Call:
    """A message; as plain text where somebody is called by mobile, which its markdown cannot do, else as markdown."""
    if mobiles:
        text = {"content": f"{words.subject}\n{words.plain()}", "mentioned_mobile_list": list(mobiles)}
        return _post(robot.url, {"msgtype": "text", "text": text})
    return _post(robot.url, {"msgtype": "markdown", "markdown": {"content": words.markdown()}})


def feishu(robot: Robot, words: Words, _mobiles: Sequence[str], now: datetime) -> Call:
    """A message as rich text, signed in its body. Feishu's robots call nobody by mobile."""
    way = "打开邮档处理" if words.language == "zh" else "Open and act"
    lines = [line for line in (words.note, *words.sentence.splitlines()) if line.strip()]
    content = [[{"tag": "text", "text": line}] for line in lines]
    content.append([{"tag": "a", "text": way, "href": words.link}])
    body: dict[str, Any] = {
        "msg_type": "post",
        "content": {"post": {"zh_cn": {"title": words.subject, "content": content}}},
    }
    if robot.secret:
        stamp = str(int(now.timestamp()))
        body |= {"timestamp": stamp, "sign": _digest(f"{stamp}\n{robot.secret}", "")}
    return _post(robot.url, body)


ASK = {ChannelKind.DINGTALK: dingtalk, ChannelKind.WECOM: wecom, ChannelKind.FEISHU: feishu}


def read(kind: ChannelKind, reply: Reply) -> Said:
    """What the robot said: its own code decides, wherever there is one."""
    code = _code(reply.body)
    if code is None:
        gone = reply.status in (401, 403, 404, 410)
        if gone:
            return No(f"{_TURNED_AWAY}（HTTP {reply.status}）。", is_channel=True)
        return Later(f"应答读不懂（HTTP {reply.status}）。")
    said = CODES[kind].get(code)
    if isinstance(said, No):
        return No(f"{said.words}（代码 {code}）。", said.is_channel)
    if said is None or (isinstance(said, Taken) and reply.status != 200):
        return Later(f"对方没有收下（代码 {code}，HTTP {reply.status}）。")
    return said


def _code(body: bytes) -> int | None:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    if not isinstance(answer, dict):
        return None
    found = next((answer[name] for name in ("errcode", "code", "StatusCode") if name in answer), None)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _digest(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _with(url: str, added: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), *added.items()])))


def _post(url: str, body: Mapping[str, Any]) -> Call:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return Call("POST", url, headers, body=json.dumps(body, ensure_ascii=False).encode())
