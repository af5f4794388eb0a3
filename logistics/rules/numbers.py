"""What a scanned or typed line may mean as a number: folded as scan guns, input methods and people spoil it. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

OURS = "YD1|"
"""How every QR of ours begins; its kind, number and the head of a digest follow."""

_MEANT = str.maketrans({"−": "-", "ー": "-", "、": "/", "。": ".", "丨": "|", "¦": "|"})
"""What a Chinese input method writes where a scan gun, or a finger, meant the sign of the key."""

_RECEIPT = re.compile(r"[:/]+.*/I/([^/]+)/[^/]+$", re.IGNORECASE)  # a gun may type capitals only
_LABEL = re.compile(r"^(?:[^\x00-\x7f][^0-9]*?(?=[0-9A-Z])|[^\x00-\x7f]+(?:NO\.?)?[\s:#.]*|NO[\s.:#]+|#+)")
_COURIER = re.compile(r"^[A-Z]{2,12}[\s:]+(?=[0-9A-Z])")  # "EMS 1117905000123", as pages and labels write it
_BARE_DOSSIER = re.compile(r"([A-Z0-9]{2,12}?)(20\d{2})(\d{6})(?:(\d{1,2})|(Y\d{2,3}))?")
_BARE_SEAL = re.compile(r"([A-Z]{1,8})(\d{3,})")
_OF_STICKERS = re.compile(r"(.+-[A-Z]\d{2,})-\d{1,3}")


@dataclass(frozen=True)
class Reading:
    """One line read. `numbers`: what it may be, as our papers print numbers, likeliest first; `written`: also as other
    houses write case numbers, with small letters and blanks; `qr` the kind of our QR that it was, "" for none; `digest`
    the head of the digest that a QR carries, small letters.
    """

    numbers: tuple[str, ...]
    written: tuple[str, ...]
    qr: str = ""
    digest: str = ""


def read(line: str) -> Reading:
    """What the line may mean; no numbers at all for an empty one."""
    plain = _plain(line)
    if plain.upper().startswith(OURS):
        parts = [part.strip() for part in plain.split("|")]
        number = parts[2].upper() if len(parts) > 2 else ""
        digest = parts[3].lower() if len(parts) > 3 else ""
        return Reading((number,) if number else (), (parts[2],) if number else (), parts[1].upper(), digest)
    if receipt := _RECEIPT.search(plain):
        plain = receipt[1]
    whole = plain.upper()
    shorn = _COURIER.sub("", _LABEL.sub("", whole)) or whole
    numbers = [_close(whole), _close(shorn)]
    for one in tuple(numbers):
        numbers += _with_hyphens(one)
        if sheet := _OF_STICKERS.fullmatch(one):
            numbers.append(sheet[1])
    written = [line.strip(), plain, *numbers]
    return Reading(_each_once(numbers), _each_once(written))


def folded(number: str) -> str:
    """A document's own number as it is compared: widths, letters, blanks and dashes that people mix up are one."""
    return _close(_plain(number).upper())


def _plain(line: str) -> str:
    """Full-width signs as plain ones, every dash a hyphen, nothing that cannot be seen."""
    wide = unicodedata.normalize("NFKC", line).translate(_MEANT)
    seen = (one for one in wide if unicodedata.category(one) not in {"Cf", "Cc"})
    dashed = "".join("-" if unicodedata.category(one) == "Pd" else one for one in seen)
    return re.sub(r"-{2,}", "-", dashed).strip()


def _close(text: str) -> str:
    return unicodedata.normalize("NFKC", "".join(text.split()))


def _with_hyphens(number: str) -> list[str]:
    """The number as we print it, where somebody left its hyphens out."""
    if found := _BARE_DOSSIER.fullmatch(number):
        return ["-".join(part for part in found.groups() if part)]
    if found := _BARE_SEAL.fullmatch(number):
        return [f"{found[1]}-{found[2]}"]
    return []


def _each_once(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in words if one))
