"""The one door to the printers: a paper in, the bytes for the printer out, proven; or a picture of it."""

import io
import typing
from collections.abc import Callable

from labels.draw import drawing
from labels.papers import Paper
from labels.printers import cpcl, plate, proof, tspl, zpl
from labels.printers.face import Dpi, Face, NotForThisPrinter

Language = typing.Literal["zpl", "tspl", "cpcl"]
_WRITERS: dict[Language, Callable[[Face], bytes]] = {"zpl": zpl.write, "tspl": tspl.write, "cpcl": cpcl.write}
_WIDEST = 110.0  # millimetres that label printers of the usual kind reach
LANGUAGES: tuple[Language, ...] = typing.get_args(Language)


def press(paper: Paper, language: Language, dpi: Dpi) -> bytes:
    """The label for a printer; the same label gives the same bytes, and they were drawn, decoded and compared.

    Raises `UnlawfulPaper`, `NotForThisPrinter` for a paper that is no label, `UnreadablePrint`, `MissingCharacter`,
    `TextTooLong`.
    """
    made = drawing(paper)
    if made.width > _WIDEST:
        raise NotForThisPrinter(
            f"{made.about.title} 宽 {made.width:.0f} 毫米，标签打印机印不下。请用 PDF 格式在普通打印机上打印"
            " (too wide for a label printer; print the PDF)"
        )
    (face,) = plate.faces(made, dpi)
    data = _WRITERS[language](face)
    proof.prove(proof.picture(language, data, dpi), face)
    return data


def pictures(paper: Paper, dpi: Dpi) -> list[bytes]:
    """Each page of the paper as a black-and-white PNG of the printer's dots, its codes proven.

    Raises `UnlawfulPaper`, `UnreadablePrint`, `MissingCharacter`, `TextTooLong`.
    """
    return [_png(face) for face in plate.faces(drawing(paper), dpi)]


def _png(face: Face) -> bytes:
    image = face.image()
    proof.prove(image, face)
    out = io.BytesIO()
    image.point(lambda ink: 255 * (not ink)).save(out, "PNG", dpi=(face.dpi, face.dpi))
    return out.getvalue()
