"""Reads TSPL as a printer does: a command a line, and after the head of a `BITMAP` as many raw bytes as it says."""

import re

from PIL import Image

from labels.printers.linear import CODE_B, CODE_C, START_B, START_C
from labels.printers.readers.bed import Bed, NotUnderstood, plain

_INVERT = bytes(255 - byte for byte in range(256))
_SIZE = re.compile(rb"SIZE (\d+) mm,(\d+) mm\r\n")
_BITMAP = re.compile(rb"BITMAP (\d+),(\d+),(\d+),(\d+),0,")
_BAR = re.compile(rb"BAR (\d+),(\d+),(\d+),(\d+)\r\n")
_BARCODE = re.compile(rb'BARCODE (\d+),(\d+),"128M",(\d+),0,0,(\d+),\d+,"([^"\\\r\n]*)"\r\n')
_QRCODE = re.compile(rb'QRCODE (\d+),(\d+),Q,(\d+),A,0,M2,"([^"\\\r\n]*)"\r\n')
_SET_UP = re.compile(rb"(GAP \d+ mm,\d+ mm|DIRECTION 0,0|REFERENCE 0,0|CLS|PRINT 1,1)\r\n")
_SETS = {START_C: True, CODE_C: True, START_B: False, CODE_B: False}
#: A control code, a pair of digits as code set C reads them, any other sign.
_SIGN = re.compile(r"!(\d{3})|(\d\d)|[^!]")


def read(data: bytes, dpi: int) -> Image.Image:
    """The label as dots of a printer of `dpi`. Raises `NotUnderstood`."""
    size = _SIZE.match(data)
    if size is None or not data.endswith(b"PRINT 1,1\r\n"):
        raise NotUnderstood(repr(data[:40]))
    bed = Bed(*(int(int(side) * dpi / 25.4) + 1 for side in size.groups()))
    at = size.end()
    while at < len(data):
        at = _command(bed, data, at)
    return bed.image


def _command(bed: Bed, data: bytes, at: int) -> int:
    """Obeys the command at this place; returns the place after it."""
    if match := _BITMAP.match(data, at):
        x, y, stride, height = (int(part) for part in match.groups())
        end = match.end() + stride * height
        bed.overwrite(x, y, stride, data[match.end() : end].translate(_INVERT))
        if data[end : end + 2] != b"\r\n":
            raise NotUnderstood(repr(match[0]))
        return end + 2
    if match := _BAR.match(data, at):
        bed.rectangle(*(int(part) for part in match.groups()))
    elif match := _BARCODE.match(data, at):
        x, y, height, module = (int(part) for part in match.groups()[:4])
        bed.bars(x, y, module, height, _characters(plain(match[5])))
    elif match := _QRCODE.match(data, at):
        x, y, module = (int(part) for part in match.groups()[:3])
        bed.square(x, y, module, plain(match[4]))
    else:
        match = _SET_UP.match(data, at)
    if match is None:
        raise NotUnderstood(repr(data[at : at + 40]))
    return match.end()


def _characters(text: str) -> tuple[int, ...]:
    """The symbol characters of a `128M`, whose control codes are a `!` and three digits."""
    found: list[int] = []
    in_c = False
    for match in _SIGN.finditer(text):
        if match[1]:
            found.append(int(match[1]))
            if found[-1] not in _SETS:
                raise NotUnderstood(text)
            in_c = _SETS[found[-1]]
        elif in_c:
            if match[2] is None:
                raise NotUnderstood(text)
            found.append(int(match[2]))
        else:
            found += [ord(sign) - 32 for sign in match[0]]
    if found[:1] not in ([START_B], [START_C]):
        raise NotUnderstood(text)
    return tuple(found)
