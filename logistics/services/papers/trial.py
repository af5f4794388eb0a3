"""A specimen for a printer's test: in the size of its paper, naming nobody and nothing real."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from labels.papers import (
    LabelParty,
    LabelSize,
    OriginalSticker,
    Paper,
    SealSticker,
    SlipItem,
    TransferSlip,
    WaybillLabel,
)
from logistics.tables import Printer
from logistics.terms import Stock

_HERE = "试打样张"
_WORDS = "本张仅供试打，请勿使用"


def trial(printer: Printer, number: str, now: datetime) -> Paper:
    """The specimen that shows whether size, position, darkness and codes are right."""
    match printer.stock:
        case Stock.SEAL:
            return SealSticker(number, "TEST-0000", number, _HERE, "", now, 1, now, "YD1|TEST|SEAL")
        case Stock.STICKER:
            return OriginalSticker(
                number, "TEST-Y01", "TEST", 1, 1, _WORDS, "样张", 1, _HERE, "", now, "YD1|TEST|ORIGINAL"
            )
        case Stock.SHEET:
            return _sheet(number, now)
        case _:
            return _label(printer, number, now)


def _label(printer: Printer, number: str, now: datetime) -> WaybillLabel:
    here = LabelParty(_HERE, "", "", _WORDS)
    return WaybillLabel(
        number=number,
        courier_code="test",
        courier_name=_HERE,
        waybill_no="TEST00000000",
        route_code="TEST-01",
        destination_mark="试打",
        package_name="",
        sender=here,
        receiver=here,
        contents_count=1,
        dossier_no="TEST",
        seal_no="",
        printed_at=now,
        qr_text="YD1|TEST|LABEL",
        secrecy="",
        official_document=False,
        postal_enterprise=True,
        size=cast(LabelSize, printer.stock.value),
    )


def _sheet(number: str, now: datetime) -> TransferSlip:
    return TransferSlip(
        number=number,
        kind="internal",
        dossier_no="TEST",
        case_no="TEST",
        item_name=_HERE,
        sender_agency=_HERE,
        receiver_agency=_HERE,
        waybill_no="",
        seal_no="",
        items=(SlipItem(1, _WORDS, "", _HERE, "", 1, 1, "样张"),),
        released_by="",
        ledger_root="",
        ledger_size=0,
        manifest_sha256="0" * 64,
        printed_at=now,
        qr_text="YD1|TEST|SHEET",
    )
