"""The two commands everybody uses: their files are sound and say what they do."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("target", ["help", "setup", "run", "test", "lint", "lock", "bench", "kill"])
def test_every_target_of_the_makefile_can_be_planned(target: str) -> None:
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_planning_a_target_runs_nothing() -> None:
    """A recipe that calls make again is run even when make is only asked what it would do."""
    assert "$(MAKE)" not in (ROOT / "Makefile").read_text()


def test_help_names_every_public_target() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.findall(r"^  make (\w+)", done.stdout, re.M) == [
        "help",
        "setup",
        "run",
        "test",
        "lint",
        "lock",
        "bench",
        "kill",
    ]


@pytest.mark.parametrize("script", [".ci/setup.sh", ".ci/test-programs.sh"])
def test_the_scripts_are_plain_shell(script: str) -> None:
    subprocess.run(["sh", "-n", ROOT / script], check=True)


def test_the_build_machine_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert "exec make test" in script.read_text()


@pytest.mark.parametrize("name", ["run", "test"])
def test_requirements_are_locked_by_hash_and_name_no_host(name: str) -> None:
    text = (ROOT / ".ci" / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    pins = re.findall(r"^\S+==\S+", text, re.M)
    assert len(pins) > 40
    blocks = [block for block in re.split(r"\n(?=\S)", text) if "==" in block.split("\n", 1)[0]]
    assert len(blocks) == len(pins)
    assert all("--hash=sha256:" in block for block in blocks)
