"""What may be asked of a running clock, and who may grant it: pauses and extensions need a second person. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import cast

from logistics.errors import NotAllowed, Rejected
from logistics.rules.pausing import UNIT_NAMES, PauseReason
from logistics.rules.policies import LEG_NAMES, Leg, Unit
from logistics.tables import Deadline
from logistics.terms import Role

LAWFUL_DECISION_DAYS = 10
"""Administrative Licensing Law art. 42: a decision's time may be extended once, by ten days, with reasons told."""

MAY_ASK = frozenset({Role.WINDOW, Role.RECEIVER, Role.MANAGER})


def require_asker(roles: Collection[str], agency_id: int | None, row: Deadline) -> None:
    """Returns for an officer of the agency that answers for the clock. Raises `NotAllowed` (rule "agency", "role")."""
    if agency_id != row.owner_agency_id:
        raise NotAllowed(
            "这项时限由另一单位负责，只有负责单位的经办人可以申请暂停或延期。请与对方联系。",
            "Another agency answers for this clock; only its officers may ask. Contact them.",
            "agency",
        )
    if not MAY_ASK & set(roles):
        raise NotAllowed(
            "申请暂停或延期须由经办人或督查管理提出，您没有这样的角色。请转交本单位经办人。",
            "Only a window, receiving or managing officer may ask. Pass it to one of them.",
            "role",
        )


def require_running(row: Deadline, now: datetime) -> None:
    """Returns for a clock that runs and is not past due. Raises `Rejected` (rule "deadline_over", "late")."""
    if row.met_at is not None or row.waived_at is not None:
        raise Rejected(
            "这项时限已了结，不必暂停或延期。", "This deadline is over; nothing can be granted.", "deadline_over"
        )
    if row.paused_at is None and now >= row.due_at:
        raise Rejected(
            "这项时限已到期，不能再申请暂停或延期。请尽快办结；确有理由的，请督查管理豁免。",
            "This deadline is past due. Finish the leg, or ask a manager to waive it.",
            "late",
        )


def require_reason(reason: str, note: str) -> PauseReason:
    """The reason as a word of the list. Raises `Rejected` (rule "reason") for another, or without words."""
    if reason not in {one.value for one in PauseReason}:
        raise Rejected("请选择一项原因。", "Choose one of the reasons.", "reason")
    if not note.strip():
        raise Rejected(
            "请写明具体情况：发生了什么、依据是什么。审批人要据此判断。",
            "Say what happened and on what ground; whoever decides needs it.",
            "reason",
        )
    return PauseReason(reason)


def require_span(row: Deadline, from_at: datetime, until_at: datetime | None, now: datetime) -> None:
    """Returns for a pause that begins now or later, before the due moment, and ends after it began. Raises `Rejected`
    (rule "span")."""
    if row.paused_at is not None:
        raise Rejected(
            "这项时限正在暂停。恢复计时后才能再申请暂停。",
            "This clock stands still already. Let it run on before asking for another pause.",
            "span",
        )
    if from_at < now:
        raise Rejected(
            "暂停不能从提出申请之前算起。请改为现在或以后的时刻。",
            "A pause cannot begin before it was asked for. Choose now or later.",
            "span",
        )
    if from_at >= row.due_at:
        raise Rejected(
            "暂停开始的时刻不早于到期时刻，暂停不起作用。请改早，或申请延期。",
            "The pause would begin when the deadline is over. Choose an earlier moment, or ask for more time.",
            "span",
        )
    if until_at is not None and until_at <= from_at:
        raise Rejected(
            "恢复计时的时刻须晚于暂停开始的时刻。请核对两个时刻。",
            "The clock must run on after the pause has begun. Check both moments.",
            "span",
        )


def require_amount(row: Deadline, amount: int) -> None:
    """Returns for an extension that this leg may have. Raises `Rejected` (rule "amount", "extended_before")."""
    if row.policy.get("extensions"):
        raise Rejected(
            "这项时限已经延期一次。一个环节只能延期一次（审批环节见《行政许可法》第四十二条）。",
            "This deadline was extended before; a leg is extended once (Administrative Licensing Law art. 42).",
            "extended_before",
        )
    unit, leg = Unit(str(row.policy["unit"])), Leg(row.leg)
    most = cast(int, row.policy["length"])
    why_zh, why_en = "不超过原定长度", "the leg's own length"
    if leg is Leg.CHECKED_TO_DECISION and unit is Unit.WORKING_DAYS and most > LAWFUL_DECISION_DAYS:
        most = LAWFUL_DECISION_DAYS
        why_zh, why_en = "《行政许可法》第四十二条", "Administrative Licensing Law art. 42"
    if not 1 <= amount <= most:
        raise Rejected(
            f"「{LEG_NAMES[leg]}」可延期 1 至 {most} {UNIT_NAMES[unit]}（{why_zh}）。请改为这个范围内的数。",
            f"This leg may be extended by 1 to {most} {unit.value} ({why_en}). Give a number in that range.",
            "amount",
        )


def require_approver(roles: Collection[str], agencies: Collection[int], row: Deadline) -> None:
    """Returns for a manager of the owning agency or of one above it. Raises `NotAllowed`."""
    if Role.MANAGER not in roles or row.owner_agency_id not in agencies:
        raise NotAllowed(
            "暂停和延期由负责单位或其上级单位的督查管理批准。请转交他们。",
            "A manager of the owning agency, or of one above it, decides. Pass it to them.",
            "role",
        )


def require_second(asked_by: int, officer_id: int | None) -> None:
    """Returns where another person decides than asked. Raises `NotAllowed` (rule "same_person")."""
    if officer_id is None or officer_id == asked_by:
        raise NotAllowed(
            "申请和批准须是两个人。请由另一位督查管理审批。",
            "Whoever asked may not decide. Another manager must.",
            "same_person",
        )
