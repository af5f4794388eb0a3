"""The page a window hangs up or hands out for one service item."""

import dataclasses
import datetime as dt
import typing

from labels.papers.parts import PaperLanguage, at_least_one, aware, one_of, printed

#: How a material reaches the other hall: its original by mail, a copy, by data alone, or not at all (免寄).
Treatment = typing.Literal["travels", "copy", "electronic", "waived"]


@dataclasses.dataclass(frozen=True, slots=True)
class GuideMaterial:
    """One material: how it travels and why, and what the window looks at (审查要点)."""

    seq: int
    title: str
    form: str
    copies: int
    treatment: Treatment
    why: str
    review_points: str

    def __post_init__(self) -> None:
        one_of("treatment", self.treatment, Treatment)


@dataclasses.dataclass(frozen=True, slots=True)
class GuideDeadline:
    """One leg and its deadline in words: 收件后 2 个工作日内寄出."""

    leg: str
    words: str


@dataclasses.dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call about what. `phone` is an agency's public number and printed whole; never a person's own."""

    role: str
    agency: str
    phone: str


@dataclasses.dataclass(frozen=True, slots=True)
class GuidePage:
    """The handbook page of one service item (办事指南页), A4.

    `valid_from` is when this wording began to hold, `version` its number. It names no private person.
    """

    number: str
    agency: str
    item_code: str
    item_name: str
    agreement_no: str
    receiver_agency: str
    version: str
    valid_from: dt.datetime
    materials: tuple[GuideMaterial, ...]
    deadlines: tuple[GuideDeadline, ...]
    contacts: tuple[Contact, ...]
    ledger_root: str
    ledger_size: int
    printed_at: dt.datetime
    qr_text: str
    copy_no: int = 1
    language: PaperLanguage = "zh"

    def __post_init__(self) -> None:
        printed(self.qr_text, self.printed_at, self.copy_no, self.language)
        aware("valid_from", self.valid_from)
        at_least_one("materials", len(self.materials))
