"""历史台账记录: rows taken over from old ledgers, listed and one by one, plainly marked as nothing the system saw."""

from __future__ import annotations

from flask import Blueprint, Response, request

from labels.masking import mask_name
from logistics.store import old_ledgers as kept
from logistics.terms import OldLedgerColumn, Role
from logistics.web.page import page
from logistics.web.visit import look, me, world

PAGE = 50
LONGEST = 64
PERSONS = (OldLedgerColumn.APPLICANT, OldLedgerColumn.SIGNER)

pages = Blueprint("old_records", __name__)


@pages.get("/old-records")
def every() -> Response:
    """Records of the reader's agencies, the newest first; narrowed by a number or word, and by a file."""
    wanted = request.args.get("q", "").replace("\0", "").strip()[:LONGEST]
    ledger, before = (request.args.get(name, type=int) for name in ("file", "before"))
    with look() as session:
        rows = kept.records(session, me().agencies, wanted, ledger, before, PAGE + 1)
    return page(
        "old_ledgers/records.html",
        rows=rows[:PAGE],
        following=rows[PAGE - 1][0].id if len(rows) > PAGE else None,
        wanted=wanted,
        ledger=ledger,
    )


@pages.get("/old-records/<int:old_record_id>")
def one(old_record_id: int) -> Response:
    """One record as its row stood, with the file it came from; persons masked."""
    with look() as session:
        shown = kept.shown(session, world().keyring, old_record_id)
        dossiers = kept.dossiers_of_case(session, shown.record.case_no)
    words = {column: mask_name(text) if column in PERSONS else text for column, text in shown.words.items()}
    may_open = Role.WINDOW in me().roles and shown.record.agency_id == me().agency_id and bool(shown.record.case_no)
    return page(
        "old_ledgers/record.html",
        record=shown.record,
        ledger=shown.ledger,
        agency=shown.agency,
        words=words,
        columns=OldLedgerColumn,
        dossiers=dossiers,
        may_open=may_open and not dossiers and shown.record.withdrawn_at is None,
        may_see_file=bool(me().roles & {Role.ADMINISTRATOR, Role.MANAGER}),
    )
