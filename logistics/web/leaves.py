"""A long list, a page at a time: every row can be reached, and the whole number is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask import abort, request

Row = TypeVar("Row")


@dataclass(frozen=True)
class Leaf:
    """One page of a list of `whole` rows: the `first` to the `last` of them, counted from 1; the numbers of the pages
    before and behind it, None where there is none.
    """

    first: int
    last: int
    whole: int
    before: int | None
    behind: int | None

    def of(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Its rows, of all of them."""
        return rows[self.first - 1 : self.last]


def leaf(whole: int, size: int) -> Leaf:
    """The page that the address asks for by `page`, the first where it asks for none; one that is not there is 404."""
    asked = request.args.get("page", "1")
    number = int(asked) if asked.isdecimal() and len(asked) < 9 else 0
    first = (number - 1) * size + 1
    if number < 1 or (first > whole and number > 1):
        abort(404)
    last = min(number * size, whole)
    return Leaf(first, last, whole, number - 1 if number > 1 else None, number + 1 if last < whole else None)
