"""Reads ZPL II as a printer does: commands begin with `^`, a field ends with `^FS`."""

import base64
import binascii
import re
import typing
import zlib

from PIL import Image

from labels.printers import linear
from labels.printers.readers.bed import Bed, NotUnderstood

_COMMAND = re.compile(r"\^(FO|GF|GB|BY|BC|BQ|FH|FD|FS|XA|XZ|CI|PW|LL|LH|LS|PQ)([^^]*)")
_GRAPHIC = re.compile(r"A,(\d+),(\d+),(\d+),:Z64:([A-Za-z0-9+/=]+):([0-9A-F]{4})")
_IN_B = {"0": 30, "<": 62, "=": 94, "5": linear.CODE_C, "6": linear.CODE_B}


def read(data: bytes) -> Image.Image:
    """The label as dots. Raises `NotUnderstood`."""
    text = data.decode("ascii", "replace")
    found = [(match[1], match[2].rstrip("\n")) for match in _COMMAND.finditer(text)]
    if "".join(f"^{name}{rest}" for name, rest in found) != text.replace("\n", ""):
        raise NotUnderstood(text)
    if [name for name, _ in found if name in ("XA", "XZ")] != ["XA", "XZ"]:
        raise NotUnderstood("^XA")
    said = dict(found)
    try:
        printer = _Printer(Bed(int(said["PW"]), int(said["LL"])))
        for name, rest in found:
            printer.obey(name, rest)
    except (KeyError, ValueError) as why:
        raise NotUnderstood(str(why)) from why
    return printer.bed.image


class _Printer:
    """What a printer remembers between commands: the origin, the bar code defaults, the code to come."""

    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.x = self.y = 0
        self.module, self.bar_height = 2, 10
        self.code: tuple[str, list[str]] | None = None
        self.escape = ""

    def obey(self, name: str, rest: str) -> None:
        """One command, its effect on the picture or on what is remembered."""
        match name:
            case "FO":
                self.x, self.y = (int(part) for part in rest.split(","))
            case "GF":
                self._graphic(rest)
            case "GB":
                self._box(rest)
            case "BY":
                module, _, height = rest.split(",")
                self.module, self.bar_height = int(module), int(height)
            case "BC" | "BQ":
                self.code = (name, rest.split(","))
            case "FH":
                self.escape = rest or "_"
            case "FD":
                self._field(rest)
            case "FS":
                self.code, self.escape = None, ""
            case _:
                pass  # set-up, which draws nothing

    def _graphic(self, rest: str) -> None:
        match = _GRAPHIC.fullmatch(rest)
        if match is None or f"{binascii.crc_hqx(match[4].encode('ascii'), 0):04X}" != match[5]:
            raise NotUnderstood(f"^GF{rest}")
        data, total, stride = zlib.decompress(base64.b64decode(match[4], validate=True)), int(match[2]), int(match[3])
        if len(data) != total or int(match[1]) != total or total % stride:
            raise NotUnderstood(f"^GF{rest}")
        self.bed.graphic(self.x, self.y, stride, data)

    def _box(self, rest: str) -> None:
        width, height, thick = (int(part) for part in rest.split(","))
        if thick < min(width, height):
            raise NotUnderstood(f"^GB{rest}")  # a frame; we send solid ones
        self.bed.rectangle(self.x, self.y, width, height)

    def _field(self, rest: str) -> None:
        if self.escape:
            pattern = re.escape(self.escape) + "([0-9A-F]{2})"
            rest = re.sub(pattern, lambda match: chr(int(match[1], 16)), rest)
        match self.code:
            case ("BC", ["N", height, "N", "N", "N", "N"]):
                self.bed.bars(self.x, self.y, self.module, int(height), _characters(rest))
            case ("BQ", ["N", "2", module, "Q"]) if rest.startswith("QA,"):
                self.bed.square(self.x, self.y + self.bar_height, int(module), rest[3:])
            case _:
                raise NotUnderstood(f"^FD{rest}")


def _characters(data: str) -> tuple[int, ...]:
    """The symbol characters that the data of a `^BC` without automatic mode stand for."""
    start = {">:": linear.START_B, ">;": linear.START_C}.get(data[:2])
    if start is None:
        raise NotUnderstood(data)
    found, in_c, signs = [start], start == linear.START_C, iter(data[2:])
    for sign in signs:
        if sign == ">":
            symbol = _IN_B.get(next(signs, ""))
            if symbol is None:
                raise NotUnderstood(data)
            found.append(symbol)
            in_c = {linear.CODE_C: True, linear.CODE_B: False}.get(symbol, in_c)
        else:
            found.append(_pair(sign, signs) if in_c else ord(sign) - 32)
    return tuple(found)


def _pair(sign: str, signs: typing.Iterator[str]) -> int:
    pair = sign + next(signs, "")
    if not re.fullmatch("[0-9]{2}", pair):
        raise NotUnderstood(pair)
    return int(pair)
