"""The papers we can draw, as plain values.

Persons and phones are given **in clear**; the drawers mask what the law wants masked, so a caller cannot forget to.
Instants are aware; a paper shows them in Beijing time. What goes into a bar code or a QR code is printable ASCII.
"""

import dataclasses
import datetime as dt
import typing

SlipKind = typing.Literal["outbound", "internal", "return", "discrepancy"]
#: Width and height in millimetres of the waybill labels couriers give out.
LabelSize = typing.Literal["76x130", "100x150", "100x180"]

#: Words in the secrecy field that mean "no 密级 is set".
NOT_SECRET = frozenset({"", "无", "公开", "非密"})


class UnlawfulPaper(ValueError):
    """A paper that must not exist: the law forbids what it would send on its way. The text says why and what to do."""


@dataclasses.dataclass(frozen=True, slots=True)
class LabelParty:
    """One end of a waybill, in clear. The label shows the agency whole and hides person, phone and room number."""

    agency: str
    person: str
    phone: str
    address: str


@dataclasses.dataclass(frozen=True, slots=True)
class WaybillLabel:
    """The courier's sticker (面单), in one of the sizes of `LabelSize`.

    `number` is our paper number, `copy_no` counts reprints from 1. `route_code` and `destination_mark` (大头笔) come
    from the courier's booking reply, `package_name` is the 集包地; each may be empty. `secrecy` is the highest 密级
    inside (empty when none), `official_document` says that a 国家机关公文 is inside, `postal_enterprise` that the
    courier is the postal enterprise, `confidential_channel` that this is 机要 or 专人 carriage. `from_pool`: the number
    was given in advance and the courier has not said a route code yet, which the label tells the sorter.
    """

    number: str
    courier_code: str
    courier_name: str
    waybill_no: str
    route_code: str
    destination_mark: str
    package_name: str
    sender: LabelParty
    receiver: LabelParty
    contents_count: int
    dossier_no: str
    seal_no: str
    printed_at: dt.datetime
    qr_text: str
    secrecy: str
    official_document: bool
    postal_enterprise: bool
    confidential_channel: bool = False
    copy_no: int = 1
    from_pool: bool = False
    size: LabelSize = "100x150"

    def __post_init__(self) -> None:
        if self.size not in typing.get_args(LabelSize):
            raise ValueError(f"面单尺寸 {self.size!r} 没有，只有 {', '.join(typing.get_args(LabelSize))}")
        _printable("waybill_no", self.waybill_no)
        _printable("qr_text", self.qr_text)
        _aware("printed_at", self.printed_at)
        _at_least_one("contents_count", self.contents_count)
        _at_least_one("copy_no", self.copy_no)


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
        _printable("qr_text", self.qr_text)
        _aware("printed_at", self.printed_at)
        _at_least_one("copy_no", self.copy_no)


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

    def __post_init__(self) -> None:
        _printable("qr_text", self.qr_text)
        _aware("opened_at", self.opened_at)
        _aware("printed_at", self.printed_at)
        _at_least_one("copy_no", self.copy_no)


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
    """The list of envelopes that a collecting courier takes (交寄清单), A4.

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

    def __post_init__(self) -> None:
        _printable("qr_text", self.qr_text)
        for name, instant in (("made_at", self.made_at), ("printed_at", self.printed_at)):
            _aware(name, instant)
        _at_least_one("copy_no", self.copy_no)


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

    def __post_init__(self) -> None:
        _printable("seal_no", self.seal_no)
        _printable("qr_text", self.qr_text)
        _aware("sealed_at", self.sealed_at)
        _aware("printed_at", self.printed_at)
        _at_least_one("contents_count", self.contents_count)
        _at_least_one("copy_no", self.copy_no)


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

    def __post_init__(self) -> None:
        _printable("qr_text", self.qr_text)
        _aware("printed_at", self.printed_at)
        for name in ("seq", "total", "pages", "copy_no"):
            _at_least_one(name, getattr(self, name))
        if self.seq > self.total:
            raise ValueError(f"seq 不能大于 total：第 {self.seq} 件，共 {self.total} 件")


Paper = WaybillLabel | SealSticker | OriginalSticker | TransferSlip | DossierCover | HandoverSheet


def _printable(name: str, text: str) -> None:
    if not text or not text.isascii() or not text.isprintable():
        raise ValueError(f"{name} 要印成条码，只能是可打印的 ASCII 字符，不能为空：{text!r}。中点 · 请改用 . 或 -")


def _aware(name: str, instant: dt.datetime) -> None:
    if instant.tzinfo is None:
        raise ValueError(f"{name} 没有时区：{instant!r}。请给出带时区的时刻")


def _at_least_one(name: str, count: int) -> None:
    if count < 1:
        raise ValueError(f"{name} 至少为 1，收到 {count}")
