"""SQL about what carries notices outside the inbox: who can be reached how, and what became of each message."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import defer
from sqlmodel import Session, col, or_, select

from logistics.actor import Actor
from logistics.decision import Errand
from logistics.errors import NotYours
from logistics.store.work import Work
from logistics.tables import Channel, Contact, Delivery, Dossier, Officer, Preference
from logistics.tables import Errand as ErrandRow
from logistics.terms import ChannelKind, DeliveryState, ErrandKind, NoticeGroup

TEST = "notify:test:"
TEST_ZH = "这是一条测试消息，收到即说明渠道可用，无须处理。"
TEST_EN = "This is a test message: the channel works, nothing is to be done."
NEWEST = 50


def ways_of(session: Session, officer_ids: Collection[int]) -> dict[int, frozenset[ChannelKind]]:
    """By which channels each of these officers can be reached outside the inbox; who has none is left out. Whoever
    asks sees kinds only, no address."""
    found: dict[int, set[ChannelKind]] = {}
    ask = text("SELECT officer_id, kind FROM outside_ways(CAST(:officers AS bigint[]))")
    rows = session.execute(ask, {"officers": sorted(officer_ids)})
    for officer_id, kind in rows:
        found.setdefault(cast(int, officer_id), set()).add(ChannelKind(kind))
    return {officer_id: frozenset(kinds) for officer_id, kinds in found.items()}


def reachable(session: Session, officer_ids: Collection[int]) -> set[int]:
    """Those of these officers who have any way outside the inbox: for them a NOTIFY errand is worth owing."""
    return set(ways_of(session, officer_ids))


@dataclass(frozen=True)
class Told:
    """One message on one channel, as pages show it. `waits`: it is parked, and somebody may have it tried again."""

    row: Delivery
    officer: str
    dossier_no: str
    waits: bool

    @property
    def state(self) -> DeliveryState:
        """What became of it: what failed too often and is parked is not tried again by itself."""
        return DeliveryState.PARKED if self.waits and self.row.state is DeliveryState.FAILED else self.row.state


def deliveries_of(session: Session, deadline_id: int) -> list[Told]:
    """What became outside of every notice about this deadline, digests too, the first told first; with the reader's
    eyes, so of their own agencies' people only."""
    about = col(Delivery.deadline_ids).contains([deadline_id])
    return _told(session, [about], (col(Delivery.made_at), col(Delivery.id)), None)


def newest(session: Session, agency_ids: Collection[int], *, only_wrong: bool, limit: int = NEWEST) -> list[Told]:
    """The newest messages of these agencies' people, tests left out; `only_wrong`: those that did not arrive where they
    were sent."""
    conditions = [col(Delivery.agency_id).in_(agency_ids), col(Delivery.errand_key).not_like(f"{TEST}%")]
    if only_wrong:
        wrong = (DeliveryState.FAILED, DeliveryState.FELL_TO_NEXT, DeliveryState.PARKED)
        conditions.append(col(Delivery.state).in_(wrong))
    return _told(session, conditions, (col(Delivery.id).desc(),), limit)


def of_channel(session: Session, channel_id: int, limit: int = 20) -> list[Told]:
    """The newest messages that were given to this channel."""
    return _told(session, [col(Delivery.channel_id) == channel_id], (col(Delivery.id).desc(),), limit)


def of_officer(session: Session, officer_id: int, limit: int = 10) -> list[Told]:
    """The newest messages to this officer."""
    return _told(session, [col(Delivery.officer_id) == officer_id], (col(Delivery.id).desc(),), limit)


def _told(session: Session, conditions: Sequence[Any], order: Sequence[Any], limit: int | None) -> list[Told]:
    rows = session.execute(
        select(Delivery, col(Officer.name), col(Dossier.no), col(ErrandRow.parked_at))
        .join(Officer, col(Officer.id) == Delivery.officer_id)
        .outerjoin(Dossier, col(Dossier.id) == Delivery.dossier_id)
        .outerjoin(ErrandRow, (col(ErrandRow.key) == Delivery.errand_key) & col(ErrandRow.done_at).is_(None))
        .where(*conditions)
        .order_by(*order)
        .limit(limit)
    )
    return [Told(row, name, no or "", parked_at is not None) for row, name, no, parked_at in rows]


def delivery(session: Session, delivery_id: int) -> Delivery:
    """The delivery of that id. Raises `NotYours`."""
    found = session.get(Delivery, delivery_id)
    if found is None:
        raise NotYours("提醒", "delivery")
    return found


def parked_errand(session: Session, errand_key: str) -> int | None:
    """The id of the parked errand with this key, None when it is not parked."""
    return session.exec(
        select(ErrandRow.id).where(ErrandRow.key == errand_key, col(ErrandRow.parked_at).is_not(None))
    ).first()


def every(session: Session, agency_ids: Collection[int]) -> list[Channel]:
    """The channels of these agencies, and the mail server's row where letters went, without sealed settings."""
    mine = or_(col(Channel.agency_id).in_(agency_ids), col(Channel.agency_id).is_(None))
    statement = _readable().where(mine).order_by(col(Channel.agency_id).nulls_first(), col(Channel.id))
    return list(session.exec(statement).all())


def channel(session: Session, channel_id: int, *, lock: bool = False) -> Channel:
    """The channel of that id without its sealed settings; `lock`: until the transaction ends. Raises `NotYours`."""
    statement = _readable().where(Channel.id == channel_id, col(Channel.agency_id).is_not(None))
    found = session.exec(statement.with_for_update() if lock else statement).first()
    if found is None:
        raise NotYours("通知渠道", "channel")
    return cast(Channel, found)


def _readable() -> Any:
    return select(Channel).options(defer(cast(Any, Channel.settings)))


def name_taken(session: Session, agency_id: int, name: str, own: int | None) -> bool:
    """Whether another channel of the agency has this name."""
    same = select(Channel.id).where(Channel.agency_id == agency_id, Channel.name == name)
    return session.exec(same if own is None else same.where(col(Channel.id) != own)).first() is not None


def contact(session: Session, officer_id: int) -> str:
    """The officer's sealed mobile number, "" for none. Only the officer and the scheduler can read it."""
    found = session.get(Contact, officer_id)
    return found.mobile if found else ""


def choices(session: Session, officer_id: int) -> dict[NoticeGroup, list[ChannelKind]]:
    """What the officer chose, by kind of notice; a kind about which nothing was chosen is left out."""
    rows = session.exec(select(Preference).where(Preference.officer_id == officer_id))
    return {row.notices: [ChannelKind(one) for one in row.channels] for row in rows}


def keep_contact(w: Work, mobile_sealed: str) -> None:
    """The actor's mobile number is this one."""
    row = {**_whose(w.actor), "mobile": mobile_sealed, "changed_at": w.now}
    w.session.execute(insert(Contact).values(row).on_conflict_do_update(index_elements=["officer_id"], set_=row))


def keep_choices(w: Work, chosen: Mapping[NoticeGroup, Sequence[ChannelKind]]) -> None:
    """The actor's channels for each of these kinds of notice are these, in this order."""
    for group, kinds in chosen.items():
        row = {**_whose(w.actor), "notices": group, "channels": [one.value for one in kinds], "changed_at": w.now}
        statement = insert(Preference).values(row)
        w.session.execute(statement.on_conflict_do_update(index_elements=["officer_id", "notices"], set_=row))


def owe_test(w: Work, kind: ChannelKind, channel_id: int | None) -> str:
    """A test message to the actor by this channel (None: whichever of the kind serves them) is owed, under the key
    returned; no other channel stands in for it."""
    key = f"{TEST}{w.command_id}"
    given: Mapping[str, Any] = {
        **_whose(w.actor),
        "errand_key": key,
        "subject": key,
        "deadline_ids": [],
        "notices": NoticeGroup.REST,
        "kind": kind,
        "channel_id": channel_id,
    }
    w.session.add(Delivery(**given, state=DeliveryState.WAITING, made_at=w.now))
    w.session.flush()
    payload = {
        "officer": w.actor.officer_id,
        "zh": TEST_ZH,
        "en": TEST_EN,
        "dossier": None,
        "notices": [],
        "channels": [kind.value],
        "at_any_hour": True,
        "kind": "test",
        "channel": channel_id,
    }
    w.owe(Errand(ErrandKind.NOTIFY, key, cast("dict[str, Any]", payload)))
    return key


def _whose(actor: Actor) -> dict[str, int]:
    return {"officer_id": cast(int, actor.officer_id), "agency_id": cast(int, actor.agency_id)}
