"""From rows to what is answered. Persons only ever masked."""

from __future__ import annotations

from typing import Any

from couriers.contract import Milestone
from logistics.rules import receipt
from logistics.rules.reading import Meanings, shown_words
from logistics.services import privacy
from logistics.store.boards import Late
from logistics.store.context import Context
from logistics.store.find import Whole
from logistics.store.pages import AgreementLine, DossierLine
from logistics.tables import Agency, Consignment, Original, ServiceItem, Tracking


def agency(row: Agency) -> dict[str, Any]:
    """An agency."""
    return {"id": row.id, "name": row.name, "region": row.region_code}


def agreement(line: AgreementLine) -> dict[str, Any]:
    """An agreement with its parties."""
    return {**vars(line.agreement), "sender": agency(line.sender), "receiver": agency(line.receiver)}


def dossier_line(ctx: Context, line: DossierLine) -> dict[str, Any]:
    """A dossier in a list."""
    return {
        **_head(line.dossier, line.sender, line.receiver, line.item),
        "applicant": privacy.masked(ctx, line.dossier).applicant_name,
    }


def _head(dossier: Any, sender: Agency, receiver: Agency, item: ServiceItem) -> dict[str, Any]:
    names = ("no", "case_no", "mode", "scope", "opened_at", "decision", "closed_at")
    parties = {"sender": agency(sender), "receiver": agency(receiver), "item": item.code}
    return {**{name: getattr(dossier, name) for name in names}, **parties}


def dossier(ctx: Context, whole: Whole) -> dict[str, Any]:
    """One dossier whole."""
    row = whole.dossier
    persons = privacy.masked(ctx, row)
    agent = None
    if persons.agent_name is not None:
        agent = {"name": persons.agent_name, "id_no": persons.agent_id, "phone": persons.agent_phone}
    names = ("consent_sha256", "consent_signed_on", "decision_note", "decided_at")
    return {
        **_head(row, whole.sender, whole.receiver, whole.item),
        **{name: getattr(row, name) for name in names},
        "agreement": whole.agreement.no,
        "applicant": {
            "name": persons.applicant_name,
            "id_no": persons.applicant_id,
            "phone": persons.applicant_phone,
        },
        "agent": agent,
        "originals": _originals(ctx, whole),
        "consignments": [consignment(whole, one) for one in whole.consignments],
        **_matters(whole),
    }


def _matters(whole: Whole) -> dict[str, Any]:
    """Discrepancies, deadlines and papers, naming envelopes and originals by the numbers people know."""
    envelope = {one.id: one.no for one in whole.consignments}
    code = {one.id: one.code for one in whole.originals}

    def named(row: Any) -> dict[str, Any]:
        return {**vars(row), "consignment": envelope.get(row.consignment_id)}

    return {
        "discrepancies": [{**named(row), "original": code.get(row.original_id)} for row in whole.discrepancies],
        "deadlines": [named(row) for row in whole.deadlines],
        "papers": [named(row) for row in whole.papers],
    }


def _originals(ctx: Context, whole: Whole) -> list[dict[str, Any]]:
    last = whole.last_custody()
    return [_original(ctx, one, last.get(one.id or 0)) for one in whole.originals]


def _original(ctx: Context, one: Original, link: Any) -> dict[str, Any]:
    holder = None
    if link is not None:
        holder = {"kind": link.to_kind, "name": link.to_name, "agency_id": link.to_agency_id, "since": link.at}
    return {**vars(one), "belongs_to": privacy.original_holder(ctx, one), "holder": holder}


def consignment(whole: Whole, one: Consignment) -> dict[str, Any]:
    """An envelope with its list and its count."""
    code = {original.id: original.code for original in whole.originals}
    lines = whole.lines_of(one)
    return {
        **vars(one),
        "dossier": whole.dossier.no,
        "lines": [
            {"original": code[line.original_id], "outcome": line.outcome, "checked_at": line.checked_at}
            for line in lines
        ],
        "balance": vars(receipt.balance(lines)),
    }


def event(row: Tracking, meanings: Meanings) -> dict[str, Any]:
    """A courier's statement as it is read now. Its words may name people: shown only where nothing else says what it
    means.
    """
    found = meanings.of(row)
    meaning = row if found is None else found
    text = shown_words(row.text) if meaning.milestone is Milestone.UNRECOGNISED else None
    version = None if found is None else found.version
    return {
        **vars(row), "milestone": meaning.milestone, "reason": meaning.reason, "mapping_version": version, "text": text
    }  # fmt: skip


def late(row: Late) -> dict[str, Any]:
    """A late deadline."""
    return {**vars(row), "dossier": row.dossier_no}
