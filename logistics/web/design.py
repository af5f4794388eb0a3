"""The sheet of all components, for developers: `/design`, only where the setting YOUDANG_DESIGN asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, flash, g, make_response, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from logistics.errors import Malformed
from logistics.terms import Form
from logistics.web import colours
from logistics.web.dossier.reasons import with_reason
from logistics.web.forms import here
from logistics.web.visit import now, open_to_all

sheet = Blueprint("design", __name__)  # not `pages`: registered by the application on request only

MEANINGS = {
    "paper": lazy_gettext("页面的底"),
    "surface": lazy_gettext("卡片、表格、输入框的底"),
    "sunk": lazy_gettext("凹下去的底：鼠标所在行、按住的按钮"),
    "ink": lazy_gettext("字；已办结也用它，加一个勾"),
    "soft": lazy_gettext("次要的字"),
    "line": lazy_gettext("分隔线，不传达意思"),
    "line-strong": lazy_gettext("可以操作的东西的边"),
    "act": lazy_gettext("主要按钮"),
    "act-over": lazy_gettext("鼠标在主要按钮上"),
    "quiet": lazy_gettext("平静：没有开始，不用管"),
    "moving": lazy_gettext("在走：正常进行"),
    "attention": lazy_gettext("注意：快到期，要人看一眼"),
    "late": lazy_gettext("超时或有误"),
    "focus": lazy_gettext("键盘所在"),
    "seal": lazy_gettext("标志上的封签，别处不用"),
}


@dataclass(frozen=True)
class Line:
    """An original as the table of originals takes it."""

    seq: int
    title: str
    note: str
    count: int
    form: Form
    holder: str
    since: datetime
    state: str
    words: str


@sheet.get("/design")
@open_to_all
def show() -> Response:
    """Every part in every state; a refused form among them, so the page carries the list of what is wrong."""
    g.problem = Malformed(
        "还没有保存：有 2 处需要改。请看标红的地方。",
        "Not saved yet: 2 fields need a correction. See the marked places.",
        {"broken": [here(_("请填写这一项。"))], "several-broken": [here(_("请选择是或否。"))]},
    )
    flash(_("已核对 3 件。"), "done")
    return make_response(
        render_template(
            "design.html",
            modes=colours.MODES,
            measured=_measured(),
            meanings=MEANINGS,
            tokens=colours.tokens,
            lines=_lines(),
            telling=with_reason(_("答复督办"), "原件在窗口抽屉找到，今日补寄"),
        )
    )


def _measured() -> list[tuple[str, str, dict[str, tuple[float, bool]]]]:
    """Each pair with its contrast in every mode, and whether that is enough there."""
    found = []
    for front, ground, least, least_high in colours.pairs():
        by_mode = {}
        for mode in colours.MODES:
            known = colours.tokens(mode)
            value = colours.ratio(known[front], known[ground])
            by_mode[mode] = (value, value >= (least_high if mode.startswith("high") else least))
        found.append((front, ground, by_mode))
    return found


def _lines() -> list[Line]:
    long_holder = "湘西土家族苗族自治州吉首市乾州街道便民服务中心（政务服务驿站）"
    return [
        Line(1, "毕业证书", "王𠮷", 1, Form.ORIGINAL, "咸宁市政务服务大厅 陈晓岚", now(), "done", _("已核对")),
        Line(2, "不动产权证书", "䶮㛃·阿卜杜拉", 2, Form.ORIGINAL, long_holder, now() - timedelta(days=3), "moving",
             _("在途")),
        Line(3, "户口簿", "", 1, Form.COPY, "EMS", now() - timedelta(hours=5), "late", _("缺件")),
    ]  # fmt: skip
