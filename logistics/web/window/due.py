"""What a booked envelope still has to print, on which printer, and what became of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from logistics.rules.printing import stocks_for
from logistics.store import printing as kept
from logistics.store.find import Whole
from logistics.store.printing import Job
from logistics.tables import Consignment, Printer
from logistics.terms import Direction
from logistics.web.visit import look, me, now
from logistics.web.window.papers import NAMES

OF_ENVELOPE = ("label", "slip")
OF_DOSSIER = ("intake", "cover")  # for the applicant and the file; printed by whoever took the originals in
QUEUED = timedelta(hours=12)


@dataclass(frozen=True)
class Due:
    """A paper nobody has made yet. `printer` None: the browser prints it."""

    kind: str
    subject: str
    words: str
    printer: Printer | None


def due(whole: Whole, consignment: Consignment, printers: Sequence[Printer]) -> list[Due]:
    """What is still to be printed of this envelope on its way out, in the order in which it is needed. The dossier's
    own papers ride along with the label or the slip; alone they are nobody's next act.
    """
    made = {(one.kind, one.consignment_id) for one in whole.papers}
    wanted = [(kind, consignment.no) for kind in OF_ENVELOPE if (kind, consignment.id) not in made]
    if wanted and consignment.direction is Direction.OUTBOUND:
        wanted += [(kind, whole.dossier.no) for kind in OF_DOSSIER if (kind, None) not in made]
    return [Due(kind, subject, str(NAMES[kind][0]), _printer_for(kind, printers)) for kind, subject in wanted]


def _printer_for(kind: str, printers: Sequence[Printer]) -> Printer | None:
    return next((one for one in printers if one.stock in stocks_for(kind)), None)


def queued(whole: Whole) -> tuple[list[Printer], list[Job]]:
    """The reader's printers in use, and what of this dossier is on its way to them or was taken, the oldest first."""
    with look() as session:
        printers = list(kept.printers(session, [me().agency_id or 0], active=True))
        jobs = kept.jobs(session, me().agency_id or 0, now() - QUEUED) if printers else []
    return printers, [job for job in reversed(jobs) if job.row.dossier_id == whole.dossier.id]
