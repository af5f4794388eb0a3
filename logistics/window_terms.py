"""The words of the desks' work: what a picture shows."""

from __future__ import annotations

from enum import Enum, StrEnum


class PictureOf(StrEnum):
    """What a picture shows: an original, or a whole envelope."""

    ORIGINAL = "original"  # as it was before sealing; the seal freezes its digest
    DAMAGE = "damage"  # an original as a receiver found it
    ENVELOPE = "envelope"  # as it arrived
    SEAL = "seal"  # the seal on it, as it arrived


WINDOW: dict[type[Enum], dict[Enum, str]] = {
    PictureOf: {
        PictureOf.ORIGINAL: "原件影像",
        PictureOf.DAMAGE: "破损照片",
        PictureOf.ENVELOPE: "信封照片",
        PictureOf.SEAL: "封签照片",
    },
}
