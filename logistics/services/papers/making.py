"""Make one paper: its values from rows, its bytes kept by SHA-256, its row, and the ledger's witness."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, cast

from sqlmodel import col, func, select

from labels.batch import NotInABatch, draw_batch
from labels.draw import draw
from labels.fonts import MissingCharacter
from labels.papers import Paper as Drawn
from labels.papers import UnlawfulPaper
from labels.papers.parts import PaperLanguage
from labels.printers.face import NotForThisPrinter
from labels.printers.proof import UnreadablePrint
from labels.surface import TextTooLong
from logistics.decision import Fact
from logistics.errors import NotYours, Rejected
from logistics.services.papers.parts import require_party
from logistics.store import find, ledger
from logistics.store.find import Whole
from logistics.store.work import Work
from logistics.tables import Agency, Checkpoint, Consignment, Dossier, Paper
from logistics.terms import Stock

PDF = "application/pdf"
REFUSALS = (UnlawfulPaper, MissingCharacter, TextTooLong, NotForThisPrinter, UnreadablePrint, NotInABatch)
"""What drawing says no with: a sentence for people each."""


@dataclass
class Making:
    """One paper in the making. `stock` and `language` are wishes that most papers need not heed."""

    w: Work
    dossier: Dossier
    consignment: Consignment | None
    no: str
    copy: int
    stock: Stock | None = None
    language: PaperLanguage = "zh"

    @cached_property
    def whole(self) -> Whole:
        """Everything about the dossier."""
        return find.whole(self.w.session, self.dossier)

    @cached_property
    def head(self) -> Checkpoint | None:
        """The ledger's newest signed head."""
        return ledger.newest_checkpoint(self.w.session)

    @property
    def envelope(self) -> Consignment:
        """The consignment of an envelope's paper."""
        assert self.consignment is not None, "an envelope's paper has its envelope"
        return self.consignment

    def agency(self, agency_id: int) -> Agency:
        """One of the dossier's two agencies."""
        return self.whole.sender if agency_id == self.whole.sender.id else self.whole.receiver

    @property
    def root(self) -> str:
        """The head's root, empty before the first head."""
        return self.head.root if self.head else ""

    @property
    def size(self) -> int:
        """Entries under the head."""
        return self.head.size if self.head else 0

    @property
    def printed(self) -> dict[str, Any]:
        """What every paper carries: number, copy, moment."""
        return {"number": self.no, "printed_at": self.w.now, "copy_no": self.copy}

    @property
    def witnessed(self) -> dict[str, Any]:
        """What every sheet carries beside: its language, the ledger's head."""
        return {**self.printed, "language": self.language, "ledger_root": self.root, "ledger_size": self.size}


@dataclass(frozen=True)
class Kind:
    """How one kind of paper is made. `code` stands in its number; `values` refuses what may not be made (yet)."""

    code: str
    of: Literal["dossier", "consignment"]
    values: Callable[[Making], Drawn | Sequence[Drawn]]


@dataclass(frozen=True)
class Made:
    """A paper that was made: its row, and what was drawn (several labels for a strip of stickers)."""

    dossier: Dossier
    consignment: Consignment | None
    row: Paper
    drawn: tuple[Drawn, ...]
    content: bytes


def make(
    w: Work,
    kinds: Mapping[str, Kind],
    kind: str,
    subject: str,
    stock: Stock | None = None,
    language: PaperLanguage = "zh",
) -> Made:
    """The paper of this kind is made, or made again as the next copy, by the officer who acts.

    Raises `NotYours`, `NotAllowed`, `Rejected` for one that cannot be made now, that the law forbids or no font can
    write.
    """
    how = kinds.get(kind)
    if how is None:
        raise NotYours("单据", "kind of paper")
    dossier, consignment = (w.dossier(subject), None) if how.of == "dossier" else w.consignment(subject)
    require_party(w.actor, dossier)
    if dossier.closed_at is not None:
        raise Rejected(
            "专档已办结，留痕已封存，不能再制作单据。请打开已有的单据。",
            "The dossier is closed; open the papers it has.",
            "dossier_closed",
        )
    copy = _made_before(w, dossier, consignment, kind) + 1
    making = Making(w, dossier, consignment, f"{subject}-{how.code}{copy:02d}", copy, stock, language)
    drawn, content = _drawn(how, making, kind)
    return Made(dossier, consignment, _keep(making, kind, drawn, content), drawn, content)


def _made_before(w: Work, dossier: Dossier, consignment: Consignment | None, kind: str) -> int:
    return w.session.exec(
        select(func.count())
        .select_from(Paper)
        .where(Paper.dossier_id == dossier.id, Paper.kind == kind)
        .where(col(Paper.consignment_id) == (consignment.id if consignment else None))
    ).one()


def _drawn(how: Kind, making: Making, kind: str) -> tuple[tuple[Drawn, ...], bytes]:
    try:
        values = how.values(making)
        drawn = tuple(values) if isinstance(values, Sequence) else (values,)
        return drawn, pdf_of(drawn)
    except REFUSALS as why:
        raise refused(why, kind) from why


def refused(why: Exception, kind: str) -> Rejected:
    """Drawing's no as people read it."""
    rule = "unlawful_paper" if isinstance(why, UnlawfulPaper) else "undrawable_paper"
    english = f"The law forbids this {kind}." if isinstance(why, UnlawfulPaper) else f"No {kind} was made: {why}"
    return Rejected(str(why), english, rule)


def pdf_of(papers: Sequence[Drawn]) -> bytes:
    """One PDF of all of them, a page after another."""
    return draw(papers[0]) if len(papers) == 1 else draw_batch(papers)


def _keep(making: Making, kind: str, drawn: Sequence[Drawn], content: bytes) -> Paper:
    """The bytes are in the file store, the paper has its row, the ledger names its digest and the head printed on
    it.
    """
    w, consignment = making.w, making.consignment
    sha256 = w.ctx.files.put(content)
    row = Paper(
        dossier_id=cast(int, making.dossier.id),
        consignment_id=consignment.id if consignment else None,
        kind=kind,
        no=making.no,
        copy_no=making.copy,
        sha256=sha256,
        size_bytes=len(content),
        media_type=PDF,
        made_at=w.now,
        made_by=w.actor.officer_id,
    )
    w.session.add(row)
    w.session.flush()
    data: dict[str, Any] = {"paper": row.no, "kind": kind, "copy": row.copy_no, "sha256": sha256, "bytes": len(content)}
    root = getattr(drawn[0], "ledger_root", "")
    if root and getattr(drawn[0], "ledger_size", 0):
        data |= {"ledger_root": root, "ledger_size": drawn[0].ledger_size}  # type: ignore[union-attr]
    w.record(making.dossier, Fact("paper:made", "", data))
    return row
