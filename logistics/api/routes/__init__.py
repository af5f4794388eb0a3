"""The routes of `/api/v1`, one file a resource. Each calls one service or one reading; none decides anything."""

from __future__ import annotations

import importlib
import pkgutil


def load() -> None:
    """Every route is declared."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)
