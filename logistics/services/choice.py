"""The ways an envelope may leave, in order and with reasons; what couriers told about it before it was ordered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from couriers.contract import Operation
from logistics.actor import SYSTEM, Actor
from logistics.rules.choice import Proposal, propose
from logistics.store import choice, find
from logistics.store.context import Context
from logistics.store.work import reading, work
from logistics.tables import CourierQuote, Original


def proposals(
    ctx: Context, actor: Actor, consignment_no: str, originals: Sequence[Original] | None = None
) -> list[Proposal]:
    """Open ways, best first, then barred ones, by what is known now. Raises `NotYours`.

    `originals`: what is to be inside, where that is not settled yet; else what is on the envelope's list.
    """
    with reading(ctx.engine, actor) as session:
        dossier, consignment = find.consignment_by_no(session, consignment_no)
        inside = find.whole(session, dossier).originals_of(consignment) if originals is None else list(originals)
        now = ctx.clock()
        situation = choice.situation(session, dossier, consignment, inside, now)
        return propose(choice.options(session, ctx, consignment, now), situation)


def record_answer(
    ctx: Context, consignment_no: str, courier: str, operation: Operation | str, answer: Mapping[str, Any]
) -> None:
    """What the courier told of scope or price of this envelope stands beside it; the newest answer holds.

    For SCOPE `{"serves": bool | None, "words"}`, for QUOTE `{"quotes": [...], "words"}`, each quote as
    `couriers.plain` writes it.
    """
    with work(ctx, SYSTEM, "record_quote") as w:
        dossier, consignment = w.consignment(consignment_no)
        row = {
            "dossier_id": dossier.id,
            "consignment_id": consignment.id,
            "courier": courier,
            "operation": str(operation),
            "answer": dict(answer),
            "asked_at": w.now,
        }
        newest = {"answer": row["answer"], "asked_at": w.now}
        w.session.execute(
            insert(CourierQuote)
            .values(row)
            .on_conflict_do_update(index_elements=["consignment_id", "courier", "operation"], set_=newest)
        )
