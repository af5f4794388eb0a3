"""Dossiers: opened, read, their originals passed on, decided, closed."""

from __future__ import annotations

from typing import Any

from logistics.api import answers, schemas, shown
from logistics.api.cursors import below_of, cursor_of
from logistics.api.document import acts, reads
from logistics.api.tokens import caller, world
from logistics.rules.handing_back import Correction
from logistics.services import dispatch, dossiers, hand_backs, receipt
from logistics.store import find, pages
from logistics.store.work import reading


@reads("/dossiers", answers.DossierPage, schemas.DossiersAsked)
def list_dossiers(asked: dict[str, Any]) -> dict[str, Any]:
    """Dossiers to which the caller's agency is a party, newest first."""
    ctx = world()
    with reading(ctx.engine, caller()) as session:
        page = pages.dossiers(
            session,
            below_of(asked["cursor"]),
            asked["limit"],
            case_no=asked["case_no"],
            since=asked["since"],
            is_open=asked["open"],
        )
        return {"dossiers": [shown.dossier_line(ctx, line) for line in page.rows], "next_cursor": cursor_of(page.below)}


@reads("/dossiers/<number:no>", answers.DossierAnswer)
def show_dossier(_asked: dict[str, Any], no: str) -> dict[str, Any]:
    """One dossier whole: originals with their holders, envelopes with their counts, differences, deadlines, papers."""
    ctx = world()
    with reading(ctx.engine, caller()) as session:
        return shown.dossier(ctx, find.whole(session, find.dossier_by_no(session, no)))


@acts("/dossiers", answers.Opened, schemas.DossierShape, status=201)
def open_dossier(command: str, given: dict[str, Any]) -> dict[str, Any]:
    """A dossier is open for a case that was taken in."""
    return dossiers.open_dossier(world(), caller(), command, schemas.new_dossier(given))


@acts("/dossiers/<number:no>/originals", answers.Listed, schemas.OriginalShape, status=201)
def list_original(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """One original is listed and held by the caller's officer."""
    return dossiers.list_original(world(), caller(), command, no, schemas.new_original(given))


@acts("/dossiers/<number:no>/consignments", answers.Started, schemas.ConsignmentShape, status=201)
def start_consignment(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """An empty envelope is being packed."""
    return dispatch.start_consignment(world(), caller(), command, no, given["direction"])


@acts("/dossiers/<number:no>/hand-over", answers.Done, schemas.HandOverShape)
def hand_over(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """The originals are with a department of the holder's agency."""
    codes = tuple(given["originals"])
    return dossiers.hand_to_department(world(), caller(), command, no, given["department"], codes)


@acts("/dossiers/<number:no>/take-back", answers.Done, schemas.OriginalsShape)
def take_back(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """The originals are with the caller's officer again."""
    return dossiers.take_back(world(), caller(), command, no, tuple(given["originals"]))


@acts("/dossiers/<number:no>/give-to-applicant", answers.Done, schemas.OriginalsShape)
def give_to_applicant(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """The originals are back with the applicant."""
    return dossiers.give_to_applicant(world(), caller(), command, no, tuple(given["originals"]))


@acts("/dossiers/<number:no>/correct-hand-back", answers.Done, schemas.WrongHandBackShape)
def correct_hand_back(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """The originals were not handed back after all: the hall holds them again, and both acts stay in the ledger."""
    said = Correction(given["why"], given["in_hand"], given["reopen"])
    return hand_backs.correct_hand_back(world(), caller(), command, no, tuple(given["originals"]), said)


@acts("/dossiers/<number:no>/decision", answers.Done, schemas.DecisionShape)
def decide(command: str, given: dict[str, Any], no: str) -> dict[str, Any]:
    """The authority's decision is recorded."""
    return dossiers.decide(world(), caller(), command, no, given["result"], given["note"], given["decided_at"])


@acts("/dossiers/<number:no>/close", answers.Done)
def close(command: str, _given: dict[str, Any], no: str) -> dict[str, Any]:
    """The sender has acknowledged that nothing is open any more."""
    return dossiers.close(world(), caller(), command, no)


@acts(
    "/dossiers/<number:no>/discrepancies/<int(min=1, max=9007199254740991):discrepancy_id>/settle",
    answers.Done,
    schemas.SettleShape,
)
def settle(command: str, given: dict[str, Any], no: str, discrepancy_id: int) -> dict[str, Any]:
    """A difference is settled with a reason."""
    return receipt.settle(world(), caller(), command, no, discrepancy_id, given["resolution"], given["note"])
