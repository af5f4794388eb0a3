"""The words of the applicant's page: why a rating was low."""

from __future__ import annotations

from enum import Enum, StrEnum


class RatingReason(StrEnum):
    """Why the applicant was not content (好差评 asks for a reason below four stars)."""

    SLOW = "slow"
    UNCLEAR = "unclear"
    MANNERS = "manners"
    DAMAGED = "damaged"
    TROUBLE = "trouble"
    OTHER = "other"


INQUIRY: dict[type[Enum], dict[Enum, str]] = {
    RatingReason: {
        RatingReason.SLOW: "办得慢",
        RatingReason.UNCLEAR: "没有讲清楚",
        RatingReason.MANNERS: "服务态度不好",
        RatingReason.DAMAGED: "材料有损坏或缺少",
        RatingReason.TROUBLE: "跑了不必要的路",
        RatingReason.OTHER: "其他",
    },
}
