"""Look ahead: what measured times foretell of running deadlines is kept, and its owner warned when one becomes at
risk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlmodel import Session, select

from logistics.actor import SYSTEM
from logistics.decision import Fact, Json
from logistics.rules import foresight_words, spoken
from logistics.rules.chain import stamp
from logistics.rules.deadlines import LEG_NAMES, Leg
from logistics.store import foresight as store
from logistics.store import telling
from logistics.store.comparisons import Measured
from logistics.store.context import Context
from logistics.store.foresight import Reckoned
from logistics.store.telling import Message
from logistics.store.work import Work, work
from logistics.tables import Deadline, Dossier

PAGE = 500
FIRST = datetime(1970, 1, 1, tzinfo=UTC), 0


@dataclass
class Look:
    """One look at all that is due within the horizon: where it has come, and the deadlines that are at risk since."""

    now: datetime
    measured: Measured
    after: tuple[datetime, int] | None = FIRST
    risen: list[Reckoned] = field(default_factory=list)


def foresee(ctx: Context, *, going_on: Callable[[], bool] = lambda: True) -> list[Reckoned]:
    """What is foretold of every deadline due within the horizon is kept, page by page; those that are at risk and were
    not, for `warn`. The nearest due come first, so that a look cut short has seen what presses.
    """
    with Session(ctx.engine) as reading:
        look = Look(ctx.clock(), Measured(reading, ctx.clock()))
        while look.after is not None and going_on():
            _page(ctx, look)
        return look.risen


def _page(ctx: Context, look: Look) -> None:
    assert look.after is not None
    with Session(ctx.engine) as session, session.begin():
        rows = store.running(session, look.now, look.after, PAGE)
        found = store.reckon(session, rows, look.measured, look.now)
        store.keep(session, found, look.now)
    look.risen += [one for one in found if one.rises]
    look.after = (rows[-1].due_at, rows[-1].id) if len(rows) == PAGE else None


def warn(ctx: Context, one: Reckoned) -> bool:
    """The owner has been told, once, that the deadline will probably be missed, and by what that is known; False when
    it is over, stands still, was moved or told of meanwhile, or somebody has the dossier in hand: the next look sees.
    """
    with work(ctx, SYSTEM, "foresee") as w:
        free = select(Dossier).where(Dossier.id == one.dossier_id).with_for_update(skip_locked=True)
        dossier = w.session.exec(free).first()
        if dossier is None:
            return False
        deadline = w.session.get_one(Deadline, one.deadline_id)
        if deadline.met_at or deadline.waived_at or deadline.paused_at or deadline.due_at != one.due_at:
            return False
        time = store.mark_told(w.session, one, w.now)
        if time:
            _tell(w, dossier, deadline, one, time)
        return time > 0


def _tell(w: Work, dossier: Dossier, deadline: Deadline, one: Reckoned, time: int) -> None:
    found, share = one.forecast, one.forecast.share
    people = telling.desk(w.session, dossier, deadline.owner_agency_id)
    if deadline.owner_officer_id is not None:
        people = [person for person in people if person.id == deadline.owner_officer_id] or people
    people = people or telling.managers(w.session, deadline.owner_agency_id)
    data: dict[str, Json] = {
        "key": deadline.key,
        "due_at": stamp(deadline.due_at),
        "step": found.step.value,
        "step_at": stamp(one.step_at),
        "among": found.among.value if found.among is not None else "",
        "since": stamp(found.since) if found.since is not None else "",
        "compared": found.compared,
        "alike": share.total,
        "late": share.hits,
        "percent": round(100 * (share.value or 0.0)),
        "percent_low": round(100 * share.low),
        "percent_high": round(100 * share.high),
        "told": [person.id for person in people],
    }
    zh, en = _sentence(dossier, deadline, one)
    w.record(dossier, Fact("deadline:at_risk", foresight_words.short(found)[0], data))
    key = f"foresight:{deadline.id}" + (f":{time}" if time > 1 else "")
    telling.tell(w, dossier, people, Message(key, "foresight", zh, en, deadline.id))


def _sentence(dossier: Dossier, deadline: Deadline, one: Reckoned) -> tuple[str, str]:
    zh, en = foresight_words.said(one.forecast)
    (due_zh, due_en), leg = spoken.moment(deadline.due_at), Leg(deadline.leg)
    return (
        f"专档 {dossier.no}「{LEG_NAMES[leg]}」很可能赶不上期限 {due_zh}。{zh}请趁早催办。",
        f"Dossier {dossier.no}: '{leg.value.replace('_', ' ')}' will probably miss its deadline, {due_en}. {en} "
        "Act while there is time.",
    )
