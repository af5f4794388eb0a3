"""An agreement's item list from a file: the form to fill in, the dry run row by row, its errors, the confirmation."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import fields
from sqlmodel import Session

from logistics.errors import Malformed, Said
from logistics.rules import item_lists as rules
from logistics.rules.item_lists import COLUMNS, Planned
from logistics.rules.items import LONGEST_PROMISE
from logistics.rules.sheet_columns import entry_of
from logistics.services import item_lists as verbs
from logistics.sheets import offering
from logistics.sheets.offering import Asked
from logistics.store import agreements as kept
from logistics.tables import ItemList
from logistics.terms import Mode, Role, RowFate
from logistics.web.agreement_items import proposed
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.page import page
from logistics.web.trail import FIELDS, changes
from logistics.web.trail import shown as value
from logistics.web.visit import for_roles, look, me, world
from logistics.web.window.onward import onward
from logistics.web.words import word

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ICONS = {
    RowFate.NEW_ITEM: "moving",
    RowFate.NEW: "moving",
    RowFate.CHANGED: "moving",
    RowFate.REMOVED: "attention",
    RowFate.UNCHANGED: "quiet",
    RowFate.REFUSED: "late",
}

pages = Blueprint("agreement_lists", __name__)


class Confirming(FormShape):
    """The digest of what was shown."""

    shown = fields.String(required=True)


@pages.get("/agreements/<int:agreement_id>/lists/new")
@for_roles(Role.ADMINISTRATOR)
def choosing(agreement_id: int) -> Response:
    """Where a file is chosen."""
    with look() as session:
        row = kept.agreement(session, me().agencies, agreement_id)
        count = sum(one.would_be[0] for one in kept.listed(session, agreement_id))
    return page("agreements/upload.html", row=row, count=count, most=rules.MOST_ROWS)


@pages.post("/agreements/<int:agreement_id>/lists/new")
@for_roles(Role.ADMINISTRATOR)
@redraws(choosing)
def upload(agreement_id: int) -> Response:
    """The file was read; what it would do is shown."""
    form = read(FormShape)
    content, name = received()
    made = verbs.upload(world(), me(), form["command_id"], agreement_id, content, name)
    return onward(url_for("agreement_lists.one", agreement_id=agreement_id, list_id=made["list"]))


@pages.get("/agreements/<int:agreement_id>/lists/<int:list_id>")
@for_roles(Role.ADMINISTRATOR)
def one(agreement_id: int, list_id: int) -> Response:
    """What each row would do; nothing is done yet."""
    with look() as session:
        row = kept.agreement(session, me().agencies, agreement_id)
        listed = kept.item_list(session, me().agencies, list_id, agreement_id)
        rows = _planned(session, listed)
        told = [(one, ICONS[one.fate], _words(session, one)) for one in rows]
    return page(
        "agreements/dry_run.html",
        row=row,
        listed=listed,
        rows=told,
        counts=rules.counted(rows),
        doing=sum(one.fate not in (RowFate.UNCHANGED, RowFate.REFUSED) for one in rows),
        digest=rules.digest(rows),
        headings=headings(),
    )


@pages.post("/agreements/<int:agreement_id>/lists/<int:list_id>/confirm")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def confirm(agreement_id: int, list_id: int) -> Response:
    """All of the list is done."""
    form = read(Confirming)
    done = verbs.confirm(world(), me(), form["command_id"], agreement_id, list_id, form["shown"])
    changed = int(done["changed"])
    told = ngettext("已导入，%(num)s 行有变动。", "已导入，%(num)s 行有变动。", changed)
    told = proposed() if done["waits"] else told
    said(told if changed else _("清单与现状一致，没有改动。"))
    return onward(url_for("agreements.one", agreement_id=agreement_id))


@pages.get("/agreements/<int:agreement_id>/lists/<int:list_id>/errors.xlsx")
@for_roles(Role.ADMINISTRATOR)
def errors(agreement_id: int, list_id: int) -> Response:
    """The refused rows as a workbook, each with its reasons."""
    with look() as session:
        kept.agreement(session, me().agencies, agreement_id)
        listed = kept.item_list(session, me().agencies, list_id, agreement_id)
        rows = [one for one in _planned(session, listed) if one.fate is RowFate.REFUSED]
    language = locale()
    refused = [
        offering.Refused(
            one.entry.number,
            one.entry.cells,
            {name: sentence.sentence(language) for name, sentence in one.wrong.items()},
        )
        for one in rows
    ]
    return workbook(offering.refused(_("有错的行"), headings(), refused, _("行号"), _("原因")), _("有错的行") + ".xlsx")


@pages.get("/agreements/list-template.xlsx")
@for_roles(Role.ADMINISTRATOR)
def template() -> Response:
    """An empty list to fill in."""
    content = offering.blank(_("事项清单"), _asked(), _("填写说明"), form_words())
    return workbook(content, _("事项清单模板") + ".xlsx")


def received() -> tuple[bytes, str]:
    """The uploaded file and its name. Raises `Malformed` at the field when there is none."""
    given = request.files.get("file")
    if given is None or not given.filename:
        why = Said("请选择文件。", "Choose a file.")
        raise Malformed("没有上传：还没有选文件。", "Nothing was sent: no file was chosen.", {"file": [why]})
    return given.stream.read(verbs.LARGEST.bytes + 1), given.filename


def workbook(content: bytes, name: str) -> Response:
    """A workbook to be saved under that name."""
    answer = make_response(content)
    answer.mimetype = XLSX
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


def form_words() -> dict[str, str]:
    """The headings of a form's second sheet."""
    return {"column": _("列"), "wanted": _("必填"), "example": _("示例"), "help": _("怎么填"), "yes": _("是")}


def headings() -> dict[str, str]:
    """The columns' headings in the reader's language; either is read."""
    return {column.name: column.headings[-1 if locale() == "en" else 0] for column in COLUMNS}


def _planned(session: Session, listed: ItemList) -> list[Planned]:
    found = [entry_of(one) for one in listed.rows]
    codes = [one.cells.get("code", "") for one in found]
    return rules.plan(found, kept.standing(session, listed.agreement_id or 0, codes))


def _words(session: Session, one: Planned) -> list[str]:
    """What the row would do, or why it cannot, each fault with its cell."""
    if one.fate is RowFate.REFUSED:
        language, known = locale(), headings()
        places = one.entry.places
        return [
            f"{places.get(name, '')} {known[name]}：{sentence.sentence(language)}".strip()
            for name, sentence in one.wrong.items()
        ]
    told = changes(session, one.changed)
    if one.terms is not None:
        days = ngettext("%(num)s 个工作日", "%(num)s 个工作日", one.terms.promised_days)
        told.append(_("目录里新建这个事项，承诺 %(days)s", days=days))
    if one.fate in (RowFate.NEW, RowFate.NEW_ITEM):
        given = {"modes": [mode.value for mode in one.clause.modes], "note": one.clause.note}
        told += [f"{FIELDS[name]}{_('：')}{value(session, name, it)}" for name, it in given.items() if it]
    return told


def _asked() -> list[Asked]:
    known, yes, no = headings(), _("是"), _("否")
    said_of: dict[str, dict[str, Any]] = {
        "code": {"help": _("照实施清单填写，一个事项一行。"), "example": "430102-XL-001", "width": 24},
        "name": {"help": _("目录里已有的可以不填；新事项必填。"), "example": "学历学位公证", "width": 32},
        "days": {
            "help": _("工作日数。目录里已有的可以不填；新事项必填。"),
            "example": "10",
            "whole": (1, LONGEST_PROMISE),
            "as_text": False,
        },
        "retention": {
            "help": _("目录里已有的可以不填；新事项必填。"),
            "example": _("30 年"),
            "choices": (_("永久"), _("30 年"), _("10 年")),
        },
        "modes": {
            "help": _(
                "可填：%(modes)s；几种用顿号隔开；空着不改。", modes=_("、").join(word(one, locale()) for one in Mode)
            ),
            "example": _("、").join(word(one, locale()) for one in (Mode.ACCEPT_ELSEWHERE, Mode.ONLINE)),
            "width": 28,
        },
        "note": {"help": _("协议对这个事项另有的约定；空着不改。"), "example": "成绩单由受理属地窗口收取", "width": 36},
        "listed": {"help": _("要移出清单填“%(no)s”；空着就是列入。", no=no), "example": yes, "choices": (yes, no)},
    }
    return [Asked(known[one.name], required=one.required, **said_of[one.name]) for one in COLUMNS]
