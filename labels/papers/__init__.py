"""The papers we can draw, as plain values, a module a family.

Persons and phones are given **in clear**; the drawers mask what the law wants masked, so a caller cannot forget to.
Instants are aware; a paper shows them in Beijing time. What goes into a bar code or a QR code is printable ASCII.
"""

from labels.papers.dossier import DossierCover
from labels.papers.lists import HandoverItem, HandoverSheet
from labels.papers.parts import NOT_SECRET, UnlawfulPaper
from labels.papers.slips import SlipItem, SlipKind, TransferSlip
from labels.papers.stickers import OriginalSticker, SealSticker
from labels.papers.waybill import LabelParty, LabelSize, WaybillLabel

Paper = WaybillLabel | SealSticker | OriginalSticker | TransferSlip | DossierCover | HandoverSheet

__all__ = [
    "NOT_SECRET",
    "DossierCover",
    "HandoverItem",
    "HandoverSheet",
    "LabelParty",
    "LabelSize",
    "OriginalSticker",
    "Paper",
    "SealSticker",
    "SlipItem",
    "SlipKind",
    "TransferSlip",
    "UnlawfulPaper",
    "WaybillLabel",
]
