"""See to it that each envelope under way is asked after and pushed about: pushes may stop, errands may be lost."""

from __future__ import annotations

from couriers.contract import Aggregates, Courier, Operation, Subscribes
from logistics import logs
from logistics.store import queues, subscriptions
from logistics.store.context import Context

log = logs.get("polling")


def once(ctx: Context) -> int:
    """Every consignment under way has a live TRACK errand with a courier that answers, a subscription where pushes must
    be asked for, and is asked after at the second source; how many had no TRACK errand."""
    asked = [code for code, courier in ctx.couriers.items() if Operation.TRACK in courier.offers]
    healed = queues.heal_polls(ctx.engine, ctx.clock(), asked)
    if healed:
        log.warning("polls_healed", consignments=healed)
    for account, courier in ctx.couriers.items():
        carried = _second_for(ctx, courier)
        if carried:
            subscriptions.owe_second_source(ctx.engine, ctx.clock(), account, carried)
        if isinstance(courier, Subscribes) and Operation.SUBSCRIBE in courier.offers:
            subscriptions.owe_subscriptions(ctx.engine, ctx.clock(), account, [account, *carried])
    return healed


def _second_for(ctx: Context, courier: Courier) -> list[str]:
    """The other couriers for which this one is the second source."""
    if courier.code != ctx.second_source or not isinstance(courier, Aggregates):
        return []
    return [code for code in ctx.couriers if code != courier.code and courier.carrier_code(code)]
