"""The two forms that lie in a dossier before and after its documents: the list of them, and the note on its state."""

import dataclasses
import datetime as dt
import typing

from labels.papers.parts import PaperLanguage, at_least_one, aware, one_of, printed

RemarkKind = typing.Literal["missing", "damaged", "replaced", "removed", "added", "other"]


@dataclasses.dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One document on the list (GB/T 9705-2008 annex H, DA/T 22-2015): the columns in their order.

    `date` is eight digits (20260928) or empty; `first_page` and `last_page` are page numbers within the dossier.
    `title` was made up by us where the document has none, then it stands in square brackets.
    """

    seq: int
    number: str
    author: str
    title: str
    date: str
    first_page: int
    last_page: int
    note: str = ""

    def __post_init__(self) -> None:
        at_least_one("first_page", self.first_page)
        if self.last_page < self.first_page:
            raise ValueError(f"last_page 不能小于 first_page：第 {self.first_page} 页到第 {self.last_page} 页")
        eight_digits("date", self.date)


@dataclasses.dataclass(frozen=True, slots=True)
class Catalogue:
    """The list of what lies in a dossier (卷内文件目录), A4.

    `archival_code` is the 档号, empty before the archive gave one. `secrecy` is empty when none is set.
    """

    number: str
    agency: str
    dossier_no: str
    case_no: str
    item_name: str
    archival_code: str
    secrecy: str
    items: tuple[CatalogueItem, ...]
    ledger_root: str
    ledger_size: int
    printed_at: dt.datetime
    qr_text: str
    copy_no: int = 1
    language: PaperLanguage = "zh"

    def __post_init__(self) -> None:
        printed(self.qr_text, self.printed_at, self.copy_no, self.language)


@dataclasses.dataclass(frozen=True, slots=True)
class Remark:
    """One thing about one document that differs from what the list says; `noted_at` is when that was written down."""

    seq: int
    title: str
    kind: RemarkKind
    text: str
    noted_by: str
    noted_at: dt.datetime | None = None

    def __post_init__(self) -> None:
        one_of("kind", self.kind, RemarkKind)
        if self.noted_at is not None:
            aware("noted_at", self.noted_at)


@dataclasses.dataclass(frozen=True, slots=True)
class RemarksSheet:
    """The note on a dossier's state (卷内备考表, GB/T 9705-2008 annex J), A4, the last sheet inside.

    `situation` is 本卷情况说明 in the compiler's words. `compiled_by` is the 立卷人, `checked_by` the 检查人; each is
    empty and its instant None where it is still to be written in ink.
    """

    number: str
    agency: str
    dossier_no: str
    case_no: str
    item_name: str
    archival_code: str
    secrecy: str
    items_count: int
    pages_count: int
    situation: str
    compiled_by: str
    checked_by: str
    ledger_root: str
    ledger_size: int
    printed_at: dt.datetime
    qr_text: str
    compiled_at: dt.datetime | None = None
    checked_at: dt.datetime | None = None
    remarks: tuple[Remark, ...] = ()
    copy_no: int = 1
    language: PaperLanguage = "zh"

    def __post_init__(self) -> None:
        printed(self.qr_text, self.printed_at, self.copy_no, self.language)
        for name, instant in (("compiled_at", self.compiled_at), ("checked_at", self.checked_at)):
            if instant is not None:
                aware(name, instant)


def eight_digits(name: str, date: str) -> None:
    """Returns for a real day as 20260928 and for nothing; raises `ValueError`."""
    if not date:
        return
    try:
        if len(date) != 8 or not date.isascii():
            raise ValueError
        dt.datetime.strptime(date, "%Y%m%d")  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise ValueError(
            f"{name} 应为八位数字的日期，如 20260928，收到 {date!r} (must be a date of eight digits)"
        ) from None
