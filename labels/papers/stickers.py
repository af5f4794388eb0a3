"""The small stickers on an envelope's flap and on an original's sleeve."""

import dataclasses
import datetime as dt

from labels.papers.parts import PaperLanguage, at_least_one, aware, printable, printed


@dataclasses.dataclass(frozen=True, slots=True)
class SealSticker:
    """The numbered sticker over an envelope's flap (封签), 70 x 50 mm: broken or gone, the envelope was opened.

    `sealed_by` is in clear and printed masked. It names nothing of what is inside.
    """

    number: str
    seal_no: str
    consignment_no: str
    agency: str
    sealed_by: str
    sealed_at: dt.datetime
    contents_count: int
    printed_at: dt.datetime
    qr_text: str
    copy_no: int = 1
    ledger_root: str = ""
    language: PaperLanguage = "zh"

    def __post_init__(self) -> None:
        printable("seal_no", self.seal_no)
        printed(self.qr_text, self.printed_at, self.copy_no, self.language)
        aware("sealed_at", self.sealed_at)
        at_least_one("contents_count", self.contents_count)


@dataclasses.dataclass(frozen=True, slots=True)
class OriginalSticker:
    """The sticker on the sleeve of one original (原件贴), 60 x 40 mm; it stays inside the envelope.

    It is the `seq`-th of `total` originals of the dossier. `holder` is in clear and printed masked.
    """

    number: str
    original_no: str
    dossier_no: str
    seq: int
    total: int
    title: str
    form: str
    pages: int
    agency: str
    holder: str
    printed_at: dt.datetime
    qr_text: str
    copy_no: int = 1
    ledger_root: str = ""
    language: PaperLanguage = "zh"

    def __post_init__(self) -> None:
        printed(self.qr_text, self.printed_at, self.copy_no, self.language)
        for name in ("seq", "total", "pages"):
            at_least_one(name, getattr(self, name))
        if self.seq > self.total:
            raise ValueError(f"seq 不能大于 total：第 {self.seq} 件，共 {self.total} 件")
