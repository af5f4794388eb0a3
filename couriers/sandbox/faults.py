"""What can go wrong on a courier's side, and which of it happens now: switched on, or thrown with a seeded dice.

| fault | value | what happens |
|---|---|---|
| slow | seconds | waits before every answer |
| timeout_after_order | True or seconds | takes an order, then says nothing for so long |
| 5xx | True or a status | answers that status, does nothing |
| throttled | True, "http", seconds, or a desk's own word | the courier's own "too often" where it has one, else (or \
"http") HTTP 429; with seconds, HTTP 429 that says to come back after so many; does nothing |
| garbled | True | does what was asked, then answers half a text |
| half_answer | True or "cut" | queries show the first half of what there is; "cut": the connection breaks midway |
| duplicate | True | every push twice |
| reworded | True | every scan a second time, in other words, seconds later, its place spelt otherwise |
| out_of_order | True or seconds | of waiting pushes the newest first (a lone one waits so long for company); a \
courier that pushes the whole list sends an older one after it |
| silent | True | no pushes while it lasts |
| clock_skew | seconds | the courier's clock is off: the times of its answers and pushes, how it judges ours, and the \
times of journeys that begin while it lasts (what was once said stays as it was said) |
| unknown_code, lost, returned, delivered_then_not | True | the fate of parcels booked while it lasts |
| refuse_duplicates | "words", "body", "bare" | a repeated reference is refused, naming the first number or not |
| object_body | True | EMS: retBody as an object, not as text |
| random | {"seed", "rate", "of", "seconds"} | each call, push and order meets one of `of` (default: all that heal) \
with that probability; the same seed throws the same |
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from couriers.sandbox.journeys import FATES
from couriers.sandbox.statefile import StateFile

CALL_FAULTS = ("slow", "timeout_after_order", "5xx", "throttled", "garbled", "half_answer")
PUSH_FAULTS = ("duplicate", "reworded", "out_of_order", "silent")
FAULTS = frozenset({*CALL_FAULTS, *PUSH_FAULTS, *FATES, "clock_skew", "refuse_duplicates", "object_body", "random"})
_WORDS = {"half_answer": ("cut",), "refuse_duplicates": ("words", "body", "bare")}
_SECONDS_OR_ON = ("timeout_after_order", "out_of_order")
_PER_THROW = {"call": CALL_FAULTS, "push": PUSH_FAULTS, "order": FATES}
_SECONDS = 0.2  # of a slow answer or a withheld one, unless `random` says otherwise


def checked(name: str, value: Any) -> Any:
    """The value to keep, None for off. Raises ValueError for an unknown name or a value that the fault cannot have."""
    if name not in FAULTS:
        raise ValueError(f"没有名为 {name} 的故障；可用：{'、'.join(sorted(FAULTS))}")
    if value is None or value is False:
        return None
    if name == "random":
        _check_dice(value)
    elif name in ("slow", "clock_skew") and (value is True or not isinstance(value, int | float)):
        raise ValueError(f"{name} 的值是秒数")
    elif value is not True and not _is_fitting(name, value):
        raise ValueError(f"{name} 不能是 {value!r}；说明见 couriers/sandbox/faults.py")
    return value


def _is_fitting(name: str, value: Any) -> bool:
    if name == "5xx":
        return isinstance(value, int) and 500 <= value <= 599
    if name == "throttled":
        return isinstance(value, str | int) and (isinstance(value, str) or value > 0)
    if name in _WORDS:
        return value in _WORDS[name]
    return name in ("slow", "clock_skew", *_SECONDS_OR_ON) and isinstance(value, int | float)


def _check_dice(value: Any) -> None:
    known = {"seed", "rate", "of", "seconds"}
    if not isinstance(value, Mapping) or set(value) - known or not 0 <= float(value.get("rate", 0.1)) <= 1:
        raise ValueError('random 的值如 {"seed": 1, "rate": 0.1, "of": ["5xx", "garbled"], "seconds": 0.2}')
    wrong = set(value.get("of", ())) - {*CALL_FAULTS, *PUSH_FAULTS, *FATES}
    if wrong:
        raise ValueError(f"random 的 of 里不能有：{'、'.join(sorted(wrong))}")


class Faults:
    """The faults that are on, kept in the sandbox's file."""

    def __init__(self, file: StateFile) -> None:
        self._file = file

    def of(self, account: str) -> dict[str, Any]:
        """Those set for one account, "": for all."""
        found = self._file.under(f"fault:{account}:" if account else "fault:")
        return {name: found[name] for name in sorted(found) if name in FAULTS}

    def held(self, account: str) -> dict[str, Any]:
        """Those that are on for an account: its own go before those of all."""
        return {**self.of(""), **self.of(account)}

    def put(self, name: str, value: Any, account: str) -> None:
        """The fault is on with that value, or off; see `checked`."""
        self._file.put(f"fault:{account}:{name}" if account else f"fault:{name}", checked(name, value))

    def met(self, what: str, account: str) -> dict[str, Any]:
        """Those that hold for a "call", "push" or "order" of an account now, the dice's among them."""
        held = self.held(account)
        dice = held.pop("random", None)
        if dice is None:
            return held
        with self._file.together():
            count = self._file.get(f"thrown:{account}:{what}", 0)
            self._file.put(f"thrown:{account}:{what}", count + 1)
        return {**thrown(dice, what, account, count), **held}


def thrown(dice: Mapping[str, Any], what: str, account: str, count: int) -> dict[str, Any]:
    """The fault, if any, that the `count`-th call, push or order of an account meets by that dice."""
    throw = random.Random(f"{dice.get('seed', 0)}:{account}:{what}:{count}")  # noqa: S311 - a play's dice, no secret
    wanted = dice.get("of", (*CALL_FAULTS, *PUSH_FAULTS))
    names = [name for name in _PER_THROW[what] if name in wanted]
    if not names or throw.random() >= float(dice.get("rate", 0.1)):
        return {}
    name = throw.choice(names)
    seconds = float(dice.get("seconds", _SECONDS))
    return {name: seconds if name in ("slow", "timeout_after_order", "out_of_order") else True}
