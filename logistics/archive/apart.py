"""A call in a thread of its own, for a library that runs an event loop wherever it is called."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Result = TypeVar("_Result")


def apart(call: Callable[[], _Result]) -> _Result:
    """What `call` returns or raises. The caller's thread may have an event loop already, and two cannot run in one."""
    with ThreadPoolExecutor(1, "apart") as alone:
        return alone.submit(call).result()
