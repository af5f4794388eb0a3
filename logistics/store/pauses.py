"""Pauses and extensions at rest: what they do to a deadline, in the transaction of the caller."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as select_any
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from logistics.decision import Fact, Json
from logistics.rules.chain import stamp
from logistics.rules.pausing import REASON_NAMES, PauseReason, Stretch, plain_pause
from logistics.store import recomputing
from logistics.tables import Agency, Deadline, Dossier, Officer, Pause


def begin(session: Session, row: Deadline, pause: Pause, now: datetime) -> Fact:
    """The clock stands still since the moment the pause was approved for."""
    pause.begun_at, row.paused_at = now, pause.from_at
    session.add_all([pause, row])
    session.flush()
    data: dict[str, Json] = {
        "key": row.key,
        "from": stamp(cast(datetime, pause.from_at)),
        "until": stamp(pause.until_at) if pause.until_at else None,
        "reason": pause.reason,
        "asked_by": pause.asked_by,
        "approved_by": pause.approved_by,
    }
    return Fact("deadline:paused", words_of(pause), data)


def run_on(session: Session, row: Deadline, pause: Pause, until: datetime, now: datetime, by: int | None) -> list[Fact]:
    """The clock runs since `until`, and ends later by what was paused."""
    from_at = cast(datetime, pause.from_at)
    over = Stretch(from_at, max(from_at, until), PauseReason(pause.reason))
    pause.ended_at, pause.ended_by, row.paused_at = over.until_at, by, None
    before = cast("list[Json]", row.policy.get("pauses") or [])
    row.policy = {**row.policy, "pauses": [*before, plain_pause(over)]}
    session.add_all([pause, row])
    data: dict[str, Json] = {"key": row.key, "from": stamp(from_at), "until": stamp(over.until_at)}
    resumed = Fact("deadline:resumed", words_of(pause), data)
    return [resumed, recomputing.again(session, row, now, f"暂停结束：{words_of(pause)}")]


def extend(session: Session, row: Deadline, pause: Pause, now: datetime) -> list[Fact]:
    """The deadline ends later by what was approved; the request is used up."""
    pause.ended_at = now
    before = cast("list[Json]", row.policy.get("extensions") or [])
    row.policy = {**row.policy, "extensions": [*before, pause.amount]}
    session.add_all([pause, row])
    data: dict[str, Json] = {
        "key": row.key,
        "amount": pause.amount,
        "unit": cast(str, row.policy["unit"]),
        "reason": pause.reason,
        "asked_by": pause.asked_by,
        "approved_by": pause.approved_by,
    }
    extended = Fact("deadline:extended", words_of(pause), data)
    return [extended, recomputing.again(session, row, now, f"经批准延期：{words_of(pause)}")]


def settle(session: Session, row: Deadline, at: datetime, now: datetime) -> list[Fact]:
    """The deadline is about to be over: a pause that runs ends here, a request nobody decided falls away."""
    said: list[Fact] = []
    for pause in live(session, row):
        if pause.begun_at is not None:
            said += run_on(session, row, pause, at, now, None)
        else:
            pause.ended_at = now
            session.add(pause)
    session.flush()
    return said


def live(session: Session, row: Deadline) -> Sequence[Pause]:
    """Requests about the deadline that wait for a decision or for their day, and the pause that runs."""
    found = select(Pause).where(Pause.deadline_id == row.id, *LIVE).order_by(col(Pause.id))
    return session.exec(found.with_for_update()).all()


LIVE = (col(Pause.refused_at).is_(None), col(Pause.ended_at).is_(None))
"""Neither refused nor over."""


def turning(session: Session, now: datetime, limit: int) -> list[int]:
    """Deadlines with an approved pause that begins or ends by now, longest waiting first."""
    begins = col(Pause.begun_at).is_(None) & (col(Pause.from_at) <= now)
    ends = col(Pause.begun_at).is_not(None) & (col(Pause.until_at) <= now)
    statement = (
        select(Pause.deadline_id)
        .where(Pause.kind == "pause", col(Pause.approved_at).is_not(None), *LIVE)
        .where(or_(begins, ends))
        .order_by(col(Pause.from_at))
        .limit(limit)
    )
    return list(session.exec(statement))


def words_of(pause: Pause) -> str:
    """The reason as people say it."""
    return "：".join(filter(None, (REASON_NAMES[PauseReason(pause.reason)], pause.note)))


@dataclass(frozen=True)
class Asked:
    """One request with what people need to know to judge it."""

    pause: Pause
    deadline: Deadline
    dossier_no: str
    owner: Agency
    asker: str
    decider: str


def of_deadline(session: Session, deadline_id: int) -> list[Asked]:
    """Every request about the clock, newest first."""
    return _asked(session, col(Pause.deadline_id) == deadline_id)


def waiting(session: Session, agencies: Collection[int]) -> list[Asked]:
    """Requests nobody has decided, about clocks that these agencies answer for; newest first."""
    ours = col(Deadline.owner_agency_id).in_(agencies)
    open_ = col(Deadline.met_at).is_(None), col(Deadline.waived_at).is_(None)
    return _asked(session, ours, col(Pause.approved_at).is_(None), *LIVE, *open_)


def running(session: Session, agencies: Collection[int]) -> list[Asked]:
    """Pauses that stand approved and are not over, of clocks that these agencies answer for; newest first."""
    ours = col(Deadline.owner_agency_id).in_(agencies)
    return _asked(session, ours, col(Pause.approved_at).is_not(None), *LIVE)


def _asked(session: Session, *conditions: ColumnElement[bool]) -> list[Asked]:
    asker, decider = aliased(Officer), aliased(Officer)
    rows = session.execute(
        select_any(Pause, Deadline, col(Dossier.no), Agency, col(asker.name), col(decider.name))
        .join(Deadline, col(Deadline.id) == Pause.deadline_id)
        .join(Dossier, col(Dossier.id) == Pause.dossier_id)
        .join(Agency, col(Agency.id) == Deadline.owner_agency_id)
        .join(asker, col(asker.id) == Pause.asked_by)
        .outerjoin(decider, col(decider.id) == func.coalesce(Pause.approved_by, Pause.refused_by))
        .where(*conditions)
        .order_by(col(Pause.id).desc())
        .limit(LONGEST)
    )
    return [Asked(pause, deadline, no, owner, by, other or "") for pause, deadline, no, owner, by, other in rows]


LONGEST = 500  # requests one list shows at most
