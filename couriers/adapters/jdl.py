"""JD Logistics (京东物流 JDL), open platform LOP: tracking by waybill or order number.

Only what is known in full is offered: JDL's answers to an order or a cancellation and the form of its pushes are not
published, so there is no booking and no hook. What is not confirmed is a setting of `OPTIONAL`, with its default.
"""

# ruff: noqa: ARG002 - what is not offered takes its arguments all the same, and says so

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from couriers.adapters.jdl_events import read_events
from couriers.adapters.jdl_wire import ALGORITHMS, SALTED, TIME, JdlSettings, compact, jos_sign, lop_address, open_reply
from couriers.adapters.texts import said
from couriers.contract import (
    Answer,
    BadSettings,
    Booking,
    BookingRequest,
    Call,
    Garbled,
    Operation,
    Push,
    Refused,
    Reply,
    Service,
    TrackingEvent,
)

CODE = "jdl"
SETTINGS = (
    "COURIER_JDL_URL",
    "COURIER_JDL_APP_KEY",
    "COURIER_JDL_APP_SECRET",
    "COURIER_JDL_ACCESS_TOKEN",
    "COURIER_JDL_CUSTOMER_CODE",
)
OPTIONAL = {
    "COURIER_JDL_ALGORITHM": SALTED,  # or HMacMD5, HMacSHA1, HMacSHA256, HMacSHA512
    "COURIER_JDL_MD5_CASE": "upper",  # of md5-salt; whether JDL takes "lower" is not confirmed
    "COURIER_JDL_LOP_DN": "ECAP",  # 对接方案编码 of the express API
    "COURIER_JDL_LOP_TZ": "8",  # the header lop-tz, hours; "none" leaves it out (seen in one client only)
    "COURIER_JDL_ORDER_ORIGIN": "1",  # 0 c2c, 1 b2c, 2 c2b
    "COURIER_JDL_TIMEZONE": "Asia/Shanghai",  # of the wire's times, inferred
    "COURIER_JDL_JOS_URL": "https://api.jd.com/routerjson",  # the old gateway
    # Error codes are not confirmed; these two are named by OLTS (CC BY 4.0) for a neighbouring tracking interface:
    "COURIER_JDL_BUSY_CODES": "4000",  # comma-separated: ask again later
    "COURIER_JDL_ACCESS_CODES": "1002,1003,1004",  # comma-separated: signature, clock or token refused
    "COURIER_JDL_NOTHING_YET_CODES": "2100",  # comma-separated: no trace of this number yet
}
READING = {**dict.fromkeys(SETTINGS, "none"), "COURIER_JDL_URL": "http://127.0.0.1"}

TRACE = "/ecap/v1/orders/trace/query"
JSON = "application/json;charset=UTF-8"
FORM = "application/x-www-form-urlencoded;charset=UTF-8"


def make(env: Mapping[str, str]) -> Jdl:
    """The courier, ready. Raises `BadSettings` that names every missing or wrong setting at once."""
    value = {name: env.get(name, "").strip() for name in SETTINGS}
    value |= {name: env.get(name, "").strip() or default for name, default in OPTIONAL.items()}
    problems = [f"缺少设置 {name}" for name in SETTINGS if not value[name]]
    for name in ("COURIER_JDL_URL", "COURIER_JDL_JOS_URL"):
        if value[name] and not _is_address(value[name]):
            problems.append(f"{name} 应是 http 或 https 的网关地址，不带查询参数")
    choices = {
        "COURIER_JDL_ALGORITHM": ALGORITHMS,
        "COURIER_JDL_MD5_CASE": ("upper", "lower"),
        "COURIER_JDL_ORDER_ORIGIN": ("0", "1", "2"),
    }
    problems += [f"{name} 只能是 {'、'.join(known)}" for name, known in choices.items() if value[name] not in known]
    if not re.fullmatch(r"none|-?[0-9]{1,2}(\.[0-9]{1,2})?", value["COURIER_JDL_LOP_TZ"]):
        problems.append("COURIER_JDL_LOP_TZ 应是时区的小时数，例如 8；不发送则写 none")
    try:
        zone = ZoneInfo(value["COURIER_JDL_TIMEZONE"])
    except (ValueError, OSError, KeyError):
        problems.append("COURIER_JDL_TIMEZONE 不是已知的时区名")
    if problems:
        raise BadSettings(problems)
    return Jdl(_settings({name.removeprefix("COURIER_JDL_").lower(): text for name, text in value.items()}, zone))


def _settings(value: Mapping[str, str], zone: ZoneInfo) -> JdlSettings:
    return JdlSettings(
        url=value["url"].rstrip("/"),
        app_key=value["app_key"],
        app_secret=value["app_secret"],
        access_token=value["access_token"],
        customer_code=value["customer_code"],
        algorithm=value["algorithm"],
        upper_case=value["md5_case"] == "upper",
        lop_dn=value["lop_dn"],
        lop_tz="" if value["lop_tz"] == "none" else value["lop_tz"],
        order_origin=int(value["order_origin"]),
        zone=zone,
        jos_url=value["jos_url"],
        busy_codes=_codes(value["busy_codes"]),
        nothing_yet_codes=_codes(value["nothing_yet_codes"]),
        access_codes=_codes(value["access_codes"]),
    )


def _codes(text: str) -> frozenset[str]:
    return frozenset(code.strip() for code in text.split(",")) - {""}


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment


@dataclass(frozen=True)
class Jdl:
    """The adapter; see `couriers.contract.Courier` for what each method promises."""

    settings: JdlSettings
    code: str = CODE
    name_zh: str = "京东物流"
    name_en: str = "JD Logistics"
    postal_enterprise: bool = False
    takes_pool_numbers: bool = False
    natives: ClassVar[Mapping[Operation, str]] = {Operation.TRACK: TRACE}
    offers: frozenset[Operation] = frozenset((Operation.TRACK,))

    def denies_access(self, refused: Refused) -> bool:
        return refused.code in self.settings.access_codes or refused.code.startswith("HTTP ")

    @property
    def services(self) -> Mapping[Operation, Service]:
        return {}

    def call(self, method: str, argument: object, at: datetime) -> Call:
        """The signed request for any LOP method; `method` is its path, `argument` its one argument object."""
        ours = self.settings
        body = compact([argument])
        headers = {"Content-Type": JSON} | ({"lop-tz": ours.lop_tz} if ours.lop_tz else {})
        return Call("POST", lop_address(method, body, at, ours), headers, body=body.encode())

    def ask_tracking(self, waybill_no: str, at: datetime) -> Call:
        return self.call(TRACE, {"waybillCode": waybill_no, **self._ourselves()}, at)

    def ask_tracking_of_order(self, order_code: str, at: datetime) -> Call:
        """The request for all events of an order by JDL's own order number; its answer is for `read_tracking`."""
        return self.call(TRACE, {"orderCode": order_code, **self._ourselves()}, at)

    def _ourselves(self) -> dict[str, str | int]:
        return {"orderOrigin": self.settings.order_origin, "customerCode": self.settings.customer_code}

    def read_tracking(self, reply: Reply) -> tuple[TrackingEvent, ...]:
        data = open_reply(reply, self.settings)
        if data is None:
            return ()
        items = data.get("traceDetails") if isinstance(data, dict) else data
        if items is None:
            return ()
        if not isinstance(data, dict) or not isinstance(items, list):
            raise Garbled("京东物流的轨迹应答里没有 traceDetails 列表。", reply.body)
        return read_events(items, said(data.get("waybillCode"))[:40], self.settings.zone)

    def ask_old_trace(self, waybill_no: str, at: datetime) -> Call:
        """The request for a waybill's events at the old JOS gateway (jingdong.ldop.receive.trace.get)."""
        ours = self.settings
        form = {
            "360buy_param_json": compact({"customerCode": ours.customer_code, "waybillCode": waybill_no}),
            "access_token": ours.access_token,
            "app_key": ours.app_key,
            "method": "jingdong.ldop.receive.trace.get",
            "timestamp": at.astimezone(ours.zone).strftime(TIME),
            "v": "2.0",
        }
        return Call("POST", ours.jos_url, {"Content-Type": FORM}, form=form | {"sign": jos_sign(form, ours.app_secret)})

    def ask_booking(self, request: BookingRequest, at: datetime) -> Call:
        raise _not_offered("下单")

    def read_booking(self, reply: Reply) -> Booking:
        raise _not_offered("下单")

    def ask_cancel(self, waybill_no: str, reference: str, reason: str, at: datetime) -> Call:
        raise _not_offered("取消")

    def read_cancel(self, reply: Reply) -> None:
        raise _not_offered("取消")

    def trusts(self, push: Push) -> bool:
        return False

    def read_push(self, push: Push) -> tuple[TrackingEvent, ...]:
        raise Garbled("京东物流的推送格式没有公布，不能读取；请改用查询。", push.body)

    def answer(self, push: Push, accepted: bool) -> Answer:
        return Answer(401, JSON, compact({"success": False, "msg": "未接收"}).encode())


def _not_offered(what: str) -> Refused:
    return Refused("UNSUPPORTED", f"京东物流接口在本系统不提供{what}，请在京东物流处办理后登记运单号。")
