"""What SF says of a parcel: scans as opCodes with their status levels, in routes by query and by push (JSON and XML).

SF has no word for some things: a signature or a taking-in that was taken back, damage and loss are marked 异常 (72). A
parcel that comes back goes on under a new number, named in the remark of 648.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from couriers.adapters.sf_events import meaning_of
from couriers.contract import Reason
from couriers.sandbox.account import wall_time
from couriers.sandbox.scans import Kind, Order, Scan, kind_of
from couriers.sandbox.sf_label import area_code

CODE_OF_SF = "sf"
CHILD = "\x1f"  # between the number of an order and the place of a further parcel; no orderId may contain it
UNKNOWN_CODE = "9999"  # in no table of anybody
ORDER_TAKEN, COLLECTOR_SENT, COLLECTED = "04-40037", "04-40001", "05-40003"
_STATES = {ORDER_TAKEN: "下单已接收", COLLECTOR_SENT: "调度成功/收派员信息", COLLECTED: "已正常收件状态"}
# first and secondary status with their names
_TAKEN = ("1", "已揽收", "101", "已揽收")
_ON_THE_WAY = ("2", "运送中", "201", "运送中")
_DELIVERING = ("3", "派送中", "301", "派送中")
_SIGNED = ("4", "已签收", "401", "已签收")
_FAILED = ("13", "派送异常", "1301", "派送不成功")
_ROUTES: dict[Kind, tuple[str, str, tuple[str, str, str, str]]] = {
    Kind.ACCEPTED: ("50", "顺丰速运 已收取快件", _TAKEN),
    Kind.ACCEPTANCE_TAKEN_BACK: ("72", "收件记录有误，已标记异常", _ON_THE_WAY),
    Kind.LEFT: ("30", "快件在【{office}】完成分拣，准备发往下一站", _ON_THE_WAY),
    Kind.ARRIVED: ("31", "快件到达【{office}】", _ON_THE_WAY),
    Kind.OUT_FOR_DELIVERY: ("44", "快件交给{operator}，正在派送途中", _DELIVERING),
    Kind.SIGNED: ("80", "您的快件已签收，签收人：本人", _SIGNED),
    Kind.SIGNED_BY_OTHER: ("80", "您的快件已签收，签收人：他人代收", _SIGNED),
    Kind.DELIVERY_TAKEN_BACK: ("72", "先前的签收记录有误，已标记异常", _ON_THE_WAY),
    Kind.ATTEMPT_FAILED: ("70", "快件派送不成功，{why}", _FAILED),
    Kind.INTO_LOCKER: ("125", "快件已投放至丰巢智能柜，请凭取件码取件", _DELIVERING),
    Kind.TAKEN_FROM_LOCKER: ("128", "收件人已从丰巢智能柜取件", _SIGNED),
    Kind.AT_STATION: ("130", "快件到达顺丰店/站，请前往领取", _DELIVERING),
    Kind.RETURNING: ("99", "快件正在退回寄件人", _ON_THE_WAY),
    Kind.RETURNED: ("80", "退回件已由寄件人签收", _SIGNED),
    Kind.HELD: ("77", "快件暂时滞留在【{office}】", _ON_THE_WAY),
    Kind.DAMAGED: ("72", "快件破损，已标记异常", _ON_THE_WAY),
    Kind.LOST: ("72", "快件遗失，已标记异常，进入理赔", _ON_THE_WAY),
    Kind.ORDER_CANCELLED: ("70", "寄件已取消", _FAILED),
    Kind.NOTED: ("84", "快件重量已复核", _ON_THE_WAY),
    Kind.UNKNOWN: (UNKNOWN_CODE, "演示未知操作", _ON_THE_WAY),
}
_WHY = {
    Reason.REFUSED: "收件人拒收",
    Reason.UNREACHABLE: "联系不上收件人",
    Reason.ADDRESS: "收件地址有误",
    Reason.POSTPONED: "收件人要求改日派送",
    Reason.WITHDRAWN: "寄件取消",
}
_REASON_CODES = {Reason.WITHDRAWN: ("46", "取消寄件")}


def kind_told(code: str, more: Mapping[str, str]) -> tuple[Kind, Reason | None]:
    """Kind and reason of a scan told with an opCode (and `reasonCode`, `remark` beside it)."""
    meaning = meaning_of(code, more.get("remark", ""), more.get("reasonCode", ""))
    return kind_of(meaning.milestone, meaning.reason), meaning.reason


def code_and_words(scan: Scan) -> tuple[str, str, tuple[str, str, str, str]]:
    """The opCode, remark and four status fields of a scan."""
    if scan.kind is Kind.RETURNING and scan.other_waybill_no:
        return "648", scan.words(f"快件已退回，新单号{scan.other_waybill_no}"), _ON_THE_WAY
    code, words, status = _ROUTES[scan.kind]
    why = _WHY.get(scan.reason, "将再次派送") if scan.reason else "将再次派送"
    told = words.format(office=scan.place.name, operator=scan.operator, why=why)
    native = scan.code if scan.courier == CODE_OF_SF and scan.code else code
    return native, scan.words(told), status


def route(scan: Scan) -> dict[str, str]:
    """One route as a query shows it."""
    code, words, (first, first_name, second, second_name) = code_and_words(scan)
    shown = {
        "acceptAddress": scan.place.city.removesuffix("市") if scan.wording else scan.place.city,
        "acceptTime": wall_time(scan.happened_at),
        "remark": words,
        "opCode": code,
        "firstStatusCode": first,
        "firstStatusName": first_name,
        "secondaryStatusCode": second,
        "secondaryStatusName": second_name,
    }
    return {**shown, **{name: value for name, value in scan.more.items() if name in shown}}


def pushed_route(scan: Scan) -> dict[str, str]:
    """One route as it is pushed: with its identity, number, order and reason, without the status levels."""
    shown = route(scan)
    cancelled = scan.kind is Kind.ORDER_CANCELLED
    code, name = _REASON_CODES.get(Reason.WITHDRAWN if cancelled else scan.reason or Reason.OTHER, ("", ""))
    pushed = {
        "mailno": scan.waybill_no,
        "acceptAddress": shown["acceptAddress"],
        "reasonName": name,
        "orderid": scan.reference.partition(CHILD)[0],
        "acceptTime": shown["acceptTime"],
        "remark": shown["remark"],
        "opCode": shown["opCode"],
        "id": f"{scan.id:012d}{scan.wording}",
        "reasonCode": code,
    }
    return {**pushed, **{name: value for name, value in scan.more.items() if name in ("reasonCode", "reasonName")}}


def routes_as_json(scans: Sequence[Scan]) -> dict[str, Any]:
    """The body of a route push in JSON mode."""
    return {"Body": {"WaybillRoute": [pushed_route(scan) for scan in scans]}}


def routes_as_xml(scans: Sequence[Scan]) -> str:
    """The content of a route push in form mode."""
    rows = "".join(
        "<WaybillRoute " + " ".join(f"{name}={quoteattr(text)}" for name, text in pushed_route(scan).items()) + "/>"
        for scan in scans
    )
    head = "<?xml version='1.0' encoding='UTF-8'?>"
    return f'{head}<Request service="RoutePushService" lang="zh-CN"><Body>{rows}</Body></Request>'


def state_push(order: Order | None, code: str, moment: str, words: str = "") -> dict[str, str]:
    """One item of an order-state push; the collector is fictional and has no phone."""
    return {
        "orderNo": order.reference if order else "",
        "waybillNo": order.waybill_no if order else "",
        "orderStateCode": code,
        "orderStateDesc": words or _STATES.get(code, "演示订单状态"),
        "empCode": "" if code == ORDER_TAKEN else "000000",
        "empPhone": "",
        "netCode": f"{area_code(order.sender)}A" if order else "",
        "lastTime": moment,
        "bookTime": "",
        "carrierCode": "SF",
        "createTm": moment,
    }
