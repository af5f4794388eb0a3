"""What an agency has to print: its printers, what was sent to them, which papers nobody has made yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from logistics.errors import NotYours
from logistics.tables import Consignment, Discrepancy, Dossier, Errand, Original, Packed, Paper, Printer, PrintJob
from logistics.terms import DiscrepancyKind, Stage, Stock

AT_THE_WINDOW = (Stage.PACKING, Stage.SEALED, Stage.BOOKING, Stage.BOOKED)
MOST = 200  # envelopes looked at, the newest first
RECENT = timedelta(days=3)  # receipts and notices older than this are offered on their own pages only
_COUNTED = (
    DiscrepancyKind.MISSING,
    DiscrepancyKind.EXTRA,
    DiscrepancyKind.WRONG,
    DiscrepancyKind.DAMAGED,
    DiscrepancyKind.ILLEGIBLE,
    DiscrepancyKind.EMPTY,
    DiscrepancyKind.SEAL,
)


@dataclass(frozen=True)
class Waiting:
    """A paper that nobody has made yet. `pressing`: the envelope waits for it; others are made where somebody asks."""

    kind: str
    subject: str
    dossier_no: str
    since: datetime
    pressing: bool


@dataclass(frozen=True)
class Job:
    """A paper on its way to a printer, with what the errand says of it."""

    row: PrintJob
    printer: Printer
    errand: Errand | None

    @property
    def state(self) -> str:
        """waiting, retrying (failed, tried again by itself), parked (waits for a person), printed or dropped."""
        if self.row.printed_at is not None:
            return "printed"
        if self.row.dropped_at is not None:
            return "dropped"
        if self.errand is not None and self.errand.parked_at is not None:
            return "parked"
        return "retrying" if self.errand is not None and self.errand.failures else "waiting"


def printers(session: Session, agency_ids: Collection[int], *, active: bool = False) -> Sequence[Printer]:
    """Printers of these agencies by name; only those in use where asked."""
    rows = select(Printer).where(col(Printer.agency_id).in_(list(agency_ids)))
    if active:
        rows = rows.where(col(Printer.active))
    return session.exec(rows.order_by(col(Printer.agency_id), col(Printer.name), col(Printer.id))).all()


def printer(session: Session, printer_id: int, *, lock: bool = False) -> Printer:
    """The printer as the reader sees it. Raises `NotYours`."""
    wanted = select(Printer).where(Printer.id == printer_id)
    found = session.exec(wanted.with_for_update() if lock else wanted).first()
    if found is None:
        raise NotYours("打印机", "printer")
    return found


def job(session: Session, job_id: int, *, lock: bool = False) -> PrintJob:
    """The job as the reader sees it. Raises `NotYours`."""
    wanted = select(PrintJob).where(PrintJob.id == job_id)
    found = session.exec(wanted.with_for_update() if lock else wanted).first()
    if found is None:
        raise NotYours("打印任务", "print job")
    return found


def jobs(session: Session, agency_id: int, since: datetime, limit: int = 60) -> list[Job]:
    """The agency's unfinished jobs, and those asked for since then, the newest first."""
    rows = session.exec(
        select(PrintJob, Printer, Errand)
        .join(Printer, col(Printer.id) == PrintJob.printer_id)
        .outerjoin(Errand, col(Errand.key) == PrintJob.key)
        .where(PrintJob.agency_id == agency_id)
        .where(
            or_(
                col(PrintJob.asked_at) >= since,
                col(PrintJob.printed_at).is_(None) & col(PrintJob.dropped_at).is_(None),
            )
        )
        .order_by(col(PrintJob.id).desc())
        .limit(limit)
    )
    return [Job(*row) for row in rows]


def waiting(session: Session, agency_id: int, stocks: Collection[Stock], now: datetime) -> list[Waiting]:
    """What this agency's desk has to print, the oldest first. `stocks`: what lies in its printers, for a hall without a
    sticker printer has its seals from a print shop.
    """
    mine = session.exec(
        select(Consignment, Dossier)
        .join(Dossier, col(Dossier.id) == Consignment.dossier_id)
        .where(col(Dossier.closed_at).is_(None))
        .where(
            or_(
                (col(Consignment.from_agency_id) == agency_id) & col(Consignment.stage).in_(AT_THE_WINDOW),
                (col(Consignment.to_agency_id) == agency_id) & (col(Consignment.received_at) >= now - RECENT),
            )
        )
        .order_by(col(Consignment.id).desc())
        .limit(MOST)
    ).all()
    opened = session.exec(
        select(Dossier)
        .where(Dossier.sender_agency_id == agency_id, col(Dossier.closed_at).is_(None))
        .where(col(Dossier.opened_at) >= now - RECENT)
        .order_by(col(Dossier.id).desc())
        .limit(MOST)
    ).all()
    made = _made(session, {one.id for _, one in mine} | {one.id for one in opened})
    found = _at_desk(session, agency_id, [pair for pair in mine if pair[0].stage in AT_THE_WINDOW], stocks)
    found += _after_count(session, [pair for pair in mine if pair[0].stage not in AT_THE_WINDOW])
    found += _intake(session, opened)
    return sorted((one for one in found if (one.kind, one.subject) not in made), key=lambda one: one.since)


def _made(session: Session, dossier_ids: Collection[int | None]) -> set[tuple[str, str]]:
    """Kind and subject of every paper these dossiers have."""
    rows = session.exec(
        select(Paper.kind, Dossier.no, Consignment.no)
        .join(Dossier, col(Dossier.id) == Paper.dossier_id)
        .outerjoin(Consignment, col(Consignment.id) == Paper.consignment_id)
        .where(col(Paper.dossier_id).in_(list(dossier_ids)))
    )
    return {(kind, consignment or dossier) for kind, dossier, consignment in rows}


def _at_desk(
    session: Session, agency_id: int, pairs: Sequence[tuple[Consignment, Dossier]], stocks: Collection[Stock]
) -> list[Waiting]:
    packed = set(
        session.exec(
            select(Packed.consignment_id).where(col(Packed.consignment_id).in_([one.id for one, _ in pairs])).distinct()
        )
    )
    found = []
    for one, dossier in pairs:
        if one.from_agency_id != agency_id:
            continue
        kinds = ["label", "slip"] if one.stage is Stage.BOOKED else []
        kinds += ["seal"] if one.stage is not Stage.PACKING and Stock.SEAL in stocks else []
        kinds += ["stickers"] if one.id in packed and Stock.STICKER in stocks else []
        since = one.booked_at or one.sealed_at or one.created_at
        found += [Waiting(kind, one.no, dossier.no, since, True) for kind in kinds]
    return found


def _after_count(session: Session, pairs: Sequence[tuple[Consignment, Dossier]]) -> list[Waiting]:
    """The receiver's papers: a notice where something differs, a receipt for who asks for one."""
    differing = set(
        session.exec(
            select(Discrepancy.consignment_id)
            .where(col(Discrepancy.consignment_id).in_([one.id for one, _ in pairs]))
            .where(col(Discrepancy.settled_at).is_(None), col(Discrepancy.kind).in_(_COUNTED))
            .distinct()
        )
    )
    found = []
    for one, dossier in pairs:
        since = one.received_at or one.created_at
        found += [Waiting("notice", one.no, dossier.no, since, True)] if one.id in differing else []
        found += [Waiting("arrival", one.no, dossier.no, since, False)]
    return found


def _intake(session: Session, opened: Sequence[Dossier]) -> list[Waiting]:
    listed = set(
        session.exec(
            select(Original.dossier_id).where(col(Original.dossier_id).in_([one.id for one in opened])).distinct()
        )
    )
    return [Waiting("intake", one.no, one.no, one.opened_at, False) for one in opened if one.id in listed]


def trials(session: Session, printer_id: int, limit: int = 5) -> list[Job]:
    """The newest test prints of one printer."""
    rows = session.exec(
        select(PrintJob, Printer, Errand)
        .join(Printer, col(Printer.id) == PrintJob.printer_id)
        .outerjoin(Errand, col(Errand.key) == PrintJob.key)
        .where(PrintJob.printer_id == printer_id, col(PrintJob.dossier_id).is_(None))
        .order_by(col(PrintJob.id).desc())
        .limit(limit)
    )
    return [Job(*row) for row in rows]
