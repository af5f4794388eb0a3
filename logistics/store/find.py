"""Find things by what people hold in their hands: numbers, codes, waybills; and load all of one dossier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from logistics.errors import NotYours
from logistics.rules.invariants import Snapshot
from logistics.store.catalogue import item_at, materials_at
from logistics.store.meanings import meanings
from logistics.store.numbers import Found, by_code
from logistics.tables import (
    Agency,
    Agreement,
    AgreementItem,
    CodeMapping,
    Consignment,
    Custody,
    Deadline,
    Discrepancy,
    DiscrepancyAnswer,
    Dossier,
    Errand,
    LedgerEntry,
    Material,
    Officer,
    Original,
    Packed,
    Paper,
    Picture,
    Rung,
    ServiceItem,
    Signature,
    Tracking,
)
from logistics.terms import DiscrepancyKind

Row = TypeVar("Row", bound=SQLModel)

__all__ = [
    "Found", "Whole", "agreements_of", "by_code", "consignment_by_no", "dossier_by_no", "items_of", "materials_of",
    "officers_of", "snapshot", "whole",
]  # fmt: skip


@dataclass(frozen=True)
class Whole:
    """All of one dossier, each list in the order things happened."""

    dossier: Dossier
    sender: Agency
    receiver: Agency
    agreement: Agreement
    item: ServiceItem
    originals: Sequence[Original]
    consignments: Sequence[Consignment]
    packed: Sequence[Packed]
    custody: Sequence[Custody]
    tracking: Sequence[Tracking]
    discrepancies: Sequence[Discrepancy]
    deadlines: Sequence[Deadline]
    rungs: Sequence[Rung]
    papers: Sequence[Paper]
    entries: Sequence[LedgerEntry]
    errands: Sequence[Errand]
    mappings: Sequence[CodeMapping] = ()
    signatures: Sequence[Signature] = ()
    answers: Sequence[DiscrepancyAnswer] = ()
    pictures: Sequence[Picture] = ()

    def lines_of(self, consignment: Consignment) -> list[Packed]:
        """The list of one consignment."""
        return [line for line in self.packed if line.consignment_id == consignment.id]

    def originals_of(self, consignment: Consignment) -> list[Original]:
        """The originals on one consignment's list, in list order."""
        by_id = {original.id: original for original in self.originals}
        return [by_id[line.original_id] for line in self.lines_of(consignment)]

    def pictures_of(self, original: Original) -> list[tuple[Picture, Paper]]:
        """The pictures of one original that were not withdrawn, each with the paper that keeps its bytes."""
        return self._pictures(lambda one: one.original_id == original.id)

    def pictures_of_envelope(self, consignment: Consignment) -> list[tuple[Picture, Paper]]:
        """As `pictures_of`, of one envelope and its seal as they arrived."""
        return self._pictures(lambda one: one.original_id is None and one.consignment_id == consignment.id)

    def _pictures(self, wanted: Callable[[Picture], bool]) -> list[tuple[Picture, Paper]]:
        kept = {paper.id: paper for paper in self.papers}
        return [(one, kept[one.paper_id]) for one in self.pictures if one.withdrawn_at is None and wanted(one)]

    def picture_digests(self, consignment: Consignment) -> dict[str, list[str]]:
        """What was photographed of the originals in one envelope: SHA-256 by the original's code."""
        return {
            one.code: [paper.sha256 for _picture, paper in self.pictures_of(one)]
            for one in self.originals_of(consignment)
        }

    def last_custody(self) -> dict[int, Custody]:
        """The last link of each original's chain by original id: its receiver is the holder."""
        return {link.original_id: link for link in self.custody}

    def missing_elsewhere(self, consignment: Consignment) -> dict[int, tuple[Packed, int]]:
        """Lines of other consignments that reported an original missing or wrong and are not settled: (line,
        discrepancy id).
        """
        open_ = {
            (row.original_id, row.consignment_id): row.id
            for row in self.discrepancies
            if row.kind in (DiscrepancyKind.MISSING, DiscrepancyKind.WRONG) and row.settled_at is None
        }
        return {
            line.original_id: (line, cast(int, open_[line.original_id, line.consignment_id]))
            for line in self.packed
            if line.consignment_id != consignment.id and (line.original_id, line.consignment_id) in open_
        }


def _of(session: Session, table: type[Row], dossier_id: int | None) -> list[Row]:
    columns = table.__table__.c  # type: ignore[attr-defined]
    return list(session.exec(select(table).where(columns.dossier_id == dossier_id).order_by(columns.id)))


def whole(session: Session, dossier: Dossier) -> Whole:
    """Everything about one dossier."""
    key = dossier.id
    tracking = sorted(_of(session, Tracking, key), key=lambda row: (row.happened_at, row.natural_key))
    return Whole(
        dossier,
        session.get_one(Agency, dossier.sender_agency_id),
        session.get_one(Agency, dossier.receiver_agency_id),
        session.get_one(Agreement, dossier.agreement_id),
        item_at(session, dossier.item_id, dossier.opened_at),
        _of(session, Original, key),
        _of(session, Consignment, key),
        _of(session, Packed, key),
        _of(session, Custody, key),
        tracking,
        _of(session, Discrepancy, key),
        _of(session, Deadline, key),
        _of(session, Rung, key),
        _of(session, Paper, key),
        _of(session, LedgerEntry, key),
        _of(session, Errand, key),
        meanings(session, tracking).versions,
        _of(session, Signature, key),
        _of(session, DiscrepancyAnswer, key),
        _of(session, Picture, key),
    )


def pictures_ever(of: Original | Consignment) -> SelectOfScalar[Picture]:
    """Every picture an original, or an envelope as a whole, ever had, the withdrawn ones too."""
    if isinstance(of, Original):
        return select(Picture).where(Picture.original_id == of.id)
    return select(Picture).where(Picture.consignment_id == of.id, col(Picture.original_id).is_(None))


def picture_paper(session: Session, no: str) -> Paper:
    """The paper that keeps a picture, as the reader sees it. Raises `NotYours`."""
    row = session.exec(select(Paper).where(Paper.no == no, Paper.kind == "picture")).first()
    if row is None:
        raise NotYours("影像", "picture")
    return row


def snapshot(session: Session, dossier: Dossier) -> Snapshot:
    """All rows of one dossier for the invariants' check."""
    rows = vars(whole(session, dossier))
    return Snapshot(**{name: rows[name] for name in Snapshot.__dataclass_fields__})


def dossier_by_no(session: Session, no: str) -> Dossier:
    """The dossier as the reader sees it. Raises `NotYours`."""
    found = session.exec(select(Dossier).where(Dossier.no == no)).first()
    if found is None:
        raise NotYours("专档", "dossier")
    return found


def consignment_by_no(session: Session, no: str) -> tuple[Dossier, Consignment]:
    """The consignment and its dossier as the reader sees them. Raises `NotYours`."""
    found = session.exec(select(Consignment).where(Consignment.no == no)).first()
    if found is None:
        raise NotYours("寄递件", "consignment")
    return session.get_one(Dossier, found.dossier_id), found


def agreements_of(session: Session, agency_id: int) -> list[Agreement]:
    """The agreements under which this agency may accept, as the reader sees them; drafts are none."""
    mine = select(Agreement).where(Agreement.sender_agency_id == agency_id, ~col(Agreement.draft))
    return list(session.exec(mine.order_by(col(Agreement.no))))


def items_of(session: Session, agreement_id: int) -> list[ServiceItem]:
    """The service items an agreement covers and that are in use."""
    return list(
        session.exec(
            select(ServiceItem)
            .join(AgreementItem, col(AgreementItem.item_id) == ServiceItem.id)
            .where(AgreementItem.agreement_id == agreement_id, col(AgreementItem.active), col(ServiceItem.active))
            .order_by(col(ServiceItem.code))
        )
    )


def materials_of(session: Session, item_id: int, at: datetime | None = None) -> list[Material]:
    """The materials of an item, in the order of its checklist: as it stands, or as it stood at that moment (a dossier
    keeps the one it was opened with).
    """
    return materials_at(session, item_id, at)


def officers_of(session: Session, agency_id: int, role: str) -> list[Officer]:
    """Active officers of an agency who hold a role."""
    rows = session.exec(
        select(Officer).where(Officer.agency_id == agency_id, col(Officer.active)).order_by(col(Officer.id))
    )
    return [row for row in rows if role in row.roles]
