"""Who may import whom: the contracts of pyproject.toml, held by the suite too, not only by `make lint`."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter import cli

HOME = Path(__file__).parents[2]


@pytest.fixture
def as_it_was() -> Iterator[None]:
    """The check puts the working folder on the import path; afterwards the path is what it was."""
    path = list(sys.path)
    yield
    sys.path[:] = path


@pytest.mark.usefixtures("as_it_was")
def test_every_contract_about_imports_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.lint_imports(config_filename=str(HOME / "pyproject.toml"), no_cache=True)
    assert code == cli.EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_the_layers_name_every_part_of_the_product() -> None:
    table = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))
    layers = next(one["layers"] for one in table["tool"]["importlinter"]["contracts"] if one["type"] == "layers")
    named = {module.strip() for layer in layers for module in layer.split("|")}
    packages = {f"logistics.{file.parent.name}" for file in (HOME / "logistics").glob("*/__init__.py")}
    assert packages <= named, f"without a layer: {sorted(packages - named)}"
