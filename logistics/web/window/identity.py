"""Identity document numbers as the window types them: shape and check digit, before anything is stored."""

from __future__ import annotations

import re
from datetime import date

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

RESIDENT = "resident"

KINDS: tuple[tuple[str, LazyString], ...] = (
    (RESIDENT, lazy_gettext("居民身份证、港澳台居民居住证")),
    ("passport", lazy_gettext("护照")),
    ("hk_macau", lazy_gettext("港澳居民来往内地通行证")),
    ("taiwan", lazy_gettext("台湾居民来往大陆通行证")),
    ("other", lazy_gettext("其他证件")),
)
"""Which document identifies the person, and its words."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_RESIDENT_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")  # not \d: other scripts have digits too
_OTHER_SHAPE = re.compile(r"[0-9A-Z()/-]{4,24}")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|\+?\d[\d -]{5,18}\d", re.ASCII)


def check_character(first_seventeen: str) -> str:
    """The eighteenth character of a citizen number: ISO 7064 MOD 11-2 as GB 11643 writes it."""
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return _CHECK[total % 11]


def folded(number: str) -> str:
    """The number as it is kept: no spaces, capital letters."""
    return "".join(number.split()).upper()


def fault(kind: str, number: str, today: date) -> str | None:
    """What is wrong with a document's number, as a sentence for its field; None when nothing is."""
    if kind != RESIDENT:
        if _OTHER_SHAPE.fullmatch(number):
            return None
        return str(_("证件号码应为 4 至 24 位字母或数字。请对照证件再输一次。"))
    if not _RESIDENT_SHAPE.fullmatch(number):
        return str(_("身份证号应为 18 位（末位可为 X），现在是 %(count)s 位。请对照证件再输一次。", count=len(number)))
    if _birthday(number, today) is None:
        return str(_("身份证号第 7 至 14 位不是有效的出生日期。请对照证件再输一次。"))
    if check_character(number[:17]) != number[17]:
        return str(_("身份证号的校验位不符，可能输错了一位。请对照证件再输一次。"))
    return None


def _birthday(number: str, today: date) -> date | None:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if date(1880, 1, 1) <= born <= today else None


def phone_fault(phone: str) -> str | None:
    """What is wrong with a telephone number; None when nothing is."""
    if _PHONE.fullmatch(phone):
        return None
    return str(_("电话应为 11 位手机号，或带区号的座机号，例如 0715-8123456。"))
