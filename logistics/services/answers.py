"""Answer a difference that the other side found in an envelope one packed. An answer settles nothing."""

from __future__ import annotations

from typing import Any, cast

from logistics.actor import Actor
from logistics.errors import NotYours
from logistics.rules import answering
from logistics.store import answers
from logistics.store.context import Context
from logistics.store.work import work
from logistics.tables import Consignment, Discrepancy, DiscrepancyAnswer
from logistics.terms import Cause


def answer_discrepancy(
    ctx: Context, actor: Actor, command_id: str, dossier_no: str, discrepancy_id: int, words: str, cause: Cause | None
) -> dict[str, Any]:
    """What whoever packed found out stands beside the difference, and their clock has stopped. A later answer stands
    beside the earlier one; settling the difference is an act of its own.
    """
    with work(ctx, actor, answering.VERB, command_id) as w:
        if w.done is not None:
            return w.done
        dossier = w.dossier(dossier_no)
        row = w.session.get(Discrepancy, discrepancy_id)
        if row is None or row.dossier_id != dossier.id or row.consignment_id is None:
            raise NotYours("差异", "discrepancy")
        envelope = w.session.get_one(Consignment, row.consignment_id)
        asked = (row.kind, row.settled_at, envelope.direction, envelope.from_agency_id)
        answering.require_answer(*asked, cast(int, actor.agency_id), actor.roles)
        said, why = answering.require_words(words, cause)
        answer = DiscrepancyAnswer(
            dossier_id=row.dossier_id,
            discrepancy_id=discrepancy_id,
            seq=0,
            cause=why,
            words=said,
            officer_id=cast(int, actor.officer_id),
            agency_id=cast(int, actor.agency_id),
            at=w.now,
        )
        answers.add(w, dossier, row, answer)
        return w.finish(dossier=dossier.no, discrepancy=discrepancy_id, answer=answer.seq)
