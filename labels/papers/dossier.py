"""The papers that lie in the dossier itself."""

import dataclasses
import datetime as dt

from labels.papers.parts import PaperLanguage, aware, printed
from labels.papers.slips import SlipItem


@dataclasses.dataclass(frozen=True, slots=True)
class DossierCover:
    """The first page of a dossier (邮递专档封面), A4.

    `opened_at` is when the dossier was opened, `retention` the 保管期限 in words (30年, 永久); no 密级 is empty text.
    """

    number: str
    dossier_no: str
    case_no: str
    item_name: str
    sender_agency: str
    receiver_agency: str
    agreement_no: str
    opened_at: dt.datetime
    retention: str
    secrecy: str
    items: tuple[SlipItem, ...]
    ledger_root: str
    printed_at: dt.datetime
    qr_text: str
    copy_no: int = 1
    ledger_size: int = 0
    archival_code: str = ""
    language: PaperLanguage = "zh"

    def __post_init__(self) -> None:
        printed(self.qr_text, self.printed_at, self.copy_no, self.language)
        aware("opened_at", self.opened_at)
