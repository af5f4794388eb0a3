"""A label in ZPL II: text as compressed graphics (Z64), rules as `^GB`, bar codes as `^BC` and `^BQ`.

A QR code is put down lower than its origin by the height that `^BY` last set, which a printer remembers from label to
label; so each QR code is preceded by its own `^BY` and lifted by as much.
"""

import base64
import binascii
import zlib

from labels.printers import linear
from labels.printers.face import Bars, Face, Rule, Square, Tile

_SINK = 10
#: How code sets are chosen in the data of `^BC`: a `>` and a sign; characters that are commands have such names, too.
_START = {linear.START_B: ">:", linear.START_C: ">;"}
_SWITCH = {linear.CODE_C: ">5", linear.CODE_B: ">6"}
_NAMED = {">": ">0", "^": "><", "~": ">="}


def write(face: Face) -> bytes:
    """The label as ASCII commands. Raises `NotForThisPrinter`."""
    lines = ["^XA", "^CI28", f"^PW{face.width}", f"^LL{face.height}", "^LH0,0", "^LS0"]
    lines += [_tile(tile) for tile in face.tiles()]
    lines += [_rule(rule) for rule in face.rules]
    lines += [_bars(bars) for bars in face.bars]
    lines += [_square(square) for square in face.squares]
    return "\n".join([*lines, "^PQ1", "^XZ", ""]).encode("ascii")


def _tile(tile: Tile) -> str:
    text = base64.b64encode(zlib.compress(tile.data, 9))
    check = f"{binascii.crc_hqx(text, 0):04X}"
    size = len(tile.data)
    return f"^FO{tile.x},{tile.y}^GFA,{size},{size},{tile.stride},:Z64:{text.decode('ascii')}:{check}^FS"


def _rule(rule: Rule) -> str:
    return f"^FO{rule.x},{rule.y}^GB{rule.width},{rule.height},{min(rule.width, rule.height)}^FS"


def _bars(bars: Bars) -> str:
    return f"^FO{bars.x},{bars.y}^BY{bars.module},2.0,{bars.height}^BCN,{bars.height},N,N,N,N^FD{_spelt(bars.value)}^FS"


def _spelt(value: str) -> str:
    """The value with its start and changes of code set said, so that every printer prints the same bars."""
    first, *rest = linear.symbols(value)
    parts, in_c = [_START[first]], first == linear.START_C
    for symbol in rest:
        if symbol in _SWITCH and (symbol == linear.CODE_B) == in_c:
            in_c = not in_c
            parts.append(_SWITCH[symbol])
        elif in_c:
            parts.append(f"{symbol:02d}")
        else:
            parts.append(_NAMED.get(chr(symbol + 32), chr(symbol + 32)))
    return "".join(parts)


def _square(square: Square) -> str:
    value = "".join(f"_{ord(sign):02X}" if sign in "^~_" else sign for sign in square.value)
    origin = f"^FO{square.x},{square.y - _SINK}^BY2,2.0,{_SINK}"
    return f"{origin}^BQN,2,{square.module},Q^FH_^FDQA,{value}^FS"
