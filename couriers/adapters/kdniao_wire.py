"""快递鸟 on the wire: DataSign, the addresses by RequestType, the answer's envelope, the form of a push.

Facts: the gateway's request form and DataSign; the same in both directions.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from couriers.adapters.ems_wire import compact
from couriers.adapters.texts import said
from couriers.contract import Busy, Garbled, Push, Refused, Reply

FORM = "application/x-www-form-urlencoded;charset=utf-8"
OK, DUPLICATE, OVER_QUOTA = "100", "106", "405"
MONEY = "107"  # RequestType of pushes about money; 101 and 102 bring traces
_QUERIES, _SUBSCRIPTIONS = "/Ebusiness/EbusinessOrderHandle.aspx", "/api/dist"
_LABELS = "/api/EOrderService"
_PATHS = {
    **dict.fromkeys(("1002", "8001", "2002"), _QUERIES),
    **dict.fromkeys(("1008", "8008"), _SUBSCRIPTIONS),
    **dict.fromkeys(("1007", "1147"), _LABELS),
}
# The complete list of Reason texts is not published; these ask to come again, and asking again is always safe.
_COME_AGAIN = re.compile(r"系统繁忙|系统忙|稍后再?试|稍后重试|请求超时|过于频繁")
# Asking twice for pushes is not described; these words say that they are on already.
_SUBSCRIBED = re.compile(r"重复订阅|已订阅|已经订阅|订阅已存在")
_KIND = re.compile(r"([^\[\]]{1,20})\[")
# Accounts are refused by code (third-party) or only in words, such as 非法参数[请核实ID和key].
_ACCOUNT = frozenset({"401", "402", "403", "404"})
_KEYS = re.compile(r"ID和key|AppKey|DataSign|签名", re.IGNORECASE)
_NO_TRACE_YET = "暂无轨迹"
_MOST_FIELDS = 40


def sign(request_data: str, app_key: str) -> str:
    """DataSign: Base64 over the 32 lower-case hexadecimal characters of the MD5 of text and key. 44 characters."""
    digest = hashlib.md5((request_data + app_key).encode(), usedforsecurity=False)
    return base64.b64encode(digest.hexdigest().encode()).decode("ascii")


def address_of(url: str, request_type: str) -> str:
    """Where a RequestType is sent: each to its own path on a host given without path (or with any of these paths).

    An address with another path, such as the courier's sandbox, takes all types as it stands.
    """
    parts = urlsplit(url)
    if parts.path.rstrip("/") not in ("", *_PATHS.values()):
        return url
    return urlunsplit((parts.scheme, parts.netloc, _PATHS[request_type], "", ""))


def read_json(data: bytes | str) -> Any:
    """The JSON value. Raises `Garbled`, whatever the bytes are."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as e:
        raise Garbled("快递鸟的报文不是可读的 JSON。", raw) from e


def open_reply(reply: Reply) -> dict[str, Any]:
    """The answer, an object that says whether it succeeded: see `succeeded`.

    Raises `Busy` for HTTP 429 and 5xx, `Refused` for other 4xx, `Garbled` for what is no answer of this gateway.
    """
    if reply.status == 429 or reply.status >= 500:
        wait = reply.header("Retry-After").strip()
        seconds = int(wait) if re.fullmatch(r"[0-9]{1,4}", wait) else None
        raise Busy(f"快递鸟暂时不能受理（HTTP {reply.status}），稍后重试。", seconds)
    if 400 <= reply.status < 500:
        raise Refused(f"HTTP {reply.status}", "快递鸟网关不接受这一请求，请核对网关地址。")
    answer = read_json(reply.body)
    if reply.status != 200 or not isinstance(answer, dict) or _flag(answer) is None:
        raise Garbled("快递鸟的应答没有 Success，无法判断是否受理。", reply.body)
    return answer


def succeeded(answer: dict[str, Any]) -> bool:
    """True when Success and, where it is given, ResultCode say so. Raises `Garbled` when they contradict."""
    good, code = _flag(answer), said(answer.get("ResultCode"))
    if good and code == DUPLICATE:
        return False
    if code and good != (code == OK):
        raise Garbled(f"快递鸟的应答自相矛盾：Success 为{'是' if good else '否'}，ResultCode 为 {code[:20]}。")
    return good is True


def refusal(answer: dict[str, Any]) -> Busy | Refused:
    """The courier's no, in its own code and words; `Busy` when it asks to come again or the day's quota is used up.

    Where there is no ResultCode, the word before the bracket is the code: 非法参数 of 非法参数[请核实ID和key].
    """
    code, words = said(answer.get("ResultCode")), said(answer.get("Reason"))
    if code == OVER_QUOTA or _COME_AGAIN.search(words):
        return Busy(f"快递鸟暂不受理：{words or '当日用量已满'}；稍后重试。")
    kind = _KIND.match(words)
    return Refused(code or (kind[1] if kind else "Success=false"), words or "快递鸟没有说明原因。")


def is_denial(refused: Refused) -> bool:
    """True when the account was refused (401 to 404, or the words that name ID and key), and not the matter asked."""
    return refused.code in _ACCOUNT or refused.code.startswith("HTTP ") or bool(_KEYS.search(refused.words))


def already_subscribed(answer: dict[str, Any]) -> bool:
    """True for a refusal of a subscription because it stands."""
    return bool(_SUBSCRIBED.search(said(answer.get("Reason"))))


def no_trace_yet(answer: dict[str, Any]) -> bool:
    """True for a refusal that says only that nothing was scanned yet."""
    return _NO_TRACE_YET in said(answer.get("Reason"))


def hook_words(ebusiness_id: str, at: str, accepted: bool) -> bytes:
    """What our hook says; `at` as `yyyy-MM-dd HH:mm:ss` or ""."""
    reason = "" if accepted else "未接收"
    return compact({"EBusinessID": ebusiness_id, "UpdateTime": at, "Success": accepted, "Reason": reason}).encode()


def _flag(answer: dict[str, Any]) -> bool | None:
    flag = answer.get("Success")
    if isinstance(flag, str):
        return {"true": True, "false": False}.get(flag.strip().lower())
    return flag if isinstance(flag, bool) else None


def open_push(push: Push, ebusiness_id: str, app_key: str) -> tuple[str, str]:
    """RequestType and RequestData of a push that our own AppKey signed. Raises `Garbled` for every other push.

    Only RequestData is covered by the signature.
    """
    if push.header("Content-Type").split(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise Garbled("快递鸟的推送不是表单。", push.body)
    try:
        pairs = parse_qsl(push.body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as e:
        raise Garbled("快递鸟的推送不是可读的表单。", push.body) from e
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Garbled("快递鸟的推送里有重复的字段，不能确认来源。", push.body)
    expected = sign(fields.get("RequestData", ""), app_key)
    signed = hmac.compare_digest(fields.get("DataSign", "").encode(), expected.encode())
    for_us = hmac.compare_digest(fields.get("EBusinessID", "").encode(), ebusiness_id.encode())
    if not (signed and for_us):
        raise Garbled("快递鸟的推送签名或商户号不符，不能确认来源。", push.body)
    return fields.get("RequestType", ""), fields.get("RequestData", "")
