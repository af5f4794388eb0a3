"""The children of `youdang run`: started again when they die, given up when they keep dying, gone with their parent."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from logistics.cli.supervisor import MOST_DEATHS, GaveUp, Household

ORPHAN = """
import subprocess, sys, time
code = '''
import os, time
from logistics.cli.supervisor import die_with_parent
die_with_parent(os.getppid())
print("up", flush=True)
time.sleep(60)
'''
child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def var() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="youdang-ground-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def test_a_dead_child_is_started_again_and_all_are_gone_after_stop(var: Path) -> None:
    said: list[str] = []
    home = Household(var / "log", said.append)
    env = {**os.environ, "YOUDANG_VAR": str(var)}
    try:
        home.start("postgres", ["postgres"], env)
        child = home._children[0]
        log = var / "log" / "postgres.log"
        _wait_until(lambda: "Ready" in log.read_text())
        first = child.process.pid
        child.process.kill()
        _wait_until(lambda: child.process.poll() is not None)
        home.look()
        assert child.process.pid != first
        assert "postgres died (" in said[0]
        assert "signal 9" in said[0]
        _wait_until(lambda: log.read_text().count("Ready") == 2)
    finally:
        home.stop()
    assert not (var / "postgres" / "postmaster.pid").exists()  # the last one out stopped the database


def test_a_child_that_keeps_dying_is_given_up_with_the_end_of_its_log(var: Path) -> None:
    home = Household(var / "log", lambda _: None)
    home.start("odd", ["no-such-command"], dict(os.environ))
    for _ in range(MOST_DEATHS):
        home._children[0].process.wait()
        home.look()
    home._children[0].process.wait()
    with pytest.raises(GaveUp, match="no-such-command"):
        home.look()
    home.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="a promise of Linux")
def test_a_child_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    _wait_until(lambda: not _runs(child))


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # a container without init leaves the dead unburied


def _wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
