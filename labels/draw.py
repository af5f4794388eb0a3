"""One door to every drawer: `draw(paper)`."""

import typing

from labels.cover import draw_cover
from labels.handover import draw_handover
from labels.papers import DossierCover, HandoverSheet, Paper, TransferSlip, WaybillLabel
from labels.slip import draw_slip
from labels.waybill import draw_waybill


def draw(paper: Paper) -> bytes:
    """The paper as PDF/A-2u bytes; the same paper gives the same bytes, on any day and any machine.

    Raises `UnlawfulPaper` for a paper the law forbids, `MissingCharacter` for a character no font has, `TextTooLong`
    for a text that would not fit its place at a legible size.
    """
    match paper:
        case WaybillLabel():
            return draw_waybill(paper)
        case TransferSlip():
            return draw_slip(paper)
        case DossierCover():
            return draw_cover(paper)
        case HandoverSheet():
            return draw_handover(paper)
        case _:
            typing.assert_never(paper)
