"""SQL of the applicant's inquiry: codes, the tries that failed, what the applicant said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Select, func, text
from sqlalchemy import select as rows
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, delete, select

from logistics.decision import Holder
from logistics.rules import custody
from logistics.rules.inquiry import ANSWERED, CODE_LETTERS, KEY_LETTERS, NOT_RECEIVED, new_letters
from logistics.store.crypto import Keyring
from logistics.store.locks import Lock
from logistics.tables import (
    Agency,
    ApplicantWord,
    Consignment,
    Custody,
    Deadline,
    Discrepancy,
    Dossier,
    InquiryCode,
    InquiryTry,
    Original,
    Packed,
    ServiceItem,
)

CODE, KEY, SOURCE = "inquiry.code", "inquiry.key", "inquiry.source"
PHONES = ("applicant_phone", "agent_phone")
KEPT = timedelta(days=2)


@dataclass(frozen=True)
class Case:
    """What an inquiry may see of its dossier: the agreement, the ledger and the papers stay with the halls."""

    dossier: Dossier
    sender: Agency
    receiver: Agency
    item: ServiceItem
    originals: Sequence[Original]
    holders: Mapping[int, Holder]
    consignments: Sequence[Consignment]
    packed: Sequence[Packed]
    discrepancies: Sequence[Discrepancy]
    deadlines: Sequence[Deadline]


Row = TypeVar("Row", bound=SQLModel)


def case(session: Session, dossier_id: int) -> Case:
    """That dossier."""
    dossier = session.get_one(Dossier, dossier_id)

    def rows(table: type[Row]) -> Sequence[Row]:
        belongs, first = table.__table__.c.dossier_id, table.__table__.c.id  # type: ignore[attr-defined]
        return session.exec(select(table).where(belongs == dossier_id).order_by(first)).all()

    return Case(
        dossier,
        session.get_one(Agency, dossier.sender_agency_id),
        session.get_one(Agency, dossier.receiver_agency_id),
        session.get_one(ServiceItem, dossier.item_id),
        sorted(rows(Original), key=lambda one: one.seq),
        {link.original_id: custody.accepted_by(link) for link in rows(Custody)},
        rows(Consignment),
        rows(Packed),
        rows(Discrepancy),
        rows(Deadline),
    )


def codes(session: Session, keyring: Keyring, dossier: Dossier, now: datetime) -> tuple[str, str]:
    """The code and the key of the dossier, the same for every copy of the receipt; made when first asked for."""
    row = session.exec(select(InquiryCode).where(InquiryCode.dossier_id == dossier.id)).first()
    if row is None:
        code, key = new_letters(CODE_LETTERS), new_letters(KEY_LETTERS)
        session.add(
            InquiryCode(
                dossier_id=dossier.id or 0,
                code_sealed=keyring.seal(code, _place(dossier, "code")),
                code_digest=keyring.digest(code, CODE),
                key_sealed=keyring.seal(key, _place(dossier, "key")),
                key_digest=keyring.digest(key, KEY),
                made_at=now,
            )
        )
        session.flush()
        return code, key
    return keyring.unseal(row.code_sealed, _place(dossier, "code")), keyring.unseal(
        row.key_sealed, _place(dossier, "key")
    )


def _place(dossier: Dossier, column: str) -> str:
    return f"inquiry_code:{dossier.no}:{column}"


def dossier_of(session: Session, digest: str) -> int | None:
    """Whose code or key has this digest."""
    found: int | None = session.execute(text("SELECT dossier_of_inquiry(:digest)"), {"digest": digest}).scalar()
    return found


def phones(session: Session, dossier_id: int) -> tuple[str, str, str]:
    """Number and sealed phones (as `PHONES`) of the dossier; a row all the same, of blanks, where there is none."""
    statement = text(
        "SELECT coalesce(d.no, ''), coalesce(d.applicant_phone_sealed, ''), coalesce(d.agent_phone_sealed, '') "
        "FROM (SELECT CAST(:id AS bigint) AS id) asked LEFT JOIN dossier d ON d.id = asked.id"
    )
    no, applicant, agent = session.execute(statement, {"id": dossier_id}).one()
    return str(no), str(applicant), str(agent)


def failures(session: Session, sources: Iterable[str], now: datetime) -> dict[str, int]:
    """How many tries of each of these failed in this hour. Whoever asks about one of them next waits until this
    transaction has ended, and with it the try that it counts.
    """
    held = text("SELECT pg_advisory_xact_lock(:kind, hashtext(:source))")
    for source in sorted(sources):  # one order for all, so that two of them never wait for each other
        session.execute(held, {"kind": Lock.INQUIRY, "source": source})
    statement = select(InquiryTry.source_digest, InquiryTry.failed).where(
        col(InquiryTry.source_digest).in_(list(sources)), InquiryTry.hour == _hour(now)
    )
    return dict(session.exec(statement).all())


def failed(session: Session, sources: Iterable[str], now: datetime) -> None:
    """One more try has failed, for each of these sources."""
    for source in sorted(sources):  # one order for all, so that two of them never wait for each other
        statement = insert(InquiryTry).values(source_digest=source, hour=_hour(now), failed=1)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["source_digest", "hour"], set_={"failed": InquiryTry.failed + 1}
            )
        )


def forget(session: Session, now: datetime) -> int:
    """Tries of days gone are forgotten; how many rows."""
    return int(session.execute(delete(InquiryTry).where(col(InquiryTry.hour) < now - KEPT)).rowcount)  # type: ignore[attr-defined]


def place_of(dossier_no: str, key: str) -> str:
    """Where the sealed words of that key belong."""
    return f"applicant_word:{dossier_no}:{key}"


def said(session: Session, dossier_id: int) -> list[ApplicantWord]:
    """What the applicant has said, and what was answered, in order."""
    statement = select(ApplicantWord).where(ApplicantWord.dossier_id == dossier_id).order_by(col(ApplicantWord.id))
    return list(session.exec(statement))


def unanswered(agency_id: int | None) -> Select[*tuple[Any, ...]]:
    """Rows (dossier id, number, item, since, number) of what applicants of this hall say did not come back, where no
    difference stands for it, for their dossier was closed, and nobody has answered.
    """
    answer = aliased(ApplicantWord)
    answered = (
        select(answer.id)
        .where(answer.dossier_id == ApplicantWord.dossier_id)
        .where(answer.key == func.replace(ApplicantWord.key, NOT_RECEIVED, ANSWERED))
    )
    stands = (
        select(Discrepancy.id)
        .where(Discrepancy.dossier_id == ApplicantWord.dossier_id)
        .where(Discrepancy.key == "applicant:" + col(ApplicantWord.key))
    )
    return (
        rows(col(Dossier.id), col(Dossier.no), col(ServiceItem.name), col(ApplicantWord.said_at), col(Dossier.no))
        .join(Dossier, col(Dossier.id) == ApplicantWord.dossier_id)
        .join(ServiceItem, col(ServiceItem.id) == Dossier.item_id)
        .where(col(ApplicantWord.key).startswith(NOT_RECEIVED), col(Dossier.sender_agency_id) == agency_id)
        .where(~answered.exists(), ~stands.exists())
        .order_by(col(ApplicantWord.id))
    )


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
