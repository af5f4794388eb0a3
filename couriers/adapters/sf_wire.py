"""SF Express 丰桥 on the wire: the two digests, the two envelopes one inside the other, and pushes as JSON or XML.

Facts: 丰桥 open platform, chapters on the signature (msgDigest), platform codes (A1000 …) and RoutePushService.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, Literal
from urllib.parse import parse_qs, quote_plus
from xml.parsers import expat

from couriers.adapters.texts import said
from couriers.contract import Busy, Garbled, Refused, Reply

DigestMode = Literal["urlencoded", "plain"]
Auth = Literal["digest", "oauth2"]
PASSED_ON = "A1000"
SUCCESS = "S0000"
# Nothing was decided: flow control, business service unreachable, failure of the platform.
_BUSY = frozenset({"A1005", "A1009", "A1099"})
_ADVICE = {
    "A1002": "请校准本机时钟。",
    "A1003": "请在丰桥控制台登记本机的出口 IP。",
    "A1004": "请核对顾客编码的接口权限与环境；刚配置的权限约两分钟后生效。",
    "A1006": "请核对校验码与签名方式（COURIER_SF_CHECKWORD、COURIER_SF_DIGEST）。",
}


def encoded(text: str) -> str:
    """The text URL-encoded as Java's URLEncoder does: blank becomes "+", only letters, digits and * - . _ stay."""
    return quote_plus(text, safe="*-._").replace("~", "%7E")


def digest(msg_data: str, timestamp: str, checkword: str, mode: DigestMode = "urlencoded") -> str:
    """`msgDigest` over exactly the strings that are sent. Raises UnicodeEncodeError for half a surrogate pair."""
    text = msg_data + timestamp + checkword
    data = (encoded(text) if mode == "urlencoded" else text).encode()
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode("ascii")


def compact(value: object) -> str:
    """JSON without blanks, Chinese as it is: the text that is both signed and sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read_json(data: bytes | str) -> Any:
    """The JSON value. Raises `Garbled`, whatever the bytes are."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as e:
        raise Garbled("顺丰的报文不是可读的 JSON。", raw) from e


def open_outer(reply: Reply) -> dict[str, Any]:
    """The platform's envelope with `apiResultCode` A1000.

    Raises `Busy` for HTTP 429 and 5xx and for codes that decide nothing, `Refused` for other 4xx and every other
    platform code (A1011: fetch a new access token), `Garbled` for what is no envelope.
    """
    if reply.status == 429 or reply.status >= 500:
        raise Busy(f"顺丰暂时不能受理（HTTP {reply.status}），稍后重试。")
    if 400 <= reply.status < 500:
        raise Refused(f"HTTP {reply.status}", "顺丰网关不接受这一请求，请核对网关地址设置。")
    envelope = read_json(reply.body)
    code = said(envelope.get("apiResultCode")) if isinstance(envelope, dict) else ""
    if reply.status != 200 or not code:
        raise Garbled("顺丰的应答没有 apiResultCode，无法判断是否受理。", reply.body)
    if code in _BUSY:
        raise Busy(f"顺丰平台暂时不能受理（{code}），稍后重试。")
    if code != PASSED_ON:
        raise Refused(code, (said(envelope.get("apiErrorMsg")) or "顺丰平台没有说明原因。") + _ADVICE.get(code, ""))
    opened: dict[str, Any] = envelope
    return opened


def open_inner(reply: Reply) -> dict[str, Any]:
    """`apiResultData`, decoded a second time where it is JSON in a string. Raises as `open_outer`."""
    body = open_outer(reply).get("apiResultData")
    if isinstance(body, str):
        try:
            body = read_json(body)
        except Garbled as e:
            raise Garbled("顺丰应答的 apiResultData 不完整。", reply.body) from e
    if not isinstance(body, dict):
        raise Garbled("顺丰的应答没有 apiResultData，无法判断业务是否成功。", reply.body)
    return body


def message_of(reply: Reply) -> Any:
    """`msgData` of a call that succeeded.

    Raises `Refused` with the business code and words, `Garbled` when success and code contradict each other.
    """
    body = open_inner(reply)
    code, good = said(body.get("errorCode")), _flag(body.get("success"))
    if good is None:
        good = code == SUCCESS
    if good is not (code == SUCCESS):
        raise Garbled(f"顺丰的应答自相矛盾：success 与 errorCode（{code or '无'}）不符。", reply.body)
    if not good:
        raise Refused(code, said(body.get("errorMsg")) or "顺丰没有说明原因。")
    return content_of(body)


def content_of(body: dict[str, Any]) -> Any:
    """`msgData` whatever the business code says, decoded where it is JSON in a string."""
    content = body.get("msgData")
    return read_json(content) if isinstance(content, str) and content.strip()[:1] in ("{", "[") else content


def _flag(value: object) -> bool | None:
    return {"true": True, "false": False}.get(str(value).strip().lower()) if isinstance(value, bool | str) else None


def routes_in_xml(text: str) -> list[dict[str, str]]:
    """The attributes of every WaybillRoute. Raises `Garbled` for broken XML and for any document type declaration."""
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate()

    def declared(*_: object) -> None:
        raise Garbled("推送的 XML 带有 DTD 声明，按规定不予解析。", text.encode("utf-8", "replace"))

    def opened(name: str, attributes: dict[str, str]) -> None:
        if name == "WaybillRoute":
            found.append(attributes)

    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = declared
    parser.StartElementHandler = opened
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, ValueError) as e:
        raise Garbled("推送的 XML 无法读出。", text.encode("utf-8", "replace")) from e
    return found


def pushed_text(body: bytes) -> str:
    """A push's JSON or XML text: of the form mode, the one field `content`. Raises `Garbled`."""
    try:
        text = body.decode("utf-8-sig").strip()
        if text[:1] in ("{", "[", "<"):
            return text
        fields = parse_qs(text, strict_parsing=True, errors="strict", max_num_fields=20)
    except ValueError as e:
        raise Garbled("顺丰的推送不是 UTF-8 的 JSON、XML 或表单。", body) from e
    content = fields.get("content", [])
    if len(content) != 1:
        raise Garbled("顺丰的表单推送应恰有一个 content。", body)
    return content[0].strip()
