"""One door to every drawer: `draw(paper)` for the PDF, `drawing(paper)` for any other surface."""

import typing
from collections.abc import Mapping

from labels import (
    arrival,
    catalogue,
    check_sheet,
    cover,
    guide,
    handover,
    intake,
    lawful,
    notice,
    pictured,
    record,
    register,
    remarks,
    report,
    slip,
    stickers,
    waybill,
)
from labels.drawing import Drawing
from labels.papers import (
    ArrivalReceipt,
    Catalogue,
    CheckSheet,
    DossierCover,
    DossierRecord,
    FigureReport,
    GuidePage,
    HandoverSheet,
    IntakeReceipt,
    IrregularityNotice,
    OriginalSticker,
    Paper,
    RemarksSheet,
    SealSticker,
    TransferRegister,
    TransferSlip,
    WaybillLabel,
)


def draw(paper: Paper, glyphs: Mapping[str, bytes] | None = None) -> bytes:
    """The paper as PDF/A-2u bytes, 3u where it has attachments; the same paper, the same bytes on any day and machine.

    `glyphs` are PNG pictures of characters that no font has. Raises `UnlawfulPaper` for a paper the law forbids,
    `MissingCharacter` for a character with neither font nor picture, `UnusablePicture`, and `TextTooLong` for a text
    that would not fit its place at a legible size.
    """
    with pictured.supplied(glyphs):
        return drawing(paper).pdf()


def drawing(paper: Paper) -> Drawing:
    """The paper ready to be drawn on any surface. Raises `UnlawfulPaper`: nothing of such a paper is ever drawn."""
    lawful.check(paper)
    match paper:
        case WaybillLabel():
            return waybill.drawing(paper)
        case SealSticker():
            return stickers.seal(paper)
        case OriginalSticker():
            return stickers.original(paper)
        case TransferSlip():
            return slip.drawing(paper)
        case DossierCover():
            return cover.drawing(paper)
        case DossierRecord():
            return record.drawing(paper)
        case TransferRegister():
            return register.drawing(paper)
        case CheckSheet():
            return check_sheet.drawing(paper)
        case FigureReport():
            return report.drawing(paper)
        case Catalogue():
            return catalogue.drawing(paper)
        case RemarksSheet():
            return remarks.drawing(paper)
        case HandoverSheet():
            return handover.drawing(paper)
        case IntakeReceipt():
            return intake.drawing(paper)
        case ArrivalReceipt():
            return arrival.drawing(paper)
        case IrregularityNotice():
            return notice.drawing(paper)
        case GuidePage():
            return guide.drawing(paper)
        case _:
            typing.assert_never(paper)
