"""The shape of the house: every package says what it is for, no file is a drawer for everything or left half done."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
PRODUCT = ("couriers", "labels", "logistics", "scheduler")
LONGEST, LONGEST_TEST = 400, 500  # lines that are not blank; a story is told in one file
NOT_OURS = {"vendor", "__pycache__", "node_modules"}
WRITTEN = {".py", ".html", ".css", ".js", ".mjs", ".sh", ".po", ".toml", ".md"}
DRAWERS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}

ALLOWED_NAMES = {
    "logistics/web/manager.py": "the manager's pages: the word is the role's",
    "logistics/web/manager": "the manager's pages: the word is the role's",
    "logistics/web/templates/manager": "the manager's pages: the word is the role's",
    "logistics/web/templates/manager.html": "the manager's page: the word is the role's",
    "logistics/web/templates/base.html": "the frame every page extends, under the name Flask's readers look for",
    "logistics/web/static/manager.css": "the look of the manager's pages",
    "logistics/web/static/manager.js": "the script of the manager's pages",
    "logistics/web/translations/en/manager.po": "the English of the manager's pages",
}
DATA = {"logistics/store/migrations/versions/0001_first_shape.py": "a migration: the tables' first shape, written out"}


def files(*roots: str) -> Iterator[Path]:
    for root in roots:
        for path in sorted((HOME / root).rglob("*")):
            if path.is_file() and not NOT_OURS.intersection(path.parts):
                yield path


def packages() -> list[Path]:
    return [path for path in files(*PRODUCT) if path.name == "__init__.py"]


def place(path: Path) -> str:
    return path.relative_to(HOME).as_posix()


@pytest.mark.parametrize("package", packages(), ids=place)
def test_every_package_says_in_five_lines_what_it_is_for(package: Path) -> None:
    if "migrations" in package.parts:  # Alembic's own folder; store/migrations/policies.py and env.py speak for it
        return
    said = ast.get_docstring(ast.parse(package.read_text("utf-8")))
    assert said, f"{place(package)} does not say what it is for"
    assert len(said.splitlines()) <= 5, f"{place(package)} needs more than five lines"


def test_no_file_or_folder_is_a_drawer_for_everything() -> None:
    found: set[str] = set()
    for path in chain(files(*PRODUCT), files("tests", "bench")):
        inside = path.relative_to(HOME)
        found |= {one.as_posix() for one in (inside, *inside.parents) if one.stem.removeprefix("test_") in DRAWERS}
    assert not found - set(ALLOWED_NAMES)


def test_no_file_is_too_long_to_read() -> None:
    for path in files(*PRODUCT, "tests", "bench"):
        if path.suffix in WRITTEN - {".po", ".md"} and place(path) not in DATA:
            lines = sum(1 for line in path.read_text("utf-8").splitlines() if line.strip())
            longest = LONGEST_TEST if "tests" in path.relative_to(HOME).parts else LONGEST
            assert lines <= longest, f"{place(path)} has {lines} lines"


def test_nothing_is_left_to_do_later() -> None:
    later = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
    roots = [*files(*PRODUCT, "tests", "bench", "docs", ".ci"), HOME / "README.md", HOME / "Makefile"]
    found = [place(path) for path in roots if path.suffix in WRITTEN and later.search(path.read_text("utf-8"))]
    assert not found
