"""What passes from hand to hand: the transfer slip and its originals."""

import dataclasses
import datetime as dt
import typing

from labels.papers.parts import PaperLanguage, printed

SlipKind = typing.Literal["outbound", "internal", "return", "discrepancy"]


@dataclasses.dataclass(frozen=True, slots=True)
class SlipItem:
    """One original on a slip or a cover. `form` is 原件, 副本, 复制件 …; `note` is free text and may be empty.

    `found` is what was in the envelope, in words, on a slip of discrepancies; elsewhere it is empty.
    """

    seq: int
    title: str
    number: str
    issuer: str
    holder: str
    pages: int
    copies: int
    form: str
    note: str = ""
    found: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class TransferSlip:
    """The list of what passes from hand to hand (交接单), A4, signed by both sides.

    `ledger_root` (hex) and `ledger_size` (leaves) name the last checkpoint of the ledger, so that the paper witnesses
    it; the root is empty and the size 0 before the first checkpoint. `manifest_sha256` is the hex digest of the frozen
    list. `waybill_no` and `seal_no` are empty where nothing is mailed, and must be on an internal slip; `seal_found` is
    the number found on the envelope, on a slip of discrepancies.
    """

    number: str
    kind: SlipKind
    dossier_no: str
    case_no: str
    item_name: str
    sender_agency: str
    receiver_agency: str
    waybill_no: str
    seal_no: str
    items: tuple[SlipItem, ...]
    released_by: str
    ledger_root: str
    ledger_size: int
    manifest_sha256: str
    printed_at: dt.datetime
    qr_text: str
    copy_no: int = 1
    seal_found: str = ""
    language: PaperLanguage = "zh"

    def __post_init__(self) -> None:
        if self.kind not in typing.get_args(SlipKind):
            raise ValueError(f"交接单种类 {self.kind!r} 不认识，只有 {', '.join(typing.get_args(SlipKind))}")
        printed(self.qr_text, self.printed_at, self.copy_no, self.language)
        if self.kind == "internal" and (self.waybill_no or self.seal_no):
            raise ValueError("内部移交不寄递，不能有 waybill_no 和 seal_no；寄出请用 kind=outbound (nothing is mailed)")
