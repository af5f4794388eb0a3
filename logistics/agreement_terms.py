"""The words of agreements: how one stands, and what a row of its uploaded list would do."""

from __future__ import annotations

from enum import Enum, StrEnum


class AgreementState(StrEnum):
    """How an agreement stands on a day."""

    DRAFT = "draft"
    DROPPED = "dropped"  # a draft that was given up
    COMING = "coming"  # confirmed, its first day has not come
    IN_FORCE = "in_force"
    ENDED = "ended"


class RowFate(StrEnum):
    """What a row of an uploaded list would do."""

    NEW_ITEM = "new_item"  # the item itself is new, too
    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


AGREEMENTS: dict[type[Enum], dict[Enum, str]] = {
    AgreementState: {
        AgreementState.DRAFT: "草稿",
        AgreementState.DROPPED: "草稿已作废",
        AgreementState.COMING: "尚未到生效日",
        AgreementState.IN_FORCE: "有效",
        AgreementState.ENDED: "已终止",
    },
    RowFate: {
        RowFate.NEW_ITEM: "新建事项",
        RowFate.NEW: "新列入",
        RowFate.CHANGED: "有改动",
        RowFate.REMOVED: "将去掉",
        RowFate.UNCHANGED: "不变",
        RowFate.REFUSED: "有错",
    },
}
"""Chinese word of every term here, by its list."""
