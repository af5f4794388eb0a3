"""What a sheet's XML says beside the values: what is hidden or merged, formulas without a stored result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, Any

from lxml import etree
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, range_boundaries

from logistics.rules.cells import Merge

_MOST_MERGES = 50_000


@dataclass(frozen=True)
class Shape:
    """Rows by their numbers, columns counted from 0."""

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[Merge, ...] = ()
    unreckoned: frozenset[tuple[int, int]] = frozenset()


def shape_of(source: IO[bytes]) -> Shape:
    """The shape of one sheet. Raises `XMLSyntaxError` or `ValueError` for a part that is no sheet."""
    rows: set[int] = set()
    columns: list[int] = []
    merged: list[Merge] = []
    unreckoned: set[tuple[int, int]] = set()
    number = 0
    wanted = ("{*}row", "{*}col", "{*}mergeCell", "{*}c")
    # no entity is resolved and no definition read: a file cannot make the parser fetch or unfold anything
    for _, one in etree.iterparse(source, tag=wanted, resolve_entities=False, load_dtd=False, no_network=True):
        kind = etree.QName(one).localname
        if kind == "c":
            if _is_unreckoned(one):
                unreckoned.add(_place(one.get("r", "")))
            continue  # kept until its row ends: the row's numbers stand on the row
        if kind == "row":
            number = int(one.get("r") or number + 1)
            if one.get("hidden") in ("1", "true"):
                rows.add(number)
        elif kind == "col" and one.get("hidden") in ("1", "true"):
            columns += range(int(one.get("min", "1")) - 1, min(int(one.get("max", "1")), 16_384))
        elif kind == "mergeCell" and len(merged) < _MOST_MERGES:
            merged.append(_merge(one.get("ref", "")))
        one.clear()
    return Shape(frozenset(rows), tuple(sorted(set(columns))), tuple(merged), frozenset(unreckoned))


def _is_unreckoned(cell: Any) -> bool:
    names = {etree.QName(part).localname: part for part in cell if isinstance(part.tag, str)}
    if "f" not in names:
        return False
    value = names.get("v")
    return value is None or (not value.text and cell.get("t") != "str")


def _place(reference: str) -> tuple[int, int]:
    letters, row = coordinate_from_string(reference)
    return row, column_index_from_string(letters) - 1


def _merge(reference: str) -> Merge:
    left, top, right, bottom = range_boundaries(reference)
    if left is None or top is None or right is None or bottom is None:
        raise ValueError(f"no range of cells: {reference}")
    return Merge(top, left - 1, bottom, right - 1)
