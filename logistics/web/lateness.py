"""How late, how much longer: the one sentence about a clock that every page, list and file says."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from logistics.rules.lateness import Reading, Standing

STATES = {
    Standing.LATE: "late",
    Standing.TODAY: "attention",
    Standing.SOON: "attention",
    Standing.AHEAD: "moving",
    Standing.PAUSED: "quiet",
    Standing.MET: "done",
    Standing.MET_LATE: "attention",
    Standing.WAIVED: "quiet",
}
"""The page's colour of each standing: colour is state, never decoration."""


def state_of(reading: Reading) -> str:
    """quiet, moving, attention, late or done."""
    return STATES[reading.standing]


def sentence(reading: Reading) -> str:
    """How the clock stands, in the reader's language: 超时 2 个工作日, 还剩 3 个工作小时, 已暂停 …"""
    match reading.standing:
        case Standing.WAIVED:
            return str(_("不再计时"))
        case Standing.MET:
            return str(_("按时完成"))
        case Standing.MET_LATE:
            return str(_("完成，%(late)s", late=_late(reading)))
        case Standing.LATE:
            return _late(reading)
        case Standing.PAUSED:
            return str(_("已暂停，%(left)s", left=_left(reading)))
        case _:
            return _left(reading)


def _late(reading: Reading) -> str:
    if reading.days:
        return str(ngettext("超时 %(num)s 个工作日", "超时 %(num)s 个工作日", reading.days))
    return str(_("超时 %(length)s", length=_length(reading))) if reading.minutes else str(_("刚刚超时"))


def _left(reading: Reading) -> str:
    if reading.days and not reading.natural:
        return str(ngettext("还剩 %(num)s 个工作日", "还剩 %(num)s 个工作日", reading.days))
    return str(_("还剩 %(length)s", length=_length(reading))) if reading.minutes else str(_("到期前没有工作时间了"))


def _length(reading: Reading) -> str:
    """Hours from one on, minutes below; of working time or of the clock's, as the leg counts."""
    hours = reading.minutes // 60
    if reading.natural:
        if hours >= 48:
            return str(ngettext("%(num)s 天", "%(num)s 天", hours // 24))
        if hours:
            return str(ngettext("%(num)s 小时", "%(num)s 小时", hours))
        return str(ngettext("%(num)s 分钟", "%(num)s 分钟", reading.minutes))
    if hours:
        return str(ngettext("%(num)s 个工作小时", "%(num)s 个工作小时", hours))
    return str(ngettext("%(num)s 个工作分钟", "%(num)s 个工作分钟", reading.minutes))
