"""What goes to the archive with a batch: the registration form of the hand-over, with the digest of each package."""

import dataclasses
import datetime as dt

from labels.papers.parts import PaperLanguage, at_least_one, printed


@dataclasses.dataclass(frozen=True, slots=True)
class RegisterItem:
    """One package: its file name, what it is, SHA-256 (hex) and bytes. `carrier_no` is empty for an online batch."""

    seq: int
    file_name: str
    archival_code: str
    title: str
    sha256: str
    size_bytes: int
    carrier_no: str = ""

    def __post_init__(self) -> None:
        at_least_one("seq", self.seq)


@dataclasses.dataclass(frozen=True, slots=True)
class TransferRegister:
    """The registration form of a hand-over to the archive (电子档案移交与接收登记表), A4, with its annex of digests.

    `found_*` are the sender's findings in the four checks and of the carrier, in words; the receiver's are left to be
    filled in by hand. `carriers` (载体起止顺序号) is empty for an online batch, `media` then says how it was sent.
    """

    number: str
    batch_no: str
    name: str
    description: str
    sender: str
    receiver: str
    items: tuple[RegisterItem, ...]
    media: str
    carriers: str
    found_accurate: str
    found_complete: str
    found_usable: str
    found_safe: str
    found_carrier: str
    filled_by: str
    list_sha256: str
    ledger_root: str
    ledger_size: int
    printed_at: dt.datetime
    qr_text: str
    copy_no: int = 1
    language: PaperLanguage = "zh"

    def __post_init__(self) -> None:
        printed(self.qr_text, self.printed_at, self.copy_no, self.language)
