"""Waive a deadline with name and reason. What fires its ladder is `services.reminding`."""

from __future__ import annotations

from typing import Any

from logistics.actor import Actor
from logistics.errors import NotYours, Rejected
from logistics.rules import access
from logistics.store import clocks, pauses
from logistics.store.context import Context
from logistics.store.work import work
from logistics.tables import Deadline


def waive(
    ctx: Context, actor: Actor, command_id: str, dossier_no: str, deadline_id: int, reason: str
) -> dict[str, Any]:
    """The deadline need not be kept; the manager's name and reason stand beside it."""
    with work(ctx, actor, "waive_deadline", command_id) as w:
        if w.done is not None:
            return w.done
        dossier = w.dossier(dossier_no)
        access.require_role(actor.roles, access.role_for("waive_deadline"))
        row = w.session.get(Deadline, deadline_id)
        if row is None or row.dossier_id != dossier.id or row.owner_agency_id not in actor.agencies:
            raise NotYours("时限", "deadline")
        if row.met_at is not None or row.waived_at is not None:
            raise Rejected("这项时限已了结，不能豁免。", "This deadline is over already.", "deadline_over")
        if not reason.strip():
            raise Rejected("豁免须写明原因。请填写原因。", "Give the reason.", "reason")
        for fact in pauses.settle(w.session, row, w.now, w.now):
            w.record(dossier, fact)
        w.record(dossier, clocks.waive(w.session, row, w.now, actor.officer_id, reason.strip()))
        return w.finish(dossier=dossier.no, deadline=deadline_id)
