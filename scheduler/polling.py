"""See to it that each envelope under way is asked after: a push may never come, an errand may have been lost."""

from __future__ import annotations

from couriers.contract import Operation
from logistics import logs
from logistics.store import queues
from logistics.store.context import Context

log = logs.get("polling")


def once(ctx: Context) -> int:
    """Every consignment under way has a live TRACK errand with a courier that answers; how many had none."""
    asked = [code for code, courier in ctx.couriers.items() if Operation.TRACK in courier.offers]
    healed = queues.heal_polls(ctx.engine, ctx.clock(), asked)
    if healed:
        log.warning("polls_healed", consignments=healed)
    return healed
