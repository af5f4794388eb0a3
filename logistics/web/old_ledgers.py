"""旧台账导入: upload the ledger an agency kept before, say which column is what, read the dry run, take it over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from marshmallow import fields, validate

from logistics import sheets
from logistics.errors import Malformed, Said
from logistics.rules.old_ledgers import Layout, guess, is_personal
from logistics.services import old_ledgers as verbs
from logistics.store import old_ledgers as kept
from logistics.tables import OldLedger
from logistics.terms import OldLedgerColumn, OldLedgerState, Role, RowVerdict
from logistics.web.agreement_lists import workbook
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.ledger_heads import Head, faults_workbook, head_of
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, world
from logistics.web.window.onward import onward

PAGE = 100
LONGEST = 120
KEEPERS = (Role.ADMINISTRATOR, Role.MANAGER)
SHOWN = (RowVerdict.REFUSED, RowVerdict.WARNED, RowVerdict.LEFT_OUT)
GOING = (OldLedgerState.CHECKING, OldLedgerState.IMPORTING)

pages = Blueprint("old_ledgers", __name__)
ENTRIES = [Entry("old_ledgers.every", lazy_gettext("旧台账"), frozenset(KEEPERS), place=68, also=("old_records",))]

ACTS = {
    "upload": lazy_gettext("上传"),
    "check": lazy_gettext("开始试导"),
    "confirm": lazy_gettext("确认导入"),
    "imported": lazy_gettext("导入完成"),
    "withdraw": lazy_gettext("撤回"),
    "drop": lazy_gettext("放弃"),
}


def _place() -> fields.Integer:
    """A column of the file, counted from 0."""
    return fields.Integer(validate=validate.Range(min=0, max=sheets.Limits.columns))


class Columns(FormShape):
    """Which column is what; `sheet` from 0 and `heading` as the page showed them."""

    sheet = fields.Integer(required=True, validate=validate.Range(min=0, max=verbs.MOST_SHEETS))
    heading = fields.Integer(required=True, validate=validate.Range(min=1, max=100_000))
    spread = fields.Boolean(load_default=False)
    save_as = fields.String(load_default="", validate=validate.Length(max=LONGEST))
    sent_on = _place()
    case_no = _place()
    applicant = _place()
    item = _place()
    materials = _place()
    count = _place()
    receiver = _place()
    courier = _place()
    waybill = _place()
    signed_on = _place()
    signer = _place()
    handler = _place()
    remark = _place()


class Confirming(FormShape):
    """`good_only`: whoever confirms leaves out the rows that were refused."""

    good_only = fields.Boolean(load_default=False)


class Withdrawing(FormShape):
    """Why the import is taken back."""

    why = fields.String(load_default="", validate=validate.Length(max=400))


@pages.get("/old-ledgers")
@for_roles(*KEEPERS)
def every() -> Response:
    """The files of the reader's agencies and where each stands; a further one is uploaded here."""
    with look() as session:
        rows = kept.every(session, me().agencies)
    return page("old_ledgers/list.html", rows=rows, megabytes=sheets.LARGEST_BYTES // 1024 // 1024)


@pages.post("/old-ledgers")
@for_roles(*KEEPERS)
@redraws(every)
def upload() -> Response:
    """The file is kept; on to its columns."""
    form = read(FormShape)
    content, name = _received()
    done = verbs.upload(world(), me(), form["command_id"], content, name)
    return onward(url_for("old_ledgers.one", old_ledger_id=done["old_ledger"]))


@pages.get("/old-ledgers/<int:old_ledger_id>")
@for_roles(*KEEPERS)
def one(old_ledger_id: int) -> Response:
    """Where the import stands: its columns to choose, how far the work is, the report, what became of it."""
    after = _number("after") or 0
    with look() as session:
        row = kept.by_id(session, old_ledger_id)
        shown = _shown(row)
        remarks = kept.remarks(session, world().keyring, old_ledger_id, [shown], after, PAGE + 1) if shown else []
        values = {
            "acts": kept.acts(session, old_ledger_id),
            "same_as": kept.by_id(session, row.same_as) if row.same_as else None,
            "count": kept.counted(session, old_ledger_id),
        }
        columns = _columns(row) if row.state is OldLedgerState.MAPPING else {}
        if columns:
            columns |= _guessed(columns["head"], row, kept.mappings(session, row.agency_id))
    return page(
        "old_ledgers/one.html",
        fragment="old_ledgers/_one.html",
        row=row,
        going=row.state in GOING,
        mine=row.agency_id == me().agency_id,
        shown=shown,
        counts={one: getattr(row, one.value) for one in SHOWN},
        remarks=[(found, _words(found)) for found in remarks[:PAGE]],
        following=remarks[PAGE - 1].row_no if len(remarks) > PAGE else None,
        fault=row.fault.get("zh" if locale().startswith("zh") else "en", ""),
        words=ACTS,
        **values,
        **columns,
    )


@pages.post("/old-ledgers/<int:old_ledger_id>/check")
@for_roles(*KEEPERS)
@redraws(one)
def check(old_ledger_id: int) -> Response:
    """The dry run is owed; the page shows how far it is."""
    form = read(Columns)
    columns = {column: form[column.value] for column in OldLedgerColumn if column.value in form}
    layout = Layout(form["sheet"], form["heading"], columns, form["spread"])
    verbs.order_check(world(), me(), form["command_id"], old_ledger_id, layout, form["save_as"])
    return _back(old_ledger_id)


@pages.post("/old-ledgers/<int:old_ledger_id>/again")
@for_roles(*KEEPERS)
@redraws(one)
def again(old_ledger_id: int) -> Response:
    """The columns are chosen anew."""
    verbs.map_again(world(), me(), read(FormShape)["command_id"], old_ledger_id)
    return _back(old_ledger_id)


@pages.post("/old-ledgers/<int:old_ledger_id>/confirm")
@for_roles(*KEEPERS)
@redraws(one)
def confirm(old_ledger_id: int) -> Response:
    """The rows are owed; the page shows how far it is."""
    form = read(Confirming)
    verbs.confirm(world(), me(), form["command_id"], old_ledger_id, form["good_only"])
    return _back(old_ledger_id)


@pages.post("/old-ledgers/<int:old_ledger_id>/drop")
@for_roles(*KEEPERS)
@redraws(one)
def drop(old_ledger_id: int) -> Response:
    """The import is given up."""
    verbs.drop(world(), me(), read(FormShape)["command_id"], old_ledger_id)
    said(_("已放弃，什么也没有导入。"))
    return onward(url_for("old_ledgers.every"))


@pages.post("/old-ledgers/<int:old_ledger_id>/withdraw")
@for_roles(*KEEPERS)
@redraws(one)
def withdraw(old_ledger_id: int) -> Response:
    """The import is taken back."""
    form = read(Withdrawing)
    done = verbs.withdraw(world(), me(), form["command_id"], old_ledger_id, form["why"])
    rows = int(done["rows"])
    said(ngettext("已撤回 %(num)s 条记录，扫描不再找到它们。", "已撤回 %(num)s 条记录，扫描不再找到它们。", rows))
    return _back(old_ledger_id)


@pages.get("/old-ledgers/<int:old_ledger_id>/faults.xlsx")
@for_roles(*KEEPERS)
def faults(old_ledger_id: int) -> Response:
    """The refused rows as they stand in the file, with a column that says why; for the agency's own people."""
    with look() as session:
        row = kept.by_id(session, old_ledger_id)
        if row.agency_id != me().agency_id or row.state is not OldLedgerState.CHECKED:
            abort(404)
        refused = kept.remarks(session, world().keyring, old_ledger_id, [RowVerdict.REFUSED], 0, row.refused)
    return workbook(faults_workbook(world(), row, refused), _("不能导入的行") + ".xlsx")


def _received() -> tuple[bytes, str]:
    """The uploaded file, one byte more than is read at most, and its name. Raises `Malformed` when there is none."""
    given = request.files.get("file")
    if given is None or not given.filename:
        why = Said("请选择文件。", "Choose a file.")
        raise Malformed("没有上传：还没有选文件。", "Nothing was sent: no file was chosen.", {"file": [why]})
    return given.stream.read(sheets.LARGEST_BYTES + 1), given.filename


def _shown(row: OldLedger) -> RowVerdict | None:
    """Which remarks the page lists: those asked for, else the gravest there are."""
    if row.state in (OldLedgerState.MAPPING, *GOING):
        return None
    there = [verdict for verdict in SHOWN if getattr(row, verdict.value)]
    asked = request.args.get("show", "")
    return next((verdict for verdict in there if verdict.value == asked), there[0] if there else None)


def _words(found: kept.Against) -> list[tuple[OldLedgerColumn | None, str]]:
    language = locale()
    return [(column, words.sentence(language)) for column, words, _refuses in found.remarks]


def _columns(row: OldLedger) -> dict[str, Any]:
    """What the page that asks for the columns shows; sheet and heading as asked for, else as before, else guessed."""
    plain = verbs.head_of(world(), row)
    before = row.mapping or {}
    sheet = _number("sheet")
    place = sheet if sheet is not None else int(before.get("sheet", _likeliest(plain["sheets"])))
    head = head_of(plain["sheets"], place, _number("heading") or (before.get("heading") if sheet is None else None))
    return {"head": head, "sheets": plain["sheets"], "columns": list(OldLedgerColumn)}


def _likeliest(found: Sequence[Mapping[str, Any]]) -> int:
    """The first sheet that is neither hidden nor blank."""
    return next((place for place, one in enumerate(found) if one["rows"] and not one["hidden"]), 0)


def _guessed(head: Head, row: OldLedger, saved: Sequence[Any]) -> dict[str, Any]:
    """Each column's place as chosen before, as a saved mapping has it, or as the headings' words let guess."""
    wanted = _number("saved")
    named = next((one for one in saved if one.id == wanted), None)
    same = row.mapping and (row.mapping["sheet"], row.mapping["heading"]) == (head.sheet, head.heading)
    told = {"saved": saved, "named": named, "personal": [name for name in head.names if is_personal(name)]}
    if named is None and same:
        return {**told, "guesses": Layout.of(row.mapping).columns, "guessed": False}
    found = guess(head.row, named.headings if named else None) if head.row else {}
    return {**told, "guesses": found, "guessed": named is None}


def _number(name: str) -> int | None:
    given = request.values.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 10 else None


def _back(old_ledger_id: int) -> Response:
    return onward(url_for("old_ledgers.one", old_ledger_id=old_ledger_id))
