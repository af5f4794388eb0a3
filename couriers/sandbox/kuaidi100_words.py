"""How 快递100 words what happened to a parcel, whoever carries it: states, texts, places, the whole list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from couriers.adapters.kuaidi100_events import meanings
from couriers.contract import Reason
from couriers.sandbox.scans import Kind, Order, Scan

# kind -> basic state, advanced state, text. Where 快递100 has no word of its own, the nearest that it has.
_WORDS = {
    Kind.ACCEPTED: ("1", "103", "【{city}】{place} 已收取邮件"),
    Kind.ACCEPTANCE_TAKEN_BACK: ("1", "102", "【{city}】{place} 撤销收寄，等待揽收"),
    Kind.LEFT: ("0", "1002", "【{city}】离开 {place}，发往下一站"),
    Kind.ARRIVED: ("0", "0", "【{city}】到达 {place}"),
    Kind.OUT_FOR_DELIVERY: ("5", "5", "【{city}】{place} {operator} 正在派件"),
    Kind.SIGNED: ("3", "301", "【{city}】已签收，本人签收"),
    Kind.SIGNED_BY_OTHER: ("3", "303", "【{city}】已签收，他人代收"),
    Kind.DELIVERY_TAKEN_BACK: ("2", "204", "【{city}】签收登记有误，已撤销，待重新派送"),
    Kind.ATTEMPT_FAILED: ("2", "204", "【{city}】派送未成功"),
    Kind.INTO_LOCKER: ("5", "501", "【{city}】已投入快递柜，等待取件"),
    Kind.TAKEN_FROM_LOCKER: ("3", "304", "【{city}】已从快递柜或驿站取出"),
    Kind.AT_STATION: ("5", "501", "【{city}】已到驿站，等待取件"),
    Kind.RETURNING: ("6", "6", "【{city}】{place} 退回寄件人"),
    Kind.RETURNED: ("4", "4", "【{city}】退回件已由寄件人签收"),
    Kind.HELD: ("2", "208", "【{city}】{place} 滞留"),
    Kind.DAMAGED: ("2", "209", "【{city}】{place} 发现破损"),
    Kind.LOST: ("2", "2", "【{city}】邮件丢失，已理赔"),
    Kind.ORDER_CANCELLED: ("2", "210", "【{city}】订单已取消"),
    Kind.NOTED: ("1", "101", "【{city}】{place} 备注"),
    Kind.UNKNOWN: ("999", "999", "【{city}】{place} 演示未知状态"),  # 999 is in no table of anybody
}
_FAILED = {Reason.REFUSED: ("2", "203"), Reason.UNREACHABLE: ("2", "206")}
_HELD = {Reason.CUSTOMS: ("8", "13"), Reason.ADDRESS: ("2", "207")}
_SIGNATURES = (Kind.SIGNED, Kind.SIGNED_BY_OTHER, Kind.TAKEN_FROM_LOCKER, Kind.RETURNED)
_ARRIVED_THERE = ("0", "1001")


def states_of(scan: Scan, order: Order) -> tuple[str, str]:
    """The basic and the advanced state that a scan leads to."""
    basic, advanced, _ = _WORDS[scan.kind]
    if scan.kind is Kind.ARRIVED and scan.place.city == order.receiver.city:
        return _ARRIVED_THERE
    of_reason = {Kind.ATTEMPT_FAILED: _FAILED, Kind.HELD: _HELD}.get(scan.kind, {})
    return of_reason.get(scan.reason, (basic, advanced)) if scan.reason else (basic, advanced)


def is_signed(scans: Sequence[Scan]) -> bool:
    """True when the last thing that happened is a signature, the addressee's or, of a return, the sender's."""
    return bool(scans) and scans[-1].kind in _SIGNATURES


def was_signed(scans: Sequence[Scan]) -> bool:
    """True when a signature was on record before the last scan, so that the pushes had ended once."""
    return any(scan.kind in _SIGNATURES for scan in scans[:-1])


def whole_list(carrier: str, order: Order, scans: Sequence[Scan], resultv2: str, zone: tzinfo) -> dict[str, Any]:
    """All that is known of a parcel, the newest scan first, in the detail that `resultv2` asks for."""
    basic, advanced = states_of(scans[-1], order) if scans else ("0", "0")
    signed = is_signed(scans)
    return {
        "message": "ok",
        "nu": order.waybill_no,
        "ischeck": "1" if signed else "0",
        "com": carrier,
        "status": "200",
        "data": [_item(scan, order, resultv2, zone) for scan in reversed(scans)],
        "state": advanced if resultv2 in ("4", "8") else basic,
        "condition": "F00" if signed else "",
    }


def beside_the_list(order: Order, scans: Sequence[Scan]) -> dict[str, Any]:
    """What a query at resultv2 4 or 8 shows beside the list."""
    ends = {"from": order.sender, "to": order.receiver}
    route: dict[str, Any] = {
        end: {"number": "", "name": f"{party.province},{party.city}"} for end, party in ends.items()
    }
    route["cur"] = {"number": _area(scans[-1]), "name": _area_name(scans[-1])} if scans else None
    return {"routeInfo": route, "isLoop": False}


def _item(scan: Scan, order: Order, resultv2: str, zone: tzinfo) -> dict[str, Any]:
    basic, advanced = states_of(scan, order)
    time = scan.happened_at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    text = _WORDS[scan.kind][2].format(city=scan.place.city, place=scan.place.name, operator=scan.operator)
    if scan.other_waybill_no:
        text += f"，退回单号 {scan.other_waybill_no}"
    item: dict[str, Any] = {"time": time, "context": scan.words(text), "ftime": time}
    if resultv2 in ("", "0"):
        return item
    shown = advanced if resultv2 in ("4", "8") else basic
    item |= {
        "areaCode": _area(scan),
        "areaName": _area_name(scan),
        "status": meanings()[shown].name if shown in meanings() else "演示未知状态",
        "location": "",
        "areaCenter": "0,0",
        "areaPinYin": "shi li",
    }
    return item | ({"statusCode": advanced} if resultv2 in ("4", "8") else {})


def _area(scan: Scan) -> str:
    """A number in the form of 快递100's, of a province that does not exist."""
    return f"CN99{scan.place.code}00"


def _area_name(scan: Scan) -> str:
    comma = "，" if scan.wording else ","
    return f"{scan.place.province}{comma}{scan.place.city}"
