"""What 快递100's gateway wants to find: forms and signatures, and the fields of each `param`."""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from couriers.adapters.kuaidi100_events import carriers, code_of
from couriers.adapters.kuaidi100_wire import compact, read_json, sign_label, sign_query
from couriers.contract import Garbled, Party
from couriers.sandbox.scans import Order

# Codes of the query and of the subscription are the published ones. Of the label interface only 200 and 30005 are:
# there the desk says what is wrong under the query's codes.
INCOMPLETE, WRONG_PHONE, NOTHING, WRONG_SIGN, EXPIRED = "400", "408", "500", "503", "601"
SERVER_ERROR, SERVER_BUSY, POLL_ERROR = "501", "502", "500"
SUBSCRIBED_ALREADY, NO_KEY, BAD_DATA, CARRIER_REFUSED, NOT_RECOGNISED = "501", "600", "700", "701", "702"
NO_CANCELLING = "30005"
REFUSED_CARRIERS = frozenset({"huitongkuaidi"})  # whom nobody can subscribe to here
PHONE_CARRIERS = frozenset({"shunfeng", "zhongtong"})
_FORM = "application/x-www-form-urlencoded"
_PAYERS = ("", "SHIPPER", "CONSIGNEE", "MONTHLY", "THIRDPARTY")
_PRINTS = ("", "NON", "HTML", "IMAGE", "CMD", "CLOUD")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_TEL = re.compile(r"[0-9+() -]{5,20}")
_PLACES = re.compile(
    r"(?P<province>.{2,8}?(?:省|自治区|特别行政区)|(?:北京|上海|天津|重庆)市?)?"
    r"(?P<city>.{2,10}?(?:市|自治州|地区|盟|州))?(?P<county>.{1,10}?(?:区|县|市|旗))?(?P<rest>.*)"
)


@dataclass(frozen=True)
class Customer:
    """The one enterprise that the desk knows; `until` None: its key never expires."""

    key: str = field(repr=False)
    customer: str
    secret: str = field(repr=False)
    until: datetime | None = None


class No(Exception):
    """A refusal in 快递100's code and words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


def form_of(method: str, content_type: str, body: bytes, code: str = INCOMPLETE) -> dict[str, str]:
    """The fields of a POST form, each of which stands in it once. Raises `No` with that code."""
    kind, _, parameters = content_type.lower().replace(" ", "").partition(";")
    if method != "POST" or kind != _FORM or parameters not in ("", "charset=utf-8"):
        raise No(code, f"只接受 POST，内容类型 {_FORM}; charset=UTF-8")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError as e:
        raise No(code, "表单无法解析") from e
    if len(dict(pairs)) != len(pairs):
        raise No(code, "表单里有重复的参数")
    return dict(pairs)


def param_in(form: Mapping[str, str], code: str = INCOMPLETE) -> dict[str, Any]:
    """The JSON object in `param`. Raises `No` with that code."""
    try:
        param = read_json(form.get("param", ""))
        compact(param).encode()  # half a surrogate pair is no text
    except (Garbled, UnicodeEncodeError, RecursionError) as e:
        raise No(code, "param 不是可读的 JSON") from e
    if not isinstance(param, dict):
        raise No(code, "param 应为 JSON 对象")
    return param


def same(given: str, wanted: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(given.encode(), wanted.encode())


def may_see(order: Order, phone: str) -> bool:
    """True unless the carrier wants the phone of sender or receiver, or its last four digits, and this is neither's."""
    tails = {"".join(filter(str.isdigit, party.phone))[-4:] for party in (order.sender, order.receiver)}
    digits = "".join(filter(str.isdigit, phone))
    return code_of(order.courier) not in PHONE_CARRIERS or digits[-4:] in tails


def check_query_form(form: Mapping[str, str], ours: Customer) -> None:
    """Raises `No` for a field that is missing (400), another customer or a wrong signature (503)."""
    if missing := _missing(form, ("customer", "sign", "param")):
        raise No(INCOMPLETE, f"提交的数据不完整：缺少 {missing}")
    wanted = sign_query(form["param"], ours.key, ours.customer)
    if not same(form["customer"], ours.customer) or not same(form["sign"], wanted):
        raise No(WRONG_SIGN, "验证签名失败")


def check_label_form(form: Mapping[str, str], ours: Customer) -> None:
    """Raises `No` for a field that is missing (400), another key (601) or a wrong signature (503)."""
    if missing := _missing(form, ("method", "key", "t", "sign", "param")):
        raise No(INCOMPLETE, f"缺少参数 {missing}")
    if not same(form["key"], ours.key):
        raise No(EXPIRED, "key 不存在或已过期")
    if not re.fullmatch(r"[0-9]{13}", form["t"]):
        raise No(INCOMPLETE, "t 应为毫秒时间戳")
    if not same(form["sign"], sign_label(form["param"], form["t"], ours.key, ours.secret)):
        raise No(WRONG_SIGN, "验证签名失败")


def check_query(param: Mapping[str, Any]) -> None:
    """Raises `No` for what a query's `param` must not be."""
    _texts(param, ("com", "num", "phone", "from", "to", "resultv2", "show", "order", "lang"), INCOMPLETE)
    if not param.get("com") or not param.get("num"):
        raise No(INCOMPLETE, "提交的数据不完整：com 与 num 不能为空")
    if param["com"] not in carriers():
        raise No(INCOMPLETE, "找不到对应公司")
    if len(param["num"]) > 32:
        raise No(INCOMPLETE, "num 不得超过 32 个字符")
    _choice(param, "resultv2", ("", "0", "1", "4", "8"), INCOMPLETE)
    _choice(param, "order", ("", "asc", "desc"), INCOMPLETE)
    if param.get("show", "0") not in ("", "0") or param.get("lang", "zh") not in ("", "zh"):
        raise No(INCOMPLETE, "沙箱只以中文和 JSON 应答")
    if not isinstance(param.get("needCourierInfo", False), bool):
        raise No(INCOMPLETE, "needCourierInfo 应为布尔值")


def check_subscription(param: Mapping[str, Any]) -> dict[str, str]:
    """The `parameters` of a subscription. Raises `No` for what it must not be; the key has been looked at before."""
    _texts(param, ("company", "number", "from", "to", "key"), BAD_DATA)
    parameters = param.get("parameters")
    if not isinstance(parameters, dict):
        raise No(BAD_DATA, "POLL:parameters 应为对象")
    names = ("callbackurl", "salt", "resultv2", "autoCom", "interCom", "phone")
    _texts(parameters, names, BAD_DATA)
    if not _is_address(parameters.get("callbackurl", "")):
        raise No(BAD_DATA, "POLL:callbackurl 不是可用的地址")
    if not 0 < len(param.get("number", "")) <= 32:
        raise No(BAD_DATA, "POLL:单号应为 1 至 32 个字符")
    if len(parameters.get("salt", "")) > 32:
        raise No(BAD_DATA, "POLL:salt 不得超过 32 个字符")
    _choice(parameters, "resultv2", ("", "0", "1", "4", "8"), BAD_DATA)
    _check_company(param.get("company", ""), parameters.get("autoCom") == "1", parameters.get("interCom") == "1")
    return {name: parameters.get(name, "") for name in names}


def _check_company(company: str, recognise: bool, international: bool) -> None:
    if not company and not recognise:
        raise No(BAD_DATA, "POLL:company 不能为空")
    if company in REFUSED_CARRIERS:
        raise No(CARRIER_REFUSED, "POLL:拒绝订阅的快递公司")
    if company and company not in carriers():
        raise No(BAD_DATA, "POLL:不支持的快递公司")
    if international and company and not company.startswith(("ems", "youzheng")):
        raise No(BAD_DATA, "POLL:interCom 只支持邮政类快递公司")


def check_order(param: Mapping[str, Any]) -> None:
    """Raises `No` for what the `param` of an order must not be."""
    names = ("kuaidicom", "orderId", "payType", "expType", "cargo", "remark", "partnerId", "printType", "tempId")
    _texts(param, names, INCOMPLETE)
    if missing := _missing(param, ("kuaidicom", "partnerId")):
        raise No(INCOMPLETE, f"{missing} 不能为空")
    _choice(param, "payType", _PAYERS, INCOMPLETE)
    _choice(param, "printType", _PRINTS, INCOMPLETE)
    if param.get("printType") in ("HTML", "IMAGE", "CLOUD") and not param.get("tempId"):
        raise No(INCOMPLETE, "tempId 不能为空")
    for name, kinds in (("weight", (int, float)), ("count", (int,)), ("startGotTime", (int,)), ("endGotTime", (int,))):
        value = param.get(name, 1)
        if isinstance(value, bool) or not isinstance(value, kinds) or value <= 0:
            raise No(INCOMPLETE, f"{name} 应为正数")
    if not isinstance(param.get("reorder", True), bool):
        raise No(INCOMPLETE, "reorder 应为布尔值")


def check_cancel(param: Mapping[str, Any]) -> None:
    """Raises `No` for what the `param` of a cancellation must not be."""
    names = ("partnerId", "kuaidicom", "kuaidinum", "orderId", "reason")
    _texts(param, names, INCOMPLETE)
    if missing := _missing(param, names[:3]):
        raise No(INCOMPLETE, f"{missing} 不能为空")


def party_of(param: Mapping[str, Any], role: str) -> Party:
    """The sender (`sendMan`) or receiver (`recMan`) of an order. Raises `No`."""
    person = param.get(role)
    if not isinstance(person, dict):
        raise No(INCOMPLETE, f"{role} 不能为空")
    names = ("name", "mobile", "tel", "printAddr", "province", "city", "district", "addr", "company")
    _texts(person, names, INCOMPLETE)
    given = {name: person.get(name, "").strip() for name in names}
    if not given["name"]:
        raise No(INCOMPLETE, f"{role}.name 不能为空")
    if not given["mobile"] and not given["tel"]:
        raise No(INCOMPLETE, f"{role} 的 mobile 与 tel 不能同时为空")
    if given["mobile"] and not _MOBILE.fullmatch(given["mobile"]):
        raise No(INCOMPLETE, f"{role}.mobile 不是手机号")
    if given["tel"] and not _TEL.fullmatch(given["tel"]):
        raise No(INCOMPLETE, f"{role}.tel 不是电话号码")
    phone = given["mobile"] or given["tel"]
    if given["printAddr"]:
        return _split(given["name"], phone, given["printAddr"])
    if _missing(given, ("province", "city", "addr")):
        raise No(INCOMPLETE, f"{role}.printAddr 不能为空（或分填 province、city、district、addr）")
    return Party(given["name"], phone, given["province"], given["city"], given["district"], given["addr"])


def _split(name: str, phone: str, address: str) -> Party:
    match = _PLACES.fullmatch(address)
    parts = match.groupdict("") if match else {"province": "", "city": "", "county": "", "rest": address}
    city = parts["city"] or parts["province"]
    return Party(name, phone, parts["province"], city, parts["county"], parts["rest"])


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _missing(fields: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((name for name in names if not fields.get(name)), "")


def _texts(fields: Mapping[str, Any], names: Sequence[str], code: str) -> None:
    for name in names:
        if not isinstance(fields.get(name, ""), str):
            raise No(code, f"{name} 应为字符串")


def _choice(fields: Mapping[str, Any], name: str, allowed: Collection[str], code: str) -> None:
    if fields.get(name, "") not in allowed:
        raise No(code, f"{name} 的取值不在允许范围内")
