"""Policies: how long each leg may take by lane scope, and the ladder of reminders it has, as data.

The defaults stand in one table with the reason for each; an agency or an agreement may set its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from logistics.errors import Rejected
from logistics.terms import LaneScope


class Leg(StrEnum):
    """One stretch of the way with its own clock; the word after `_to_` is the event that stops it."""

    ACCEPT_TO_DISPATCH = "accept_to_dispatch"
    BOOKED_TO_PICKED_UP = "booked_to_picked_up"
    TRANSIT = "transit"  # picked up to delivered: the courier's word at both ends
    DELIVERED_TO_RECEIVED = "delivered_to_received"
    RECEIVED_TO_CHECKED = "received_to_checked"
    NOTICE_TO_ANSWER = "notice_to_answer"
    CHECKED_TO_DECISION = "checked_to_decision"
    DECISION_TO_RETURN = "decision_to_return"
    RETURN_TRANSIT = "return_transit"
    RETURN_TO_ACKNOWLEDGED = "return_to_acknowledged"
    MISSING_TO_ARRIVED = "missing_to_arrived"
    SUPERVISION_TO_ANSWER = "supervision_to_answer"
    DISPATCH_TO_RECEIVED = "dispatch_to_received"  # beside the stretches: the sender's until it is signed for
    WHOLE_CASE = "whole_case"  # beside them: from acceptance until all is back


LEG_NAMES: Mapping[Leg, str] = {
    Leg.ACCEPT_TO_DISPATCH: "受理至寄出",
    Leg.BOOKED_TO_PICKED_UP: "下单至揽收",
    Leg.TRANSIT: "揽收至妥投",
    Leg.DELIVERED_TO_RECEIVED: "妥投至签收核验",
    Leg.RECEIVED_TO_CHECKED: "签收至清点审核",
    Leg.NOTICE_TO_ANSWER: "差异通知至答复",
    Leg.CHECKED_TO_DECISION: "审核至办结",
    Leg.DECISION_TO_RETURN: "办结至寄回",
    Leg.RETURN_TRANSIT: "寄回揽收至妥投",
    Leg.RETURN_TO_ACKNOWLEDGED: "寄回妥投至确认",
    Leg.MISSING_TO_ARRIVED: "容缺原件补到",
    Leg.SUPERVISION_TO_ANSWER: "督办至答复",
    Leg.DISPATCH_TO_RECEIVED: "寄出至签收",
    Leg.WHOLE_CASE: "全程",
}

BESIDE = frozenset({Leg.DISPATCH_TO_RECEIVED, Leg.WHOLE_CASE})
"""Clocks over several stretches, each of which has its own: a share of deadlines kept counts the stretches only."""


class Unit(StrEnum):
    """What a policy's length counts."""

    WORKING_DAYS = "wd"
    WORKING_HOURS = "wh"
    NATURAL_HOURS = "nh"


class Whose(StrEnum):
    """By whose calendar and hours a clock runs."""

    OWNER = "owner"  # the agency that answers for the leg
    SENDER = "sender"
    RECEIVER = "receiver"
    STATE = "state"  # the state's days alone, with the owner's hours


class Audience(StrEnum):
    """Who a rung speaks to, seen from the agency that owns the leg."""

    OWNER = "owner"  # the officer in charge
    OWNER_MANAGER = "owner_manager"
    COUNTERPART = "counterpart"  # the other agency of the lane
    UPPER_MANAGER = "upper_manager"  # a manager of the agency above
    ORDERER = "orderer"  # who gave the order that the clock waits for; the owner's managers where there is none


class RungKind(StrEnum):
    """What a rung says."""

    WARNING = "warning"
    DUE = "due"
    OVERDUE = "overdue"
    ESCALATION = "escalation"
    SILENT = "silent"  # in no policy: the parcel has not moved for too long (rules.silence)


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder, placed by `share` (percent of the allowed time passed) or by `days_after` the due date.

    share 100 is the due moment itself. days_after n is the opening of the n-th working day after the due date, so that
    whoever is reminded has the day before them. `channels`: where it goes besides the inbox, whatever readers chose.
    `at_any_hour`: outside it need not wait for working time. `unless_acknowledged`: `rules.ladder` may hold it back.
    """

    name: str
    kind: RungKind
    audience: Audience
    share: int | None = None
    days_after: int | None = None
    channels: tuple[str, ...] = ()
    at_any_hour: bool = False
    unless_acknowledged: bool = False

    def __post_init__(self) -> None:
        if (self.share is None) == (self.days_after is None):
            raise _bad_policy(
                f"级次 {self.name} 须且只须给出时间比例或到期后工作日数之一", f"rung {self.name}: share or days"
            )
        if self.share is not None and not 1 <= self.share <= 100:
            raise _bad_policy(
                f"级次 {self.name} 的时间比例须在 1 至 100 之间", f"rung {self.name}: share outside 1..100"
            )
        if self.kind is RungKind.SILENT:
            raise _bad_policy(f"级次 {self.name} 不能是静默提醒，它由邮件的动向决定", f"rung {self.name}: silent")
        if self.days_after is not None and self.days_after < 1:
            raise _bad_policy(f"级次 {self.name} 的到期后工作日数须不少于 1", f"rung {self.name}: days_after below 1")


DEFAULT_LADDER: tuple[Rung, ...] = (
    Rung("warning", RungKind.WARNING, Audience.OWNER, share=75),
    Rung("due", RungKind.DUE, Audience.OWNER, share=100),
    Rung("overdue", RungKind.OVERDUE, Audience.OWNER, days_after=1),
    Rung("escalated", RungKind.ESCALATION, Audience.OWNER_MANAGER, days_after=2, unless_acknowledged=True),
    Rung("escalated_upper", RungKind.ESCALATION, Audience.UPPER_MANAGER, days_after=4),
)
"""Three words to the officer, then two ranks up, each with time to act before the next hears of it."""

SUPERVISION_LADDER: tuple[Rung, ...] = (
    Rung("warning", RungKind.WARNING, Audience.OWNER, share=75),
    Rung("due", RungKind.DUE, Audience.OWNER, share=100),
    Rung("overdue", RungKind.OVERDUE, Audience.OWNER_MANAGER, days_after=1),
    Rung("escalated", RungKind.ESCALATION, Audience.ORDERER, days_after=2),
)
"""An order is the escalation already: its ladder is shorter, and ends with the manager who waits for the answer."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How long one leg of one lane scope may take, and who hears of it when."""

    leg: Leg
    scope: LaneScope
    length: int
    unit: Unit
    rungs: tuple[Rung, ...] = DEFAULT_LADDER

    def __post_init__(self) -> None:
        if self.length < 1:
            raise _bad_policy(f"{LEG_NAMES[self.leg]}的时限须不少于 1", f"{self.leg}: length below 1")
        if len({rung.name for rung in self.rungs}) != len(self.rungs):
            raise _bad_policy(f"{LEG_NAMES[self.leg]}的提醒级次重名", f"{self.leg}: two rungs of one name")


# leg: unit, then the length within a city, within a province, across provinces
_DEFAULT_LENGTHS: Mapping[Leg, tuple[Unit, int, int, int]] = {
    # The window can seal at once; across provinces the agreement's powers and the payer are checked first.
    Leg.ACCEPT_TO_DISPATCH: (Unit.WORKING_DAYS, 1, 1, 2),
    # Half a day: a sealed envelope that waits longer is one the courier has forgotten.
    Leg.BOOKED_TO_PICKED_UP: (Unit.WORKING_HOURS, 4, 4, 4),
    # Couriers move day and night, so natural hours. Across regions 72 h is the promise, but a quarter to a third of all
    # parcels break it: a clock that cries wolf so often is not heard. The lane's own figures should replace this.
    Leg.TRANSIT: (Unit.NATURAL_HOURS, 24, 48, 96),
    # The envelope is in the house and nobody answers for it: the most dangerous gap, the same however far it came.
    Leg.DELIVERED_TO_RECEIVED: (Unit.WORKING_DAYS, 1, 1, 1),
    # Counting is done at opening; this is for the examiner's look at each original.
    Leg.RECEIVED_TO_CHECKED: (Unit.WORKING_DAYS, 1, 1, 1),
    # The sender must ask the officer who packed, and across provinces often the applicant too.
    Leg.NOTICE_TO_ANSWER: (Unit.WORKING_DAYS, 2, 2, 3),
    # Administrative Licensing Law art. 42: twenty days, which art. 82 makes working days. The case's promised date,
    # never later, replaces it (deadlines.plan_promised).
    Leg.CHECKED_TO_DECISION: (Unit.WORKING_DAYS, 20, 20, 20),
    # The same law's art. 44 gives ten days to deliver a licence; the applicant's own originals are only lent.
    Leg.DECISION_TO_RETURN: (Unit.WORKING_DAYS, 2, 2, 2),
    # As on the way out.
    Leg.RETURN_TRANSIT: (Unit.NATURAL_HOURS, 24, 48, 96),
    # Signing and telling the applicant; a day more than the receiver has, for the case's officer may sit elsewhere.
    Leg.RETURN_TO_ACKNOWLEDGED: (Unit.WORKING_DAYS, 2, 2, 2),
    # The applicant finds the paper, then it travels once more.
    Leg.MISSING_TO_ARRIVED: (Unit.WORKING_DAYS, 5, 7, 10),
    # A day to find out and a day to put right, however far the other agency is: the answer is one's own. Urgent: half.
    Leg.SUPERVISION_TO_ANSWER: (Unit.WORKING_DAYS, 2, 2, 2),
    # What pick-up, transit and receipt may take together, in whole days: half a day, 24, 48 or 96 hours, a day.
    Leg.DISPATCH_TO_RECEIVED: (Unit.WORKING_DAYS, 3, 4, 6),
    # The stretches one after another, there and back: 1+3+1, the decision's 20, 2+3+1+2. A case that keeps each of them
    # keeps the whole; the item's promised days replace the 20 (`promised`).
    Leg.WHOLE_CASE: (Unit.WORKING_DAYS, 33, 35, 40),
}

LADDERS: Mapping[Leg, tuple[Rung, ...]] = {Leg.SUPERVISION_TO_ANSWER: SUPERVISION_LADDER}
"""Legs whose shipped ladder is not the usual one."""

DEFAULT_POLICIES: Mapping[tuple[Leg, LaneScope], Policy] = {
    (leg, scope): Policy(leg, scope, length, unit, LADDERS.get(leg, DEFAULT_LADDER))
    for leg, (unit, *lengths) in _DEFAULT_LENGTHS.items()
    for scope, length in zip((LaneScope.CITY, LaneScope.PROVINCE, LaneScope.CROSS), lengths, strict=True)
}
"""One policy for every leg and lane scope, until an agency or an agreement sets its own."""


def promised(policy: Policy, days: int) -> Policy:
    """The policy of a leg that ends with or after the decision, for an item whose decision is promised in `days`."""
    usual = DEFAULT_POLICIES[Leg.CHECKED_TO_DECISION, policy.scope].length
    match policy.leg:
        case Leg.CHECKED_TO_DECISION:
            return replace(policy, length=days)
        case Leg.WHOLE_CASE:
            return replace(policy, length=policy.length - usual + days)
        case _:
            return policy


def _bad_policy(zh: str, en: str) -> Rejected:
    return Rejected(f"时限规则有误：{zh}", f"deadline policy: {en}", "deadline_policy")
