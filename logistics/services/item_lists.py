"""An agreement's item list from a file: read and kept first, looked at, and done as a whole or not at all."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from logistics import sheets
from logistics.actor import Actor
from logistics.errors import Rejected
from logistics.rules import access, agreements, item_lists
from logistics.rules.item_lists import COLUMNS, MOST_ROWS, Planned
from logistics.rules.sheet_columns import entries, entry_of
from logistics.rules.workdays import china_date
from logistics.store import agreements as kept
from logistics.store import catalogue
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Agreement, DirectoryAct, ItemList, ServiceItem
from logistics.terms import RowFate

LARGEST = sheets.Limits(bytes=5 * 1024 * 1024, unpacked=60 * 1024 * 1024, rows=10_000, columns=60, letters=2_000)
"""What an item list may be at most: a catalogue of a province has some two thousand items."""


def upload(
    ctx: Context, actor: Actor, command_id: str, agreement_id: int, content: bytes, file_name: str
) -> dict[str, Any]:
    """The file's rows are kept to be looked at; nothing of them holds. Returns `{"list": id}`.

    Raises `Malformed` at the field "file" for one that cannot be read, `NotAllowed`, `NotYours`, `Rejected`.
    """
    with work(ctx, actor, "upload_item_list", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, agreement_id)
        found = entries(sheets.read(content, file_name, LARGEST), COLUMNS, MOST_ROWS)
        keeper = row.sender_agency_id if row.sender_agency_id in actor.agencies else row.receiver_agency_id
        listed = ItemList(
            agency_id=keeper,
            officer_id=actor.officer_id or 0,
            agreement_id=agreement_id,
            file_name=file_name[-120:],
            sha256=hashlib.sha256(content).hexdigest(),
            rows=[entry.kept() for entry in found],
            made_at=w.now,
        )
        w.session.add(listed)
        w.session.flush()
        return w.finish(list=listed.id)


def confirm(ctx: Context, actor: Actor, command_id: str, agreement_id: int, list_id: int, shown: str) -> dict[str, Any]:
    """Every row of the list is done; of an agreement in force it is proposed, and waits until both parties have
    confirmed it. `shown`: the digest of what the person saw would be done.

    Raises `Rejected` ("list_refused", "list_moved_on", "list_done"), `NotAllowed`, `NotYours`.
    """
    with work(ctx, actor, "confirm_item_list", command_id) as w:
        if w.done is not None:
            return w.done
        catalogue.hold_codes(w.session)
        row = _theirs(w, actor, agreement_id)
        listed = kept.item_list(w.session, actor.agencies, list_id, agreement_id)
        if listed.confirmed_at is not None:
            raise Rejected("这份清单已经导入过。", "This list was imported already.", "list_done")
        found = [entry_of(one) for one in listed.rows]
        standing = kept.standing(w.session, agreement_id, [one.cells.get("code", "") for one in found])
        rows = item_lists.plan(found, standing)
        item_lists.require_whole(rows, shown)
        doing = [one for one in rows if one.fate is not RowFate.UNCHANGED]
        for one in doing:
            _do(w, actor, row, one)
        listed.confirmed_at = w.now
        w.session.add(listed)
        if doing:
            _record(w, row, listed, doing)
        return w.finish(list=list_id, changed=len(doing), waits=not row.draft)


def _do(w: Work, actor: Actor, row: Agreement, one: Planned) -> None:
    item_id = one.item_id
    if one.terms is not None:
        access.require_role(actor.roles, access.role_for("manage_items"))
        made = ServiceItem(code=one.code, agency_id=actor.agency_id, **asdict(one.terms))
        w.session.add(made)
        w.session.flush()
        item_id = made.id
        w.session.add(
            DirectoryAct(
                agency_id=actor.agency_id or 0,
                officer_id=actor.officer_id or 0,
                subject=one.code,
                verb="add_item",
                data=asdict(one.terms),
                at=w.now,
                item_id=item_id,
            )
        )
    kept.put_item(w.session, row, item_id or 0, one.clause, active=one.listed)


def _theirs(w: Work, actor: Actor, agreement_id: int) -> Agreement:
    access.require_role(actor.roles, access.role_for("manage_agreements"))
    row = kept.agreement(w.session, actor.agencies, agreement_id, lock=True)
    agreements.require_listable(row, china_date(w.now))
    return row


def _record(w: Work, row: Agreement, listed: ItemList, doing: list[Planned]) -> None:
    rows = [{"item": one.code, "name": one.name, "fate": one.fate.value, **dict(one.changed)} for one in doing]
    data = {"file": listed.file_name, "sha256": listed.sha256, "changed": len(doing), "rows": rows}
    data["waits"] = not row.draft
    w.session.add(
        DirectoryAct(
            agency_id=listed.agency_id,
            officer_id=w.actor.officer_id or 0,
            subject=row.no,
            verb="import_items",
            data=data,
            at=w.now,
            agreement_id=row.id,
        )
    )
