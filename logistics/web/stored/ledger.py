"""Reasons that our own verbs write into the ledger or beside an act, some of them around what a person wrote."""

from __future__ import annotations

from collections.abc import Mapping

from logistics.rules.retold import REASONS as OF_PAUSES

_REASONS: Mapping[str, str] = {
    "签收核验": "Receive and count",
    "窗口收取原件": "Taken at the window",
    "内部移交": "Passed on inside",
    "退还申请人": "Handed back to the applicant",
    "退还代办人": "Handed back to the agent",
    "退还申请人，已核对领取人身份证件": "Handed back to the applicant, whose identity document was checked",
    "退还代办人，已核对领取人身份证件": "Handed back to the agent, whose identity document was checked",
    "退还申请人，证件号码与登记一致": "Handed back to the applicant, by the number on file",
    "退还代办人，证件号码与登记一致": "Handed back to the agent, by the number on file",
    "退还代领人，凭委托书，已核对身份证件": "Handed back to a bearer of a mandate, whose identity document was checked",
    "原件已全部收回，寄出单位确认": "All originals are back; the sender confirmed it",
    "寄出单位确认办结": "Closed by the sender",
    "应收原件全部核收": "All originals expected were received",
    "窗口受理，申请人已签署原件寄递同意书": (
        "Accepted at the window; the applicant signed the consent to mail the originals"
    ),
    "归档信息包已生成": "The archive package is made",
    "四性检测未通过": "Checks not passed",
    "双人封装": "Sealed by two",
    "快递方已按此运单接单，号段号作废": "The courier accepted the order under this waybill; the pool number is void",
    "拆封时发现，不在清单上": "Found on opening, not on the list",
    "邮件静默，提前告知经办人和督查管理": "No movement: the officer and the managers were told early",
    "邮件已到达或已作废，不再等待动向": "Arrived or voided; no movement is waited for",
    "准予": "Approved",
    "随寄递件 {no} 补到": "Came later with envelope {no}",
    "更正第 {link} 次交接": "Corrects hand-over {link}",
    "{officer}已确认知悉，暂缓升级，至下一级再报": "{officer} confirmed knowing of it; held back until the next step",
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
"""`{leg}` is a leg's name, `{moment}` as `times.spoken` says it, `{officer}` the name of one."""
