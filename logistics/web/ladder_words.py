"""What the rules of time are called: kinds of rungs, who hears them, lengths, whose calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString, lazy_gettext, ngettext
from flask_babel import gettext as _

from logistics.rules.frozen import whose_of
from logistics.rules.legs import TICKS, Act
from logistics.rules.policies import Audience, Leg, RungKind, Unit, Whose
from logistics.web.dossier.wording import entry_name

KINDS: Mapping[RungKind, LazyString] = {
    RungKind.WARNING: lazy_gettext("预警"),
    RungKind.DUE: lazy_gettext("到期提醒"),
    RungKind.OVERDUE: lazy_gettext("超时提醒"),
    RungKind.ESCALATION: lazy_gettext("超时升级"),
    RungKind.SILENT: lazy_gettext("静默提醒"),
}

AUDIENCES: Mapping[Audience, LazyString] = {
    Audience.OWNER: lazy_gettext("经办人"),
    Audience.OWNER_MANAGER: lazy_gettext("责任单位的督查管理"),
    Audience.COUNTERPART: lazy_gettext("对方单位的经办人"),
    Audience.UPPER_MANAGER: lazy_gettext("上级单位的督查管理"),
    Audience.ORDERER: lazy_gettext("下达督办的人"),
}

WHOSE: Mapping[Whose, LazyString] = {
    Whose.OWNER: lazy_gettext("责任单位的日历"),
    Whose.SENDER: lazy_gettext("寄出单位的日历"),
    Whose.RECEIVER: lazy_gettext("收件单位的日历"),
    Whose.STATE: lazy_gettext("国家日历"),
}


def length(policy: Mapping[str, Any]) -> str:
    """How long the frozen policy gives: 2 个工作日, 4 个工作小时, 96 小时."""
    many = int(policy["length"])
    match Unit(str(policy["unit"])):
        case Unit.WORKING_DAYS:
            return str(ngettext("%(num)s 个工作日", "%(num)s 个工作日", many))
        case Unit.WORKING_HOURS:
            return str(ngettext("%(num)s 个工作小时", "%(num)s 个工作小时", many))
        case Unit.NATURAL_HOURS:
            return str(ngettext("%(num)s 小时，昼夜照计", "%(num)s 小时，昼夜照计", many))


def events(leg: str, act: Act) -> str:
    """The facts that start or stop the leg's clock, in words."""
    found = dict.fromkeys(
        entry_name(fact)
        for (fact, _direction), moved in TICKS.items()
        for tick in moved
        if tick.leg == Leg(leg) and tick.act is act
    )
    return str(_("、")).join(found)


def whose_words(policy: Mapping[str, Any]) -> str:
    """By whose calendar the frozen policy counts."""
    return str(WHOSE[whose_of(policy)])
