"""Instants, days and numbers as people read them, in Beijing time: 11月21日 周六 14:05, 40 分钟前, 1,204."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from logistics.rules.spoken import MONTHS
from logistics.web.language import locale
from logistics.web.visit import now

BEIJING = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = timedelta(days=1)
NO_TIME = Markup('<span class="quiet">—</span>')


def spoken(at: datetime, seen_from: datetime, language: str) -> str:
    """`at` as it is said; the year only when it is not the year of `seen_from`."""
    here, there = at.astimezone(BEIJING), seen_from.astimezone(BEIJING)
    clock = f"{here:%H:%M}"
    if language.startswith("zh"):
        year = "" if here.year == there.year else f"{here.year}年"
        return f"{year}{here.month}月{here.day}日 周{WEEKDAYS[here.weekday()]} {clock}"
    year = "" if here.year == there.year else f" {here.year}"
    return f"{DAYS[here.weekday()]} {here.day} {MONTHS[here.month - 1]}{year} {clock}"


def day_spoken(on: date, seen_from: datetime, language: str) -> str:
    """A day as it is said: 11月21日 周六, Sat 21 Nov; the year only when it is not the year of `seen_from`."""
    is_this_year = on.year == seen_from.astimezone(BEIJING).year
    if language.startswith("zh"):
        return f"{'' if is_this_year else f'{on.year}年'}{on.month}月{on.day}日 周{WEEKDAYS[on.weekday()]}"
    return f"{DAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}{'' if is_this_year else f' {on.year}'}"


def exact(at: datetime, language: str) -> str:
    """The instant to the second with its year, for whoever asks of a shorter one: 2026年11月21日 14:05:09."""
    here = at.astimezone(BEIJING)
    if language.startswith("zh"):
        return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M:%S}"
    return f"{here.day} {MONTHS[here.month - 1]} {here.year}, {here:%H:%M:%S}"


def figure(number: float) -> str:
    """A number with its thousands parted: 1,204."""
    return f"{number:,}"


def day_element(on: date | None) -> Markup:
    """The day as a `<time>`; a dash for none."""
    if on is None:
        return NO_TIME
    return Markup('<time datetime="{}">{}</time>').format(on.isoformat(), day_spoken(on, now(), locale()))


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


def _drawn(at: datetime, title: str, words: str) -> Markup:
    """A `<time>`: drawn by hundreds on a page, so by the cheapest way there is that escapes what people could write."""
    exactly = at.astimezone(BEIJING).isoformat(timespec="seconds")
    return Markup(f'<time datetime="{exactly}" title="{escape(title)}">{escape(words)}</time>')  # noqa: S704 - escaped


def time_element(at: datetime | None) -> Markup:
    """The instant as a `<time>`; a dash for none."""
    if at is None:
        return NO_TIME
    seen_from, language = now(), locale()
    return _drawn(at, distance(at, seen_from) or exact(at, language), spoken(at, seen_from, language))


def due_element(at: datetime) -> Markup:
    """A due moment as a `<time>`, near ones by today, tomorrow, yesterday."""
    seen_from, language = now(), locale()
    return _drawn(at, spoken(at, seen_from, language), due_words(at, seen_from, language))


def waited_element(since: datetime) -> Markup:
    """How long something has waited, as a `<time>` of when it began."""
    seen_from = now()
    return _drawn(since, spoken(since, seen_from, locale()), duration(max(seen_from - since, timedelta(0))))
