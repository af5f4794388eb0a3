"""What a person does about an errand that waits for one: look at the reason, put it right, have it tried again."""

from __future__ import annotations

from typing import Any

from logistics.actor import Actor
from logistics.decision import Fact
from logistics.errors import NotYours, Rejected
from logistics.rules import access
from logistics.store import queues
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Consignment, Dossier, Errand


def retry(ctx: Context, actor: Actor, command_id: str, errand_id: int) -> dict[str, Any]:
    """The parked errand is due again now; the ledger says who wanted it. Whoever may dispatch the envelope may have its
    calls retried; a reminder's mail is a manager's matter.

    Raises `NotYours`, `NotAllowed`, `Rejected` (rule "not_parked").
    """
    with work(ctx, actor, "retry_errand", command_id) as w:
        if w.done is not None:
            return w.done
        errand = w.session.get(Errand, errand_id)
        if errand is None or errand.dossier_id is None:
            raise NotYours("待办外呼", "errand")
        dossier, consignment = _subject(w, errand)
        if consignment is None:
            access.require_role(actor.roles, access.role_for("chase"))
        else:
            access.require_role(actor.roles, access.role_for("dispatch", consignment.direction))
            access.require_agency(actor.agency_id or 0, consignment.from_agency_id)
        if not queues.unpark_errand(w.session, errand_id, w.now):
            raise Rejected(
                "这件外呼没有被搁置，无须重试。系统会自行办理。",
                "This errand is not parked; it is being tried without you.",
                "not_parked",
            )
        w.record(dossier, Fact("errand:retried", "", {"errand": errand.key, "kind": errand.kind.value}), consignment)
        return w.finish(errand=errand_id)


def _subject(w: Work, errand: Errand) -> tuple[Dossier, Consignment | None]:
    if errand.consignment_id is not None:
        return w.consignment(w.session.get_one(Consignment, errand.consignment_id).no)
    return w.dossier(w.session.get_one(Dossier, errand.dossier_id).no), None
