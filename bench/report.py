"""How every benchmark times and prints: several runs, median and p99, machine and versions, ratios between peers."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
import time
from collections.abc import Callable


def machine(*packages: str) -> str:
    """One line: processor count, system, Python, and the versions of the named packages."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores, {system}, Python {platform.python_version()}; {versions}"


def seconds(work: Callable[[], object], runs: int) -> list[float]:
    """How long each of so many runs took, after one that does not count."""
    work()
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return taken


def line(name: str, times: list[float], done: int) -> float:
    """Prints one row: things done a second (median, and at the slowest run in a hundred); returns the median."""
    ordered = sorted(times)
    slow = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    median = statistics.median(ordered)
    print(f"  {name:<44} {done / median:>12,.0f}/s median {done / slow:>12,.0f}/s p99   n={len(times)}")
    return done / median
