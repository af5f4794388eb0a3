"""One door to every drawer: `draw(paper)` for the PDF, `drawing(paper)` for any other surface."""

import typing

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
    record,
    register,
    remarks,
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


def draw(paper: Paper) -> bytes:
    """The paper as PDF/A-2u bytes, 3u where it has attachments; the same paper, the same bytes on any day and machine.

    Raises `UnlawfulPaper` for a paper the law forbids, `MissingCharacter` for a character no font has, `TextTooLong`
    for a text that would not fit its place at a legible size.
    """
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
