"""Lists of envelopes."""

import dataclasses
import datetime as dt

from labels.papers.parts import PaperLanguage, aware, printed


@dataclasses.dataclass(frozen=True, slots=True)
class HandoverItem:
    """One envelope on a hand-over list: numbers and where it goes, nothing of what is inside."""

    seq: int
    waybill_no: str
    consignment_no: str
    receiver_agency: str
    seal_no: str
    scanned_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class HandoverSheet:
    """The list of envelopes that a collecting courier takes (交寄清单), A4. `left`: how many more stood on it and were
    not given to the courier.

    `collector` is in clear and printed masked, with `staff_no`; both are empty before the signature. `list_sha256` and
    `signature_sha256` (hex) are empty then, too: an unsigned sheet is signed in ink.
    """

    number: str
    agency: str
    courier_name: str
    items: tuple[HandoverItem, ...]
    made_at: dt.datetime
    made_by: str
    pickup: str
    collector: str
    staff_no: str
    signed_at: dt.datetime | None
    list_sha256: str
    signature_sha256: str
    printed_at: dt.datetime
    qr_text: str
    copy_no: int = 1
    ledger_root: str = ""
    ledger_size: int = 0
    language: PaperLanguage = "zh"
    left: int = 0

    def __post_init__(self) -> None:
        printed(self.qr_text, self.printed_at, self.copy_no, self.language)
        aware("made_at", self.made_at)
