"""督办: a manager orders, a named agency owes an answer by a time. What may follow what, and who may do it.

The only table of an order's life is `MOVES`: state, verb, where it leads, and whose verb it is. An answer is never
accepted by whoever gave it, and nobody answers an order of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from logistics.errors import NotAllowed, Rejected
from logistics.rules import access
from logistics.terms import Cause, Role, SupervisionState, SupervisionVerb, Urgency, zh

MOST_DAYS = 20
"""Nobody waits longer than this many working days for an answer: twenty is what the law gives a whole decision."""


class Part(Enum):
    """What somebody is to an order. One may be nothing to it: whoever merely sees the dossier."""

    ORDERER = "orderer"  # who ordered
    DEPUTY = "deputy"  # another manager of the ordering agency: an answer does not wait for somebody on leave
    ADDRESSEE = "addressee"  # who owes the answer: the named officer, or the desk; the agency's managers always


S = SupervisionState
V = SupervisionVerb
P = Part
_OWED, _DECIDED, _ORDERED = frozenset({P.ADDRESSEE}), frozenset({P.ORDERER, P.DEPUTY}), frozenset({P.ORDERER})

MOVES: Mapping[S, Mapping[V, tuple[S, frozenset[Part]]]] = {
    S.ORDERED: {V.SIGN: (S.SIGNED, _OWED), V.WITHDRAW: (S.WITHDRAWN, _ORDERED)},
    S.SIGNED: {V.ANSWER: (S.ANSWERED, _OWED), V.WITHDRAW: (S.WITHDRAWN, _ORDERED)},
    S.ANSWERED: {V.ACCEPT: (S.CLOSED, _DECIDED), V.SEND_BACK: (S.SENT_BACK, _DECIDED)},
    S.SENT_BACK: {V.ANSWER: (S.ANSWERED, _OWED), V.WITHDRAW: (S.WITHDRAWN, _ORDERED)},
    S.CLOSED: {},
    S.WITHDRAWN: {},
}
"""Every state has its row, an end has an empty one. An answer that stands is decided, not withdrawn from under whoever
gave it."""

OWED = frozenset(state for state, row in MOVES.items() if any(whose == _OWED for _, whose in row.values()))
"""States in which the addressee must do something."""

DECIDING = frozenset(state for state, row in MOVES.items() if any(whose == _DECIDED for _, whose in row.values()))
"""States in which the ordering side must."""

OVER = frozenset(state for state, row in MOVES.items() if not row)


@dataclass(frozen=True)
class Order:
    """What is known of an order where somebody wants to do something about it."""

    no: str
    state: S
    ordered_by: int
    orderer_active: bool
    ordering_agency_id: int
    addressee_agency_id: int
    addressee_officer_id: int | None
    answered_by: int | None = None  # who gave the answer that stands


@dataclass(frozen=True)
class Person:
    """Who wants to do it. `desk`: the role that works on the dossier at their agency, None for an agency beside it."""

    officer_id: int | None
    agency_id: int | None
    roles: frozenset[Role]
    desk: Role | None


def parts(order: Order, person: Person) -> frozenset[Part]:
    """What this person is to the order."""
    found = set[Part]()
    manages = Role.MANAGER in person.roles
    if person.officer_id == order.ordered_by:
        return frozenset({P.ORDERER})
    if manages and person.agency_id == order.ordering_agency_id and person.officer_id != order.answered_by:
        found.add(P.DEPUTY if order.orderer_active else P.ORDERER)
    if person.agency_id == order.addressee_agency_id and (manages or _at_the_desk(order, person)):
        found.add(P.ADDRESSEE)
    return frozenset(found)


def _at_the_desk(order: Order, person: Person) -> bool:
    if order.addressee_officer_id is not None:
        return person.officer_id == order.addressee_officer_id
    return person.desk is not None and person.desk in person.roles


def may(order: Order, person: Person) -> frozenset[V]:
    """The verbs this person may do now."""
    mine = parts(order, person)
    return frozenset(verb for verb, (_, whose) in MOVES[order.state].items() if whose & mine)


def move(order: Order, verb: V, person: Person) -> S:
    """Where the verb leads. Raises `Rejected` ("supervision_state") when nothing of the kind can follow now,
    `NotAllowed` ("supervision_part") when it is not this person's.
    """
    row = MOVES[order.state]
    if verb not in row:
        can = "、".join(f"「{zh(one)}」" for one in row) or "不能再办"
        raise Rejected(
            f"督办 {order.no} 现为「{zh(order.state)}」，不能「{zh(verb)}」。现在可办：{can}。请刷新页面后再办。",
            f"Order {order.no} is {order.state.value}; {verb.value} cannot follow. Reload the page.",
            "supervision_state",
        )
    state, whose = row[verb]
    if not whose & parts(order, person):
        raise NotAllowed(*_WHOSE[whose], "supervision_part")
    return state


_WHOSE: Mapping[frozenset[Part], tuple[str, str]] = {
    _OWED: (
        "督办由被督办单位指定的经办人、窗口或督查管理人员签收和答复，下达人不能自己答复。请转交他们。",
        "An order is signed for and answered by its addressee, never by whoever gave it. Pass it on.",
    ),
    _DECIDED: (
        "答复由下达督办的人或其本单位的督查管理人员审定，答复人不能审定自己的答复。请联系下达人。",
        "An answer is decided by whoever ordered it or a manager beside them, never by whoever gave it.",
    ),
    _ORDERED: (
        "督办只能由下达人撤销。请联系下达人。",
        "Only whoever gave the order may withdraw it. Contact them.",
    ),
}


def next_round(verb: V, now: int) -> int:
    """The round after this verb: one more when an answer was sent back."""
    return now + 1 if verb is V.SEND_BACK else now


def clock_key(no: str, round_: int) -> str:
    """What the clock of a round is known by: the order's number, from the second round on with the round."""
    return no if round_ == 1 else f"{no}/{round_}"


def number(dossier_no: str, before: int) -> str:
    """The number of an order about a dossier that has had `before` of them."""
    return f"DB-{dossier_no}-{before + 1}"


def days_given(asked: int | None, urgency: Urgency, usual: int) -> int:
    """Working days for the answer: those asked for, else the usual ones, half of them (rounded up) when urgent.

    Raises `Rejected` ("supervision_days") outside 1 … `MOST_DAYS`.
    """
    if asked is None:
        return usual if urgency is Urgency.ORDINARY else -(-usual // 2)
    if not 1 <= asked <= MOST_DAYS:
        raise Rejected(
            f"答复时限须在 1 至 {MOST_DAYS} 个工作日之间，现为 {asked}。请改一个数，或留空按规定的天数。",
            f"An answer is due in 1 to {MOST_DAYS} working days, not {asked}. Change it or leave it empty.",
            "supervision_days",
        )
    return asked


def require_order(
    person: Person, agencies: Collection[int], addressee: int, parties: Collection[int], closed: bool
) -> None:
    """Returns when this manager may order an answer from `addressee`: a party of the dossier at or below their agency.

    Raises `NotAllowed` ("role", "supervision_addressee"), `Rejected` ("dossier_closed").
    """
    access.require_role(person.roles, access.role_for("order_supervision"))
    if addressee not in parties or addressee not in agencies:
        raise NotAllowed(
            "只能向本单位或下级单位下达督办，且该单位须是本专档的寄出或收件单位。请另选单位，或请其上级单位下达。",
            "An order goes to a party of the dossier at or below your own agency. Choose another, or ask its superior.",
            "supervision_addressee",
        )
    if closed:
        raise Rejected(
            "专档已办结，不能再下达督办。请另行处理，或在新专档中督办。",
            "This dossier is closed: no order can be given about it any more.",
            "dossier_closed",
        )


def require_words(words: str, what_zh: str, what_en: str) -> str:
    """The words without blank edges. Raises `Rejected` ("reason") when there are none."""
    if not words.strip():
        raise Rejected(f"请填写{what_zh}，以便留痕。", f"Give {what_en} for the ledger.", "reason")
    return words.strip()


def cause_of(cause: Cause | None) -> Cause:
    """The cause somebody chose. Raises `Rejected` ("cause") when they chose none."""
    if cause is None:
        raise Rejected("请选择原因类别，统计要用。", "Choose the kind of cause.", "cause")
    return cause
