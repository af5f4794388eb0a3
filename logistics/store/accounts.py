"""How couriers' accounts fare, kept in the database so that all processes agree: the one gate before every call out.

Each look and each note locks the account's row for a moment; of any number of processes exactly one probes an account
that is open. System role only, but for what pages read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from couriers.contract import Operation
from logistics.rules import breaker, quota
from logistics.rules.breaker import Breaker, Go, State, Wait
from logistics.rules.quota import UNLIMITED, Quota, Spent
from logistics.rules.workdays import china_date
from logistics.tables import CourierAccount, CourierFault, CourierTrouble, Errand
from logistics.terms import CallResult

URGENT = frozenset({Operation.BOOK, Operation.CANCEL, Operation.ORDER, Operation.TOKEN})
"""Operations that may use up a quota; all others leave a fifth of it to these."""

LAST_TROUBLES = 20
LONGEST_SPREAD = timedelta(minutes=2)
"""What waited for an open account is taken up within so long after it."""

_MOST_WORDS = 300


@dataclass(frozen=True)
class Told:
    """What one call told about its account. `words` are ours; of the courier's only its code is kept."""

    result: CallResult
    status: int | None = None
    native_code: str = ""
    words: str = ""
    took_ms: int = 0
    retry_after_seconds: int | None = None
    clock_skew_seconds: int | None = None

    @property
    def is_trouble(self) -> bool:
        """True when the account did not do its part; a refusal by rule is an answer like any other."""
        return self.result not in (CallResult.OK, CallResult.REFUSED)


def may_call(
    engine: Engine,
    code: str,
    operation: Operation,
    now: datetime,
    *,
    limits: Quota = UNLIMITED,
    pace: Breaker = breaker.USUAL,
) -> Go | Wait:
    """Whether to call now. `Go` has been counted against the quota, and holds the probe where it is one: `note` must
    follow."""
    with Session(engine) as session, session.begin():
        row = _locked(session, code)
        answer, state = breaker.ask(state_of(row), now, pace)
        if isinstance(answer, Wait):
            return answer
        spent, wait = quota.take(_spent(row), limits, now, operation in URGENT)
        if wait is not None:
            return Wait(*wait)
        _put(row, state)
        row.minute, row.minute_calls, row.day, row.day_calls = (
            spent.minute,
            spent.minute_calls,
            spent.day,
            spent.day_calls,
        )
        session.add(row)
        return answer


def note(
    engine: Engine,
    code: str,
    operation: Operation,
    now: datetime,
    go: Go,
    told: Told,
    *,
    pace: Breaker = breaker.USUAL,
) -> State:
    """The call's end stands in the account's figures, and the account is closed or open as the rules have it."""
    with Session(engine) as session, session.begin():
        row = _locked(session, code)
        if told.is_trouble:
            _put(row, breaker.failed(state_of(row), now, go, told.retry_after_seconds, pace))
            row.last_failed_at = now
            session.add(_trouble(code, operation, now, told))
        else:
            _put(row, breaker.succeeded())
            row.last_ok_at = now
        if told.clock_skew_seconds is not None:
            row.clock_skew_seconds = told.clock_skew_seconds
        session.add(row)
        _count(session, code, operation, now, told.result)
        return state_of(row)


def release(engine: Engine, code: str, go: Go) -> None:
    """The call was not made after all: whoever comes next may probe."""
    if not go.probe:
        return
    with Session(engine) as session, session.begin():
        row = _locked(session, code)
        row.probe_until = None
        session.add(row)


def heard_push(engine: Engine, code: str, at: datetime) -> None:
    """The account's last push came at `at`, or later."""
    with Session(engine) as session, session.begin():
        row = _locked(session, code)
        row.last_push_at = max(row.last_push_at or at, at)
        session.add(row)


def try_now(session: Session, code: str, at: datetime, officer_id: int | None) -> bool:
    """The account that is open is tried by the next call, because a person wanted it, and what waits for it is due as
    far as that person sees it. False when it is not open."""
    row = session.exec(select(CourierAccount).where(CourierAccount.code == code).with_for_update()).first()
    if row is None or row.open_until is None:
        return False
    waiting_for = row.open_until
    row.open_until, row.probe_until = min(row.open_until, at), None
    row.tried_at, row.tried_by = at, officer_id
    session.add(row)
    session.flush()
    session.execute(
        update(Errand)
        .where(
            col(Errand.done_at).is_(None),
            col(Errand.parked_at).is_(None),
            col(Errand.payload)["courier"].astext == code,
            col(Errand.due_at).between(waiting_for, waiting_for + LONGEST_SPREAD),
        )
        .values(due_at=at)
    )
    return True


def of(session: Session, code: str) -> CourierAccount:
    """The account's row; one that was never called has an empty one."""
    return session.get(CourierAccount, code) or CourierAccount(code=code)


def figures(session: Session, code: str, since: date) -> dict[tuple[str, CallResult], int]:
    """How many calls went how since that China day, by operation and result."""
    rows = session.exec(
        select(CourierFault.operation, CourierFault.kind, func.sum(CourierFault.count))
        .where(CourierFault.code == code, CourierFault.day >= since)
        .group_by(col(CourierFault.operation), col(CourierFault.kind))
    )
    return {(operation, CallResult(kind)): int(count) for operation, kind, count in rows}


def by_result(session: Session, code: str, now: datetime, days: int = 1) -> dict[CallResult, int]:
    """How many calls went how, today and on the China days before, `days` together."""
    found: dict[CallResult, int] = {}
    for (_, result), count in figures(session, code, china_date(now) - timedelta(days=days - 1)).items():
        found[result] = found.get(result, 0) + count
    return found


def troubles(session: Session, code: str, limit: int = LAST_TROUBLES) -> Sequence[CourierTrouble]:
    """The account's last failed calls, newest first."""
    return session.exec(
        select(CourierTrouble).where(CourierTrouble.code == code).order_by(col(CourierTrouble.id).desc()).limit(limit)
    ).all()


def parked(session: Session, code: str, limit: int = 50) -> Sequence[Errand]:
    """Errands to that account that wait for a person, as the reader sees them, longest waiting first."""
    return session.exec(
        select(Errand)
        .where(
            col(Errand.parked_at).is_not(None),
            col(Errand.done_at).is_(None),
            col(Errand.payload)["courier"].astext == code,
        )
        .order_by(col(Errand.parked_at))
        .limit(limit)
    ).all()


def _locked(session: Session, code: str) -> CourierAccount:
    empty = {"code": code, "failures": 0, "minute_calls": 0, "day_calls": 0}
    session.execute(insert(CourierAccount).values(empty).on_conflict_do_nothing())
    return session.exec(select(CourierAccount).where(CourierAccount.code == code).with_for_update()).one()


def state_of(row: CourierAccount) -> State:
    """What the rules know of the account."""
    return State(row.failures, row.opened_at, row.open_until, row.probe_until)


def _spent(row: CourierAccount) -> Spent:
    return Spent(row.minute, row.minute_calls, row.day, row.day_calls)


def _put(row: CourierAccount, state: State) -> None:
    row.failures, row.opened_at = state.failures, state.opened_at
    row.open_until, row.probe_until = state.open_until, state.probe_until


def _count(session: Session, code: str, operation: Operation, now: datetime, result: CallResult) -> None:
    one = {"code": code, "day": china_date(now), "operation": operation.value, "kind": result.value, "count": 1}
    session.execute(
        insert(CourierFault)
        .values(one)
        .on_conflict_do_update(
            index_elements=["code", "day", "operation", "kind"], set_={"count": col(CourierFault.count) + 1}
        )
    )


def _trouble(code: str, operation: Operation, now: datetime, told: Told) -> CourierTrouble:
    return CourierTrouble(
        code=code,
        at=now,
        operation=operation.value,
        kind=told.result.value,
        status=told.status,
        native_code=told.native_code[:40],
        words=told.words[:_MOST_WORDS],
        took_ms=told.took_ms,
    )
