"""Words of the dossier's pages: couriers' milestones, kinds of ledger entries, legs; and Chinese punctuation."""

from __future__ import annotations

import re

from flask_babel import LazyString, lazy_gettext

from couriers.contract import Milestone, Reason
from logistics.rules.policies import LEG_NAMES, Leg
from logistics.web.language import locale

MILESTONES: dict[Milestone, LazyString] = {
    Milestone.ORDER_CREATED: lazy_gettext("已接单"),
    Milestone.PICKED_UP: lazy_gettext("已揽收"),
    Milestone.IN_TRANSIT: lazy_gettext("运输中"),
    Milestone.ARRIVED: lazy_gettext("到达"),
    Milestone.OUT_FOR_DELIVERY: lazy_gettext("正在投递"),
    Milestone.ATTEMPTED: lazy_gettext("投递未成"),
    Milestone.AVAILABLE: lazy_gettext("待领取"),
    Milestone.DELIVERED: lazy_gettext("快递称妥投"),
    Milestone.RETURNING: lazy_gettext("正在退回"),
    Milestone.RETURNED: lazy_gettext("已退回寄件方"),
    Milestone.HELD: lazy_gettext("滞留"),
    Milestone.DAMAGED: lazy_gettext("快递称破损"),
    Milestone.LOST: lazy_gettext("快递称遗失"),
    Milestone.CANCELLED: lazy_gettext("快递称已撤单"),
    Milestone.INFO: lazy_gettext("说明"),
    Milestone.UNRECOGNISED: lazy_gettext("未识别"),
}

REASONS: dict[Reason, LazyString] = {
    Reason.REFUSED: lazy_gettext("收件方拒收"),
    Reason.UNREACHABLE: lazy_gettext("联系不上收件方"),
    Reason.ADDRESS: lazy_gettext("地址有误或不全"),
    Reason.DAMAGED: lazy_gettext("破损"),
    Reason.HELD: lazy_gettext("被扣留"),
    Reason.CUSTOMS: lazy_gettext("海关查验"),
    Reason.IN_LOCKER: lazy_gettext("在快递柜"),
    Reason.AT_STATION: lazy_gettext("在驿站"),
    Reason.AT_COUNTER: lazy_gettext("在网点柜台"),
    Reason.SIGNED_BY_ADDRESSEE: lazy_gettext("本人签收"),
    Reason.SIGNED_BY_OTHER: lazy_gettext("他人代收"),
    Reason.MAILROOM: lazy_gettext("单位收发室代收"),
    Reason.POSTPONED: lazy_gettext("约定改期"),
    Reason.WITHDRAWN: lazy_gettext("寄件方撤回"),
    Reason.COMPENSATED: lazy_gettext("已理赔"),
    Reason.FORCE_MAJEURE: lazy_gettext("不可抗力"),
    Reason.OTHER: lazy_gettext("其他原因"),
}
"""Why or in which manner a milestone was reached."""

TROUBLE = frozenset(
    {
        Milestone.ATTEMPTED,
        Milestone.RETURNING,
        Milestone.RETURNED,
        Milestone.HELD,
        Milestone.DAMAGED,
        Milestone.LOST,
        Milestone.UNRECOGNISED,
    }
)
"""Milestones a person should look at."""

ENTRIES: dict[str, LazyString] = {
    "dossier:opened": lazy_gettext("开立专档"),
    "dossier:complete": lazy_gettext("原件到齐"),
    "dossier:decided": lazy_gettext("登记审批结果"),
    "dossier:acknowledged": lazy_gettext("寄出单位确认收回"),
    "dossier:closed": lazy_gettext("专档办结"),
    "dossier:reopened": lazy_gettext("办结已撤销，专档重新打开"),
    "original:listed": lazy_gettext("登记原件"),
    "original:offered_inside": lazy_gettext("移交同事，等接收"),
    "original:offer_declined": lazy_gettext("同事没有接收"),
    "original:offer_withdrawn": lazy_gettext("撤回内部移交"),
    "original:handed_over": lazy_gettext("交接原件"),
    "original:hand_back_corrected": lazy_gettext("更正交还记录"),
    "original:packed": lazy_gettext("装入信封"),
    "original:unpacked": lazy_gettext("取出信封"),
    "original:counted": lazy_gettext("核对原件"),
    "original:recounted": lazy_gettext("更正核对"),
    "original:moved": lazy_gettext("改由后续信封核收"),
    "consignment:started": lazy_gettext("新建信封"),
    "consignment:sealed": lazy_gettext("封好信封"),
    "consignment:seal_confirmed": lazy_gettext("第二人复核封装"),
    "consignment:reopened": lazy_gettext("拆开重装"),
    "consignment:dispatched": lazy_gettext("交付寄出"),
    "consignment:booked": lazy_gettext("快递接单"),
    "consignment:refused": lazy_gettext("快递拒单"),
    "consignment:cancelled": lazy_gettext("快递撤单"),
    "consignment:cancel_refused": lazy_gettext("快递不肯撤单"),
    "consignment:voided": lazy_gettext("信封作废"),
    "consignment:picked_up": lazy_gettext("快递揽收"),
    "consignment:delivered": lazy_gettext("快递称妥投"),
    "consignment:delivery_taken_back": lazy_gettext("快递撤销妥投"),
    "consignment:pickup_corrected": lazy_gettext("快递更正揽收时间"),
    "consignment:pickup_taken_back": lazy_gettext("快递撤销揽收"),
    "consignment:delivery_corrected": lazy_gettext("快递更正妥投时间"),
    "consignment:moved": lazy_gettext("信封阶段变化"),
    "consignment:received": lazy_gettext("拆封签收"),
    "consignment:taken_back": lazy_gettext("寄出单位收回信封"),
    "consignment:checked": lazy_gettext("清单核完"),
    "consignment:made_on_device": lazy_gettext("断网时在本机登记"),
    "consignment:device_act_set_aside": lazy_gettext("撤下本机登记"),
    "consignment:handed_to_courier": lazy_gettext("交给快递揽收员"),
    "waybill:registered": lazy_gettext("号段运单已补登"),
    "waybill:registration_refused": lazy_gettext("号段运单补登被拒"),
    "waybill:second_number": lazy_gettext("快递方按另一运单号接了单"),
    "waybill:changed": lazy_gettext("改用快递方的运单号"),
    "waybill:cancelled": lazy_gettext("快递方已撤单"),
    "waybill:cancel_refused": lazy_gettext("快递方不同意撤单"),
    "tracking:arrived": lazy_gettext("收到快递轨迹"),
    "tracking:reread": lazy_gettext("按代码的新含义重读轨迹"),
    "deadline:started": lazy_gettext("时限开始"),
    "deadline:met": lazy_gettext("按时完成"),
    "deadline:met_late": lazy_gettext("超时完成"),
    "deadline:reopened": lazy_gettext("时限重新计算"),
    "deadline:waived": lazy_gettext("时限已豁免"),
    "deadline:pause_asked": lazy_gettext("申请暂停计时"),
    "deadline:extension_asked": lazy_gettext("申请延期"),
    "deadline:pause_approved": lazy_gettext("批准暂停，到时开始"),
    "deadline:pause_refused": lazy_gettext("暂停或延期未批准"),
    "deadline:pause_dropped": lazy_gettext("取消未开始的暂停"),
    "deadline:paused": lazy_gettext("暂停计时"),
    "deadline:resumed": lazy_gettext("恢复计时"),
    "deadline:extended": lazy_gettext("批准延期"),
    "deadline:recomputed": lazy_gettext("重算期限"),
    "deadline:rung_fired": lazy_gettext("发出提醒"),
    "deadline:rung_held": lazy_gettext("已有人确认，暂缓升级"),
    "deadline:acknowledged": lazy_gettext("确认收到提醒"),
    "deadline:at_risk": lazy_gettext("预判很可能超时"),
    "deadline:raised": lazy_gettext("邮件久无动向，提前提醒"),
    "discrepancy:missing": lazy_gettext("登记缺件"),
    "discrepancy:extra": lazy_gettext("登记多件"),
    "discrepancy:wrong": lazy_gettext("登记错件"),
    "discrepancy:damaged": lazy_gettext("登记破损"),
    "discrepancy:illegible": lazy_gettext("登记无法辨认"),
    "discrepancy:empty": lazy_gettext("登记空封"),
    "discrepancy:seal": lazy_gettext("登记封签不符"),
    "discrepancy:unrecognised_code": lazy_gettext("出现未识别的轨迹代码"),
    "discrepancy:odd_movement": lazy_gettext("轨迹异常"),
    "discrepancy:delivery_disputed": lazy_gettext("声明没有收到"),
    "discrepancy:lost": lazy_gettext("快递称遗失，登记差异"),
    "discrepancy:returned": lazy_gettext("邮件被退回，登记差异"),
    "discrepancy:second_waybill": lazy_gettext("一件出现两个运单号，登记差异"),
    "discrepancy:unregistered": lazy_gettext("号段运单补登被拒，登记差异"),
    "discrepancy:not_returned": lazy_gettext("申请人称没有收回原件"),
    "applicant:rated": lazy_gettext("申请人评价"),
    "discrepancy:silent": lazy_gettext("长时间没有轨迹"),
    "discrepancy:sources_disagree": lazy_gettext("两个来源说法不一"),
    "discrepancy:notified": lazy_gettext("差异通知装封一方"),
    "discrepancy:answered": lazy_gettext("答复差异"),
    "discrepancy:settled": lazy_gettext("差异了结"),
    "supervision:ordered": lazy_gettext("下达督办"),
    "supervision:signed": lazy_gettext("签收督办"),
    "supervision:answered": lazy_gettext("答复督办"),
    "supervision:sent_back": lazy_gettext("督办退回重办"),
    "supervision:accepted": lazy_gettext("督办办结"),
    "supervision:withdrawn": lazy_gettext("撤销督办"),
    "custody:signed": lazy_gettext("交接签字"),
    "paper:made": lazy_gettext("制作单据"),
    "paper:kept": lazy_gettext("收存单据"),
    "picture:withdrawn": lazy_gettext("撤回影像"),
    "paper:printed": lazy_gettext("送到打印机"),
    "paper:opened_for_print": lazy_gettext("在浏览器中打开打印"),
    "paper:print_dropped": lazy_gettext("放弃打印"),
    "person:unmasked": lazy_gettext("查看个人信息"),
    "errand:retried": lazy_gettext("重新呼叫快递"),
    "package:sealed": lazy_gettext("封存归档信息包"),
    "applicant:not_received": lazy_gettext("申请人说没有收到原件"),
    "applicant:answered": lazy_gettext("大厅答复了申请人"),
    "package:checked": lazy_gettext("归档信息包检测通过"),
    "package:held_back": lazy_gettext("归档信息包检测未通过，缓移交"),
    "package:transfer_ordered": lazy_gettext("列入移交批次"),
    "package:transfer_withdrawn": lazy_gettext("撤销移交"),
    "package:lock_confirmed": lazy_gettext("确认存储锁定"),
    "package:transferred": lazy_gettext("移交归档信息包"),
    "package:acknowledged": lazy_gettext("档案馆接收"),
    "package:refused": lazy_gettext("档案馆退回"),
    "package:held": lazy_gettext("申请暂缓处置"),
    "package:hold_confirmed": lazy_gettext("确认暂缓处置"),
    "package:lift_asked": lazy_gettext("申请解除暂缓"),
    "package:hold_lifted": lazy_gettext("解除暂缓处置"),
    "package:disposal_proposed": lazy_gettext("提出销毁"),
    "package:disposal_approved": lazy_gettext("批准销毁"),
    "package:disposal_refused": lazy_gettext("不同意销毁"),
    "package:disposed": lazy_gettext("销毁归档信息包"),
}
"""What each kind of entry is called; one that is not here shows its own English name."""

_LEGS: dict[Leg, LazyString] = {
    Leg.ACCEPT_TO_DISPATCH: lazy_gettext("受理至寄出"),
    Leg.BOOKED_TO_PICKED_UP: lazy_gettext("下单至揽收"),
    Leg.TRANSIT: lazy_gettext("揽收至妥投"),
    Leg.DELIVERED_TO_RECEIVED: lazy_gettext("妥投至签收核验"),
    Leg.RECEIVED_TO_CHECKED: lazy_gettext("签收至清点审核"),
    Leg.NOTICE_TO_ANSWER: lazy_gettext("差异通知至答复"),
    Leg.CHECKED_TO_DECISION: lazy_gettext("审核至办结"),
    Leg.DECISION_TO_RETURN: lazy_gettext("办结至寄回"),
    Leg.RETURN_TRANSIT: lazy_gettext("寄回揽收至妥投"),
    Leg.RETURN_TO_ACKNOWLEDGED: lazy_gettext("寄回妥投至确认"),
    Leg.MISSING_TO_ARRIVED: lazy_gettext("容缺原件补到"),
    Leg.SUPERVISION_TO_ANSWER: lazy_gettext("督办至答复"),
    Leg.DISPATCH_TO_RECEIVED: lazy_gettext("寄出至签收"),
    Leg.WHOLE_CASE: lazy_gettext("全程"),
}

_RUNGS: dict[str, LazyString] = {
    "warning": lazy_gettext("预警"),
    "due": lazy_gettext("到期提醒"),
    "overdue": lazy_gettext("超时提醒"),
    "escalated_upper": lazy_gettext("超时升级到上级"),
    "escalated": lazy_gettext("超时升级"),
}
"""By what the names of rungs begin with (rules/policies, rules/ladder_text), the longer beginning first."""

PAPERS: dict[str, LazyString] = {
    "label": lazy_gettext("面单"),
    "slip": lazy_gettext("交接单"),
    "cover": lazy_gettext("专档封面"),
    "seal": lazy_gettext("封签贴"),
    "stickers": lazy_gettext("原件贴"),
    "intake": lazy_gettext("收件回执"),
    "arrival": lazy_gettext("签收回执"),
    "notice": lazy_gettext("差异通知单"),
    "differences_slip": lazy_gettext("差异登记单"),
    "internal_slip": lazy_gettext("内部交接单"),
    "catalogue": lazy_gettext("卷内文件目录"),
    "remarks": lazy_gettext("卷内备考表"),
    "package": lazy_gettext("归档信息包"),
    "picture": lazy_gettext("原件影像"),
}

_WIDE = str.maketrans(",;:?!()", "，；：？！（）")
_HAN = "[㐀-鿿「」『』“”]"
_BESIDE_HAN = re.compile(rf"(?<={_HAN})[,;:?!()]|[,;:?!()](?={_HAN})")


def leg_name(leg: str) -> str:
    """What a leg of the way is called."""
    known = Leg(leg)
    return LEG_NAMES[known] if locale() == "zh" else str(_LEGS[known])


def rung_name(name: str) -> str:
    """What a rung is called, by the beginning of its own name; empty for a name that begins otherwise."""
    return next((str(words) for kind, words in _RUNGS.items() if name.startswith(kind)), "")


def entry_name(what: str) -> str:
    """What a kind of entry is called."""
    return str(ENTRIES.get(what, what))


def full_width(text: str) -> str:
    """A Chinese sentence with the punctuation Chinese is printed with; anything without Chinese stays as it is."""
    return _BESIDE_HAN.sub(lambda mark: mark[0].translate(_WIDE), text)
