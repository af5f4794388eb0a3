"""An administrator keeps the agencies of their tree: where they are, when they receive, whose archive takes over."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from logistics.actor import Actor
from logistics.errors import NotYours
from logistics.rules import access, cards
from logistics.rules.cards import Card
from logistics.store import cards as kept
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Agency, DirectoryAct


def add(ctx: Context, actor: Actor, command_id: str, parent_id: int, code: str, card: Card) -> dict[str, Any]:
    """The agency stands under that one of the administrator's tree.

    Raises `Malformed` naming each field, `NotAllowed`, `NotYours` for a parent that is not theirs.
    """
    with work(ctx, actor, "add_agency", command_id) as w:
        if w.done is not None:
            return w.done
        above = _theirs(w, actor, parent_id)
        cards.refuse({**kept.wrong(w.session, card, None), **kept.wrong_code(w.session, code)})
        row = kept.insert(w.session, code, card, above)
        _record(w, row.code, above, "add_agency", {"name": card.name})
        return w.finish(agency=row.id)


def change(ctx: Context, actor: Actor, command_id: str, agency_id: int, card: Card) -> dict[str, Any]:
    """The agency is as the card says. Clocks that run keep the hours they were planned by; new ones start by these.

    Raises as `add`.
    """
    with work(ctx, actor, "change_agency", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, agency_id)
        cards.refuse(kept.wrong(w.session, card, row.id))
        before = {name: getattr(row, name) for name in asdict(card)}
        changed = {name: [before[name], value] for name, value in asdict(card).items() if before[name] != value}
        for name, (_old, value) in changed.items():
            setattr(row, name, value)
        w.session.add(row)
        _record(w, row.code, row, "change_agency", changed)
        return w.finish(agency=agency_id, changed=sorted(changed))


def _theirs(w: Work, actor: Actor, agency_id: int) -> Agency:
    access.require_role(actor.roles, access.role_for("manage_agencies"))
    row = w.session.get(Agency, agency_id, with_for_update=True)
    if row is None or agency_id not in actor.agencies:
        raise NotYours("单位", "agency")
    return row


def _record(w: Work, code: str, keeper: Agency, verb: str, data: dict[str, Any]) -> None:
    """`keeper`: whose administrators see it; a new agency is in nobody's tree before the next request."""
    w.session.add(
        DirectoryAct(
            agency_id=keeper.id or 0,
            officer_id=w.actor.officer_id or 0,
            subject=code,
            verb=verb,
            data=data,
            at=w.now,
        )
    )
