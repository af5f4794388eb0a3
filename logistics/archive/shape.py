"""Reading JSON that a stranger may have written: each value is asked for with its type, all else is ValueError."""

from __future__ import annotations

import json
from collections.abc import Mapping

Table = Mapping[str, object]


def parsed(content: bytes) -> Table:
    """The object in `content`. A name used twice in one object is refused: readers disagree on what it means."""
    try:
        value = json.loads(content.decode(), object_pairs_hook=_unique, parse_float=_no_float, parse_constant=_no_float)
    except RecursionError as why:
        raise ValueError("nested too deep") from why
    if not isinstance(value, dict):
        raise ValueError("an object is wanted")
    return value


def text(table: Table, name: str) -> str:
    """The text under `name`."""
    value = table.get(name)
    if not isinstance(value, str):
        raise ValueError(f"text is wanted in {name}")
    return value


def number(table: Table, name: str) -> int:
    """The whole number under `name`."""
    value = table.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"a whole number is wanted in {name}")
    return value


def table(outer: Table, name: str) -> Table:
    """The object under `name`."""
    value = outer.get(name)
    if not isinstance(value, dict):
        raise ValueError(f"an object is wanted in {name}")
    return value


def rows(outer: Table, name: str) -> list[Table]:
    """The list of objects under `name`."""
    value = outer.get(name)
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ValueError(f"a list of objects is wanted in {name}")
    return value


def texts(outer: Table, name: str) -> list[str]:
    """The list of texts under `name`."""
    value = outer.get(name)
    if not isinstance(value, list) or not all(isinstance(row, str) for row in value):
        raise ValueError(f"a list of texts is wanted in {name}")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise ValueError("a name is used twice in one object")
    return unique


def _no_float(text: str) -> object:
    raise ValueError(f"{text} is no whole number")
