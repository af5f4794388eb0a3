"""The way of one message outside: whom it is for, what was tried, and how its channels fare. System role only.

Before a message leaves, its row says TRYING; afterwards what came of it, in one commit with the channel's health. A
process killed between the two leaves TRYING behind, and the message is tried again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, cast

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, and_, col, or_, select

from logistics.rules import breaker, reaching
from logistics.rules.breaker import Breaker, Go, State, Wait
from logistics.store import channels
from logistics.store.queues import Leased
from logistics.tables import Agency, Channel, Contact, Delivery, Dossier, Notice, Officer, Preference
from logistics.terms import ChannelKind, DeliveryState, NoticeGroup

MAIL_CODE = "mail"
LONGEST_TRY = timedelta(minutes=2)
"""Whoever set out longer ago than this has died on the way."""


@dataclass(frozen=True)
class Recipient:
    """Whom a message is for, and by which ways they can be reached. `chosen`: None where they chose nothing."""

    officer: Officer
    agency: Agency
    ways: frozenset[ChannelKind]
    chosen: tuple[str, ...] | None
    mobile_sealed: str

    @property
    def officer_id(self) -> int:
        """Their id."""
        return cast(int, self.officer.id)


@dataclass
class Message:
    """One errand's message: what it is about, for whom, and what was tried until now."""

    errand: Leased
    to: Recipient
    group: NoticeGroup
    subject: str
    deadline_ids: list[int]
    dossiers: list[Dossier]
    tried: dict[ChannelKind, Delivery] = field(default_factory=dict)

    def note(self, kind: ChannelKind, row: Delivery) -> None:
        """This is the last thing that happened."""
        self.tried.pop(kind, None)
        self.tried[kind] = row

    @property
    def states(self) -> dict[ChannelKind, DeliveryState]:
        """What became of each channel, in the order in which it happened."""
        return {kind: row.state for kind, row in self.tried.items()}


def message(session: Session, errand: Leased) -> Message | None:
    """The errand's message with everything that is known of it; None when its officer no longer works."""
    officer = session.get(Officer, int(errand.payload["officer"]))
    if officer is None or not officer.active:
        return None
    group = reaching.group_of(str(errand.payload.get("kind", "")))
    notices = _notices(session, errand)
    dossiers = session.exec(select(Dossier).where(col(Dossier.id).in_({one.dossier_id for one in notices}))).all()
    if errand.dossier_id is not None and not dossiers:
        dossiers = [session.get_one(Dossier, errand.dossier_id)]
    found = Message(
        errand,
        _recipient(session, officer, group),
        group,
        _subject(errand, notices),
        sorted({one.deadline_id for one in notices if one.deadline_id is not None}),
        list(dossiers),
    )
    in_time = (col(Delivery.tried_at), col(Delivery.id))
    rows = session.exec(select(Delivery).where(Delivery.errand_key == errand.key).order_by(*in_time)).all()
    if any(row.state is DeliveryState.PARKED for row in rows):  # it was parked, and a person had it tried again
        rows = [row for row in rows if row.state is DeliveryState.SENT]
    found.tried = {row.kind: row for row in rows}
    return found


def _notices(session: Session, errand: Leased) -> list[Notice]:
    ids = [int(one) for one in errand.payload.get("notices", [])]
    return list(session.exec(select(Notice).where(col(Notice.id).in_(ids))).all())


def _subject(errand: Leased, notices: list[Notice]) -> str:
    """The message, whoever gets it: two officers told the same have the same subject."""
    if not notices:
        return errand.key.removesuffix(f":{errand.payload['officer']}")
    return hashlib.sha256("\n".join(sorted(one.key for one in notices)).encode()).hexdigest()


def _recipient(session: Session, officer: Officer, group: NoticeGroup) -> Recipient:
    officer_id = cast(int, officer.id)
    contact = session.get(Contact, officer_id)
    chosen = session.exec(
        select(Preference.channels).where(Preference.officer_id == officer_id, Preference.notices == group)
    ).first()
    return Recipient(
        officer,
        session.get_one(Agency, officer.agency_id),
        channels.ways_of(session, [officer_id]).get(officer_id, frozenset()),
        None if chosen is None else tuple(chosen),
        contact.mobile if contact else "",
    )


def carrier(session: Session, agency: Agency, kind: ChannelKind) -> Channel | None:
    """The channel of this kind that serves the agency: its own, oldest first, else one that the nearest agency above
    shares."""
    above = [int(one) for one in agency.path.strip(".").split(".") if one]
    rows = session.exec(
        select(Channel)
        .where(Channel.kind == kind, col(Channel.active).is_(True), col(Channel.agency_id).in_(above))
        .order_by(col(Channel.id))
    ).all()
    usable = [row for row in rows if row.agency_id == agency.id or row.shared]
    return min(usable, key=lambda row: -above.index(cast(int, row.agency_id)), default=None)


def mail_channel(engine: Engine, now: datetime) -> int:
    """The row that keeps how the mail server fares; made when the first letter goes."""
    row = {"code": MAIL_CODE, "kind": ChannelKind.MAIL, "name": MAIL_CODE, "settings": "", "added_at": now}
    rest = {"host": "", "signs": False, "shared": False, "active": True, "failures": 0, "last_error": ""}
    with Session(engine) as session, session.begin():
        known = select(Channel.id).where(Channel.code == MAIL_CODE)
        found = session.exec(known).first()
        if found is None:
            session.execute(insert(Channel).values({**row, **rest}).on_conflict_do_nothing())
            found = session.exec(known).one()
        return cast(int, found)


def may_send(engine: Engine, channel_id: int, now: datetime, pace: Breaker) -> tuple[Go | Wait, bool]:
    """Whether the channel is used now, and whether it is known to be dead: it refused us, or failed again and again. A
    `Go` holds the probe where it is one: `record` must follow."""
    with Session(engine) as session, session.begin():
        row = _locked(session, channel_id)
        is_dead = row.dead_since is not None or row.failures >= pace.threshold
        answer, state = breaker.ask(state_of(row), now, pace)
        _put(row, state)
        session.add(row)
        return answer, is_dead


def begin(engine: Engine, given: Message, kind: ChannelKind, channel_id: int | None, now: datetime) -> None:
    """The message is on its way by this channel; nobody knows yet whether it left."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        row = _row(session, given, kind)
        row.channel_id, row.state, row.tried_at = channel_id, DeliveryState.TRYING, now
        row.tries += 1
        session.add(row)
    given.note(kind, row)


@dataclass(frozen=True)
class Health:
    """What one try told. `is_channel`: the failure was the channel's, not this message's. `final`: the other side said
    no, so that trying again would not help; with `is_channel`, it does not accept us at all."""

    ok: bool
    words: str = ""
    is_channel: bool = False
    final: bool = False
    retry_after_seconds: int | None = None


def record(
    engine: Engine, given: Message, kind: ChannelKind, now: datetime, go: Go, state: DeliveryState, health: Health,
    pace: Breaker,
) -> None:  # fmt: skip
    """What came of the try stands in its row, and the channel is in use or left alone as the rules have it."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        row = _row(session, given, kind)
        row.state, row.words = state, health.words
        row.refused = health.final
        session.add(row)
        if row.channel_id is not None:
            _note(_locked(session, row.channel_id), now, go, health, pace)
    given.note(kind, row)


def give_up(
    engine: Engine, given: Message, kind: ChannelKind, now: datetime, words: str, *, refused: bool,
    state: DeliveryState = DeliveryState.FELL_TO_NEXT,
) -> None:  # fmt: skip
    """The message does not go by this channel, for this reason; nothing was sent now."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        row = _row(session, given, kind)
        row.state, row.words, row.refused, row.tried_at = state, words, refused, now
        session.add(row)
    given.note(kind, row)


class Group(Enum):
    """What a group knows of a message. TOLD: it had it, for a colleague. UNDER_WAY: it is just being told. FREE: not
    yet, and from now on it is this message's to tell."""

    TOLD = "told"
    UNDER_WAY = "under_way"
    FREE = "free"


def claim_group(engine: Engine, given: Message, kind: ChannelKind, channel_id: int, now: datetime) -> Group:
    """Whether the group is to be told, however many processes ask at once: the channel's row is locked meanwhile. What
    it was told already for a colleague has gone with that message."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        _locked(session, channel_id)
        others = session.exec(
            select(Delivery.state).where(
                Delivery.channel_id == channel_id,
                Delivery.subject == given.subject,
                Delivery.errand_key != given.errand.key,
                or_(
                    Delivery.state == DeliveryState.SENT,
                    and_(col(Delivery.state) == DeliveryState.TRYING, col(Delivery.tried_at) > now - LONGEST_TRY),
                ),
            )
        ).all()
        if others and DeliveryState.SENT not in others:
            return Group.UNDER_WAY
        row = _row(session, given, kind)
        row.channel_id, row.tried_at = channel_id, now
        row.state = DeliveryState.SENT if others else DeliveryState.TRYING
        row.words = "同一条提醒已发到本群，不再重复。" if others else ""
        session.add(row)
    given.note(kind, row)
    return Group.TOLD if others else Group.FREE


def state_of(row: Channel) -> State:
    """What the rules know of the channel."""
    return State(row.failures, row.opened_at, row.open_until, row.probe_until)


def _row(session: Session, given: Message, kind: ChannelKind) -> Delivery:
    found = session.exec(select(Delivery).where(Delivery.errand_key == given.errand.key, Delivery.kind == kind)).first()
    if found is not None:
        if kind not in given.tried:  # a person had it tried again: it is counted anew
            found.tries, found.refused = 0, False
        return found
    values: Mapping[str, Any] = {
        "errand_key": given.errand.key,
        "subject": given.subject,
        "agency_id": given.to.officer.agency_id,
        "officer_id": given.to.officer_id,
        "dossier_id": given.errand.dossier_id,
        "deadline_ids": given.deadline_ids,
        "notices": given.group,
        "kind": kind,
        "made_at": given.errand.created_at,
    }
    return Delivery(**values, state=DeliveryState.WAITING)


def _locked(session: Session, channel_id: int) -> Channel:
    return session.exec(select(Channel).where(Channel.id == channel_id).with_for_update()).one()


def _put(row: Channel, state: State) -> None:
    row.failures, row.opened_at, row.open_until, row.probe_until = (
        state.failures,
        state.opened_at,
        state.open_until,
        state.probe_until,
    )


def _note(row: Channel, now: datetime, go: Go, health: Health, pace: Breaker) -> None:
    if health.ok or not health.is_channel:
        _put(row, breaker.succeeded())
        row.dead_since = None
        row.last_ok_at = now if health.ok else row.last_ok_at
        return
    row.last_failed_at, row.last_error = now, health.words
    if health.final:
        row.dead_since = row.dead_since or now
        _put(row, breaker.refused(state_of(row), now, pace))
    else:
        _put(row, breaker.failed(state_of(row), now, go, health.retry_after_seconds, pace))
