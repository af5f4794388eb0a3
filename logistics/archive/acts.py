"""What an archive calls the acts of our ledger: 业务行为 (DA/T 46 M82), the step of the process, the PREMIS event type.

PREMIS types are words of the Library of Congress's event vocabulary, which speaks of records and not of envelopes: an
act on an original is the transfer, validation or capture of what the record says about it.
"""

from __future__ import annotations

from dataclasses import dataclass

from logistics.rules.chain import Entry


@dataclass(frozen=True, slots=True)
class Act:
    """One kind of entry; `step` is a word of `profiles.shapes.STEPS`, empty for what is no step of the process."""

    behaviour: str  # 业务行为
    event: str  # PREMIS event type
    step: str = ""


ACTS: dict[str, Act] = {
    "dossier:opened": Act("受理", "creation", "opened"),
    "dossier:acknowledged": Act("告知收件", "metadata modification"),
    "dossier:complete": Act("材料收齐", "validation", "complete"),
    "dossier:decided": Act("审批", "metadata modification", "decided"),
    "dossier:closed": Act("归档", "accession", "closed"),
    "dossier:reopened": Act("重新打开", "metadata modification"),
    "original:listed": Act("登记", "capture"),
    "original:packed": Act("装入", "metadata modification"),
    "original:unpacked": Act("取出", "metadata modification"),
    "original:moved": Act("移出", "metadata modification"),
    "original:counted": Act("启封核对", "validation"),
    "original:recounted": Act("复核", "validation"),
    "original:handed_over": Act("移交", "transfer", "handed_over"),
    "original:hand_back_corrected": Act("更正交还", "metadata modification"),
    "consignment:started": Act("开始封装", "metadata modification"),
    "consignment:checked": Act("核对清单", "validation"),
    "consignment:sealed": Act("封装", "message digest calculation"),
    "consignment:seal_confirmed": Act("双人封装复核", "validation"),
    "consignment:reopened": Act("拆封重装", "metadata modification"),
    "consignment:voided": Act("作废", "metadata modification"),
    "consignment:dispatched": Act("寄出", "transfer", "dispatched"),
    "consignment:handed_to_courier": Act("交寄", "transfer", "dispatched"),
    "consignment:booked": Act("下单", "metadata modification"),
    "consignment:picked_up": Act("收寄", "capture"),
    "consignment:delivered": Act("投递", "capture"),
    "consignment:received": Act("签收", "validation", "received"),
    "consignment:taken_back": Act("收回", "validation", "received"),
    "custody:signed": Act("签字", "digital signature generation"),
    "paper:made": Act("制作单据", "creation"),
    "paper:kept": Act("收存单据", "capture"),
    "discrepancy:settled": Act("差异了结", "metadata modification"),
    "deadline:started": Act("时限起算", "policy assignment"),
    "deadline:waived": Act("时限豁免", "policy assignment"),
}
_BY_NOUN: dict[str, Act] = {
    "dossier": Act("办理", "metadata modification"),
    "original": Act("原件变动", "metadata modification"),
    "consignment": Act("寄递", "metadata modification"),
    "custody": Act("交接", "metadata modification"),
    "paper": Act("单据", "metadata modification"),
    "picture": Act("原件影像", "metadata modification"),
    "tracking": Act("轨迹", "capture"),
    "waybill": Act("运单", "metadata modification"),
    "discrepancy": Act("登记差异", "metadata modification"),
    "deadline": Act("时限", "policy assignment"),
}
_OTHER = Act("记录", "metadata modification")


def act(entry: Entry) -> Act:
    """What an archive calls this entry; every entry has a name, those of their own kind a general one."""
    return ACTS.get(entry.what) or _BY_NOUN.get(entry.what.partition(":")[0], _OTHER)
