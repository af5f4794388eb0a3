"""Envelopes: packed, sealed, sent, followed, counted."""

from __future__ import annotations

from typing import Any

from logistics.api import answers, schemas, shown
from logistics.api.cursors import below_of, cursor_of
from logistics.api.document import acts, reads
from logistics.api.tokens import caller, world
from logistics.services import dispatch, receipt, tracking
from logistics.store import find, pages
from logistics.store.meanings import meanings
from logistics.store.work import reading


@reads("/consignments/<number:no>", answers.ConsignmentAnswer)
def show_consignment(_asked: dict[str, Any], no: str) -> dict[str, Any]:
    """One envelope with its list and its count."""
    with reading(world().engine, caller()) as session:
        dossier, consignment = find.consignment_by_no(session, no)
        return shown.consignment(find.whole(session, dossier), consignment)


@reads("/consignments/<number:no>/tracking", answers.TrackingPage, schemas.Asked)
def list_tracking(asked: dict[str, Any], no: str) -> dict[str, Any]:
    """What the courier said about an envelope."""
    with reading(world().engine, caller()) as session:
        _, consignment = find.consignment_by_no(session, no)
        page = pages.tracking(session, consignment, below_of(asked["cursor"]), asked["limit"])
        known = meanings(session, page.rows)
        return {"events": [shown.event(row, known) for row in page.rows], "next_cursor": cursor_of(page.below)}


@acts("/consignments/<number:no>/pack", answers.Done, schemas.PackShape)
def pack(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """The original is on the envelope's list."""
    return dispatch.pack(world(), caller(), command, no, given["original"])


@acts("/consignments/<number:no>/unpack", answers.Done, schemas.PackShape)
def unpack(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """The original is off the list again."""
    return dispatch.unpack(world(), caller(), command, no, given["original"])


@acts("/consignments/<number:no>/seal", answers.Done, schemas.SealShape)
def seal(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """The envelope is sealed and its list frozen."""
    return dispatch.seal(world(), caller(), command, no, given["seal_no"])


@acts("/consignments/<number:no>/reopen", answers.Done, schemas.WhyShape)
def reopen(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """The sealed envelope is open again; the broken seal stays in the ledger."""
    return dispatch.reopen(world(), caller(), command, no, given["why"])


@acts("/consignments/<number:no>/dispatch", answers.Done, schemas.DispatchShape)
def send(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """The envelope leaves: an order is owed to the courier, or a number of the pool is its waybill at once."""
    how = {"from_pool": given["from_pool"], "why": given["why"]}
    return dispatch.dispatch(world(), caller(), command, no, given["courier"], given["form_no"], **how)


@acts("/consignments/<number:no>/void", answers.Done, schemas.VoidShape)
def void(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """The envelope does not travel; its originals are free again."""
    return dispatch.void(world(), caller(), command, no, given["why"], taken_back=given["taken_back"])


@acts("/consignments/<number:no>/receive", answers.Counted, schemas.ReceiveShape)
def receive(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """What was found is counted; what is not named stays unchecked and can be counted later."""
    findings = {one["original"]: one["outcome"] for one in given["findings"]}
    return receipt.receive(
        world(),
        caller(),
        command,
        no,
        given["seal_found"],
        findings,
        schemas.extras(given),
        given["empty"],
        {one["original"]: one["note"] for one in given["findings"]},
        outside=schemas.outside(given),
    )


@acts("/consignments/<number:no>/correct", answers.Done, schemas.CorrectShape)
def correct(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """A line that was counted missing is there after all."""
    return receipt.correct(world(), caller(), command, no, given["original"], given["note"])


@acts("/consignments/<number:no>/dispute", answers.Done, schemas.NoteShape)
def dispute(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """The courier says delivered, the receiver says it is not here: the difference is open."""
    return tracking.dispute_delivery(world(), caller(), command, no, given["note"])
