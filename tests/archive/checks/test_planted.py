"""Each planted fault is seen by the items that must see it, and by no other."""

from __future__ import annotations

from functools import cache

import pytest

from logistics.archive.checks.items import ITEMS
from logistics.archive.checks.report import CheckReport, Link, Result
from tests.archive.checks import filed
from tests.archive.checks.plants import PLANTS


@cache
def report(number: int) -> CheckReport:
    """The report on the package of that plant."""
    plant = PLANTS[number]
    return filed.checked(plant.files(), Link.YJ, **plant.more)


@pytest.mark.parametrize("number", range(len(PLANTS)), ids=lambda number: PLANTS[number].said)
def test_a_fault_is_caught_by_its_items_and_by_no_other(number: int) -> None:
    found = report(number)
    failed = {item.code.partition("-")[2] for item in found.items if item.result is Result.FAIL}
    assert failed == set(PLANTS[number].items.split()), [(one.code, one.outcome.zh) for one in found.failed]
    for one in found.failed:
        assert one.outcome.zh
        assert one.outcome.en.isprintable()


def test_every_item_has_a_fault_that_it_catches() -> None:
    caught = {item for plant in PLANTS for item in plant.items.split()}
    assert caught == {asked.number for asked in ITEMS}


def test_every_part_that_is_looked_at_by_a_program_fails_in_some_plant() -> None:
    """What only people can do (and seals, which no package of ours bears) never passes either."""
    failed = {one.code[3:] for number in range(len(PLANTS)) for one in report(number).failed}
    all_parts = {f"{asked.number}.{n}" for asked in ITEMS for n in range(1, len(asked.parts) + 1)}
    assert all_parts - failed == {"1-1.3", "3-4.3", "4-2.3", "4-4.2"}
