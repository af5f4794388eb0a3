"""SQL about the parties' consents to agreements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from logistics.errors import NotYours
from logistics.rules import agreements as agreement_rules
from logistics.rules import consents as rules
from logistics.rules.agreements import Clause, Terms
from logistics.store import agreements
from logistics.tables import Agency, Agreement, AgreementConsent, Officer
from logistics.terms import Role


@dataclass(frozen=True)
class Given:
    """A party of an agreement: its last consent with who recorded it, and whether that is for the text as it stands."""

    agency: Agency
    consent: AgreementConsent | None
    who: str
    stands: bool


def of(session: Session, agreement_id: int) -> Sequence[AgreementConsent]:
    """Every consent to any text of the agreement, oldest first."""
    return session.exec(
        select(AgreementConsent).where(AgreementConsent.agreement_id == agreement_id).order_by(col(AgreementConsent.id))
    ).all()


def text_sha256(session: Session, row: Agreement) -> str:
    """The digest of the agreement's text as it stands."""
    clauses: dict[str, Clause] = {
        one.item.code: one.clause for one in agreements.listed(session, row.id or 0) if one.row.active
    }
    return rules.text_sha256(terms_of(row), clauses)


def terms_of(row: Agreement) -> Terms:
    """What the agreement says."""
    template = agreement_rules.like(row)
    parties = row.sender_agency_id, row.receiver_agency_id
    return Terms(row.no, row.name, *parties, template.powers, template.payer, row.valid_from, row.valid_until)


def given(session: Session, row: Agreement) -> list[Given]:
    """Both parties with their last consents, the accepting one first."""
    sha256, last = text_sha256(session, row), rules.standing(of(session, row.id or 0))
    found = []
    for agency_id in dict.fromkeys(rules.parties(row)):
        consent = last.get(agency_id)
        who = session.get(Officer, consent.officer_id) if consent else None
        stands = consent is not None and (not row.draft or consent.sha256 == sha256)
        found.append(Given(session.get_one(Agency, agency_id), consent, who.name if who else "", stands))
    return found


def asked(session: Session, rows: Collection[Agreement], agencies: Collection[int]) -> dict[int, str]:
    """Of these drafts, those that one party has confirmed as they stand: "ours" when one of `agencies` is still to,
    "theirs" when the other party is."""
    found = {}
    for row in rows:
        if not row.draft or row.ended_why:
            continue
        missing = rules.missing(row, of(session, row.id or 0), text_sha256(session, row))
        if len(missing) == 1:
            found[row.id or 0] = "ours" if missing[0] in agencies else "theirs"
    return found


def waiting_for(session: Session, agencies: Collection[int]) -> list[tuple[Agreement, datetime]]:
    """Drafts which the other party has confirmed as they stand and one of `agencies` has not, with since when."""
    given = select(AgreementConsent.agreement_id).where(col(AgreementConsent.withdrawn_at).is_(None))
    rows = session.exec(
        select(Agreement)
        .where(col(Agreement.draft), Agreement.ended_why == "", col(Agreement.id).in_(given))
        .order_by(col(Agreement.id))
    ).all()
    whose = asked(session, rows, agencies)
    ours = [row for row in rows if whose.get(row.id or 0) == "ours"]
    return [(row, max(one.at for one in rules.standing(of(session, row.id or 0)).values())) for row in ours]


def has_administrator(session: Session, agency_id: int) -> bool:
    """Whether somebody who works keeps the agency here: of itself, or of one above it."""
    path = session.get_one(Agency, agency_id).path
    above = [int(one) for one in path.split(".") if one]
    statement = select(Officer.id).where(
        col(Officer.active),
        col(Officer.agency_id).in_(above),
        col(Officer.roles).contains([Role.ADMINISTRATOR.value]),
    )
    return session.exec(statement.limit(1)).first() is not None


def paper(session: Session, agreement_id: int, consent_id: int) -> AgreementConsent:
    """A consent that was given on paper. Raises `NotYours`."""
    row = session.get(AgreementConsent, consent_id)
    if row is None or row.agreement_id != agreement_id or not row.paper_sha256:
        raise NotYours("签署件", "signed paper")
    return row
