"""Reads CPCL as a printer does: a command a line, and after the head of a `CG` as many raw bytes as it says."""

import re

from PIL import Image

from labels.printers import linear
from labels.printers.readers.bed import Bed, NotUnderstood, plain

_HEAD = re.compile(rb"! 0 (200|300) \1 (\d+) 1\r\nPAGE-WIDTH (\d+)\r\n")
_GRAPHIC = re.compile(rb"CG (\d+) (\d+) (\d+) (\d+) ")
_LINE = re.compile(rb"LINE (\d+) (\d+) (\d+) (\d+) (\d+)\r\n")
_BARCODE = re.compile(rb"BARCODE 128 (\d+) 1 (\d+) (\d+) (\d+) ([^\r\n]+)\r\n")
_QRCODE = re.compile(rb"BARCODE QR (\d+) (\d+) M 2 U (\d+)\r\nQA,([^\r\n]+)\r\nENDQR\r\n")
_END = b"FORM\r\nPRINT\r\n"


def read(data: bytes) -> Image.Image:
    """The label as dots. Raises `NotUnderstood`."""
    head = _HEAD.match(data)
    if head is None or not data.endswith(_END):
        raise NotUnderstood(repr(data[:40]))
    bed = Bed(int(head[3]), int(head[2]))
    at, end = head.end(), len(data) - len(_END)
    while at < end:
        at = _command(bed, data, at)
    return bed.image


def _command(bed: Bed, data: bytes, at: int) -> int:
    """Obeys the command at this place; returns the place after it."""
    if match := _GRAPHIC.match(data, at):
        stride, height, x, y = (int(part) for part in match.groups())
        end = match.end() + stride * height
        bed.overwrite(x, y, stride, data[match.end() : end])
        if data[end : end + 2] != b"\r\n":
            raise NotUnderstood(repr(match[0]))
        return end + 2
    if match := _LINE.match(data, at):
        _line(bed, *(int(part) for part in match.groups()))
    elif match := _BARCODE.match(data, at):
        module, height, x, y = (int(part) for part in match.groups()[:4])
        bed.bars(x, y, module, height, linear.symbols(plain(match[5])))
    elif match := _QRCODE.match(data, at):
        x, y, module = (int(part) for part in match.groups()[:3])
        bed.square(x, y, module, plain(match[4]))
    else:
        raise NotUnderstood(repr(data[at : at + 40]))
    return match.end()


def _line(bed: Bed, x1: int, y1: int, x2: int, y2: int, thick: int) -> None:
    """Level or upright; its thickness grows down or to the right of the corner it starts at."""
    if y1 == y2:
        bed.rectangle(x1, y1, x2 - x1, thick)
    elif x1 == x2:
        bed.rectangle(x1, y1, thick, y2 - y1)
    else:
        raise NotUnderstood(f"LINE {x1} {y1} {x2} {y2}")
