"""What every courier's desk in the sandbox is: it takes calls of one API and words pushes; found by looking.

The desk of a courier is the module of this package that is named by its adapter's code. It is opened when any of the
settings that the adapter cannot do without is set. Such a module has:

* `CODE`: the courier's code;
* `make(settings)`: the desk; KeyError names a setting that is missing (its own address it does not need);
* `CARRIER`: a `Carrier`, unless it is an aggregator that carries nothing itself.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import couriers.sandbox
from couriers import adapters
from couriers.contract import Call, Operation, Reason, Reply
from couriers.sandbox.scans import Kind, Order, Scan, Subscription

if TYPE_CHECKING:
    from couriers.sandbox.account import Account

JSON = "application/json;charset=UTF-8"


@dataclass(frozen=True)
class Asked:
    """One HTTP request as it came. `root` is the sandbox's own address, for links in answers."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    root: str

    def header(self, name: str) -> str:
        """The header's value whatever its case, "" when absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), "")


@dataclass(frozen=True)
class Said:
    """A desk's answer, and which operation it did: None when the request was refused before that was clear."""

    operation: Operation | None
    body: bytes
    content_type: str = JSON
    status: int = 200


@dataclass(frozen=True)
class Owed:
    """What one account is to be told about one number, after so many attempts.

    `scans` are new, oldest first, at most `Desk.at_once`; `all_scans` is everything until now, those included. `notice`
    is something else to tell, as the desk itself (`Account.notify`) or a trainer put it; then `scans` is empty.
    `order` is None for a number that nobody ordered here.
    """

    ids: tuple[int, ...]
    account: str
    order: Order | None
    scans: tuple[Scan, ...]
    all_scans: tuple[Scan, ...]
    subscription: Subscription | None
    notice: Mapping[str, Any] | None
    attempts: int


class Desk(Protocol):
    """One courier's side of the wire, for one account."""

    @property
    def code(self) -> str:
        """The courier's short name."""
        ...

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that it answers: whole ones, and beginnings that end in "/"."""
        ...

    @property
    def at_once(self) -> int | None:
        """How many scans of one number one push can carry; None: a push is always the whole list."""
        ...

    def addresses(self, root: str) -> Mapping[str, str]:
        """The COURIER_*_URL settings that lead the adapter to this desk."""
        ...

    def handle(self, asked: Asked, account: Account, /) -> Said:
        """The answer, after strict checks; what it says is true in the world before it returns. Never raises."""
        ...

    def throttled(self, asked: Asked, account: Account, /) -> Said | None:
        """The courier's own "you ask too often"; None: it has none, so HTTP 429 is answered."""
        ...

    def push_calls(self, hook_url: str, owed: Owed, account: Account, /) -> Sequence[Call]:
        """The requests that tell it, all of which must be acknowledged; () when it has nothing to say of it."""
        ...

    def acknowledged(self, reply: Reply) -> bool:
        """True when the hook answered as the courier wants it."""
        ...


@dataclass(frozen=True)
class Carrier:
    """What the world must know of a courier that carries parcels.

    `waybill`: the number made of a serial (0 … 10^11 - 1), in the courier's format with its check digit.
    `read`: kind and reason of a scan told in the courier's own code (with further native fields).
    `pushes`: scans of orders taken at its own desk are pushed without a subscription.
    `returns_anew`: a return goes on under a new number.
    """

    waybill: Callable[[int], str]
    read: Callable[[str, Mapping[str, str]], tuple[Kind, Reason | None]]
    pushes: bool = True
    returns_anew: bool = False


@cache
def codes() -> tuple[str, ...]:
    """The couriers that have a desk, configured or not."""
    modules = {found.name for found in pkgutil.iter_modules(couriers.sandbox.__path__)}
    return tuple(code for code in adapters.names() if code in modules)


def carrier(code: str) -> Carrier:
    """How that courier carries. Raises KeyError when none of that code has a desk, or it carries nothing."""
    module = _module(code) if code in codes() else None
    if module is None or not hasattr(module, "CARRIER"):
        raise KeyError(f"沙箱里没有承运方 {code}")
    found: Carrier = module.CARRIER
    return found


def desks(settings: Mapping[str, str]) -> dict[str, Desk]:
    """Every desk that has any of its settings, by code. Raises KeyError that names a setting that is missing."""
    return {code: _module(code).make(settings) for code in desks_wanted(settings)}


def desks_wanted(settings: Mapping[str, str]) -> tuple[str, ...]:
    """The couriers of which any setting is there."""
    return tuple(code for code in codes() if any(settings.get(name) for name in adapters.settings_of(code)))


def _module(code: str) -> ModuleType:
    return importlib.import_module(f"{couriers.sandbox.__name__}.{code}")


def serves(desk: Desk, path: str) -> bool:
    """True when the path is the desk's."""
    return any(path == one or (one.endswith("/") and path.startswith(one)) for one in desk.paths)
