"""Lists of ids and numbers in questions: one parameter however long, where `IN (…)` has one for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY, TEXT


def one_of(values: Sequence[int] | Sequence[str]) -> ColumnElement[Any]:
    """What a column equals when it is one of these ids or texts: `where(column == one_of(ids))`."""
    kind = TEXT() if any(isinstance(value, str) for value in values) else BigInteger()
    return any_(literal(list(values), ARRAY(kind)))
