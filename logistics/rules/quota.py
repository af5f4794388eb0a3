"""How many calls an account may make, and whether one more is within that. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from logistics.rules.workdays import CHINA, china_date

KEPT_BACK = 5
"""A fifth of a quota is kept for orders, which cannot wait; asking after parcels can."""


@dataclass(frozen=True)
class Quota:
    """What a courier's contract allows; None: no limit is known."""

    per_minute: int | None = None
    per_day: int | None = None


UNLIMITED = Quota()


@dataclass(frozen=True)
class Spent:
    """Calls made in one minute and on one China day."""

    minute: datetime | None = None
    minute_calls: int = 0
    day: date | None = None
    day_calls: int = 0


def take(spent: Spent, quota: Quota, now: datetime, urgent: bool) -> tuple[Spent, tuple[datetime, str] | None]:
    """The spending with one more call and None; or as it was, and from when and for which limit to wait."""
    minute, day = now.replace(second=0, microsecond=0), china_date(now)
    of_minute = spent.minute_calls if spent.minute == minute else 0
    of_day = spent.day_calls if spent.day == day else 0
    if _is_used_up(of_day, quota.per_day, urgent):
        return spent, (datetime.combine(day + timedelta(days=1), time(), CHINA), "day")
    if _is_used_up(of_minute, quota.per_minute, urgent):
        return spent, (minute + timedelta(minutes=1), "minute")
    return replace(spent, minute=minute, minute_calls=of_minute + 1, day=day, day_calls=of_day + 1), None


def _is_used_up(made: int, limit: int | None, urgent: bool) -> bool:
    return limit is not None and made >= (limit if urgent else limit - limit // KEPT_BACK)


def from_settings(env: Mapping[str, str], code: str) -> Quota:
    """The quota set for a courier. Raises ValueError with a Chinese sentence that names the setting."""
    return Quota(_number(env, code, "MINUTE"), _number(env, code, "DAY"))


def _number(env: Mapping[str, str], code: str, span: str) -> int | None:
    name = f"COURIER_{code.upper()}_CALLS_PER_{span}"
    text = env.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:9]) > 0 and len(text) < 10):
        raise ValueError(f"{name}: 应为大于 0 的整数 must be a whole number above 0: {text!r}")
    return int(text)
