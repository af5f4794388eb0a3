"""督办: a manager orders, the addressee signs for it and answers, the manager accepts or sends back; or withdraws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from sqlmodel import Session, select

from logistics.actor import Actor
from logistics.decision import Fact, Json
from logistics.errors import NotYours, Rejected
from logistics.rules import spoken, supervision
from logistics.rules.policies import Leg, Policy, Unit
from logistics.store import policies, telling
from logistics.store import supervision as orders
from logistics.store.context import Context
from logistics.store.supervision import Chain
from logistics.store.telling import Message
from logistics.store.work import Work, work
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
from logistics.terms import Cause, SupervisionState, SupervisionVerb, Urgency

V = SupervisionVerb
HOURS_OF_A_DAY = {Unit.WORKING_DAYS: 1, Unit.WORKING_HOURS: 8, Unit.NATURAL_HOURS: 24}
FACTS = {
    V.ORDER: "supervision:ordered",
    V.SIGN: "supervision:signed",
    V.ANSWER: "supervision:answered",
    V.SEND_BACK: "supervision:sent_back",
    V.ACCEPT: "supervision:accepted",
    V.WITHDRAW: "supervision:withdrawn",
}


@dataclass(frozen=True)
class NewOrder:
    """What a manager wants answered, by whom, and what it is about beside the dossier itself. `days`: working days for
    the answer, None for the usual ones of that urgency.
    """

    addressee: int
    reason: str
    demand: str
    urgency: Urgency = Urgency.ORDINARY
    days: int | None = None
    officer: int | None = None
    deadline: int | None = None
    discrepancy: int | None = None
    consignment: int | None = None


def order(ctx: Context, actor: Actor, command_id: str, dossier_no: str, new: NewOrder) -> dict[str, Any]:
    """The order stands, its clock runs, whoever owes the answer has been told. Returns its number and due moment."""
    with work(ctx, actor, "order_supervision", command_id) as w:
        if w.done is not None:
            return w.done
        dossier = w.dossier(dossier_no)
        parties = (dossier.sender_agency_id, dossier.receiver_agency_id)
        person = orders.person(actor, dossier)
        supervision.require_order(person, actor.agencies, new.addressee, parties, dossier.closed_at is not None)
        _require_subjects(w.session, dossier, new)
        row = Supervision(
            dossier_id=cast(int, dossier.id),
            consignment_id=new.consignment,
            discrepancy_id=new.discrepancy,
            deadline_id=new.deadline,
            no=supervision.number(dossier.no, orders.count_of(w.session, dossier.id)),
            urgency=new.urgency,
            days=supervision.days_given(new.days, new.urgency, _usual_days(w, dossier, new.addressee)),
            reason=supervision.require_words(new.reason, "督办缘由", "the reason"),
            demand=supervision.require_words(new.demand, "督办要求", "what is wanted"),
            ordering_agency_id=cast(int, actor.agency_id),
            ordered_by=cast(int, actor.officer_id),
            ordered_at=w.now,
            addressee_agency_id=new.addressee,
            addressee_officer_id=_named(w.session, new, actor),
        )
        w.session.add(row)
        w.session.flush()
        _act(w, dossier, row, V.ORDER, SupervisionState.ORDERED, 1, row.reason)
        clock = _start_clock(w, row, 1)
        _tell(w, dossier, row, _owing(w.session, dossier, row), "ordered", _ordered_words(row, dossier, clock), clock)
        return w.finish(supervision=row.no, dossier=dossier.no, due_at=clock.due_at.isoformat())


def sign(ctx: Context, actor: Actor, command_id: str, no: str) -> dict[str, Any]:
    """The addressee has the order (签收)."""
    return _do(ctx, actor, command_id, no, V.SIGN)


def answer(
    ctx: Context, actor: Actor, command_id: str, no: str, words: str, cause: Cause | None, measures: str = ""
) -> dict[str, Any]:
    """What was done, why it had come to that, and what will keep it from coming again; the clock has stopped."""
    said = supervision.require_words(words, "办理情况", "what was done")
    return _do(ctx, actor, command_id, no, V.ANSWER, said, supervision.cause_of(cause), measures.strip())


def send_back(ctx: Context, actor: Actor, command_id: str, no: str, why: str) -> dict[str, Any]:
    """The answer was not enough: another is owed, with a clock of its own."""
    return _do(ctx, actor, command_id, no, V.SEND_BACK, supervision.require_words(why, "退回理由", "the reason"))


def accept(ctx: Context, actor: Actor, command_id: str, no: str, words: str = "") -> dict[str, Any]:
    """The answer is enough: the order is over (办结)."""
    return _do(ctx, actor, command_id, no, V.ACCEPT, words.strip())


def withdraw(ctx: Context, actor: Actor, command_id: str, no: str, why: str) -> dict[str, Any]:
    """No answer is owed any more, for the reason given."""
    return _do(ctx, actor, command_id, no, V.WITHDRAW, supervision.require_words(why, "撤销理由", "the reason"))


def _do(
    ctx: Context,
    actor: Actor,
    command_id: str,
    no: str,
    verb: SupervisionVerb,
    words: str = "",
    cause: Cause | None = None,
    measures: str = "",
) -> dict[str, Any]:
    with work(ctx, actor, f"{verb.value}_supervision", command_id) as w:
        if w.done is not None:
            return w.done
        w.dossier(orders.chain(w.session, no).dossier.no)  # locked: acts about one order follow each other
        chain = orders.chain(w.session, no)
        dossier, row = chain.dossier, chain.line.order
        state = supervision.move(chain.known, verb, orders.person(actor, dossier))
        round_ = supervision.next_round(verb, chain.line.round)
        _act(w, dossier, row, verb, state, round_, words, cause, measures)
        clock = _start_clock(w, row, round_) if verb is V.SEND_BACK else None
        _tell_of(w, chain, verb, round_, words, clock)
        return w.finish(supervision=row.no, dossier=dossier.no, state=state.value, round=round_)


def _act(
    w: Work,
    dossier: Dossier,
    row: Supervision,
    verb: SupervisionVerb,
    state: SupervisionState,
    round_: int,
    words: str,
    cause: Cause | None = None,
    measures: str = "",
) -> None:
    """The act stands beside the order and in the ledger, and the clock it moves has moved."""
    by = {"officer_id": cast(int, w.actor.officer_id), "agency_id": cast(int, w.actor.agency_id)}
    before = w.session.exec(select(SupervisionAct.id).where(SupervisionAct.supervision_id == row.id)).all()
    w.session.add(
        SupervisionAct(
            **by,
            dossier_id=row.dossier_id,
            supervision_id=cast(int, row.id),
            seq=len(before) + 1,
            round=round_,
            verb=verb,
            state=state,
            at=w.now,
            words=words,
            cause=cause,
            measures=measures,
        )
    )
    w.session.flush()
    data: dict[str, Json] = {
        "key": supervision.clock_key(row.no, round_),
        "supervision": row.no,
        "round": round_,
        "addressee": row.addressee_agency_id,
    }
    if verb in (V.ORDER, V.SEND_BACK):
        data["answer_within"] = row.days
    if verb is V.ORDER:
        about: dict[str, Json] = {"deadline": row.deadline_id, "discrepancy": row.discrepancy_id}
        given: dict[str, Json] = {
            "urgency": row.urgency.value,
            "demand": row.demand,
            "officer": row.addressee_officer_id,
        }
        data |= {**about, **given, "consignment": row.consignment_id}
    if cause is not None:
        data |= {"cause": cause.value, "measures": measures}
    w.record(dossier, Fact(FACTS[verb], words, data))


def _start_clock(w: Work, row: Supervision, round_: int) -> Deadline:
    """The round's clock, which the fact has started, in the named officer's charge."""
    clock = orders.clock(w.session, row.no, round_)
    assert clock is not None, "rules.legs starts it"
    clock.owner_officer_id = row.addressee_officer_id
    w.session.add(clock)
    return clock


def _usual_days(w: Work, dossier: Dossier, addressee: int) -> int:
    """The rule's length in whole working days, for an order counts no hours."""
    owner = w.session.get_one(Agency, addressee)
    rule: Policy = policies.policy_for(w.session, dossier, Leg.SUPERVISION_TO_ANSWER, owner, w.now)
    return -(-rule.length // HOURS_OF_A_DAY[rule.unit])


def _require_subjects(session: Session, dossier: Dossier, new: NewOrder) -> None:
    """What the order is about belongs to the dossier."""
    given = (
        (Deadline, new.deadline, "时限"),
        (Discrepancy, new.discrepancy, "差异"),
        (Consignment, new.consignment, "寄递件"),
    )
    for table, id_, what in given:
        row: Any = session.get(table, id_) if id_ is not None else None
        if id_ is not None and (row is None or row.dossier_id != dossier.id):
            raise NotYours(what, table.__name__.lower())


def _named(session: Session, new: NewOrder, actor: Actor) -> int | None:
    """The named officer: active, of the addressee, and not whoever orders."""
    if new.officer is None:
        return None
    found = session.get(Officer, new.officer)
    if found is None or not found.active or found.agency_id != new.addressee or found.id == actor.officer_id:
        raise Rejected(
            "所选经办人不在被督办单位在岗，或就是您本人。请另选一位，或留空由该单位的窗口和督查管理办理。",
            "That officer does not work at the addressee, or is yourself. Choose another or leave it empty.",
            "supervision_officer",
        )
    return found.id


def _owing(session: Session, dossier: Dossier, row: Supervision) -> list[Officer]:
    """Who hears that an answer is owed: the named officer, else the desk; the agency's managers where neither is."""
    named = session.get(Officer, row.addressee_officer_id) if row.addressee_officer_id is not None else None
    if named is not None and named.active:
        return [named]
    agency_id = row.addressee_agency_id
    return telling.desk(session, dossier, agency_id) or telling.managers(session, agency_id)


def _waiting(session: Session, chain: Chain) -> list[Officer]:
    """Who waits for the answer: whoever ordered, or the managers beside them when they have left."""
    orderer = chain.line.orderer
    return [orderer] if orderer.active else telling.managers(session, chain.line.order.ordering_agency_id)


def _tell_of(w: Work, chain: Chain, verb: SupervisionVerb, round_: int, words: str, clock: Deadline | None) -> None:
    """The other side hears of the act; a signature for the order is seen on its page and told to nobody."""
    if verb is V.SIGN:
        return
    row, dossier = chain.line.order, chain.dossier
    people = _waiting(w.session, chain) if verb is V.ANSWER else _owing(w.session, dossier, row)
    said = {
        V.ANSWER: ("已答复，请审定。", "has been answered: accept the answer or send it back."),
        V.SEND_BACK: (f"的答复被退回：{words}。请重办", "was sent back; another answer is owed"),
        V.ACCEPT: ("已同意办结。", "is closed: the answer was accepted."),
        V.WITHDRAW: (f"已撤销：{words}。", "was withdrawn: no answer is owed."),
    }[verb]
    tail = _until(clock) if clock is not None else ("", "")
    full = (f"督办 {row.no}{said[0]}{tail[0]}", f"Order {row.no} {said[1]}{tail[1]}")
    _tell(w, dossier, row, people, f"{verb.value}:{round_}", full, clock)


def _ordered_words(row: Supervision, dossier: Dossier, clock: Deadline) -> tuple[str, str]:
    until = _until(clock)
    how = "紧急" if row.urgency is Urgency.URGENT else ""
    urgent = "Urgent order" if row.urgency is Urgency.URGENT else "Order"
    return (
        f"{how}督办 {row.no}（专档 {dossier.no}）：{row.demand}{until[0]}",
        f"{urgent} {row.no} about dossier {dossier.no}: an answer is owed{until[1]}",
    )


def _until(clock: Deadline) -> tuple[str, str]:
    zh, en = spoken.moment(clock.due_at)
    return f"，应于 {zh} 前答复。", f" by {en}."


def _tell(
    w: Work,
    dossier: Dossier,
    row: Supervision,
    people: Iterable[Officer],
    act: str,
    words: tuple[str, str],
    clock: Deadline | None,
) -> None:
    message = Message(
        key=f"supervision:{row.no}:{act}",
        kind="supervision",
        zh=words[0],
        en=words[1],
        deadline_id=clock.id if clock is not None else None,
    )
    telling.tell(w, dossier, [one for one in people if one.id != w.actor.officer_id], message)
