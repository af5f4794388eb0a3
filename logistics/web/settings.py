"""What stands ready and what is missing to work: the administrator's first page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from couriers import adapters
from logistics.rules.preparedness import ESSENTIAL, Part, Prepared, Standing, standings
from logistics.rules.workdays import china_date
from logistics.store import preparedness
from logistics.terms import Role
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, now, world

pages = Blueprint("settings", __name__)
ENTRIES = [Entry("settings.show", lazy_gettext("总览"), frozenset({Role.ADMINISTRATOR}), place=60)]

ICONS = {Standing.MISSING: "late", Standing.DUE: "attention", Standing.READY: "done", Standing.LEFT_OUT: "quiet"}


@dataclass(frozen=True)
class Row:
    """One part: how it stands in a word, what there is, what to do, and where."""

    part: Part
    name: str
    standing: Standing
    icon: str
    word: str
    there: str
    to_do: str
    address: str


@pages.get("/settings")
@for_roles(Role.ADMINISTRATOR)
def show() -> Response:
    """Every part with its state, what to do and where; what stops the work first."""
    today = china_date(now())
    configured = [code for code in world().couriers if adapters.settings_of(code)]
    with look() as session:
        counted = preparedness.counted(session, me().agencies, configured, now(), today)
    states = standings(counted, today)
    rows = [_row(part, states[part], counted, today.year) for part in Part]
    missing = [row for row in rows if row.part in ESSENTIAL and row.standing is Standing.MISSING]
    due = [row for row in rows if row.standing is Standing.DUE]
    return page("settings/show.html", rows=rows, missing=missing, due=due)


def _row(part: Part, standing: Standing, counted: Prepared, year: int) -> Row:
    words = {
        Standing.MISSING: _("还缺"),
        Standing.DUE: _("要处理"),
        Standing.READY: _("就绪"),
        Standing.LEFT_OUT: _("没有配置"),
    }
    name, there, to_do, endpoint = _TELLERS[part](counted, standing, year)
    return Row(part, name, standing, ICONS[standing], words[standing], there, to_do, url_for(endpoint))


Told = tuple[str, str, str, str]


def _agencies(counted: Prepared, standing: Standing, _year: int) -> Told:
    there = ngettext("%(num)s 个单位", "%(num)s 个单位", counted.agencies)
    to_do = ""
    if standing is Standing.MISSING:
        to_do = _("至少要有两个：受理的和受理属地的。请添加对方单位。")
    elif counted.without_fonds:
        to_do = ngettext(
            "%(num)s 个没有全宗号，办结后不能归档。", "%(num)s 个没有全宗号，办结后不能归档。", counted.without_fonds
        )
    return _("单位"), there, to_do, "agencies.every"


def _officers(counted: Prepared, standing: Standing, _year: int) -> Told:
    there = _(
        "窗口 %(windows)s 个单位有人，收件 %(receivers)s 个，督查 %(managers)s 个",
        windows=counted.windows,
        receivers=counted.receivers,
        managers=counted.managers,
    )
    to_do = []
    if standing is Standing.MISSING:
        to_do.append(_("窗口经办和收件核验都要有人。请添加经办人。"))
    else:
        if counted.windows_lacking:
            to_do.append(_("没有窗口经办：%(names)s。", names=_("、").join(counted.windows_lacking)))
        if counted.receivers_lacking:
            to_do.append(_("没有收件核验：%(names)s。", names=_("、").join(counted.receivers_lacking)))
        if not counted.managers:
            to_do.append(_("没有督查管理，超时没有人催。"))
    return _("人员"), there, " ".join(to_do), "officers.every"


def _items(counted: Prepared, standing: Standing, _year: int) -> Told:
    there = ngettext("%(num)s 个事项在用", "%(num)s 个事项在用", counted.items)
    to_do = ""
    if standing is Standing.MISSING:
        to_do = _("请添加事项，列出要交的材料。")
    elif counted.items_bare:
        to_do = ngettext("%(num)s 个还没有材料清单。", "%(num)s 个还没有材料清单。", counted.items_bare)
    return _("事项"), there, to_do, "items.every"


def _agreements(counted: Prepared, standing: Standing, _year: int) -> Told:
    there = ngettext("%(num)s 份通办协议有效", "%(num)s 份通办协议有效", counted.agreements)
    to_do = []
    if standing is Standing.MISSING:
        to_do.append(_("没有有效的协议，窗口开不了专档。"))
    if counted.agreements_asked:
        asked = counted.agreements_asked
        to_do.append(ngettext("%(num)s 份对方已确认，等您确认。", "%(num)s 份对方已确认，等您确认。", asked))
    if waiting := counted.drafts - counted.agreements_asked:
        to_do.append(ngettext("%(num)s 份草稿等确认。", "%(num)s 份草稿等确认。", waiting))
    if counted.ending_soon:
        to_do.append(ngettext("%(num)s 份两个月内到期。", "%(num)s 份两个月内到期。", counted.ending_soon))
    return _("通办协议"), there, " ".join(to_do), "agreements.every"


def _couriers(counted: Prepared, standing: Standing, _year: int) -> Told:
    there = ngettext("%(num)s 个快递账户", "%(num)s 个快递账户", counted.couriers)
    to_do = ""
    if standing is Standing.LEFT_OUT:
        to_do = _("只能由专人或机要送。要用快递，请在服务器上配置账户。")
    elif counted.couriers_ill:
        to_do = ngettext("%(num)s 个呼叫不通。", "%(num)s 个呼叫不通。", counted.couriers_ill)
    return _("快递账户"), there, to_do, "couriers.all_accounts"


def _printers(counted: Prepared, standing: Standing, _year: int) -> Told:
    there = ngettext("%(num)s 台打印机在用", "%(num)s 台打印机在用", counted.printers)
    to_do = _("单据在浏览器里打印；要直接出面单，请添加网络打印机。") if standing is Standing.LEFT_OUT else ""
    return _("打印机"), there, to_do, "printers.every"


def _calendar(counted: Prepared, standing: Standing, year: int) -> Told:
    there = _("放假安排到 %(year)s 年", year=counted.newest_year)
    wanted = year if counted.newest_year < year else year + 1
    to_do = _("请录入 %(year)s 年的放假通知，时限才算得准。", year=wanted) if standing is Standing.DUE else ""
    return _("工作日历"), there, to_do, "calendar.show"


def _policies(counted: Prepared, _standing: Standing, _year: int) -> Told:
    there = ngettext("%(num)s 条规则等第二人", "%(num)s 条规则等第二人", counted.policies_waiting)
    to_do = _("放宽的规则要另一个人同意才生效。") if counted.policies_waiting else ""
    return _("时限规则"), there, to_do, "policies.waiting" if counted.policies_waiting else "policies.matrix"


def _codes(counted: Prepared, _standing: Standing, _year: int) -> Told:
    there = ngettext("%(num)s 个快递代码没人定过", "%(num)s 个快递代码没人定过", counted.codes_waiting)
    to_do = _("没定的代码不推动寄递件。由督查管理人员决定。") if counted.codes_waiting else ""
    return _("代码释义"), there, to_do, "codes.every"


def _channels(counted: Prepared, standing: Standing, _year: int) -> Told:
    there = ngettext("%(num)s 个通知渠道在用", "%(num)s 个通知渠道在用", counted.channels)
    to_do = ""
    if standing is Standing.LEFT_OUT:
        to_do = _("提醒只在站内。要发到群里或短信，请添加渠道。")
    elif counted.channels_ill:
        to_do = ngettext("%(num)s 个送不出去。", "%(num)s 个送不出去。", counted.channels_ill)
    return _("通知渠道"), there, to_do, "channels.every"


_TELLERS = {
    Part.AGENCIES: _agencies,
    Part.OFFICERS: _officers,
    Part.ITEMS: _items,
    Part.AGREEMENTS: _agreements,
    Part.COURIERS: _couriers,
    Part.PRINTERS: _printers,
    Part.CALENDAR: _calendar,
    Part.POLICIES: _policies,
    Part.CODES: _codes,
    Part.CHANNELS: _channels,
}
