"""The couriers we can speak to: one module each, found by looking, so that a new courier needs no entry anywhere.

A courier's module has `CODE`, `SETTINGS` (the names it needs from the environment; one that needs none is always
there), `READING` (values for them that are enough to read a recorded reply, and to reach nobody) and `make(env)`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Protocol

from couriers.contract import Courier


class _Adapter(Protocol):
    CODE: str
    SETTINGS: tuple[str, ...]
    READING: Mapping[str, str]

    def make(self, env: Mapping[str, str]) -> Courier: ...


@cache
def _adapters() -> dict[str, _Adapter]:
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return {module.CODE: module for module in modules if hasattr(module, "CODE")}


def names() -> tuple[str, ...]:
    """The codes of all couriers that the program knows, configured or not, in alphabetical order."""
    return tuple(sorted(_adapters()))


def settings_of(code: str) -> tuple[str, ...]:
    """The names of the settings that a courier cannot do without. Raises KeyError for an unknown code."""
    return _adapters()[code].SETTINGS


def make(code: str, env: Mapping[str, str]) -> Courier:
    """That courier, ready. Raises KeyError for an unknown code, `BadSettings` naming all that is missing or wrong."""
    return _adapters()[code].make(env)


def make_reader(code: str, env: Mapping[str, str]) -> Courier:
    """That courier for reading recorded replies only: settings that are missing do not matter. Raises as `make`."""
    return make(code, {**_adapters()[code].READING, **{name: value for name, value in env.items() if value}})


@cache
def in_english() -> Mapping[str, str]:
    """The English names of all couriers that the program knows, by their Chinese ones."""
    return {reader.name_zh: reader.name_en for reader in (make_reader(code, {}) for code in names())}


def from_settings(env: Mapping[str, str]) -> dict[str, Courier]:
    """Every courier that has any of its settings in `env`, or needs none, by code.

    Raises `BadSettings` when one has some of them but not all: half a configuration is a mistake, not a wish.
    """
    wanted = {code: settings_of(code) for code in names()}
    configured = (code for code, needed in wanted.items() if not needed or any(env.get(name) for name in needed))
    return {code: make(code, env) for code in configured}
