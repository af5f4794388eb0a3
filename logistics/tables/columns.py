"""The column kinds all tables share: aware instants, terms as text, JSON, foreign keys."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity
from sqlalchemy import Enum as SAEnum
from sqlalchemy.dialects.postgresql import JSONB


def key() -> Column[Any]:
    """A surrogate key the database counts."""
    return Column(BigInteger, Identity(), primary_key=True)


def instant(*, null: bool = False, index: bool = False) -> Column[Any]:
    """An instant in UTC (`timestamptz`); null when it has not happened."""
    return Column(DateTime(timezone=True), nullable=null, index=index)


def term(words: type[Enum], *, null: bool = False) -> Column[Any]:
    """One word of a closed list, stored as its English text; a word outside the list is refused before it reaches
    SQL.
    """

    def values(members: Any) -> Sequence[str]:
        return [member.value for member in members]

    return Column(SAEnum(words, native_enum=False, length=32, values_callable=values), nullable=null)


def ref(target: str, *, null: bool = False, index: bool = True) -> Column[Any]:
    """A foreign key to `table.column`, indexed because row-level policies follow it."""
    return Column(BigInteger, ForeignKey(target), nullable=null, index=index)


def json(*, null: bool = False) -> Column[Any]:
    """A JSON document."""
    return Column(JSONB, nullable=null)
