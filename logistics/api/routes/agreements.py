"""Agreements and what they cover."""

from __future__ import annotations

from typing import Any, cast

from logistics.api import answers, shown
from logistics.api.cursors import below_of, cursor_of
from logistics.api.document import reads
from logistics.api.schemas import Asked
from logistics.api.tokens import caller, world
from logistics.errors import NotYours
from logistics.store import find, pages
from logistics.store.work import reading


@reads("/agreements", answers.AgreementPage, Asked)
def list_agreements(asked: dict[str, Any]) -> dict[str, Any]:
    """The agreements of which the caller's agency is a party."""
    with reading(world().engine, caller()) as session:
        page = pages.agreements(session, below_of(asked["cursor"]), asked["limit"])
        return {"agreements": [shown.agreement(line) for line in page.rows], "next_cursor": cursor_of(page.below)}


@reads("/agreements/<int(min=1, max=9007199254740991):agreement_id>/items", answers.ItemList)
def list_items(_asked: dict[str, Any], agreement_id: int) -> dict[str, Any]:
    """The service items of an agreement, each with its materials."""
    with reading(world().engine, caller()) as session:
        if pages.agreement(session, agreement_id) is None:
            raise NotYours("通办协议", "agreement")
        items = find.items_of(session, agreement_id)
        return {
            "items": [{**vars(item), "materials": find.materials_of(session, cast(int, item.id))} for item in items]
        }
