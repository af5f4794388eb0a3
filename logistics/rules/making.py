"""A new version of a rule of time: what it must say before it is kept, and what it is held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from logistics.errors import Malformed, Rejected, Said
from logistics.rules.legs import TICKS, Act, Owner
from logistics.rules.policies import DEFAULT_LADDER, Leg, Rung, Unit, Whose
from logistics.rules.resolving import Subject

LONGEST: Mapping[Unit, int] = {Unit.WORKING_DAYS: 250, Unit.WORKING_HOURS: 2000, Unit.NATURAL_HOURS: 8760}
"""About a year of each unit: a longer promise is a slip of the pen."""

LAST_RUNG = 20
"""So many working days after the due date at most; `recomputing.REACH` covers them."""

TOO_LONG = Said(
    "请填不少于 1 的整数：工作日不超过 250，工作小时不超过 2000，小时不超过 8760。",
    "A whole number from 1 on: at most 250 working days, 2000 working hours or 8760 hours.",
)
IN_THE_PAST = Said(
    "起用时间不能在过去：已经起算的时限不会悄悄改动。",
    "It cannot begin in the past: running deadlines never change silently.",
)
NO_REASON = Said(
    "请写明依据或原因，例如文号、协议条款。",
    "Say what it rests on, such as a document number or a clause of the agreement.",
)
SAME_NAME = Said("有两个提醒级次同名，请改名。", "Two rungs have one name; rename one.")
TOO_LATE = Said(
    "最后一级提醒不能晚于到期后 20 个工作日。", "The last rung is at most 20 working days after the due date."
)
NOBODY_KNOWS = Said(
    "至少要有一级在到期时或到期后提醒，否则超时没有人知道。",
    "At least one rung must stand at or after the due moment, or nobody learns that it is late.",
)

_BACK = timedelta(minutes=10)  # a form that was open for a while still means "from now on"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a version says. `length` None: the subject has no rule of its own any more."""

    subject: Subject
    length: int | None
    unit: Unit
    whose: Whose
    valid_from: datetime
    reason: str
    rungs: tuple[Rung, ...] = DEFAULT_LADDER
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()


def events(leg: Leg) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The facts that start and stop the leg, as `legs.TICKS` ties them; each once, in order."""
    return _facts(leg, Act.START), _facts(leg, Act.STOP)


def owner_of(leg: Leg) -> Owner | None:
    """Which side answers for the leg; on the way out, where a leg runs both ways."""
    return next(
        (tick.owner for row in TICKS.values() for tick in row if (tick.leg, tick.act) == (leg, Act.START)), None
    )


def require_sound(wording: Wording, now: datetime) -> None:
    """Returns when the version makes sense.

    Raises `Malformed` with a sentence at each field that does not, `Rejected` ("events_changed") when the leg starts or
    stops by other facts than those the version was written for.
    """
    if (wording.starts, wording.stops) != events(wording.subject.leg):
        raise Rejected(
            "这个环节的起止事件与您打开页面时不同，规则没有保存。请刷新页面，看清起止事件后重填。",
            "The events that start and stop this leg are not those the page showed. Reload, and fill in again.",
            "events_changed",
        )
    wrong = {name: [said] for name, said in _wrong(wording, now) if said is not None}
    if wrong:
        raise Malformed(
            f"规则还没有保存：有 {len(wrong)} 处需要改。",
            f"The rule is not saved: {len(wrong)} field(s) need a correction.",
            wrong,
        )


def _wrong(wording: Wording, now: datetime) -> list[tuple[str, Said | None]]:
    length = wording.length
    fits = length is None or 1 <= length <= LONGEST[wording.unit]
    return [
        ("length", None if fits else TOO_LONG),
        ("valid_from", None if wording.valid_from >= now - _BACK else IN_THE_PAST),
        ("reason", None if len(wording.reason.strip()) >= 2 else NO_REASON),
        ("rungs", None if length is None else _wrong_ladder(wording.rungs)),
    ]


def _wrong_ladder(rungs: tuple[Rung, ...]) -> Said | None:
    if len({rung.name for rung in rungs}) != len(rungs):
        return SAME_NAME
    if any((rung.days_after or 0) > LAST_RUNG for rung in rungs):
        return TOO_LATE
    if not any(rung.share == 100 or rung.days_after for rung in rungs):
        return NOBODY_KNOWS
    return None


def _facts(leg: Leg, act: Act) -> tuple[str, ...]:
    moved = (fact for (fact, _), row in TICKS.items() for tick in row if (tick.leg, tick.act) == (leg, act))
    return tuple(dict.fromkeys(moved))
