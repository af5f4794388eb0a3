"""The words of orders (督办) and of answers; `terms` has them too, with all others."""

from __future__ import annotations

from enum import Enum, StrEnum


class Urgency(StrEnum):
    """How soon the answer to an order is wanted."""

    ORDINARY = "ordinary"
    URGENT = "urgent"


class SupervisionState(StrEnum):
    """Where an order stands."""

    ORDERED = "ordered"
    SIGNED = "signed"  # the addressee has it
    ANSWERED = "answered"  # whoever ordered decides
    SENT_BACK = "sent_back"  # the answer was not enough: another is owed, with a clock of its own
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class SupervisionVerb(Enum):
    """What people do about an order; no StrEnum, so that it never equals a state."""

    ORDER = "order"
    SIGN = "sign"
    ANSWER = "answer"
    SEND_BACK = "send_back"
    ACCEPT = "accept"
    WITHDRAW = "withdraw"


class Cause(StrEnum):
    """Why something was late or wrong, as whoever answers for it says."""

    OURS = "ours"
    COUNTERPART = "counterpart"
    COURIER = "courier"
    APPLICANT = "applicant"
    RECORD = "record"  # nothing was wrong but what was written down
    FORCE_MAJEURE = "force_majeure"
    OTHER = "other"


SUPERVISION: dict[type[Enum], dict[Enum, str]] = {
    Urgency: {
        Urgency.ORDINARY: "一般",
        Urgency.URGENT: "紧急",
    },
    SupervisionState: {
        SupervisionState.ORDERED: "待签收",
        SupervisionState.SIGNED: "办理中",
        SupervisionState.ANSWERED: "已答复，待审",
        SupervisionState.SENT_BACK: "退回重办",
        SupervisionState.CLOSED: "已办结",
        SupervisionState.WITHDRAWN: "已撤销",
    },
    SupervisionVerb: {
        SupervisionVerb.ORDER: "下达督办",
        SupervisionVerb.SIGN: "签收督办",
        SupervisionVerb.ANSWER: "答复督办",
        SupervisionVerb.SEND_BACK: "退回重办",
        SupervisionVerb.ACCEPT: "同意办结",
        SupervisionVerb.WITHDRAW: "撤销督办",
    },
    Cause: {
        Cause.OURS: "本单位原因",
        Cause.COUNTERPART: "对方单位原因",
        Cause.COURIER: "快递原因",
        Cause.APPLICANT: "申请人原因",
        Cause.RECORD: "登记有误",
        Cause.FORCE_MAJEURE: "不可抗力",
        Cause.OTHER: "其他原因",
    },
}
