"""号段: which numbers a range means, which of them may be a courier's, and when a number of the pool may be taken."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from couriers import waybills
from logistics.errors import Rejected
from logistics.tables import CourierAccount, Errand

MANUAL = "manual"
"""The courier code of 专人 and 机要; its pool is a book of forms."""

MOST = 10_000
"""Numbers that may be added at once."""

PATIENCE = timedelta(seconds=20)
"""How long a window waits for a waybill before it may go on with a number of the pool."""

_FORM = re.compile(r"[A-Z0-9-]{3,32}")
_PARTS = re.compile(r"(.*?)([0-9]+)([A-Z-]*)")


@dataclass(frozen=True)
class Fault:
    """Why one given number cannot be added: `row` counts from 1 in the order given."""

    row: int
    number: str
    zh: str
    en: str


def series(first: str, last: str) -> list[str]:
    """All numbers from `first` to `last`, both included, with the check digits of UPU S10 numbers reckoned anew.

    Raises `Rejected` (rule "number_range") when the two are no range: other length, other letters, backwards, too long.
    """
    first, last = waybills.normalise(first), waybills.normalise(last)
    if len(first) != len(last):
        raise _no_range("首号与末号位数不同", "first and last differ in length")
    from_s10, to_s10 = waybills.read_s10(first), waybills.read_s10(last)
    if from_s10 is not None and to_s10 is not None:
        if (from_s10.indicator, from_s10.country) != (to_s10.indicator, to_s10.country):
            raise _no_range("首号与末号的字母不同", "first and last have different letters")
        if not (from_s10.valid and to_s10.valid):
            raise _no_range("首号或末号的校验位不对", "a check digit is wrong")
        serials = _counted(from_s10.serial, to_s10.serial)
        indicator, country = from_s10.indicator, from_s10.country
        return [f"{indicator}{one}{waybills.s10_check_digit(one)}{country}" for one in serials]
    head, tail = _PARTS.fullmatch(first), _PARTS.fullmatch(last)
    if head is None or tail is None or (head[1], head[3]) != (tail[1], tail[3]):
        raise _no_range("首号与末号除流水号外应相同", "first and last must differ in their digits only")
    return [f"{head[1]}{one}{head[3]}" for one in _counted(head[2], tail[2])]


def _counted(first: str, last: str) -> list[str]:
    count = int(last) - int(first) + 1
    if count < 1:
        raise _no_range("末号小于首号", "the last number is below the first")
    if count > MOST:
        raise _no_range(f"这一段有 {count} 个号码，一次最多 {MOST} 个", f"{count} numbers, {MOST} at most at once")
    return [f"{one:0{len(first)}d}" for one in range(int(first), int(last) + 1)]


def _no_range(zh: str, en: str) -> Rejected:
    return Rejected(
        f"号段不成立：{zh}。请对照快递方给的号段重新填写首号和末号。",
        f"No range of numbers: {en}. Check the first and the last number.",
        "number_range",
    )


def written(text: str) -> list[str]:
    """The numbers of a pasted list, one a line or with commas or blanks between them, as they are stored."""
    return [waybills.normalise(one) for one in re.split(r"[\s,，;；、]+", text) if one]


def faults(courier: str, name_zh: str, numbers: Sequence[str], known: Mapping[str, str]) -> list[Fault]:
    """What is wrong with the numbers, row by row. `known`: numbers that exist already, with the Chinese words of where.

    A number must have a format of its courier, and a right check digit where the format has one.
    """
    found: list[Fault] = []
    seen: dict[str, int] = {}
    for row, number in enumerate(numbers, 1):
        why = _fault(courier, name_zh, number)
        if why is None and number in seen:
            why = (f"与第 {seen[number]} 行重复", f"the same as row {seen[number]}")
        if why is None and number in known:
            why = (known[number], "it is known already")
        seen.setdefault(number, row)
        if why is not None:
            found.append(Fault(row, number, *why))
    return found


def _fault(courier: str, name_zh: str, number: str) -> tuple[str, str] | None:
    if courier == MANUAL:
        fits = _FORM.fullmatch(number) is not None
        return None if fits else ("应为 3 至 32 位字母、数字或连字符", "3 to 32 of letters, digits and hyphen")
    readings = [one for one in waybills.candidates(number) if one.courier == courier]
    if not readings:
        return f"不是{name_zh}的运单号格式", f"no number of {courier}"
    if all(one.check_digit == "bad" for one in readings):
        return "校验位不对", "the check digit is wrong"
    return None


def is_out_of_order(account: CourierAccount | None, now: datetime) -> bool:
    """Whether calls to this courier fail at present: it is not called at all, or the last calls came to nothing."""
    if account is None:
        return False
    return account.failures > 0 or (account.open_until is not None and account.open_until > now)


def require_need(
    account: CourierAccount | None, booking: Errand | None, asked_at: datetime | None, now: datetime
) -> None:
    """Returns when a number of the pool may be taken: the courier's interface fails, or this order waits too long.

    `booking` is the order that is owed for the envelope, `asked_at` when it was asked for. The numbers are the reserve
    for such hours: otherwise raises `Rejected` (rule "interface_works").
    """
    if is_out_of_order(account, now):
        return
    if booking is not None and (booking.failures > 0 or booking.parked_at is not None):
        return
    if asked_at is not None and booking is not None and now - asked_at >= PATIENCE:
        return
    raise Rejected(
        "快递方的接口现在正常，不用动号段。请直接下单；下单后 20 秒没有回音，再用号段号。",
        "The courier's interface works, so the pool is not touched. Order as usual; after 20 seconds without an answer "
        "take a number of the pool.",
        "interface_works",
    )
