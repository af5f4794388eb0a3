"""Opaque places in a list: what a page ends with, and the next one is asked with."""

from __future__ import annotations

import base64
import binascii

from logistics.errors import Malformed, Said

_PREFIX = b"below:"
LARGEST_ID = 2**63 - 1


def cursor_of(below: int | None) -> str | None:
    """The cursor that continues below an id; None when there is nothing more."""
    return None if below is None else base64.urlsafe_b64encode(_PREFIX + str(below).encode()).decode().rstrip("=")


def below_of(cursor: str | None) -> int | None:
    """The id a cursor continues below. Raises `Malformed` for one that we did not give out."""
    if cursor is None:
        return None
    try:
        words = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _stranger() from None
    digits = words.removeprefix(_PREFIX)
    if not words.startswith(_PREFIX) or not digits.isdigit() or len(digits) > 19 or int(digits) > LARGEST_ID:
        raise _stranger()
    return int(digits)


def _stranger() -> Malformed:
    said = Said(
        "游标不是本系统给出的。请原样使用上一页的 next_cursor,或从第一页开始。",
        "This cursor is not one of ours. Use next_cursor as it came, or start at the first page.",
    )
    return Malformed(said, said.en, {"cursor": [said]})
