"""Instants as people read them, in Beijing time: 11月21日 周六 14:05, and how long ago or ahead when under a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from logistics.web.language import locale
from logistics.web.visit import now

BEIJING = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAY = timedelta(days=1)


def spoken(at: datetime, seen_from: datetime, language: str) -> str:
    """`at` as it is said; the year only when it is not the year of `seen_from`."""
    here, there = at.astimezone(BEIJING), seen_from.astimezone(BEIJING)
    clock = f"{here:%H:%M}"
    if language.startswith("zh"):
        year = "" if here.year == there.year else f"{here.year}年"
        return f"{year}{here.month}月{here.day}日 周{WEEKDAYS[here.weekday()]} {clock}"
    year = "" if here.year == there.year else f" {here.year}"
    return f"{DAYS[here.weekday()]} {here.day} {MONTHS[here.month - 1]}{year} {clock}"


def due_words(at: datetime, seen_from: datetime, language: str) -> str:
    """`at` as a promise is said: 今天 17:30, 明天 09:00, 昨天 17:30; farther off as `spoken` says it."""
    here, there = at.astimezone(BEIJING), seen_from.astimezone(BEIJING)
    near = {-1: _("昨天"), 0: _("今天"), 1: _("明天")}.get((here.date() - there.date()).days)
    return f"{near} {here:%H:%M}" if near else spoken(at, seen_from, language)


def distance(at: datetime, seen_from: datetime) -> str:
    """How long ago or ahead, in the reader's language; empty from a day on."""
    gap = abs(at - seen_from)
    if gap >= DAY:
        return ""
    if gap < timedelta(minutes=1):
        return str(_("刚刚"))
    length = duration(gap)
    return str(_("%(length)s前", length=length) if at < seen_from else _("%(length)s后", length=length))


def duration(gap: timedelta) -> str:
    """A length of time in its largest unit and the next, as people say it: 2 天 3 小时, 40 分钟."""
    minutes = int(gap.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    said: list[str] = []
    if days:
        said.append(ngettext("%(num)s 天", "%(num)s 天", days))
    if hours:
        said.append(ngettext("%(num)s 小时", "%(num)s 小时", hours))
    if not days and (minutes or not said):
        said.append(ngettext("%(num)s 分钟", "%(num)s 分钟", minutes))
    return " ".join(said)


def time_element(at: datetime | None) -> Markup:
    """The instant as a `<time>`; a dash for none."""
    if at is None:
        return Markup('<span class="quiet">—</span>')
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.astimezone(BEIJING).isoformat(timespec="seconds"),
        distance(at, now()) or at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
        spoken(at, now(), locale()),
    )


def due_element(at: datetime) -> Markup:
    """A due moment as a `<time>`, near ones by today, tomorrow, yesterday."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.astimezone(BEIJING).isoformat(timespec="seconds"),
        spoken(at, now(), locale()),
        due_words(at, now(), locale()),
    )
