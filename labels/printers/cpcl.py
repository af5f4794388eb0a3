"""A label in CPCL, the language of mobile printers: text as `CG`, rules as `LINE`, codes as `BARCODE`.

CPCL lets the printer choose the code sets of a Code 128; for numbers as couriers give them there is one shortest way.
"""

from labels.printers.face import Bars, Dpi, Face, NotForThisPrinter, Rule, Square, Tile

#: What the first line calls a resolution: 203 dots an inch go by the name of 200.
_NAMES: dict[Dpi, int] = {203: 200, 300: 300}


def write(face: Face) -> bytes:
    """The label as lines that end in CR LF, with raw bytes in the graphics. Raises `NotForThisPrinter`."""
    name = _NAMES[face.dpi]
    head = (f"! 0 {name} {name} {face.height} 1", f"PAGE-WIDTH {face.width}")
    data = [line.encode("ascii") for line in head] + [_tile(tile) for tile in face.tiles()]
    lines = [_rule(rule) for rule in face.rules] + [_bars(bars) for bars in face.bars]
    lines += [line for square in face.squares for line in _square(square)] + ["FORM", "PRINT", ""]
    return b"\r\n".join([*data, *(line.encode("ascii") for line in lines)])


def _tile(tile: Tile) -> bytes:
    return f"CG {tile.stride} {tile.height} {tile.x} {tile.y} ".encode("ascii") + tile.data


def _rule(rule: Rule) -> str:
    """A line has its top left corner, the other end of its upper or left edge, and a thickness."""
    if rule.width >= rule.height:
        return f"LINE {rule.x} {rule.y} {rule.x + rule.width} {rule.y} {rule.height}"
    return f"LINE {rule.x} {rule.y} {rule.x} {rule.y + rule.height} {rule.width}"


def _bars(bars: Bars) -> str:
    return f"BARCODE 128 {bars.module} 1 {bars.height} {bars.x} {bars.y} {_plain(bars.value)}"


def _square(square: Square) -> tuple[str, str, str]:
    return f"BARCODE QR {square.x} {square.y} M 2 U {square.module}", f"QA,{_plain(square.value)}", "ENDQR"


def _plain(value: str) -> str:
    if value != value.strip():
        raise NotForThisPrinter(
            f"「{value}」首尾有空格，CPCL 打印机的条码里印不出。请去掉空格 (no space at either end of a CPCL code)"
        )
    return value
