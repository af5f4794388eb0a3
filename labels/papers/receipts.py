"""What the applicant and the sending hall get in their hands: which originals were taken, and which arrived how."""

import dataclasses
import datetime as dt
import typing

from labels.papers.parts import PaperLanguage, aware, one_of, printed

#: What was found at one listed original; `unchecked` (未核) is not `missing` (缺件).
Finding = typing.Literal["received", "unchecked", "missing", "damaged", "wrong", "illegible", "extra"]
SealState = typing.Literal["intact", "broken", "missing", "replaced"]


@dataclasses.dataclass(frozen=True, slots=True)
class TakenItem:
    """One original that was taken from the applicant."""

    seq: int
    title: str
    number: str
    form: str
    pages: int
    copies: int
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class IntakeReceipt:
    """The applicant's receipt (收件回执), A4: what was taken, by whom, what happens next, where to look.

    `applicant`, `applicant_phone` and `agent` (代办人) are in clear and printed masked. `next_steps` are sentences in
    their order. `inquiry_phone` is the hall's own number, `inquiry_place` where to ask (a page's address in words, a
    window); `qr_text` leads to the same place.
    """

    number: str
    case_no: str
    dossier_no: str
    item_name: str
    agency: str
    applicant: str
    applicant_phone: str
    agent: str
    items: tuple[TakenItem, ...]
    received_by: str
    received_at: dt.datetime
    next_steps: tuple[str, ...]
    promised: str
    inquiry_phone: str
    inquiry_place: str
    secrecy: str
    ledger_root: str
    ledger_size: int
    printed_at: dt.datetime
    qr_text: str
    copy_no: int = 1
    language: PaperLanguage = "zh"

    def __post_init__(self) -> None:
        printed(self.qr_text, self.printed_at, self.copy_no, self.language)
        aware("received_at", self.received_at)


@dataclasses.dataclass(frozen=True, slots=True)
class ArrivedItem:
    """One original as the receiving officer found it. An unlisted one is `extra` and has the next free `seq`."""

    seq: int
    title: str
    number: str
    form: str
    pages: int
    copies: int
    finding: Finding
    note: str = ""

    def __post_init__(self) -> None:
        one_of("finding", self.finding, Finding)


@dataclasses.dataclass(frozen=True, slots=True)
class ArrivalReceipt:
    """The sending hall's receipt (签收回执), A4: what arrived, item by item, and in which state.

    `delivered_at` is what the courier says, `received_at` when the officer counted. `notice_no` names the irregularity
    notice that went with it, or is empty. `checked_by` is the second pair of eyes, or empty.
    """

    number: str
    consignment_no: str
    dossier_no: str
    case_no: str
    item_name: str
    sender_agency: str
    receiver_agency: str
    courier_name: str
    waybill_no: str
    seal_expected: str
    seal_found: str
    seal_state: SealState
    items: tuple[ArrivedItem, ...]
    received_by: str
    checked_by: str
    received_at: dt.datetime
    notice_no: str
    manifest_sha256: str
    secrecy: str
    ledger_root: str
    ledger_size: int
    printed_at: dt.datetime
    qr_text: str
    delivered_at: dt.datetime | None = None
    copy_no: int = 1
    language: PaperLanguage = "zh"

    def __post_init__(self) -> None:
        printed(self.qr_text, self.printed_at, self.copy_no, self.language)
        one_of("seal_state", self.seal_state, SealState)
        aware("received_at", self.received_at)
        if self.delivered_at is not None:
            aware("delivered_at", self.delivered_at)
