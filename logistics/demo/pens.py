"""Fictional signatures: a stroke drawn with dice that a name seeds, as a finger would leave it on the screen."""

from __future__ import annotations

import functools
import io
import math
import random
import zlib

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 640, 220


@functools.cache
def pen(name: str) -> bytes:
    """A PNG, black on white; the same for the same name, and no real person's hand."""
    dice = random.Random(zlib.crc32(name.encode()))  # noqa: S311 - a play's dice, no secret
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    ink = ImageDraw.Draw(image)
    left = 60
    for _character in name:
        for _stroke in range(dice.randrange(2, 5)):
            ink.line(_stroke_at(dice, left), fill=0, width=4, joint="curve")
        left += 150
    kept = io.BytesIO()
    image.convert("1").save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _stroke_at(dice: random.Random, left: int) -> list[tuple[float, float]]:
    x, y = left + dice.uniform(0, 60), dice.uniform(40, 150)
    heading, bend = dice.uniform(-0.6, 1.6), dice.uniform(-0.12, 0.12)
    points = []
    for _step in range(dice.randrange(8, 20)):
        points.append((x, y))
        x, y = x + 7 * math.cos(heading), y + 7 * math.sin(heading)
        heading += bend
    return points
