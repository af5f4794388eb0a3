"""One setting of the environment: where it goes, how it is read, what it means; and the readers that several share."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Setting:
    """One environment name: where it goes, what stands when it is unset (as text), how it is read, what it means."""

    name: str
    field: str
    default: str
    read: Callable[[str], object]
    zh: str
    en: str
    secret: bool = False


def path(value: str) -> Path | None:
    """An absolute path, or None for nothing. Raises ValueError."""
    if not value:
        return None
    try:
        return Path(os.path.abspath(Path(value).expanduser()))
    except (RuntimeError, ValueError) as error:  # ~somebody who is not on this machine
        raise ValueError(f"不是可用的路径 is no usable path: {value!r}") from error


def file(value: str) -> Path | None:
    """A file that is there now, or None for nothing. Raises ValueError."""
    found = path(value)
    if found is not None and not found.is_file():
        raise ValueError(f"没有这个文件 there is no such file: {value!r}")
    return found


def yes_or_no(value: str) -> bool | None:
    """True, False, or None for nothing. Raises ValueError."""
    if value.lower() not in ("", "yes", "no"):
        raise ValueError(f"应为 yes 或 no must be yes or no: {value!r}")
    return {"yes": True, "no": False}.get(value.lower())


def site(value: str) -> str:
    """An address without the slash at its end, or nothing. Raises ValueError."""
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise ValueError(f"应为 http(s)://主机[:端口] must be http(s)://host[:port]: {value!r}")
    return value.rstrip("/")
