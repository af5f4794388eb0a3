"""The colours of the pages as they stand in `static/tokens.css`, and how well one can be read on another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "static" / "tokens.css"
MODES: Mapping[str, str] = {
    "light": ":root",
    "dark": ':root[data-display="dark"]',
    "high_light": ':root[data-contrast="high"]',
    "high_dark": ':root[data-contrast="high"][data-display="dark"]',
}
"""A mode's name -> the selector of its block."""
GROUNDS = ("paper", "surface", "sunk")
STATES = ("quiet", "moving", "attention", "late")
TEXT, TEXT_HIGH, SHAPE = 4.5, 7.0, 3.0  # WCAG 2.2: 1.4.3 AA, 1.4.6 AAA, 1.4.11 for what is no text


def blocks() -> dict[str, list[dict[str, str]]]:
    """Every block of the file: its selector -> for each time it stands there, token -> value."""
    source = re.sub(r"/\*.*?\*/", "", FILE.read_text(encoding="utf-8"), flags=re.DOTALL)
    found: dict[str, list[dict[str, str]]] = {}
    for selector, inside in re.findall(r"(:root[^{,]*?)\s*\{([^{}]*)\}", source):
        found.setdefault(selector.strip(), []).append(dict(re.findall(r"--([a-z-]+):\s*([^;]+);", inside)))
    return found


@cache
def tokens(mode: str) -> Mapping[str, str]:
    """Token -> value in that mode; a token that is no colour (the shadow) is left out. Raises KeyError for no mode."""
    (block,) = blocks()[MODES[mode]]
    return {name: value for name, value in block.items() if value.startswith("#")}


def ratio(one: str, other: str) -> float:
    """How far two colours `#rrggbb` are apart in light, 1 to 21, as WCAG 2.2 reckons it."""
    dark, light = sorted((_light(one), _light(other)))
    return (light + 0.05) / (dark + 0.05)


def pairs() -> Iterator[tuple[str, str, float, float]]:
    """What stands on what: foreground, ground, the contrast it needs, and the one it needs in high contrast."""
    for ground in GROUNDS:
        for text in ("ink", "soft", *STATES):
            yield text, ground, TEXT, TEXT_HIGH
        for shape in ("line-strong", "focus"):
            yield shape, ground, SHAPE, SHAPE
    for state in STATES:
        yield state, f"{state}-ground", TEXT, TEXT_HIGH
        yield "ink", f"{state}-ground", TEXT, TEXT_HIGH
    for ground in ("act", "act-over"):
        yield "act-ink", ground, TEXT, TEXT_HIGH


def _light(colour: str) -> float:
    """Relative luminance, 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
