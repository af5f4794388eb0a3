"""An agency takes over the ledger (台账) it kept before: upload, say which column is what, dry run, confirm, take back.

Dry run and import themselves are long work of the scheduler: `services.old_ledger_runs`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from logistics import sheets
from logistics.actor import Actor
from logistics.errors import Malformed, NotAllowed, NotYours, Rejected, Said
from logistics.rules import old_ledgers as rules
from logistics.rules.cells import Book
from logistics.rules.old_ledgers import Layout
from logistics.store import old_ledgers as kept
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import DirectoryAct, OldLedger, OldLedgerMapping, OldRecord
from logistics.terms import OldLedgerState as S
from logistics.terms import Role, zh

MAY = frozenset({Role.ADMINISTRATOR, Role.MANAGER})
HEAD = 20  # rows kept for the page that asks which column is what
MOST_SHEETS = 10
LONGEST_NAME = 120
SHORTEST_REASON = 4


def upload(ctx: Context, actor: Actor, command_id: str, content: bytes, file_name: str) -> dict[str, Any]:
    """The file is kept, and waits for somebody to say which column is what.

    Returns `old_ledger`: its id; `known`: whether the very same file was there. One still under way is gone on with,
    one imported is named by the new import. Raises `SheetError`, `NotAllowed`.
    """
    _require_may(actor)
    name = PurePath(file_name.replace("\\", "/")).name[-LONGEST_NAME:] or "台账"
    book = sheets.read(content, name, first=HEAD)
    sha256, agency_id = hashlib.sha256(content).hexdigest(), actor.agency_id or 0
    with work(ctx, actor, "upload_old_ledger", command_id) as w:
        if w.done is not None:
            return w.done
        known = kept.same_file(w.session, agency_id, sha256)
        if known is not None and known.state is not S.IMPORTED:
            return w.finish(old_ledger=known.id, known=True)
        head = json.dumps(_head(book), ensure_ascii=False)
        row = OldLedger(
            agency_id=agency_id,
            file_name=name,
            sha256=ctx.files.put(content),
            size_bytes=len(content),
            same_as=known.id if known else None,
            head_sealed=ctx.keyring.seal(head, kept.head_place(agency_id, sha256)),
            uploaded_at=w.now,
            uploaded_by=actor.officer_id or 0,
            state=S.MAPPING,
        )
        w.session.add(row)
        w.session.flush()
        _record(w, row, "upload", {"file": name, "sha256": sha256, "bytes": len(content)})
        return w.finish(old_ledger=row.id, known=known is not None)


def _head(book: Book) -> dict[str, Any]:
    found = [
        {
            "name": sheet.name,
            "hidden": sheet.hidden,
            "rows": [[row.number, [cell.text for cell in row.cells]] for row in sheet.rows],
        }
        for sheet in book.sheets[:MOST_SHEETS]
    ]
    return {"encoding": book.encoding, "delimiter": book.delimiter, "sheets": found}


def order_check(
    ctx: Context, actor: Actor, command_id: str, ledger_id: int, layout: Layout, save_as: str = ""
) -> dict[str, Any]:
    """The dry run is owed: the scheduler reads every row by this mapping. Kept under `save_as` for the next file.

    Raises `Malformed` naming the columns, `Rejected` ("state") when it is too late for that.
    """
    with work(ctx, actor, "check_old_ledger", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, ledger_id, S.MAPPING)
        if layout.sheet >= len(head_of(ctx, row)["sheets"]):
            raise NotYours("工作表", "sheet")
        wrong = rules.require_mapping(layout.columns)
        if wrong:
            raise Malformed("还没有试导：列的对应要改。", "Not tried yet: correct the columns.", wrong)
        if save_as.strip():
            _save(ctx, w, row, layout, save_as.strip()[:LONGEST_NAME])
        row.mapping, row.state, row.ordered_at = layout.plain(), S.CHECKING, w.now
        row.fault, row.rows_done, row.rows_total, row.lease_until = {}, 0, 0, None
        w.session.add(row)
        _record(w, row, "check", row.mapping)
        return w.finish(old_ledger=row.id)


def _save(ctx: Context, w: Work, row: OldLedger, layout: Layout, name: str) -> None:
    headings = headings_of(ctx, row, layout)
    saved = w.session.exec(
        select(OldLedgerMapping).where(OldLedgerMapping.agency_id == row.agency_id, OldLedgerMapping.name == name)
    ).first()
    if saved is None:
        saved = OldLedgerMapping(
            agency_id=row.agency_id, name=name, headings={}, saved_at=w.now, saved_by=w.actor.officer_id or 0
        )
    saved.headings, saved.saved_at, saved.saved_by = dict(headings), w.now, w.actor.officer_id or 0
    w.session.add(saved)


def headings_of(ctx: Context, row: OldLedger, layout: Layout) -> Mapping[str, str]:
    """The headings that the mapping's columns have in the file, by the column's word."""
    rows = dict(head_of(ctx, row)["sheets"][layout.sheet]["rows"])
    cells = rows.get(layout.heading, [])
    return {
        column.value: cells[place] for column, place in layout.columns.items() if place < len(cells) and cells[place]
    }


def head_of(ctx: Context, row: OldLedger) -> dict[str, Any]:
    """The file's first rows as they were read at the upload."""
    plain: dict[str, Any] = json.loads(ctx.keyring.unseal(row.head_sealed, kept.head_place(row.agency_id, row.sha256)))
    return plain


def map_again(ctx: Context, actor: Actor, command_id: str, ledger_id: int) -> dict[str, Any]:
    """The dry run is put aside; the columns are chosen anew."""
    with work(ctx, actor, "map_old_ledger", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, ledger_id, S.CHECKED, S.CHECKING)
        row.state, row.fault, row.lease_until = S.MAPPING, {}, None
        w.session.add(row)
        return w.finish(old_ledger=row.id)


def confirm(ctx: Context, actor: Actor, command_id: str, ledger_id: int, good_only: bool) -> dict[str, Any]:
    """The rows are owed as records; the scheduler takes them over, all in one transaction.

    Raises `Rejected`: "refused_rows" while rows are refused and nobody chose `good_only`, "nothing_good" without any.
    """
    with work(ctx, actor, "confirm_old_ledger", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, ledger_id, S.CHECKED)
        good = row.good + row.warned
        if not good:
            raise Rejected(
                "没有一行可以导入。请按报告改好文件重新上传。",
                "No row can be imported. Mend the file by the report and upload it anew.",
                "nothing_good",
            )
        if row.refused and not good_only:
            raise Rejected(
                f"有 {row.refused} 行不能导入，所以一行也没有导入。请改好文件重新上传，或选“只导入可以的 {good} 行”。",
                f"{row.refused} rows are refused, so none was imported. Mend the file, or choose only the good ones.",
                "refused_rows",
            )
        row.state, row.good_only, row.fault = S.IMPORTING, bool(row.refused) and good_only, {}
        row.confirmed_at, row.confirmed_by, row.rows_done, row.lease_until = w.now, actor.officer_id, 0, None
        w.session.add(row)
        _record(w, row, "confirm", {"rows": good, "refused": row.refused, "good_only": row.good_only})
        return w.finish(old_ledger=row.id, rows=good)


def drop(ctx: Context, actor: Actor, command_id: str, ledger_id: int) -> dict[str, Any]:
    """The import is given up; nothing was taken over."""
    with work(ctx, actor, "drop_old_ledger", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, ledger_id, S.MAPPING, S.CHECKING, S.CHECKED)
        _end(w, row, S.DROPPED, "")
        _record(w, row, "drop", {})
        return w.finish(old_ledger=row.id)


def withdraw(ctx: Context, actor: Actor, command_id: str, ledger_id: int, why: str) -> dict[str, Any]:
    """The import is taken back: its records are marked, none is deleted, none is found any more.

    Raises `Malformed` without a reason, `Rejected` ("built_on") once dossiers were opened for its cases.
    """
    with work(ctx, actor, "withdraw_old_ledger", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, ledger_id, S.IMPORTED)
        if len(why.strip()) < SHORTEST_REASON:
            said = Said("请写明为什么撤回（至少 4 个字）。", "Say why it is taken back (4 letters or more).")
            raise Malformed("没有撤回：请写明原因。", "Not taken back: give a reason.", {"why": [said]})
        built = kept.built_on(w.session, row)
        if built:
            raise Rejected(
                f"不能撤回：已经按它的记录开了专档 {'、'.join(built)}。有误的记录请在专档里说明。",
                f"Not taken back: dossiers were opened for its cases ({', '.join(built)}). Note the error there.",
                "built_on",
            )
        stands = col(OldRecord.old_ledger_id) == row.id, col(OldRecord.withdrawn_at).is_(None)
        done = w.session.connection().execute(update(OldRecord).where(*stands).values(withdrawn_at=w.now))
        _end(w, row, S.WITHDRAWN, why.strip())
        _record(w, row, "withdraw", {"rows": done.rowcount, "why": why.strip()})
        return w.finish(old_ledger=row.id, rows=done.rowcount)


def _end(w: Work, row: OldLedger, state: S, why: str) -> None:
    row.state, row.ended_at, row.ended_by, row.ended_why, row.lease_until = state, w.now, w.actor.officer_id, why, None
    w.session.add(row)


def _record(w: Work, row: OldLedger, verb: str, data: Mapping[str, Any]) -> None:
    w.session.add(
        DirectoryAct(
            agency_id=row.agency_id,
            officer_id=w.actor.officer_id or 0,
            subject=kept.subject(row.id or 0),
            verb=f"old_ledger_{verb}",
            data=dict(data),
            at=w.now,
        )
    )


def _require_may(actor: Actor) -> None:
    if actor.roles & MAY:
        return
    who = "」或「".join(zh(role) for role in sorted(MAY))
    raise NotAllowed(
        f"旧台账由「{who}」导入，您没有这一角色。请转交他们办理。",
        "Old ledgers are imported by administrators and managers. Pass it to one of them.",
        "role",
    )


def _theirs(w: Work, actor: Actor, ledger_id: int, *states: S) -> OldLedger:
    _require_may(actor)
    row = kept.by_id(w.session, ledger_id, lock=True)
    if row.agency_id != actor.agency_id:
        raise NotYours("台账导入", "ledger import")
    if row.state not in states:
        raise Rejected(
            f"这份台账现在是“{zh(row.state)}”，不能这样做。请刷新页面看最新情况。",
            f"The import is {row.state.value} now. Reload the page.",
            "state",
        )
    return row
