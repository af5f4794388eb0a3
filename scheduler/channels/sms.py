"""Text messages through the operator's own bridge to an SMS provider; the contract is docs/sms.md."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime

from couriers.contract import Call, Reply
from logistics.terms import NoticeGroup
from scheduler.channels.answers import Later, No, Said, Taken
from scheduler.channels.words import Words

VERSION = "v1"


@dataclass(frozen=True)
class Bridge:
    """Where the bridge listens, who we are there, and the secret of our signatures."""

    url: str = field(repr=False)
    key_id: str = field(repr=False)
    secret: str = field(repr=False)


def signature(secret: str, stamp: str, once: str, body: bytes) -> str:
    """`v1=` and the HMAC-SHA256 (hex) over version, timestamp, idempotency key and the raw body, a line each."""
    signed = b"\n".join((VERSION.encode(), stamp.encode(), once.encode(), body))
    return f"{VERSION}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def ask(
    bridge: Bridge, words: Words, mobile: str, group: NoticeGroup, dossier: str, errand_key: str, now: datetime
) -> Call:
    """One text message. The same errand always has the same idempotency key, however often it is sent."""
    body = {
        "to": mobile,
        "text": words.short(),
        "language": words.language,
        "notice": group.value,
        "fields": {"dossier": dossier, "link": words.link},
    }
    content = json.dumps(body, ensure_ascii=False).encode()
    stamp, once = str(int(now.timestamp())), hashlib.sha256(errand_key.encode()).hexdigest()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": once,
        "X-Youdang-Key": bridge.key_id,
        "X-Youdang-Timestamp": stamp,
        "X-Youdang-Signature": signature(bridge.secret, stamp, once, content),
    }
    return Call("POST", bridge.url, headers, body=content)


def read(reply: Reply) -> Said:
    """What the bridge said. Its own words are not kept: they may quote the number."""
    if reply.status in (401, 403):
        return No(f"短信网关不认本系统的账号或签名（HTTP {reply.status}）。请核对账号、密钥和时钟。", is_channel=True)
    if reply.status in (404, 405, 410):
        return No(f"短信网关的地址不对（HTTP {reply.status}）。", is_channel=True)
    if reply.status in (400, 409, 413, 422):
        return No(f"短信网关不收这条短信（HTTP {reply.status}）：号码或内容不合要求。")
    if reply.status not in (200, 201, 202):
        return Later(f"短信网关没有收下（HTTP {reply.status}）。")
    try:
        answer = json.loads(reply.body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or not isinstance(answer.get("accepted"), bool):
        return Later('短信网关的应答读不懂：应为 {"accepted": true}。')
    return Taken() if answer["accepted"] else No("短信网关不收这条短信：号码或内容不合要求。")
