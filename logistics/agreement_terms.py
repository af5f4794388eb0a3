"""The words of agreements: how one stands."""

from __future__ import annotations

from enum import Enum, StrEnum


class AgreementState(StrEnum):
    """How an agreement stands on a day."""

    DRAFT = "draft"
    DROPPED = "dropped"  # a draft that was given up
    COMING = "coming"  # confirmed, its first day has not come
    IN_FORCE = "in_force"
    ENDED = "ended"


AGREEMENTS: dict[type[Enum], dict[Enum, str]] = {
    AgreementState: {
        AgreementState.DRAFT: "草稿",
        AgreementState.DROPPED: "草稿已作废",
        AgreementState.COMING: "尚未到生效日",
        AgreementState.IN_FORCE: "有效",
        AgreementState.ENDED: "已终止",
    },
}
"""Chinese word of every term here, by its list."""
