"""Child processes of `youdang run`: started, watched, started again when they die, stopped together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MOST_DEATHS = 5  # within DEATH_WINDOW; then something is wrong that another start will not mend
DEATH_WINDOW = 60.0  # seconds
STOP_SECONDS = 15.0
LONGEST_LOG = 10_000_000  # bytes; a longer one is put aside at the next start


class GaveUp(Exception):
    """A process keeps dying; the sentence names it and its log."""


@dataclass
class Child:
    """One process and how to start it again."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes]
    deaths: list[float] = field(default_factory=list)


class Household:
    """The children of this process. `say` gets a sentence for everything a person should know."""

    def __init__(self, logs: Path, say: Callable[[str], None]) -> None:
        """Keep the children's output in the folder `logs`, one file each."""
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._say = say
        self._children: list[Child] = []

    def start(self, name: str, words: Sequence[str], env: Mapping[str, str]) -> None:
        """`youdang <words>` runs as a child of that name; its output goes to its log file."""
        log = self._logs / f"{name}.log"
        if log.exists() and log.stat().st_size > LONGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        command = [sys.executable, "-c", "from logistics.cli import main; main()", *words]  # wherever .venv lies
        self._children.append(Child(name, command, env, log, _spawn(command, env, log)))

    def look(self) -> None:
        """Start the dead again and say so. Raises GaveUp when one dies too often."""
        for child in self._children:
            code = child.process.poll()
            if code is None:
                continue
            now = time.monotonic()
            child.deaths = [at for at in child.deaths if now - at < DEATH_WINDOW] + [now]
            how = f"信号 signal {-code}" if code < 0 else f"退出码 exit code {code}"
            if len(child.deaths) > MOST_DEATHS:
                raise GaveUp(
                    f"{child.name} 反复退出（{how}），请看日志 {child.log}。 "
                    f"{child.name} keeps dying ({how}); see {child.log}:\n{_tail(child.log)}"
                )
            self._say(f"{child.name} 退出（{how}），正在重新启动。 {child.name} died ({how}); starting it again.")
            child.process = _spawn(child.command, child.env, child.log)

    def stop(self) -> None:
        """All children are gone afterwards: asked first, killed after STOP_SECONDS."""
        for child in reversed(self._children):
            _send(child.process, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for child in reversed(self._children):
            try:
                child.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._say(f"{child.name} 没有响应，强制结束。 {child.name} does not answer; killing it.")
                _send(child.process, signal.SIGKILL, group=True)
                child.process.wait()
        self._children.clear()


def die_with_parent(parent: int) -> None:
    """Ask Linux to end this process when process `parent`, which started it, dies, even by SIGKILL.

    Elsewhere nothing happens. To be called in the child's first moments.
    """
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we could ask
            raise SystemExit(1)


def _spawn(command: Sequence[str], env: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches us alone; we stop the children in order
        )


def _send(process: subprocess.Popen[bytes], what: signal.Signals, group: bool = False) -> None:
    if process.poll() is None:
        if group:
            os.killpg(process.pid, what)
        else:
            process.send_signal(what)


def _tail(log: Path, lines: int = 8) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
