"""A report of figures: what was asked, every figure in tables, and what it was made of."""

import dataclasses
import datetime as dt

from labels.papers.parts import PaperLanguage, printed


@dataclasses.dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column of a report's table; `figures` stand at the right."""

    title: str
    width: float
    figures: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class ReportTable:
    """One table of a report. The widths of its columns add up to 178 mm."""

    title: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class FigureReport:
    """A manager's report of figures (时限统计报表), A4. `facts` are (name, value) pairs of what was asked; `notes` are
    the definitions; `figures_sha256` is the digest of every figure, `entries_sha256` of the entries they were made of.
    """

    number: str
    agency: str
    made_by: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[ReportTable, ...]
    notes: tuple[str, ...]
    figures_sha256: str
    entries_sha256: str
    ledger_root: str
    ledger_size: int
    printed_at: dt.datetime
    qr_text: str
    copy_no: int = 1
    language: PaperLanguage = "zh"

    def __post_init__(self) -> None:
        printed(self.qr_text, self.printed_at, self.copy_no, self.language)
