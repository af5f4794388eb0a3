"""Waybill-number formats: which couriers could this number be from, and does its check digit fit?

Prefixes change over the years, so the answers suggest a courier and never refuse a number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

CheckDigit = Literal["ok", "bad", "none"]
_UNSEEN = ("Cc", "Cf")

# ISO 3166-1 alpha-2: who may issue an S10 number.
_COUNTRIES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
    TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_COUNTRIES.split())

_S10 = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})")
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)

# ranges of the service indicator -> what they are used for; one in none is reserved, unassigned or not confirmed
_S10_SERVICES = (
    ("AV", "AZ", "domestic or bilateral"),
    ("BA", "BZ", "domestic or bilateral"),
    ("CV", "CV", "insured parcel"),
    ("CA", "CZ", "parcel"),
    ("DA", "DZ", "domestic or bilateral"),
    ("EA", "EZ", "ems"),
    ("GA", "GA", "domestic or bilateral"),
    ("GD", "GD", "domestic or bilateral"),
    ("HA", "HZ", "e-commerce parcel"),
    ("LA", "LZ", "tracked letter"),
    ("MA", "MZ", "m-bag"),
    ("NA", "NZ", "domestic or bilateral"),
    ("PA", "PZ", "domestic or bilateral"),
    ("QA", "QM", "business reply"),
    ("RA", "RZ", "registered letter"),
    ("UA", "UZ", "untracked letter"),
    ("VA", "VZ", "insured letter"),
    ("ZA", "ZZ", "domestic or bilateral"),
)
# ranges that are good only between posts that agreed on them
_S10_AGREED = (("CZ", "CZ"), ("EX", "EZ"), ("HX", "HZ"), ("LZ", "LZ"))

# courier code, format name, pattern: one line a format, the likelier reading of an ambiguous number first
_DOMESTIC = tuple(
    (courier, name, re.compile(pattern))
    for courier, name, pattern in (
        ("ems", "ems_13", r"1[0-2][0-9]{11}|5[01][0-9]{11}|9[5789][0-9]{11}"),
        ("ems", "postal_parcel_13", r"9[689][0-9]{11}"),
        ("ems", "postal_parcel_letters", r"(?:[GA]|[KQ]|[PH]){2}[0-9]{9}(?:[2-5][0-9]|1[1-9]|6[0-5])"),
        ("sf", "sf_15", r"SF[0-9]{13}"),
        ("sf", "sf_12", r"[0-9]{12}"),
        ("jdl", "jd", r"JD[0-9]{13,15}|JD[VX][0-9]{12}|JDL?[0-9]{12,13}|JDV[AB][0-9]{11}"),
        ("yto", "yto", r"YT[0-9]{13}"),
        ("sto", "sto", r"77[0-9]{13}"),
        ("sf", "sf_numeric_15", r"[0-9]{15}"),
        ("zto", "zto", r"7[0-9]{13}"),
        ("jt", "jt", r"JT[0-9]{13}"),
        ("dpk", "dpk", r"DPK[0-9]{12}"),
        ("cainiao", "cainiao_order", r"LP[0-9]{14}|CNG[0-9]{14}"),
    )
)


@dataclass(frozen=True)
class Candidate:
    """One way to read a number. `check_digit` is "none" where the format has none that is published."""

    courier: str
    format: str
    check_digit: CheckDigit


@dataclass(frozen=True)
class S10:
    """The parts of a UPU S10 identifier, valid or not."""

    indicator: str
    serial: str
    check_digit: int
    country: str

    @property
    def service(self) -> str:
        """What the indicator stands for; "" when it is reserved, unassigned or not confirmed."""
        ranges = (use for first, last, use in _S10_SERVICES if first <= self.indicator <= last)
        return next(ranges, "")

    @property
    def by_agreement(self) -> bool:
        """True when the indicator is good only between posts that agreed on it."""
        agreed = any(first <= self.indicator <= last for first, last in _S10_AGREED)
        return agreed or self.service == "domestic or bilateral"

    @property
    def valid(self) -> bool:
        """True when the check digit fits and the country exists."""
        return self.check_digit == s10_check_digit(self.serial) and self.country in COUNTRIES


def normalise(number: str) -> str:
    """The number as it is stored: half-width capitals, without blanks and signs that nobody sees (a scanner or a copied
    page leaves some), and without a JD parcel's "-1-1-" ending.
    """
    seen = (sign for sign in unicodedata.normalize("NFKC", number) if unicodedata.category(sign) not in _UNSEEN)
    text = "".join("".join(seen).split()).upper()
    return re.sub(r"^(JD[A-Z]{0,2}[0-9]+)(?:-[0-9]+){1,2}-?$", r"\1", text)


def s10_check_digit(serial: str) -> int:
    """The S10 check digit of eight digits. Raises ValueError for anything else."""
    if not re.fullmatch(r"[0-9]{8}", serial):
        raise ValueError("S10 的流水号必须是八位数字。")
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(serial, _S10_WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


def read_s10(number: str) -> S10 | None:
    """The parts of a number of S10's shape, valid or not; None for another shape."""
    match = _S10.fullmatch(normalise(number))
    return S10(match[1], match[2], int(match[3]), match[4]) if match else None


def sf_check_digit(digits: str) -> int:
    """The unofficial check digit of 12 digits, or of the 13 behind "SF". A hint: some real numbers do not follow it."""
    body = digits[3:-1]
    products = (int(digit) * (2 * place + 1) for place, digit in enumerate(reversed(body)))
    return -sum(product // 10 % 10 + product % 10 for product in products) % 10


def candidates(number: str) -> tuple[Candidate, ...]:
    """Every courier and format that this number could be, likeliest first; () when none is known."""
    text = normalise(number)
    s10 = read_s10(text)
    if s10 is not None and s10.country in COUNTRIES:
        # Whoever issued it, inside China the item is carried by the post.
        return (Candidate("ems", "s10", "ok" if s10.valid else "bad"),)
    fitting = ((courier, name) for courier, name, form in _DOMESTIC if form.fullmatch(text))
    found = [Candidate(courier, name, _check(courier, text)) for courier, name in fitting]
    return tuple(sorted(found, key=lambda one: one.check_digit == "bad"))


def is_valid(number: str) -> bool:
    """True when the number could be somebody's.

    Only a published check digit can make it false (S10's): SF's is unofficial, and numbers in use do not follow it.
    """
    return any(one.check_digit != "bad" or one.courier == "sf" for one in candidates(number))


def _check(courier: str, text: str) -> CheckDigit:
    digits = text.removeprefix("SF")
    if courier != "sf" or len(digits) not in (12, 13):
        return "none"
    return "ok" if sf_check_digit(digits) == int(digits[-1]) else "bad"
