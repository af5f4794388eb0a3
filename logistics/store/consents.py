"""SQL about the parties' consents to agreements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, and_, col, or_, select

from logistics.errors import NotYours
from logistics.rules import agreements as agreement_rules
from logistics.rules import consents as rules
from logistics.rules.agreements import Clause, Terms
from logistics.store import agreements
from logistics.tables import Agency, Agreement, AgreementConsent, AgreementItem, Officer
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
    """The digest of the agreement's text: a draft's as it stands, of one in force with what is proposed of its list."""
    clauses: dict[str, Clause] = {}
    for one in agreements.listed(session, row.id or 0):
        active, clause = one.would_be
        if active:
            clauses[one.item.code] = clause
    return rules.text_sha256(terms_of(row), clauses, 0 if row.draft else row.list_round + 1)


def terms_of(row: Agreement) -> Terms:
    """What the agreement says."""
    template = agreement_rules.like(row)
    parties = row.sender_agency_id, row.receiver_agency_id
    return Terms(row.no, row.name, *parties, template.powers, template.payer, row.valid_from, row.valid_until)


def given(session: Session, row: Agreement) -> list[Given]:
    """Both parties with their last consents, the accepting one first; while a change of the list waits, those to it."""
    sha256, every = text_sha256(session, row), of(session, row.id or 0)
    is_open = row.draft or agreements.changing(session, row.id or 0)
    last = rules.standing(every, None if row.draft or not is_open else sha256)
    found = []
    for agency_id in dict.fromkeys(rules.parties(row)):
        consent = last.get(agency_id)
        who = session.get(Officer, consent.officer_id) if consent else None
        stands = consent is not None and (not is_open or consent.sha256 == sha256)
        found.append(Given(session.get_one(Agency, agency_id), consent, who.name if who else "", stands))
    return found


def asked(session: Session, rows: Collection[Agreement], agencies: Collection[int], today: date) -> dict[int, str]:
    """Of these drafts and changes of lists, those that one party has confirmed as they stand: "ours" when one of
    `agencies` is still to, "theirs" when the other party is. `today` in China: of what has ended nothing is asked."""
    found, changing = {}, agreements.changing_of(session, [row.id or 0 for row in rows])
    for row in rows:
        over = row.valid_until is not None and row.valid_until < today
        if row.ended_why if row.draft else over or row.id not in changing:
            continue
        missing = rules.missing(row, of(session, row.id or 0), text_sha256(session, row))
        if len(missing) == 1:
            found[row.id or 0] = "ours" if missing[0] in agencies else "theirs"
    return found


def waiting_for(session: Session, agencies: Collection[int], today: date) -> list[tuple[Agreement, datetime]]:
    """Drafts, and agreements whose list changes, which the other party has confirmed as they would be and one of
    `agencies` has not, with since when."""
    given = select(AgreementConsent.agreement_id).where(col(AgreementConsent.withdrawn_at).is_(None))
    changing = select(AgreementItem.agreement_id).where(col(AgreementItem.proposed).is_not(None))
    drafts = and_(col(Agreement.draft), Agreement.ended_why == "")
    changes = and_(~col(Agreement.draft), col(Agreement.id).in_(changing))
    rows = session.exec(
        select(Agreement).where(or_(drafts, changes), col(Agreement.id).in_(given)).order_by(col(Agreement.id))
    ).all()
    whose = asked(session, rows, agencies, today)
    ours = [row for row in rows if whose.get(row.id or 0) == "ours"]
    return [(row, _since(session, row)) for row in ours]


def _since(session: Session, row: Agreement) -> datetime:
    """Since when the other party's consent to the text as it would be has waited."""
    standing = rules.standing(of(session, row.id or 0), text_sha256(session, row))
    return max(one.at for one in standing.values())


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
