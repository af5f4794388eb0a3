"""What one hall tells another when found differs from expected."""

import dataclasses
import datetime as dt
import typing

from labels.papers.parts import PaperLanguage, at_least_one, aware, one_of, printed
from labels.papers.receipts import SealState

Irregularity = typing.Literal["missing", "extra", "wrong", "damaged", "illegible", "empty", "seal", "lost", "other"]


@dataclasses.dataclass(frozen=True, slots=True)
class IrregularItem:
    """One difference: what the frozen list says and what was in the envelope, both in words."""

    seq: int
    title: str
    number: str
    kind: Irregularity
    expected: str
    found: str
    note: str = ""

    def __post_init__(self) -> None:
        one_of("kind", self.kind, Irregularity)


@dataclasses.dataclass(frozen=True, slots=True)
class PhotoReference:
    """A photograph kept with the dossier: what it shows, and the SHA-256 (hex) of its file."""

    name: str
    sha256: str

    def __post_init__(self) -> None:
        if len(self.sha256) != 64 or set(self.sha256) - set("0123456789abcdef"):
            raise ValueError(f"sha256 应为 64 位小写十六进制，收到 {self.sha256!r} (must be 64 hex digits)")


@dataclasses.dataclass(frozen=True, slots=True)
class IrregularityNotice:
    """The irregularity notice (差异通知单), A4: after the verification note of the posts (UPU CN 24).

    The finder states facts and a witness signs with them; the sender answers in the lower part by `answer_by`.
    `account` says in words how it was found; `weight_*` are words (120 g), empty when nobody weighed.
    """

    number: str
    consignment_no: str
    dossier_no: str
    case_no: str
    item_name: str
    sender_agency: str
    finder_agency: str
    courier_name: str
    waybill_no: str
    seal_expected: str
    seal_found: str
    seal_state: SealState
    weight_expected: str
    weight_found: str
    items: tuple[IrregularItem, ...]
    account: str
    found_by: str
    witness: str
    found_at: dt.datetime
    answer_by: dt.datetime
    manifest_sha256: str
    secrecy: str
    ledger_root: str
    ledger_size: int
    printed_at: dt.datetime
    qr_text: str
    photos: tuple[PhotoReference, ...] = ()
    copy_no: int = 1
    language: PaperLanguage = "zh"

    def __post_init__(self) -> None:
        printed(self.qr_text, self.printed_at, self.copy_no, self.language)
        one_of("seal_state", self.seal_state, SealState)
        for name, instant in (("found_at", self.found_at), ("answer_by", self.answer_by)):
            aware(name, instant)
        at_least_one("items", len(self.items))
