"""通办协议: what one must say before it is in force, how it stands on a day, when it may end, and what a new one is
made from.

Terms hold from the moment an agreement is confirmed: afterwards it is ended and another made like it, so that no
dossier under way changes its powers or its payer. Its list of items may grow and shrink while it is in force, when both
parties have confirmed the change; meanwhile the list holds as it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from logistics.agreement_terms import AgreementState
from logistics.errors import Malformed, Rejected, Said, Wrong
from logistics.rules.items import FILL_IN
from logistics.tables import Agreement
from logistics.terms import LaneScope, Mode, Payer, Power

LONGEST_NO, LONGEST_NAME, LONGEST_NOTE = 40, 100, 300
YEARS = 3
"""The template's validity: offered, not prescribed; the signed paper decides."""

_NO = re.compile(r"[^\s/\\?#%]+")
WRONG_NO = Said(
    f"协议编号最多 {LONGEST_NO} 个字，不含空格和 / \\ ? # %。",
    f"{LONGEST_NO} characters at most, without blanks and / \\ ? # %.",
)
TAKEN_NO = Said("这个编号已有协议使用，请核对。", "An agreement has this number already. Check it.")
SAME_PARTY = Said("受理单位和受理属地单位不能是同一个。", "The two parties cannot be one agency.")
NOT_YOURS = Said("至少一方须是您维护的单位。", "One of the parties must be an agency you keep.")
ENDS_FIRST = Said("截止日期不能早于生效日期。", "The last day cannot come before the first.")
NO_ACCEPT = Said("至少要授予收件受理权，否则开不了专档。", "Without the power to accept, no dossier can be opened.")
END_IN_PAST = Said("最后一天不能早于今天：已经过去的日子照旧有效。", "The last day cannot be past.")
END_LATER = Said(
    "最后一天不能晚于原来的截止日期。要延长，请照它另拟一份。",
    "Not after its own last day. To go on longer, make another.",
)


@dataclass(frozen=True)
class Terms:
    """What an agreement says: who accepts for whom, with which powers, who pays on which lanes, from when to when."""

    no: str
    name: str
    sender_agency_id: int
    receiver_agency_id: int
    powers: Sequence[Power]
    payer: Mapping[LaneScope, Payer]
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True)
class Clause:
    """What an agreement says of one item: the ways it may be handled (none: any), and its own words."""

    modes: Sequence[Mode] = ()
    note: str = ""


@dataclass(frozen=True)
class Template:
    """What a new agreement begins with."""

    name: str = ""
    powers: Sequence[Power] = tuple(Power)
    payer: Mapping[LaneScope, Payer] = field(default_factory=lambda: dict.fromkeys(LaneScope, Payer.SENDER))
    years: int = YEARS


SHIPPED = Template()
"""All five powers of the plan's clause 8; the accepting agency pays, so that mailing costs the applicant nothing."""


def state(agreement: Agreement, today: date) -> AgreementState:
    """How the agreement stands on that day; both its days are included."""
    if agreement.draft:
        return AgreementState.DROPPED if agreement.ended_why else AgreementState.DRAFT
    if agreement.valid_until is not None and today > agreement.valid_until:
        return AgreementState.ENDED
    return AgreementState.COMING if today < agreement.valid_from else AgreementState.IN_FORCE


def like(agreement: Agreement) -> Template:
    """An existing agreement as a template."""
    payer = {LaneScope(scope): Payer(who) for scope, who in agreement.payer.items()}
    return Template(agreement.name, [Power(one) for one in agreement.powers], payer)


def offered_days(template: Template, today: date) -> tuple[date, date]:
    """The days a new agreement is offered: from today, for the template's years."""
    month, day = (today.month, today.day) if (today.month, today.day) != (2, 29) else (2, 28)
    return today, date(today.year + template.years, month, day) - timedelta(days=1)


def folded_no(text: str) -> str:
    """The number as it is kept: full-width signs made plain, none but single blanks inside."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def wrong(terms: Terms, keeps: Sequence[int]) -> Wrong:
    """What is wrong with the terms by field, for an administrator who keeps these agencies."""
    found: Wrong = {}
    if not terms.no:
        found["no"] = [FILL_IN]
    elif len(terms.no) > LONGEST_NO or not _NO.fullmatch(terms.no):
        found["no"] = [WRONG_NO]
    if not terms.name.strip():
        found["name"] = [FILL_IN]
    elif len(terms.name) > LONGEST_NAME:
        found["name"] = [Said(f"最多 {LONGEST_NAME} 个字。", f"{LONGEST_NAME} characters at most.")]
    if terms.sender_agency_id == terms.receiver_agency_id:
        found["receiver"] = [SAME_PARTY]
    elif not {terms.sender_agency_id, terms.receiver_agency_id} & set(keeps):
        found["sender"] = [NOT_YOURS]
    if Power.ACCEPT not in terms.powers:
        found["powers"] = [NO_ACCEPT]
    if terms.valid_until is not None and terms.valid_until < terms.valid_from:
        found["valid_until"] = [ENDS_FIRST]
    return found


def refuse(found: Mapping[str, list[Said]]) -> None:
    """Returns when nothing is wrong. Raises `Malformed`."""
    if found:
        raise Malformed("还没有保存，请看标红的地方。", "Not saved yet. See the marked fields.", dict(found))


def require_draft(agreement: Agreement) -> None:
    """Returns while terms may change. Raises `Rejected` ("agreement_fixed")."""
    if not agreement.draft or agreement.ended_why:
        raise Rejected(
            f"协议「{agreement.no}」已确认，条款不再改。要换条款，请照它另拟一份，再终止这一份。",
            f"The terms of {agreement.no} are fixed. Make another like it, then end this one.",
            "agreement_fixed",
        )


def require_confirmable(agreement: Agreement, items: int, today: date) -> None:
    """Returns for a draft, or a changed list, that may be put in force. `items`: so many are listed then.

    Raises `Rejected` ("agreement_no_items", "agreement_over").
    """
    if not items:
        raise Rejected(
            f"协议「{agreement.no}」的事项清单还是空的，窗口没有可办的事项。请先添加或导入事项。",
            f"{agreement.no} lists no item yet. Add or import items first.",
            "agreement_no_items",
        )
    if agreement.valid_until is not None and agreement.valid_until < today:
        raise Rejected(
            f"协议「{agreement.no}」的截止日期 {agreement.valid_until.isoformat()} 已过。请先改期限。",
            f"The last day of {agreement.no} is past. Change it first.",
            "agreement_over",
        )


def require_listable(agreement: Agreement, today: date) -> None:
    """Returns while the list of items may change. Raises `Rejected` ("agreement_ended")."""
    if state(agreement, today) in (AgreementState.ENDED, AgreementState.DROPPED):
        raise Rejected(
            f"协议「{agreement.no}」已终止，事项清单不再改。请照它另拟一份。",
            f"{agreement.no} has ended; its list is fixed. Make another like it.",
            "agreement_ended",
        )


def require_open_change(agreement: Agreement, *, changing: bool) -> None:
    """Returns for an agreement in force whose list somebody wants changed. Raises `Rejected` ("no_list_change")."""
    if not changing:
        raise Rejected(
            f"协议「{agreement.no}」的事项清单没有待确认的改动，可能对方刚确认或退回。请刷新页面再看。",
            f"No change of the list of {agreement.no} waits; the other party may just have confirmed or refused it. "
            "Look at the page again.",
            "no_list_change",
        )


def wrong_end(agreement: Agreement, last_day: date, why: str, today: date) -> Wrong:
    """What is wrong with ending the agreement after that day, by field."""
    found: Wrong = {}
    if last_day < today:
        found["last_day"] = [END_IN_PAST]
    elif agreement.valid_until is not None and last_day > agreement.valid_until:
        found["last_day"] = [END_LATER]
    elif last_day < agreement.valid_from:
        found["last_day"] = [ENDS_FIRST]
    if not why.strip():
        found["why"] = [FILL_IN]
    return found


def said(terms: Terms) -> dict[str, Any]:
    """The terms as the trail keeps them."""
    return {
        "no": terms.no,
        "name": terms.name,
        "sender": terms.sender_agency_id,
        "receiver": terms.receiver_agency_id,
        "powers": sorted(one.value for one in terms.powers),
        "payer": {scope.value: who.value for scope, who in sorted(terms.payer.items())},
        "valid_from": terms.valid_from.isoformat(),
        "valid_until": terms.valid_until.isoformat() if terms.valid_until else None,
    }


def require_mode(no: str, modes: Sequence[str], mode: Mode) -> None:
    """Returns when the agreement lets the item be handled so. Raises `Rejected` ("agreement_mode")."""
    if modes and mode.value not in modes:
        raise Rejected(
            f"通办协议「{no}」没有约定这个事项可以这样办理。请改选协议约定的业务模式。",
            f"Agreement {no} does not let this item be handled so. Choose one of its modes.",
            "agreement_mode",
        )


def wrong_clause(clause: Clause) -> Wrong:
    """What is wrong with what is said of an item, by field."""
    if len(clause.note) <= LONGEST_NOTE:
        return {}
    return {"note": [Said(f"最多 {LONGEST_NOTE} 个字。", f"{LONGEST_NOTE} characters at most.")]}


def said_of_clause(clause: Clause, *, active: bool) -> dict[str, Any]:
    """What is said of an item, as the trail keeps it."""
    return {"listed": active, "modes": sorted(one.value for one in clause.modes), "note": clause.note}
