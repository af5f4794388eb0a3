"""A label in TSPL: text as `BITMAP`, rules as `BAR`, bar codes as `BARCODE "128M"` and `QRCODE`."""

from labels.printers import linear
from labels.printers.face import Bars, Face, NotForThisPrinter, Rule, Square, Tile
from labels.surface import MM_AN_INCH

_GAP = "GAP 2 mm,0 mm"
_INVERT = bytes(255 - byte for byte in range(256))


def write(face: Face) -> bytes:
    """The label as lines that end in CR LF, with raw bytes in the bitmaps. Raises `NotForThisPrinter`."""
    wide, high = (round(dots * MM_AN_INCH / face.dpi) for dots in (face.width, face.height))
    lines = [f"SIZE {wide} mm,{high} mm", _GAP, "DIRECTION 0,0", "REFERENCE 0,0", "CLS"]
    data = [line.encode("ascii") for line in lines] + [_tile(tile) for tile in face.tiles()]
    lines = [_rule(rule) for rule in face.rules] + [_bars(bars) for bars in face.bars]
    lines += [_square(square) for square in face.squares] + ["PRINT 1,1", ""]
    return b"\r\n".join([*data, *(line.encode("ascii") for line in lines)])


def _tile(tile: Tile) -> bytes:
    """Here a black dot is 0."""
    head = f"BITMAP {tile.x},{tile.y},{tile.stride},{tile.height},0,"
    return head.encode("ascii") + tile.data.translate(_INVERT)


def _rule(rule: Rule) -> str:
    return f"BAR {rule.x},{rule.y},{rule.width},{rule.height}"


def _bars(bars: Bars) -> str:
    value = _quoted(_spelt(bars.value))
    return f'BARCODE {bars.x},{bars.y},"128M",{bars.height},0,0,{bars.module},{bars.module},"{value}"'


def _spelt(value: str) -> str:
    """The value with its start and changes of code set said as `!` and three digits."""
    if "!" in value:
        raise NotForThisPrinter(
            f"「{value}」含有 !，TSPL 打印机的条码里印不出这个字符。请改用 ZPL、CPCL 或 PDF (no ! in a TSPL bar code)"
        )
    first, *rest = linear.symbols(value)
    parts, in_c = [f"!{first}"], first == linear.START_C
    for symbol in rest:
        if symbol in (linear.CODE_B, linear.CODE_C) and (symbol == linear.CODE_B) == in_c:
            in_c = not in_c
            parts.append(f"!{symbol:03d}")
        else:
            parts.append(f"{symbol:02d}" if in_c else chr(symbol + 32))
    return "".join(parts)


def _square(square: Square) -> str:
    return f'QRCODE {square.x},{square.y},Q,{square.module},A,0,M2,"{_quoted(square.value)}"'


def _quoted(value: str) -> str:
    if '"' in value or "\\" in value:
        raise NotForThisPrinter(
            f"「{value}」含有引号或反斜杠，TSPL 打印机的条码里印不出。请改用 ZPL 或 PDF (no quote or backslash in TSPL)"
        )
    return value
