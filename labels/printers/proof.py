"""No label leaves without proof: what the printer would put on paper is drawn from the very bytes and scanned."""

import zxingcpp
from PIL import Image, ImageChops

from labels.codes import CODE128_QUIET, QR_QUIET
from labels.printers.face import Bars, Dpi, Face, Square
from labels.printers.readers import cpcl, tspl, zpl

_WANTED = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode))
_OTHER_WAY = "请勿使用这张纸，改为打印 PDF，并报告此问题 (the printed image did not read back as intended)"


class UnreadablePrint(ValueError):
    """What would be printed is not what was meant; nothing is given out. The text says what differs."""


def picture(language: str, data: bytes, dpi: Dpi) -> Image.Image:
    """The dots that a printer of this language makes of the bytes, ink is 1. Raises `NotUnderstood`."""
    match language:
        case "zpl":
            return zpl.read(data)
        case "tspl":
            return tspl.read(data, dpi)
        case "cpcl":
            return cpcl.read(data)
        case _:
            raise ValueError(f"不认识打印机语言 {language!r}，只有 zpl、tspl、cpcl (unknown printer language)")


def scan(image: Image.Image) -> list[tuple[str, str]]:
    """Kind and text of every code a scanner finds on the dots, sorted."""
    grey = ImageChops.invert(image.convert("L"))
    found = zxingcpp.read_barcodes(grey, _WANTED, try_rotate=False, try_invert=False)
    return sorted((one.format.name, one.text) for one in found)


def prove(image: Image.Image, face: Face) -> None:
    """Returns when the picture is the face, dot by dot, and its codes read as meant; raises `UnreadablePrint`."""
    wanted = face.image()
    if ImageChops.logical_xor(image.crop((0, 0, *wanted.size)), wanted).getbbox() or _beyond(image, wanted):
        raise UnreadablePrint(f"打印指令画出的图与版面不一致。{_OTHER_WAY}")
    codes: list[Bars | Square] = [*face.bars, *face.squares]
    for code in codes:
        if not _is_quiet(wanted, code):
            raise UnreadablePrint(f"条码「{code.value}」四周的空白不够，扫描不可靠。{_OTHER_WAY}")
    found = scan(image)
    if found != face.codes():
        raise UnreadablePrint(f"条码读出的是 {found}，应当是 {face.codes()}。{_OTHER_WAY}")


def _beyond(image: Image.Image, wanted: Image.Image) -> bool:
    box = image.getbbox() or (0, 0, 0, 0)
    return box[2] > wanted.width or box[3] > wanted.height


def _is_quiet(image: Image.Image, code: Bars | Square) -> bool:
    """Whether the standards' quiet zones are free of ink: beside bars, all round a square."""
    if isinstance(code, Bars):
        wide, high, side, over = code.width, code.height, CODE128_QUIET * code.module, 0
    else:
        wide = high = code.side
        side = over = QR_QUIET * code.module
    around = (code.x - side, code.y - over, code.x + wide + side, code.y + high + over)
    if around[0] < 0 or around[1] < 0 or around[2] > image.width or around[3] > image.height:
        return False
    part = image.crop(around)
    part.paste(0, (side, over, side + wide, over + high))
    return part.getbbox() is None
