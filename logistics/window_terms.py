"""The words of the window's work: what a picture of an original is for."""

from __future__ import annotations

from enum import Enum, StrEnum


class PictureOf(StrEnum):
    """What a picture of an original shows."""

    ORIGINAL = "original"  # as it was before sealing; the seal freezes its digest
    DAMAGE = "damage"  # as a receiver found it


WINDOW: dict[type[Enum], dict[Enum, str]] = {
    PictureOf: {
        PictureOf.ORIGINAL: "原件影像",
        PictureOf.DAMAGE: "破损照片",
    },
}
