"""What JDL's gateway (LOP) wants to find: query, signature, clock, body; and the nodes in which it words its scans.

JDL's list of error codes is not published: 2100 (nothing known of the number) and 4000 (ask again) are those that the
adapter's settings name; the others are this sandbox's own.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from couriers.adapters.jdl import CODE as COURIER
from couriers.adapters.jdl_events import meanings
from couriers.adapters.jdl_wire import ALGORITHMS, SALTED, TIME, JdlSettings, lop_content, lop_sign
from couriers.contract import Reason
from couriers.sandbox.scans import Kind, Scan

ZONE = ZoneInfo("Asia/Shanghai")
WINDOW = timedelta(minutes=10)  # how far a call's timestamp may be from the gateway's clock; JDL's own is not published
BAD_CALL, BAD_SIGN, BAD_CLOCK, BAD_TOKEN, NO_METHOD, BAD_FIELD = "1001", "1002", "1003", "1004", "1005", "2001"
NOTHING_YET, TOO_OFTEN = "2100", "4000"
UNKNOWN_NODE = "999999"  # in no table of anybody
_QUERY = ("LOP-DN", "access_token", "app_key", "timestamp", "v", "algorithm", "sign")
_NODES = {
    Kind.ACCEPTED: ("200001", "420", "配送员完成揽收"),
    Kind.ACCEPTANCE_TAKEN_BACK: ("200053", "100", "揽件再取，等待配送员上门"),
    Kind.OUT_FOR_DELIVERY: ("11000", "440", "您的快件正在派送，配送员：{operator}"),
    Kind.SIGNED: ("10034", "510", "您的快件已签收"),
    Kind.SIGNED_BY_OTHER: ("10034", "510", "您的快件已由他人代收"),
    Kind.DELIVERY_TAKEN_BACK: ("200003", "440", "妥投信息已撤销，站点将再次投递"),
    Kind.ATTEMPT_FAILED: ("200031", "440", "投递未成功，等待再投"),
    Kind.INTO_LOCKER: ("200051", "440", "您的快件已放入自提柜，等待领取"),
    Kind.AT_STATION: ("200051", "440", "您的快件已到自提点，等待领取"),
    Kind.TAKEN_FROM_LOCKER: ("10034", "510", "您的快件已由本人从自提柜取走"),
    Kind.RETURNING: ("200033", "530", "快件退回中"),
    Kind.RETURNED: ("200054", "530", "退回件已交还寄件人"),
    Kind.HELD: ("200000", "403", "快件暂时滞留"),
    Kind.DAMAGED: ("200032", "500", "快件破损"),
    Kind.LOST: ("", "500", "快件丢失，配送异常终止，已进入理赔"),
    Kind.ORDER_CANCELLED: ("200010", "690", "订单已取消"),
    Kind.NOTED: ("200039", "430", "温馨提示：请留意快件动态"),
    Kind.UNKNOWN: (UNKNOWN_NODE, "430", "演示未知操作"),
}
_BY_PLACE = {
    (Kind.LEFT, "office"): ("200019", "430", "快件离开【{office}】，送往分拣中心"),
    (Kind.LEFT, "centre"): ("10054", "430", "快件离开【{office}】"),
    (Kind.ARRIVED, "office"): ("200075", "430", "快件到达【{office}】"),
    (Kind.ARRIVED, "centre"): ("200017", "430", "快件到达【{office}】"),
}
_ATTEMPTS = {Reason.REFUSED: ("10035", "530", "收件人拒收"), Reason.POSTPONED: ("200023", "440", "与收件人协商再投")}


@dataclass(frozen=True)
class Merchant:
    """The one merchant that the desk knows."""

    app_key: str
    app_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    customer_code: str


class No(Exception):
    """A refusal in JDL's words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


def check_call(path: str, query_text: str, headers: Mapping[str, str], body: str, now: datetime, us: Merchant) -> None:
    """Returns when the merchant signed this call just now. `headers` have names in lower case. Raises `No`."""
    query = _query(query_text)
    kind, _, parameters = headers.get("content-type", "").lower().replace(" ", "").partition(";")
    if kind != "application/json" or parameters not in ("", "charset=utf-8"):
        raise No(BAD_CALL, "内容类型应为 application/json;charset=UTF-8")
    if query["v"] != "2.0" or query["algorithm"] not in ALGORITHMS or query["LOP-DN"] != "ECAP":
        raise No(BAD_CALL, "v 应为 2.0，algorithm 或 LOP-DN 不支持")
    if not re.fullmatch(r"-?[0-9]{1,2}(\.[0-9]{1,2})?", headers.get("lop-tz", "8")):
        raise No(BAD_CALL, "lop-tz 应为时区小时数")
    if not hmac.compare_digest(query["app_key"].encode(), us.app_key.encode()):
        raise No(BAD_TOKEN, "无效的 app_key")
    if not hmac.compare_digest(query["access_token"].encode(), us.access_token.encode()):
        raise No(BAD_TOKEN, "access_token 无效或已过期")
    if not any(hmac.compare_digest(query["sign"].encode(), one.encode()) for one in _signs(path, body, query, us)):
        raise No(BAD_SIGN, "签名错误")
    sent = _time(query["timestamp"])
    if sent is None or abs(sent - now) > WINDOW:
        raise No(BAD_CLOCK, "timestamp 应为 yyyy-MM-dd HH:mm:ss，且与服务器时间相差不超过 10 分钟")


def _query(text: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=20)
    except ValueError as e:
        raise No(BAD_CALL, "查询参数无法解析") from e
    query = dict(pairs)
    if len(query) != len(pairs):
        raise No(BAD_CALL, "查询参数重复")
    for name in _QUERY:
        if not query.get(name):
            raise No(BAD_CALL, f"缺少参数 {name}")
    return query


def _signs(path: str, body: str, query: Mapping[str, str], us: Merchant) -> tuple[str, ...]:
    """The signatures that are right: of md5-salt upper case, and lower case, as which is taken is not confirmed."""

    def made(upper_case: bool) -> str:
        settings = JdlSettings(
            url="",
            app_key=us.app_key,
            app_secret=us.app_secret,
            access_token=us.access_token,
            customer_code=us.customer_code,
            algorithm=query["algorithm"],
            upper_case=upper_case,
            lop_dn="",
            lop_tz="",
            order_origin=1,
            zone=ZONE,
            jos_url="",
            busy_codes=frozenset(),
            nothing_yet_codes=frozenset(),
        )
        return lop_sign(lop_content(path, body, query["timestamp"], settings), settings)

    return (made(True), made(False)) if query["algorithm"] == SALTED else (made(True),)


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, TIME).replace(tzinfo=ZONE) if len(text) == len("2026-01-01 09:00:00") else None
    except ValueError:
        return None


def number_asked(body: str, us: Merchant) -> tuple[str, str]:
    """("waybillCode" or "orderCode", its value) of the argument of trace/query. Raises `No`."""
    try:
        arguments = json.loads(body)
        json.dumps(arguments, ensure_ascii=False).encode()  # half a surrogate pair can be escaped, and cannot be kept
    except (ValueError, RecursionError) as e:
        raise No(BAD_CALL, "报文不是 JSON") from e
    if not isinstance(arguments, list) or len(arguments) != 1 or not isinstance(arguments[0], dict):
        raise No(BAD_CALL, "报文应为只含一个对象的数组")
    argument: dict[str, Any] = arguments[0]
    origin = argument.get("orderOrigin")
    if isinstance(origin, bool) or origin not in (0, 1, 2):
        raise No(BAD_FIELD, "orderOrigin 只能是 0、1 或 2")
    if origin == 1 and argument.get("customerCode") != us.customer_code:
        raise No(BAD_FIELD, "customerCode 不能为空，且须与商家编码一致")
    for name in ("waybillCode", "orderCode"):
        if isinstance(argument.get(name), str) and argument[name]:
            return name, argument[name]
    raise No(BAD_FIELD, "waybillCode 与 orderCode 不能同时为空")


def trace_of(scan: Scan) -> dict[str, Any]:
    """One item of `traceDetails`."""
    state, category, words = _node(scan)
    if scan.courier == COURIER and scan.code:
        state = scan.code
    known = meanings().get(("state", state))
    status = meanings().get(("category", category))
    return {
        "waybillCode": scan.waybill_no,
        "operationTime": scan.happened_at.astimezone(ZONE).strftime(TIME),
        "operationTitle": known.name if known else "",
        "operationRemark": scan.words(words.format(office=scan.place.name, operator=scan.operator)),
        "state": state,
        "category": int(category),
        "categoryName": status.name if status else "",
        "operatorName": scan.operator,
        **(scan.more if scan.courier == COURIER else {}),
    }


def _node(scan: Scan) -> tuple[str, str, str]:
    if scan.kind is Kind.ATTEMPT_FAILED and scan.reason in _ATTEMPTS:
        return _ATTEMPTS[scan.reason]
    return _BY_PLACE.get((scan.kind, scan.place.kind)) or _NODES[scan.kind]
