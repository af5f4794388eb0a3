"""A field's value as text that can be stored, read the one way for every courier."""

from __future__ import annotations


def said(value: object) -> str:
    """What a field says, without blanks around it: "" for null, a truth value or a structure.

    Never a NUL or half a surrogate pair: neither can be stored, so a replacement character stands for each.
    """
    if isinstance(value, str):
        text = value.strip()
        if text.isprintable():  # nearly always, and then there is no NUL and no half pair in it
            return text
    elif isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    else:
        try:
            text = str(value)
        except ValueError:  # Python refuses to write out integers of thousands of digits
            return ""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
