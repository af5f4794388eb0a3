"""The papers we can draw, as plain values, a module a family.

Persons and phones are given **in clear**; the drawers mask what the law wants masked, so a caller cannot forget to.
Instants are aware; a paper shows them in Beijing time. What goes into a bar code or a QR code is printable ASCII.
"""

from labels.papers.catalogue import Catalogue, CatalogueItem, Remark, RemarkKind, RemarksSheet
from labels.papers.checks import CheckGroup, CheckLine, CheckLink, CheckResult, CheckSheet
from labels.papers.dossier import DossierCover
from labels.papers.guides import Contact, GuideDeadline, GuideMaterial, GuidePage, Treatment
from labels.papers.lists import HandoverItem, HandoverSheet
from labels.papers.notices import IrregularItem, Irregularity, IrregularityNotice, PhotoReference
from labels.papers.parts import NOT_SECRET, ROOT_SHOWN, PaperLanguage, UnlawfulPaper
from labels.papers.receipts import ArrivalReceipt, ArrivedItem, Finding, IntakeReceipt, SealState, TakenItem
from labels.papers.record import (
    DossierRecord,
    RecordDeadline,
    RecordDiscrepancy,
    RecordEnvelope,
    RecordEvent,
    RecordLine,
    RecordLink,
    RecordOriginal,
    RecordPaper,
    RecordParty,
    RecordSignature,
)
from labels.papers.register import RegisterItem, TransferRegister
from labels.papers.report import FigureReport, ReportColumn, ReportTable
from labels.papers.slips import SlipItem, SlipKind, TransferSlip
from labels.papers.stickers import OriginalSticker, SealSticker
from labels.papers.waybill import LabelParty, LabelSize, WaybillLabel

Paper = (
    WaybillLabel
    | SealSticker
    | OriginalSticker
    | TransferSlip
    | DossierCover
    | Catalogue
    | RemarksSheet
    | HandoverSheet
    | IntakeReceipt
    | ArrivalReceipt
    | IrregularityNotice
    | GuidePage
    | DossierRecord
    | TransferRegister
    | CheckSheet
    | FigureReport
)

__all__ = [
    "NOT_SECRET",
    "ROOT_SHOWN",
    "ArrivalReceipt",
    "ArrivedItem",
    "Catalogue",
    "CatalogueItem",
    "CheckGroup",
    "CheckLine",
    "CheckLink",
    "CheckResult",
    "CheckSheet",
    "Contact",
    "DossierCover",
    "DossierRecord",
    "FigureReport",
    "Finding",
    "GuideDeadline",
    "GuideMaterial",
    "GuidePage",
    "HandoverItem",
    "HandoverSheet",
    "IntakeReceipt",
    "IrregularItem",
    "Irregularity",
    "IrregularityNotice",
    "LabelParty",
    "LabelSize",
    "OriginalSticker",
    "Paper",
    "PaperLanguage",
    "PhotoReference",
    "RecordDeadline",
    "RecordDiscrepancy",
    "RecordEnvelope",
    "RecordEvent",
    "RecordLine",
    "RecordLink",
    "RecordOriginal",
    "RecordPaper",
    "RecordParty",
    "RecordSignature",
    "RegisterItem",
    "Remark",
    "RemarkKind",
    "RemarksSheet",
    "ReportColumn",
    "ReportTable",
    "SealState",
    "SealSticker",
    "SlipItem",
    "SlipKind",
    "TakenItem",
    "TransferRegister",
    "TransferSlip",
    "Treatment",
    "UnlawfulPaper",
    "WaybillLabel",
]
