"""Two parties' consent to an agreement: it is in force when each has consented to the same text.

The text is the terms and the listed items. Whatever changes in a draft makes another text, to which nobody has
consented yet; so does a change of the list in force, which holds as it was until both have consented to the new one.
A party that has no administrator here consents on paper: the signed agreement is scanned and kept, and
who signed it when is recorded by the other party, whose word it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import rfc8785

from logistics.errors import Rejected, Said, Wrong
from logistics.rules.agreements import Clause, Terms, said
from logistics.rules.items import FILL_IN
from logistics.tables import Agreement, AgreementConsent

LONGEST_NAME = 100


def text_sha256(terms: Terms, clauses: Mapping[str, Clause], change: int = 0) -> str:
    """The digest of what is consented to: the terms, and what is said of each listed item by its code. `change`: which
    change of a list in force it is, from 1; a consent to an earlier one that said the same is none to this.
    """
    listed = {code: [sorted(one.value for one in clause.modes), clause.note] for code, clause in clauses.items()}
    document: dict[str, Any] = {"terms": said(terms), "items": listed}
    if change:
        document["change"] = change
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def parties(agreement: Agreement) -> tuple[int, int]:
    """The accepting agency and the authority."""
    return agreement.sender_agency_id, agreement.receiver_agency_id


def standing(consents: Iterable[AgreementConsent], sha256: str | None = None) -> dict[int, AgreementConsent]:
    """The consents that were not withdrawn, by party: to that text, or each party's last one."""
    return {
        one.agency_id: one
        for one in sorted(consents, key=lambda one: one.id or 0)
        if one.withdrawn_at is None and sha256 in (None, one.sha256)
    }


def missing(agreement: Agreement, consents: Iterable[AgreementConsent], sha256: str) -> list[int]:
    """The parties that have not consented to that text."""
    given = standing(consents, sha256)
    return [one for one in parties(agreement) if one not in given]


def require_same_text(agreement: Agreement, shown: str, sha256: str) -> None:
    """Returns when the page showed the text as it stands. Raises `Rejected` ("agreement_changed")."""
    if shown != sha256:
        raise Rejected(
            f"协议「{agreement.no}」在您打开页面之后改过，没有确认。请再看一遍条款和事项清单，然后确认。",
            f"{agreement.no} was changed after this page was drawn; not confirmed. Read it again, then confirm.",
            "agreement_changed",
        )


def require_to_give(agreement: Agreement, ours: Sequence[int]) -> None:
    """Returns when a party of the administrator has not consented yet. Raises `Rejected` ("agreement_consented")."""
    if not ours:
        raise Rejected(
            f"本单位已经确认过协议「{agreement.no}」的这份文本，等对方确认后生效。",
            f"Your agency has confirmed this text of {agreement.no}. It takes effect when the other party does.",
            "agreement_consented",
        )


def require_absent(agreement: Agreement, has_administrator: bool) -> None:
    """Returns for a party that nobody keeps here. Raises `Rejected` ("agreement_online")."""
    if has_administrator:
        raise Rejected(
            f"对方在本系统有系统管理人员，不能由您代为登记。请对方登录后在协议「{agreement.no}」的页面上确认。",
            f"The other party has an administrator here; ask them to log in and confirm {agreement.no} themselves.",
            "agreement_online",
        )


def require_to_withdraw(agreement: Agreement, given: Sequence[AgreementConsent], *, changing: bool = False) -> None:
    """Returns for a consent that may be taken back: to a draft, or to a change of the list that waits (`changing`).

    Raises `Rejected` ("agreement_in_force", "no_consent").
    """
    if not agreement.draft and not changing:
        raise Rejected(
            f"协议「{agreement.no}」双方都已确认，不能撤回。要退出，请终止协议并写明最后一天。",
            f"Both parties have confirmed {agreement.no}. To leave it, end it with its last day.",
            "agreement_in_force",
        )
    if not given:
        raise Rejected(
            f"本单位没有确认过协议「{agreement.no}」，不必撤回。",
            f"Your agency has not confirmed {agreement.no}; there is nothing to take back.",
            "no_consent",
        )


def wrong_paper(signed_by: str, signed_on: date, today: date) -> Wrong:
    """What is wrong with what is said of a signed paper, by field."""
    wrong: Wrong = {}
    if not signed_by.strip():
        wrong["signed_by"] = [FILL_IN]
    elif len(signed_by) > LONGEST_NAME:
        wrong["signed_by"] = [Said(f"最多 {LONGEST_NAME} 个字。", f"{LONGEST_NAME} characters at most.")]
    if signed_on > today:
        wrong["signed_on"] = [Said("签署日期不能晚于今天。", "The day of signing cannot be to come.")]
    return wrong
