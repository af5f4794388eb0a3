"""Orders of supervision at rest: one with all that stands about it, and the lists people work by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from logistics.actor import Actor
from logistics.errors import NotYours
from logistics.rules import supervision
from logistics.rules.policies import Leg
from logistics.rules.supervision import DECIDING, OVER, OWED, Order, Person
from logistics.tables import (
    Agency,
    Consignment,
    Deadline,
    Discrepancy,
    Dossier,
    Officer,
    Supervision,
    SupervisionAct,
)
from logistics.terms import Role, SupervisionState, SupervisionVerb

LIMIT = 200
_ACT = aliased(SupervisionAct)  # the last act about an order
PREFIX = f"{Leg.SUPERVISION_TO_ANSWER.value}/"


@dataclass(frozen=True)
class Line:
    """One order in a list: where it stands, since when, by whose act; when its answer is due (None: none runs)."""

    order: Supervision
    dossier: Dossier
    state: SupervisionState
    round: int
    orderer: Officer
    orderer_agency: Agency
    addressee: Agency
    officer: Officer | None
    since: datetime
    by: int
    due_at: datetime | None

    @property
    def dossier_no(self) -> str:
        """The number of the dossier it is about."""
        return self.dossier.no


@dataclass(frozen=True)
class Step:
    """One act with who did it."""

    act: SupervisionAct
    officer: Officer
    agency: Agency


@dataclass(frozen=True)
class Chain:
    """One order with every act about it, oldest first, and what it is about."""

    line: Line
    dossier: Dossier
    steps: Sequence[Step]
    clocks: Sequence[Deadline]
    deadline: Deadline | None
    discrepancy: Discrepancy | None
    consignment: Consignment | None

    @property
    def known(self) -> Order:
        """As the rules see it."""
        answered = [step.act.officer_id for step in self.steps if step.act.verb is SupervisionVerb.ANSWER]
        row = self.line.order
        return Order(
            row.no,
            self.line.state,
            row.ordered_by,
            self.line.orderer.active,
            row.ordering_agency_id,
            row.addressee_agency_id,
            row.addressee_officer_id,
            answered[-1] if answered else None,
        )


def person(actor: Actor, dossier: Dossier) -> Person:
    """The actor as somebody who may do something about an order of this dossier."""
    desks = {dossier.receiver_agency_id: Role.RECEIVER, dossier.sender_agency_id: Role.WINDOW}
    return Person(actor.officer_id, actor.agency_id, actor.roles, desks.get(actor.agency_id or 0))


def chain(session: Session, no: str) -> Chain:
    """The order of that number as the reader sees it. Raises `NotYours`."""
    found = _lines(session, _newest(col(Supervision.no) == no))
    if not found:
        raise NotYours("督办", "order")
    line = found[0]
    row = line.order
    steps = session.execute(
        select(SupervisionAct, Officer, Agency)
        .join(Officer, col(Officer.id) == SupervisionAct.officer_id)
        .join(Agency, col(Agency.id) == SupervisionAct.agency_id)
        .where(col(SupervisionAct.supervision_id) == row.id)
        .order_by(col(SupervisionAct.seq))
    )
    clocks = session.scalars(
        select(Deadline).where(col(Deadline.dossier_id) == row.dossier_id, _clock_of(no)).order_by(col(Deadline.id))
    )
    return Chain(
        line,
        line.dossier,
        [Step(act, officer, agency) for act, officer, agency in steps],
        list(clocks),
        session.get(Deadline, row.deadline_id) if row.deadline_id else None,
        session.get(Discrepancy, row.discrepancy_id) if row.discrepancy_id else None,
        session.get(Consignment, row.consignment_id) if row.consignment_id else None,
    )


def clock(session: Session, no: str, round_: int) -> Deadline | None:
    """The newest clock of that round; None before there was one."""
    key = PREFIX + supervision.clock_key(no, round_)
    like = (col(Deadline.key) == key) | col(Deadline.key).startswith(f"{key}#", autoescape=True)
    return session.scalars(select(Deadline).where(like).order_by(col(Deadline.id).desc())).first()


def _clock_of(no: str) -> ColumnElement[bool]:
    key = PREFIX + no
    starts = [col(Deadline.key).startswith(key + mark, autoescape=True) for mark in "/#"]
    return or_(col(Deadline.key) == key, *starts)


def count_of(session: Session, dossier_id: int | None) -> int:
    """How many orders there have been about the dossier."""
    return session.scalars(select(func.count()).where(col(Supervision.dossier_id) == dossier_id)).one()


def about(session: Session, dossier_id: int | None) -> list[Line]:
    """Every order about the dossier, the newest first."""
    return _lines(session, _newest(col(Supervision.dossier_id) == dossier_id))


def undecided(session: Session, dossier_id: int | None) -> dict[str, int]:
    """Orders about the dossier whose answer waits to be accepted or sent back, and by which agency."""
    lines = _lines(session, _newest(col(Supervision.dossier_id) == dossier_id, _in(DECIDING)), oldest=True)
    return {line.order.no: line.order.ordering_agency_id for line in lines}


def ordered_by(session: Session, actor: Actor) -> list[Line]:
    """Orders that this officer gave and that are not over, the oldest first."""
    return _lines(session, _newest(col(Supervision.ordered_by) == actor.officer_id, ~_in(OVER)), oldest=True)


def owed_by(session: Session, actor: Actor) -> list[Line]:
    """Orders that somebody at or below this officer's agencies owes an answer to."""
    owed = _in(OWED)
    return _lines(session, _newest(col(Supervision.addressee_agency_id).in_(actor.agencies), owed), oldest=True)


def to_answer(session: Session, actor: Actor) -> list[Line]:
    """Those of `owed_by` that this officer may sign for or answer."""
    return [line for line in owed_by(session, actor) if _mine(actor, line)]


def to_decide(session: Session, actor: Actor) -> list[Line]:
    """Answers that wait for this officer, or another manager of their agency, to accept them or send them back."""
    at = col(Supervision.ordering_agency_id) == actor.agency_id
    if Role.MANAGER not in actor.roles:
        return []
    waiting = _lines(session, _newest(at, _in(DECIDING)), oldest=True)
    return [line for line in waiting if line.by != actor.officer_id]  # nobody decides their own answer


def over(session: Session, actor: Actor) -> list[Line]:
    """Orders that are over, given or owed at or below the reader's agencies, the newest first."""
    sides = (col(Supervision.ordering_agency_id), col(Supervision.addressee_agency_id))
    ours = or_(*(side.in_(actor.agencies) for side in sides))
    return _lines(session, _newest(ours, _in(OVER)))


def _in(states: Iterable[SupervisionState]) -> ColumnElement[bool]:
    return col(_ACT.state).in_(sorted(states))


def _mine(actor: Actor, line: Line) -> bool:
    row = line.order
    known = Order(
        row.no, line.state, row.ordered_by, True, row.ordering_agency_id, row.addressee_agency_id,
        row.addressee_officer_id,
    )  # fmt: skip
    return bool(supervision.may(known, person(actor, line.dossier)) - {SupervisionVerb.WITHDRAW})


def _newest(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Orders with their last act and the clock that runs for them. Their people are asked for apart, in `_lines`: to
    plan a join of ten tables took ten times as long as to carry it out.
    """
    later = aliased(SupervisionAct)
    after = (col(later.supervision_id) == col(_ACT.supervision_id)) & (col(later.seq) > col(_ACT.seq))
    last = ~select(col(later.id)).where(after).exists()
    running = and_(
        col(Deadline.dossier_id) == col(Supervision.dossier_id),
        col(Deadline.leg) == Leg.SUPERVISION_TO_ANSWER.value,
        func.split_part(func.split_part(col(Deadline.key), "/", 2), "#", 1) == col(Supervision.no),
        col(Deadline.met_at).is_(None),
        col(Deadline.waived_at).is_(None),
    )
    return (
        select(Supervision, Dossier, _ACT, col(Deadline.due_at))
        .join(Dossier, col(Dossier.id) == Supervision.dossier_id)
        .join(_ACT, col(_ACT.supervision_id) == col(Supervision.id))
        .outerjoin(Deadline, running)
        .where(last, *conditions)
    )


def _lines(session: Session, statement: Select[*tuple[Any, ...]], oldest: bool = False) -> list[Line]:
    order = col(Supervision.id)
    rows = session.execute(statement.order_by(order if oldest else order.desc()).limit(LIMIT)).all()
    if not rows:
        return []
    orders = [row for row, *_rest in rows]
    sides = {side for one in orders for side in (one.ordering_agency_id, one.addressee_agency_id)}
    agencies = _by_id(session, Agency, sides)
    people = _by_id(session, Officer, {key for one in orders for key in (one.ordered_by, one.addressee_officer_id)})
    return [
        Line(
            row, dossier, act.state, act.round, people[row.ordered_by], agencies[row.ordering_agency_id],
            agencies[row.addressee_agency_id], people.get(row.addressee_officer_id), act.at, act.officer_id, due_at,
        )
        for row, dossier, act, due_at in rows
    ]  # fmt: skip


Row = TypeVar("Row", Agency, Officer)


def _by_id(session: Session, table: type[Row], ids: Iterable[int | None]) -> dict[int | None, Row]:
    wanted = [key for key in ids if key is not None]
    return {row.id: row for row in session.scalars(select(table).where(col(table.id).in_(wanted)))}


def officers(session: Session, dossier: Dossier, agency_id: int) -> list[Officer]:
    """Who at a party of the dossier may be named: its desk and its managers, active ones, by id."""
    desk = Role.WINDOW if agency_id == dossier.sender_agency_id else Role.RECEIVER
    rows = session.scalars(
        select(Officer).where(col(Officer.agency_id) == agency_id, col(Officer.active)).order_by(col(Officer.id))
    )
    return [row for row in rows if {desk.value, Role.MANAGER.value} & set(row.roles)]


def dossier_of_deadline(session: Session, deadline_id: int) -> tuple[Dossier, Deadline]:
    """A deadline with its dossier, as the reader sees them. Raises `NotYours`."""
    row = session.get(Deadline, deadline_id)
    if row is None:
        raise NotYours("时限", "deadline")
    return session.get_one(Dossier, row.dossier_id), row


def typed(session: Session, words: str) -> str | None:
    """The number of the order that these typed words name, as the reader sees it; None when they name none."""
    return session.scalars(select(col(Supervision.no)).where(col(Supervision.no) == words.strip().upper())).first()
