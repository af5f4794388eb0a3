"""The words of importing an old ledger (台账): where an import stands, what became of a row, what a column says."""

from __future__ import annotations

from enum import Enum, StrEnum


class OldLedgerState(StrEnum):
    """Where the import of one file stands."""

    MAPPING = "mapping"  # somebody says which column is what
    CHECKING = "checking"  # the dry run is owed or under way
    CHECKED = "checked"  # somebody reads the report and decides
    IMPORTING = "importing"  # confirmed; the scheduler takes the rows over, all in one transaction
    IMPORTED = "imported"
    WITHDRAWN = "withdrawn"  # taken back; its records are marked, not deleted
    DROPPED = "dropped"  # given up before anything was imported


class RowVerdict(StrEnum):
    """What the dry run says of one row."""

    GOOD = "good"
    WARNED = "warned"  # taken over, with a remark
    REFUSED = "refused"
    LEFT_OUT = "left_out"  # no record: a sum, a heading repeated


class OldLedgerColumn(StrEnum):
    """What a column of an old ledger may say."""

    SENT_ON = "sent_on"
    CASE_NO = "case_no"
    APPLICANT = "applicant"
    ITEM = "item"
    MATERIALS = "materials"
    COUNT = "count"
    RECEIVER = "receiver"
    COURIER = "courier"
    WAYBILL = "waybill"
    SIGNED_ON = "signed_on"
    SIGNER = "signer"
    HANDLER = "handler"
    REMARK = "remark"


OLD_LEDGERS: dict[type[Enum], dict[Enum, str]] = {
    OldLedgerState: {
        OldLedgerState.MAPPING: "待对应列",
        OldLedgerState.CHECKING: "试导中",
        OldLedgerState.CHECKED: "待确认",
        OldLedgerState.IMPORTING: "导入中",
        OldLedgerState.IMPORTED: "已导入",
        OldLedgerState.WITHDRAWN: "已撤回",
        OldLedgerState.DROPPED: "已放弃",
    },
    RowVerdict: {
        RowVerdict.GOOD: "可导入",
        RowVerdict.WARNED: "可导入，有提示",
        RowVerdict.REFUSED: "不能导入",
        RowVerdict.LEFT_OUT: "不是记录",
    },
    OldLedgerColumn: {
        OldLedgerColumn.SENT_ON: "寄出日期",
        OldLedgerColumn.CASE_NO: "办件编号",
        OldLedgerColumn.APPLICANT: "申请人",
        OldLedgerColumn.ITEM: "事项",
        OldLedgerColumn.MATERIALS: "材料",
        OldLedgerColumn.COUNT: "件数",
        OldLedgerColumn.RECEIVER: "收件单位",
        OldLedgerColumn.COURIER: "快递",
        OldLedgerColumn.WAYBILL: "运单号",
        OldLedgerColumn.SIGNED_ON: "签收日期",
        OldLedgerColumn.SIGNER: "签收人",
        OldLedgerColumn.HANDLER: "经办人",
        OldLedgerColumn.REMARK: "备注",
    },
}
