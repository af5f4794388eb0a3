"""JD Logistics (京东物流) on the wire: the two signatures, the address of a LOP call, the answer envelope.

Facts: JDL open platform (LOP) and the old JOS gateway. The list of error codes is not confirmed, therefore the codes
that mean "ask again" and "nothing known yet" are settings.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import quote, urlencode

from couriers.adapters.texts import said
from couriers.contract import Busy, Garbled, Refused, Reply

TIME = "%Y-%m-%d %H:%M:%S"
SALTED = "md5-salt"
_VERSION = "2.0"
_HMAC = {"HMacMD5": "md5", "HMacSHA1": "sha1", "HMacSHA256": "sha256", "HMacSHA512": "sha512"}
ALGORITHMS = (SALTED, *_HMAC)


@dataclass(frozen=True)
class JdlSettings:
    """One merchant's access. `app_secret` and `access_token` are secrets and stay out of repr."""

    url: str
    app_key: str
    app_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    customer_code: str
    algorithm: str
    upper_case: bool  # of the hexadecimal digits of md5-salt
    lop_dn: str
    lop_tz: str  # value of the header lop-tz; "" leaves it out
    order_origin: int
    zone: tzinfo
    jos_url: str
    busy_codes: frozenset[str]
    nothing_yet_codes: frozenset[str]
    access_codes: frozenset[str] = frozenset()


def lop_content(method: str, body: str, timestamp: str, settings: JdlSettings) -> str:
    """The text that a LOP signature covers; `body` is the exact request text."""
    parts = {
        "access_token": settings.access_token,
        "app_key": settings.app_key,
        "method": method,
        "param_json": body,
        "timestamp": timestamp,
        "v": _VERSION,
    }
    return _between(parts, settings.app_secret)


def lop_sign(content: str, settings: JdlSettings) -> str:
    """`sign` by the algorithm of the settings: hexadecimal MD5 of the content, or Base64 of an HMAC with the secret."""
    if settings.algorithm == SALTED:
        digits = hashlib.md5(content.encode(), usedforsecurity=False).hexdigest()
        return digits.upper() if settings.upper_case else digits
    keyed = hmac.new(settings.app_secret.encode(), content.encode(), _HMAC[settings.algorithm])
    return base64.b64encode(keyed.digest()).decode("ascii")


def lop_address(method: str, body: str, at: datetime, settings: JdlSettings) -> str:
    """The whole URL of a signed LOP call; every byte outside the unreserved ones is percent-encoded."""
    timestamp = at.astimezone(settings.zone).strftime(TIME)
    query = {
        "LOP-DN": settings.lop_dn,
        "access_token": settings.access_token,
        "app_key": settings.app_key,
        "timestamp": timestamp,
        "v": _VERSION,
        "algorithm": settings.algorithm,
        "sign": lop_sign(lop_content(method, body, timestamp, settings), settings),
    }
    return f"{settings.url}{method}?{urlencode(query, quote_via=quote, safe='')}"


def jos_sign(parameters: Mapping[str, str], app_secret: str) -> str:
    """`sign` of the old JOS gateway: upper-case hexadecimal MD5 over all other parameters sorted by name."""
    content = _between(dict(sorted(parameters.items())), app_secret)
    return hashlib.md5(content.encode(), usedforsecurity=False).hexdigest().upper()


def _between(parts: Mapping[str, str], secret: str) -> str:
    return secret + "".join(name + value for name, value in parts.items()) + secret


def compact(value: object) -> str:
    """JSON without blanks, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def open_reply(reply: Reply, settings: JdlSettings) -> Any:
    """The `data` of a successful answer; None where JDL has nothing on the waybill yet.

    Raises `Busy` for HTTP 429 and 5xx and the settings' busy codes, `Refused` for other HTTP 4xx and every other code,
    `Garbled` for what is no envelope or contradicts itself.
    """
    if reply.status == 429 or reply.status >= 500:
        raise Busy(f"京东物流暂时不能受理（HTTP {reply.status}），稍后重试。")
    if 400 <= reply.status < 500:
        raise Refused(f"HTTP {reply.status}", "京东物流网关不接受这一请求，请核对网关地址、密钥与令牌。")
    envelope = _read_json(reply.body)
    code = said(envelope.get("code")) if isinstance(envelope, dict) else ""
    if reply.status != 200 or not code:
        raise Garbled("京东物流的应答没有 code，无法判断是否受理。", reply.body)
    success = envelope.get("success")
    granted, denied = (
        said(success).lower() == word or success is flag for word, flag in (("true", True), ("false", False))
    )
    if (code == "0" and denied) or (code != "0" and granted):
        raise Garbled("京东物流的应答自相矛盾：code 与 success 不一致。", reply.body)
    if code == "0":
        return envelope.get("data")
    if code in settings.nothing_yet_codes:
        return None
    words = said(envelope.get("msg")) or "京东物流没有说明原因。"
    if code in settings.busy_codes:
        raise Busy(f"京东物流暂时不能受理（{code}），稍后重试。")
    raise Refused(code, words)


def _read_json(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as e:
        raise Garbled("京东物流的应答不是可读的 JSON。", body) from e
