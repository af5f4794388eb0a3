"""The words of keeping packages and handing them over; `terms` has them too, with all others."""

from __future__ import annotations

from enum import Enum, StrEnum


class CheckLink(StrEnum):
    """At which link of a record's life the four checks (四性检测) were run; DA/T 70-2018."""

    GD = "gd"
    YJ = "yj"
    BC = "bc"


class TransferState(StrEnum):
    """Where a batch for the archive stands."""

    DRAFT = "draft"
    ORDERED = "ordered"  # the scheduler checks and writes
    HANDED_OVER = "handed_over"
    ACKNOWLEDGED = "acknowledged"
    WITHDRAWN = "withdrawn"


class TransferLineState(StrEnum):
    """Where one package of a batch stands."""

    WAITING = "waiting"
    HELD_BACK = "held_back"  # failed the four checks, or its batch was withdrawn: it was not handed over
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class TransferTarget(StrEnum):
    """What packages are handed over on."""

    FOLDER = "folder"
    MEDIUM = "medium"
    S3 = "s3"


class LockMode(StrEnum):
    """How objects in a bucket are locked until their retention is over (S3 Object Lock)."""

    NONE = "none"
    GOVERNANCE = "governance"
    COMPLIANCE = "compliance"


class FileFault(StrEnum):
    """What is wrong with a stored file."""

    MISSING = "missing"
    ALTERED = "altered"
    UNREADABLE = "unreadable"


KEEPING: dict[type[Enum], dict[Enum, str]] = {
    CheckLink: {
        CheckLink.GD: "归档",
        CheckLink.YJ: "移交与接收",
        CheckLink.BC: "长期保存",
    },
    TransferState: {
        TransferState.DRAFT: "编制中",
        TransferState.ORDERED: "正在移交",
        TransferState.HANDED_OVER: "已移交，待接收回执",
        TransferState.ACKNOWLEDGED: "接收单位已签收",
        TransferState.WITHDRAWN: "已撤销",
    },
    TransferLineState: {
        TransferLineState.WAITING: "待移交",
        TransferLineState.HELD_BACK: "未移交",
        TransferLineState.HANDED_OVER: "已移交",
        TransferLineState.ACCEPTED: "已接收",
        TransferLineState.REFUSED: "被退回",
    },
    TransferTarget: {
        TransferTarget.FOLDER: "在线（交换目录）",
        TransferTarget.MEDIUM: "离线载体",
        TransferTarget.S3: "在线（对象存储）",
    },
    LockMode: {
        LockMode.NONE: "不加锁",
        LockMode.GOVERNANCE: "治理模式",
        LockMode.COMPLIANCE: "合规模式",
    },
    FileFault: {
        FileFault.MISSING: "文件不见了",
        FileFault.ALTERED: "内容已变",
        FileFault.UNREADABLE: "读不出来",
    },
}
"""Chinese word of every term here, by its list."""
