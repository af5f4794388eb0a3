"""The courier's label and its parties."""

import dataclasses
import datetime as dt
import typing

from labels.papers.parts import at_least_one, aware, printable

#: Width and height in millimetres of the waybill labels couriers give out.
LabelSize = typing.Literal["76x130", "100x150", "100x180"]


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
    ledger_root: str = ""

    def __post_init__(self) -> None:
        if self.size not in typing.get_args(LabelSize):
            raise ValueError(f"面单尺寸 {self.size!r} 没有，只有 {', '.join(typing.get_args(LabelSize))}")
        printable("waybill_no", self.waybill_no)
        printable("qr_text", self.qr_text)
        aware("printed_at", self.printed_at)
        at_least_one("contents_count", self.contents_count)
        at_least_one("copy_no", self.copy_no)
