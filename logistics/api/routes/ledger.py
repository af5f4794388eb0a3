"""A dossier's chain, with the proofs that lead from each entry to a signed head."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from logistics.api import answers, schemas
from logistics.api.cursors import below_of, cursor_of
from logistics.api.document import reads
from logistics.api.tokens import caller, world
from logistics.rules import merkle
from logistics.store import find, ledger, pages
from logistics.store.work import reading
from logistics.tables import Checkpoint


@reads("/dossiers/<number:no>/ledger", answers.LedgerPage, schemas.Asked)
def list_entries(asked: dict[str, Any], no: str) -> dict[str, Any]:
    """The entries of a dossier's chain, last first."""
    with reading(world().engine, caller()) as session:
        dossier = find.dossier_by_no(session, no)
        page = pages.entries(session, dossier, below_of(asked["cursor"]), asked["limit"])
        head = ledger.newest_checkpoint(session)
        return {
            "entries": [_entry(session, line, head) for line in page.rows],
            "checkpoint": head,
            "next_cursor": cursor_of(page.below),
        }


def _entry(session: Session, line: pages.EntryLine, head: Checkpoint | None) -> dict[str, Any]:
    return {**vars(line.entry), "proof": _proof(session, line.leaf, head)}


def _proof(session: Session, leaf: int | None, head: Checkpoint | None) -> dict[str, Any] | None:
    if leaf is None or head is None or leaf >= head.size:
        return None
    path = merkle.inclusion(leaf, head.size, ledger.node(session))
    return {"leaf": leaf, "size": head.size, "root": head.root, "path": [step.hex() for step in path]}
