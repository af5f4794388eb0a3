"""Cainiao LINK (菜鸟): tracking of other carriers' parcels by query, and the trace push TMS_PRACTICE_TRACE_INFO.

An aggregator: its events have the courier "cainiao", whoever carries the parcel. The documentation behind a log-in is
not public; what clients disagree on or leave open is a setting of `OPTIONAL`, with its default.
"""
# ruff: noqa: ARG002 - what is not offered takes its arguments all the same, and says so

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from couriers.adapters.same_second import told_apart
from couriers.adapters.texts import said
from couriers.adapters.untimed import untimed
from couriers.contract import (
    Answer,
    BadSettings,
    Booking,
    BookingRequest,
    Busy,
    Call,
    Garbled,
    Milestone,
    Operation,
    Push,
    Reason,
    Refused,
    Reply,
    Service,
    TrackingEvent,
)

CODE = "cainiao"
SETTINGS = (
    "COURIER_CAINIAO_URL",
    "COURIER_CAINIAO_PROVIDER_ID",  # logistic_provider_id: the caller's resource code or token
    "COURIER_CAINIAO_APP_CODE",
    "COURIER_CAINIAO_APP_SECRET",
)
OPTIONAL = {
    "COURIER_CAINIAO_CP_CODE": "EMS",  # cpCode: the carrier whose numbers are asked after
    "COURIER_CAINIAO_STATUS_FIELD": "status",  # where an item has its code; OLTS's name for it, not confirmed
    "COURIER_CAINIAO_TIMEZONE": "Asia/Shanghai",  # of the wire's times, inferred
}
READING = {**dict.fromkeys(SETTINGS, "none"), "COURIER_CAINIAO_URL": "http://127.0.0.1/"}

DETAIL = ("CNTECH_LV_LOGISTICS_DETAIL_GET", "CNTECH_LV")  # msg_type and to_code of the query
TRACE = "TMS_PRACTICE_TRACE_INFO"
FORM = "application/x-www-form-urlencoded;charset=UTF-8"
_BUSY = frozenset({"S06", "S07", "S08", "S09", "S10", "S11", "S14"})  # time-out, system, gateway, flow control
_CARRIERS = {"ems": "EMS"}  # a courier of ours -> cpCode; no list of the other codes is published
_TIME = re.compile(r"(20\d\d-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d{1,6})?", re.ASCII)

# Codes and Chinese names: OLTS - Open Logistics Tracking Schema (open-logistics-tracking/OLTS), data under CC BY 4.0
# (https://creativecommons.org/licenses/by/4.0/). The milestones are this project's own reading: only 退商家成功 ends a
# return. Cainiao has further codes (14 to 26); they are UNRECOGNISED.
MEANINGS: Mapping[str, tuple[str, Milestone, Reason | None]] = {
    "00": ("揽收", Milestone.PICKED_UP, None),
    "01": ("分拨收货", Milestone.ARRIVED, None),
    "02": ("分拨发货", Milestone.IN_TRANSIT, None),
    "03": ("站点到货", Milestone.ARRIVED, None),
    "04": ("小件员领件（派件中）", Milestone.OUT_FOR_DELIVERY, None),
    "05": ("滞留", Milestone.HELD, Reason.HELD),
    "06": ("拒收", Milestone.ATTEMPTED, Reason.REFUSED),
    "07": ("签收", Milestone.DELIVERED, None),
    "08": ("退货出站", Milestone.RETURNING, None),
    "09": ("退货入库", Milestone.RETURNING, None),
    "10": ("退商家出库", Milestone.RETURNING, None),
    "11": ("退商家成功", Milestone.RETURNED, None),
    "12": ("退商家失败", Milestone.HELD, Reason.OTHER),
    "13": ("中转出站", Milestone.IN_TRANSIT, None),
}


def make(env: Mapping[str, str]) -> Cainiao:
    """The courier, ready. Raises `BadSettings` that names every missing or wrong setting at once."""
    problems = [f"缺少设置 {name}" for name in SETTINGS if not env.get(name, "").strip()]
    url, provider_id, app_code, app_secret = (env.get(name, "").strip() for name in SETTINGS)
    cp_code, status, zone_name = (env.get(name, "").strip() or default for name, default in OPTIONAL.items())
    try:
        good = not url or (urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname))
    except ValueError:
        good = False
    if not good:
        problems.append("COURIER_CAINIAO_URL 应是 http 或 https 的完整网关地址")
    try:
        zone = ZoneInfo(zone_name)
    except (ValueError, OSError, KeyError):
        problems.append("COURIER_CAINIAO_TIMEZONE 不是已知的时区名")
    if problems:
        raise BadSettings(problems)
    return Cainiao(url, provider_id, app_code, app_secret, cp_code, status, zone)


def digest_of(content: str, app_secret: str) -> str:
    """`data_digest`: Base64 of the 16 bytes of MD5 over the content and the secret."""
    whole = (content + app_secret).encode("utf-8", "surrogatepass")
    return base64.b64encode(hashlib.md5(whole, usedforsecurity=False).digest()).decode("ascii")


@dataclass(frozen=True)
class Cainiao:
    """The adapter; see `couriers.contract.Courier` for what each method promises."""

    url: str
    provider_id: str = field(repr=False)  # may be an access token
    app_code: str
    app_secret: str = field(repr=False)
    cp_code: str
    status_field: str
    zone: tzinfo
    code: str = CODE
    name_zh: str = "菜鸟"
    name_en: str = "Cainiao"
    postal_enterprise: bool = False
    takes_pool_numbers: bool = False
    natives: ClassVar[Mapping[Operation, str]] = {Operation.TRACK: DETAIL[0]}
    offers: frozenset[Operation] = frozenset((Operation.TRACK, Operation.PUSH))

    @property
    def services(self) -> Mapping[Operation, Service]:
        return {}

    def call(self, msg_type: str, to_code: str, content: object) -> Call:
        """The signed request for any `msg_type` of the gateway; `to_code` "" leaves the target out."""
        text = _compact(content)
        form = {
            "msg_type": msg_type,
            "logistic_provider_id": self.provider_id,
            "to_code": to_code,
            "logistics_interface": text,
            "data_digest": digest_of(text, self.app_secret),
        }
        return Call(
            "POST", self.url, {"Content-Type": FORM}, form={k: v for k, v in form.items() if v or k != "to_code"}
        )

    def ask_tracking(self, waybill_no: str, at: datetime) -> Call:
        return self.ask_tracking_of(waybill_no, self.cp_code, at)

    def carrier_code(self, courier: str) -> str:
        return _CARRIERS.get(courier, "")

    def ask_tracking_of(self, waybill_no: str, carrier: str, at: datetime, phone: str = "") -> Call:
        """`carrier` is a cpCode; of `phone` only the last four digits go out."""
        tail = re.sub(r"[^0-9]", "", phone)[-4:]
        asked = {"appCode": self.app_code, "mailNo": waybill_no, "cpCode": carrier, "receiverPhone": tail}
        return self.call(*DETAIL, {"arg0": {name: value for name, value in asked.items() if value}})

    def read_tracking(self, reply: Reply) -> tuple[TrackingEvent, ...]:
        result = _result(reply)
        data = result.get("data") if isinstance(result, dict) else result
        if isinstance(data, str) and data.strip():
            data = _read_json(data.encode("utf-8", "surrogatepass"))
        if data is None or data == "":
            return ()
        items = data.get("detail", ()) if isinstance(data, dict) else data
        if not isinstance(data, dict) or not isinstance(items, list | tuple | None):
            raise Garbled("菜鸟的轨迹应答里没有 detail 列表。", reply.body)
        return self._events(list(items or ()), said(data.get("mailNo"))[:40])

    def trusts(self, push: Push) -> bool:
        form = _form(push)
        ours = digest_of(form.get("logistics_interface", ""), self.app_secret).encode()
        theirs = form.get("data_digest", "").encode("utf-8", "surrogatepass")
        return bool(form.get("logistics_interface")) and hmac.compare_digest(theirs, ours)

    def read_push(self, push: Push) -> tuple[TrackingEvent, ...]:
        form = _form(push)
        if not self.trusts(push) or form.get("msg_type") != TRACE:
            raise Garbled("菜鸟的推送签名不符，或不是轨迹推送。", push.body)
        content = _read_json(form["logistics_interface"].encode("utf-8", "surrogatepass"))
        waybill_no = said(content.get("mailNo"))[:40] if isinstance(content, dict) else ""
        # The layout is OLTS's account of this call and not confirmed: a list of items, or one item by itself.
        items = content.get("operationDetails", [content]) if waybill_no else None
        if not isinstance(items, list) or not items:
            raise Garbled("菜鸟的推送里没有运单号或轨迹。", push.body)
        return self._events(items, waybill_no)

    def answer(self, push: Push, accepted: bool) -> Answer:
        trusted = self.trusts(push)
        code = "" if accepted else ("S07" if trusted else "S02")
        words = {"": "", "S07": "系统异常，未接收", "S02": "非法的数字签名"}[code]
        status = 200 if accepted or trusted else 401
        if not _form(push).get("logistics_interface", "").lstrip().startswith("<"):
            told = {"success": accepted, "errorCode": code, "errorMsg": words}
            return Answer(status, "application/json;charset=UTF-8", _compact(told).encode())
        flag = "true" if accepted else "false"
        inner = f"<success>{flag}</success><errorCode>{code}</errorCode><errorMsg>{words}</errorMsg>"
        xml = f"<responses><responseItems><response>{inner}</response></responseItems></responses>"
        return Answer(status, "text/xml;charset=UTF-8", xml.encode())

    def _events(self, items: list[Any], waybill_no: str) -> tuple[TrackingEvent, ...]:
        """All items as events, oldest first; one without a readable time stands beside its neighbour."""
        times = [self._time(item) if isinstance(item, dict) else None for item in items]
        neighbour = next((time for time in times if time is not None), None)
        if neighbour is None:
            if items:
                raise Garbled("菜鸟的轨迹里没有一条能读出时间。")
            return ()
        events = []
        for item, time in zip(items, times, strict=True):
            neighbour = time or neighbour
            events.append(self._event(item, time, waybill_no) if time else untimed(item, neighbour, CODE, waybill_no))
        return told_apart(sorted(events, key=lambda event: event.happened_at))

    def _time(self, item: dict[str, Any]) -> datetime | None:
        match = _TIME.fullmatch(said(item.get("opTime")) or said(item.get("operateTime")))
        try:
            local = datetime.fromisoformat(f"{match[1]} {match[2]}") if match else None
        except ValueError:
            return None
        return local.replace(tzinfo=self.zone).astimezone(UTC) if local else None

    def _event(self, item: dict[str, Any], happened_at: datetime, waybill_no: str) -> TrackingEvent:
        code = said(item.get(self.status_field))[:40]
        _, milestone, reason = MEANINGS.get(code, ("", Milestone.UNRECOGNISED, None))
        words = (said(item.get(name)) for name in ("opMessage", "operateDescription", "opDesc"))
        return TrackingEvent(
            waybill_no=waybill_no,
            milestone=milestone,
            reason=reason,
            code=code,
            detail_code="",
            text=next((text for text in words if text), "")[:500],
            happened_at=happened_at,
            place=said(item.get("orgName"))[:200],
            voids=None,
            courier=CODE,
        )

    def ask_booking(self, request: BookingRequest, at: datetime) -> Call:
        raise _not_offered("下单")

    def read_booking(self, reply: Reply) -> Booking:
        raise _not_offered("下单")

    def ask_cancel(self, waybill_no: str, reference: str, reason: str, at: datetime) -> Call:
        raise _not_offered("取消")

    def read_cancel(self, reply: Reply) -> None:
        raise _not_offered("取消")


def _not_offered(what: str) -> Refused:
    return Refused("UNSUPPORTED", f"菜鸟接口在本系统不提供{what}，请向承运的快递公司办理。")


def _result(reply: Reply) -> Any:
    """`result` of a successful answer. `Busy`, `Refused` or `Garbled` as the courier's `errorCode` says."""
    if reply.status == 429 or reply.status >= 500:
        raise Busy(f"菜鸟暂时不能受理（HTTP {reply.status}），稍后重试。")
    if 400 <= reply.status < 500:
        raise Refused(f"HTTP {reply.status}", "菜鸟网关不接受这一请求，请核对网关地址与授权设置。")
    envelope = _read_json(reply.body)
    success = envelope.get("success") if isinstance(envelope, dict) else None
    flag = str(success).lower() if isinstance(success, bool | str) else ""
    if reply.status != 200 or flag not in ("true", "false"):
        raise Garbled("菜鸟的应答没有 success，无法判断是否受理。", reply.body)
    if flag == "true":
        return envelope.get("result")
    code = said(envelope.get("errorCode"))
    if code in _BUSY:
        raise Busy(f"菜鸟暂时不能受理（{code}），稍后重试。")
    raise Refused(code or "—", said(envelope.get("errorMsg")) or "菜鸟没有说明原因。")


def _form(push: Push) -> dict[str, str]:
    """The fields of a url-encoded push; {} when it is none, or names a field twice. Never raises."""
    if push.header("Content-Type").split(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return {}
    try:
        pairs = parse_qsl(push.body.decode(), keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError:
        return {}
    return dict(pairs) if len(dict(pairs)) == len(pairs) else {}


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _read_json(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as e:
        raise Garbled("菜鸟的内容不是可读的 JSON。", data) from e
