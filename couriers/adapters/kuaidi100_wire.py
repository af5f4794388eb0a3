"""快递100 on the wire: its MD5 signatures, its JSON, and the three shapes in which it says no. Speaks both directions.

Every signature is MD5 over UTF-8 text, as 32 upper-case hexadecimal characters; `param` is signed exactly as sent,
before form encoding.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from couriers.adapters.texts import said
from couriers.contract import Busy, CourierError, Garbled, Refused, Reply

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
JSON = "application/json; charset=UTF-8"
_MOST_FIELDS = 20
_BUSY = frozenset({"501", "502"})
_NO_WORDS = "快递100 没有说明原因。"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper()


def sign_query(param: str, key: str, customer: str) -> str:
    """The sign of a real-time query."""
    return _md5(param + key + customer)


def sign_label(param: str, t: str, key: str, secret: str) -> str:
    """The sign of whatever carries `t` (milliseconds as text): labels, orders, printing."""
    return _md5(param + t + key + secret)


def sign_cloud(key: str, secret: str) -> str:
    """The sign of the older cloud interfaces, which sign no content."""
    return _md5(key + secret)


def sign_sms(key: str, userid: str) -> str:
    """The sign of the text-message interface."""
    return _md5(key + userid)


def sign_push(param: str, salt: str) -> str:
    """The sign that a push carries when its subscription had a salt."""
    return _md5(param + salt)


def compact(value: object) -> str:
    """JSON as it is signed and sent: no blanks, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read_json(data: bytes | str) -> Any:
    """The JSON value. Raises `Garbled`, whatever the bytes are."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as e:
        raise Garbled("快递100 发来的不是可读的 JSON。", raw) from e


@lru_cache(maxsize=4)  # a push is opened to be believed, to be read, and for what it says of its subscription
def signed_param(body: bytes, salt: str) -> str:
    """The `param` text of a push's form, proved by its `sign`. Raises `Garbled` when it is none or not proved."""
    try:
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError as e:
        raise Garbled("快递100 的推送不是可读的表单。", body) from e
    params = [value for name, value in fields if name == "param"]
    signs = [value for name, value in fields if name == "sign"]
    if len(params) != 1 or len(signs) != 1:
        raise Garbled("快递100 的推送应恰有一个 param 和一个 sign。", body)
    if not hmac.compare_digest(signs[0].encode(), sign_push(params[0], salt).encode()):
        raise Garbled("快递100 推送的签名与本方 salt 不符。", body)
    return params[0]


def opened(reply: Reply) -> Any:
    """The JSON of a reply. Raises `Busy` for HTTP 429 and 5xx, `Refused` for other 4xx, `Garbled` for no JSON."""
    if reply.status == 429 or reply.status >= 500:
        raise Busy(f"快递100 暂时不能受理（HTTP {reply.status}），稍后重试。", _seconds(reply.header("Retry-After")))
    if 400 <= reply.status < 500:
        raise Refused(f"HTTP {reply.status}", "快递100 不接受这一请求，请核对接口地址与授权设置。")
    if reply.status != 200:
        raise Garbled(f"快递100 的应答状态是 HTTP {reply.status}，无法判断是否受理。", reply.body)
    return read_json(reply.body)


def opened_object(reply: Reply) -> dict[str, Any]:
    """As `opened`, for a reply that must be a JSON object."""
    answer = opened(reply)
    if not isinstance(answer, dict):
        raise Garbled("快递100 的应答不是 JSON 对象。", reply.body)
    return answer


def failed(answer: Mapping[str, Any]) -> bool:
    """True for the failure envelope of the query: `result` false, or a `returnCode` at all."""
    return denied(answer.get("result")) or bool(said(answer.get("returnCode")))


def refusal(answer: Mapping[str, Any], busy: frozenset[str] = _BUSY) -> CourierError:
    """The failure in the courier's own code and words: `Busy` for the codes that mean "ask again", else `Refused`."""
    code, words = said(answer.get("returnCode")), said(answer.get("message")) or _NO_WORDS
    if code in busy:
        return Busy(f"快递100 暂时不能受理（{code}）：{words}")
    return Refused(code, words)


def denied(flag: object) -> bool:
    """True when a flag says no, as a truth value or as text."""
    return flag is False or (isinstance(flag, str) and flag.strip().lower() == "false")


def granted(flag: object) -> bool:
    """True when a flag says yes, as a truth value or as text."""
    return flag is True or (isinstance(flag, str) and flag.strip().lower() == "true")


def _seconds(text: str) -> int | None:
    return min(int(text[:9]), 3600) if text.isascii() and text.isdecimal() else None
