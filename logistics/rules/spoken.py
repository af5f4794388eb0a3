"""Instants and days inside sentences that are kept in both languages: 11月19日 17:30, 19 Nov 17:30; Beijing time."""

from __future__ import annotations

from datetime import date, datetime

from logistics.rules.workdays import CHINA

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(on: date) -> tuple[str, str]:
    """The day in Chinese and in English, without its year."""
    return f"{on.month}月{on.day}日", f"{on.day} {MONTHS[on.month - 1]}"


def moment(at: datetime) -> tuple[str, str]:
    """The instant in Chinese and in English, to the minute, without its year."""
    here = at.astimezone(CHINA)
    zh, en = day(here.date())
    return f"{zh} {here:%H:%M}", f"{en} {here:%H:%M}"
