"""Reasons that our own verbs write into the ledger or beside an act, some of them around what a person wrote."""

from __future__ import annotations

from collections.abc import Mapping

from logistics.rules.retold import REASONS as OF_PAUSES

_REASONS: Mapping[str, str] = {
    "快递方撤销妥投": "The courier takes the delivery back",
    "快递方撤销揽收": "The courier takes the pick-up back",
    "快递方更正了时间": "The courier corrects the time",
    "快递方已按 {number} 接单": "The courier took the order as {number}",
    "快递方已撤销另一运单": "The courier cancelled the other waybill",
    "后到的轨迹已说明": "Tracking that came later explains it",
    "代码的含义已由管理人员确定，轨迹已按此重读": (
        "An administrator settled what the code means, and the tracking was read again by it"
    ),
    "代码含义变更，重读轨迹后妥投不再成立": (
        "The code means something else now: read again, the tracking no longer tells of a delivery"
    ),
    "两个来源的说法已经一致": "The two accounts agree now",
    "邮件又有了动向": "The mail moves again",
    "补登成功": "The number is registered",
    "已再次补登": "The number is being registered again",
    "改用 {number}": "{number} is used instead",
    "改用 {number}，重打面单": "{number} is used instead; the label is printed again",
    "封套上是 {number}，撤销重复运单": "The envelope bears {number}; the second waybill is cancelled",
    "批次已撤销：{why}": "The batch was withdrawn: {why}",
    "更正第 {seq} 次交接": "Corrects handover {seq}",
    "内部移交{department}": "Passed on inside: {department}",
    "时限规则改版，经确认用于已起算的时限：{why}": (
        "The rule of the deadline changed and was confirmed for clocks that run: {why}"
    ),
    "暂停结束：{why}": "The pause ended: {why}",
    "经批准延期：{why}": "Extended, as approved: {why}",
    "已批准": "Approved",
    "未批准：{why}": "Not approved: {why}",
    "正在退回": "On its way back",
    "样本不足": "Too few known",
    "可比的 {total} 件中 {hits} 件超时（{share}）": "{hits} of {total} comparable ones were late ({share})",
    "「{leg}」应于 {moment}，至今没有完成。": "{leg} was due on {moment} and is not done yet.",
    "时限「{leg}」，应于 {moment}": "The deadline of {leg}, due on {moment}",
}

SENTENCES: Mapping[str, str] = {
    **_REASONS,
    **OF_PAUSES,
    **{f"{zh}：{{note}}": f"{en}: {{note}}" for zh, en in OF_PAUSES.items()},
}
"""`{leg}` is a leg's name, `{moment}` as `times.spoken` says it."""
