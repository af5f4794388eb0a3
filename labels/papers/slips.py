"""What passes from hand to hand: the transfer slip and its originals."""

import dataclasses
import datetime as dt
import typing

from labels.papers.parts import at_least_one, aware, printable

SlipKind = typing.Literal["outbound", "internal", "return", "discrepancy"]


@dataclasses.dataclass(frozen=True, slots=True)
class SlipItem:
    """One original on a slip or a cover. `form` is 原件, 副本, 复制件 …; `note` is free text and may be empty."""

    seq: int
    title: str
    number: str
    issuer: str
    holder: str
    pages: int
    copies: int
    form: str
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class TransferSlip:
    """The list of what passes from hand to hand (交接单), A4, signed by both sides.

    `ledger_root` (hex) and `ledger_size` (leaves) name the last checkpoint of the ledger, so that the paper witnesses
    it; the root is empty and the size 0 before the first checkpoint. `manifest_sha256` is the hex digest of the frozen
    list. `waybill_no` and `seal_no` are empty where nothing is mailed.
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

    def __post_init__(self) -> None:
        if self.kind not in typing.get_args(SlipKind):
            raise ValueError(f"交接单种类 {self.kind!r} 不认识，只有 {', '.join(typing.get_args(SlipKind))}")
        printable("qr_text", self.qr_text)
        aware("printed_at", self.printed_at)
        at_least_one("copy_no", self.copy_no)
