"""What 快递鸟 says of a parcel that somebody else carries: scans in its states, actions and words, newest state first.

It has no word for some things: a signature that was taken back is a delivery exception, a loss or damage is a problem,
and what moves nothing has words but no action.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from couriers.contract import Reason
from couriers.sandbox.scans import Kind, Scan

ZONE = ZoneInfo("Asia/Shanghai")
TIME = "%Y-%m-%d %H:%M:%S"
UNKNOWN_ACTION, UNKNOWN_STATE = "299", "9"  # in no table of anybody
_NAMES = {"ems": "中国邮政", "sf": "顺丰速运", "jdl": "京东物流"}
_ACTIONS = {
    Kind.ACCEPTED: ("1", "{carrier} 已收取快件"),
    Kind.ACCEPTANCE_TAKEN_BACK: ("10", "收寄撤销，等待揽收"),
    Kind.LEFT: ("2", "快件离开【{office}】，送往下一站"),
    Kind.ARRIVED: ("2", "快件到达【{office}】"),
    Kind.OUT_FOR_DELIVERY: ("202", "正在派送，派送员：{operator}"),
    Kind.SIGNED: ("301", "已签收，本人签收"),
    Kind.SIGNED_BY_OTHER: ("304", "已签收，他人代签"),
    Kind.DELIVERY_TAKEN_BACK: ("405", "撤销先前的签收反馈"),
    Kind.ATTEMPT_FAILED: ("405", "派送未成功，将再次派送"),
    Kind.INTO_LOCKER: ("211", "已放入快递柜，等待收件人领取"),
    Kind.AT_STATION: ("211", "已放入驿站，等待收件人领取"),
    Kind.TAKEN_FROM_LOCKER: ("311", "收件人已取走快件"),
    Kind.RETURNING: ("407", "快件退回中"),
    Kind.RETURNED: ("406", "退回件已由寄件人签收"),
    Kind.HELD: ("4", "快件暂时滞留"),
    Kind.DAMAGED: ("4", "快件破损"),
    Kind.LOST: ("4", "快件丢失，已进入理赔"),
    Kind.ORDER_CANCELLED: ("413", "订单已取消，单号已拦截"),
    Kind.NOTED: ("", "温馨提示：请留意快件动态"),
    Kind.UNKNOWN: (UNKNOWN_ACTION, "演示未知操作"),
}


def action_of(scan: Scan, city: str) -> str:
    """The extended state of one scan, "" for none; `city` is where the parcel is going."""
    if scan.kind is Kind.ARRIVED and scan.place.city == city and scan.place.kind == "centre":
        return "201"
    if scan.kind is Kind.ATTEMPT_FAILED and scan.reason is Reason.REFUSED:
        return "404"
    if scan.kind is Kind.HELD and scan.reason is Reason.WITHDRAWN:
        return "413"
    return _ACTIONS[scan.kind][0]


def state_of(action: str) -> str:
    """The ordinary state that stands above an extended one."""
    if action == UNKNOWN_ACTION:
        return UNKNOWN_STATE
    return "0" if action in ("", "10") else action[0]


def parcel_words(scans: Sequence[Scan], city: str, extended: bool, newest_first: bool = False) -> dict[str, Any]:
    """`State` and `Traces`, with `StateEx` and `Location` where the extended interface was asked. `scans` oldest first.

    The state is that of the last scan that has one; without any it is "0".
    """
    steps = [_step(scan, city, extended) for scan in scans]
    states = [action for scan in scans if (action := action_of(scan, city))]
    state = states[-1] if states else "0"
    said: dict[str, Any] = {"State": state_of(state)}
    if extended:
        said |= {"StateEx": state, "Location": scans[-1].place.city if scans else ""}
    return {**said, "Traces": steps[::-1] if newest_first else steps}


def _step(scan: Scan, city: str, extended: bool) -> dict[str, Any]:
    names = {"carrier": _NAMES.get(scan.courier, "快递公司"), "office": scan.place.name, "operator": scan.operator}
    step = {
        "AcceptTime": scan.happened_at.astimezone(ZONE).strftime(TIME),
        "AcceptStation": scan.words(_ACTIONS[scan.kind][1].format(**names)),
        "Remark": f"转单号{scan.other_waybill_no}" if scan.other_waybill_no else "",
    }
    return {**step, "Location": scan.place.city, "Action": action_of(scan, city)} if extended else step
