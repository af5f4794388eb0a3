"""Acts that a device made without network and that the server did not accept: set aside by their maker, on record."""

from __future__ import annotations

from typing import Any

from logistics.actor import Actor
from logistics.decision import Fact, Json
from logistics.errors import Rejected
from logistics.rules import access, device
from logistics.rules.device import Stated
from logistics.store.context import Context
from logistics.store.work import work

HELD = 60  # lines of a list and words beside them that one entry carries


def set_aside(
    ctx: Context,
    actor: Actor,
    command_id: str,
    consignment_no: str,
    said: Stated,
    held: dict[str, str],
    why: str,
) -> dict[str, Any]:
    """The officer withdraws an act that this device still holds: the ledger says what it held, and why it does not
    count.

    `held`: plain words by name, as the officer saw them (`found:<code>`, `seal_found` …). Raises `NotYours`,
    `NotAllowed`; `Rejected` ("reason", "too_much").
    """
    with work(ctx, actor, "set_aside_device_act", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = w.consignment(consignment_no)
        access.require_receiver(actor, consignment)
        if not why.strip():
            raise Rejected("请写明为什么撤下，以便留痕。", "Say why it is set aside, for the ledger.", "reason")
        if len(held) > HELD:
            raise Rejected("本机这一项的内容太多，不能撤下。请分次登记。", "This act holds too much.", "too_much")
        fact = device.stated(consignment.no, "set_aside", said, w.now)
        kept: dict[str, Json] = {**fact.data, "held": {name: held[name] for name in sorted(held)}}
        w.record(dossier, Fact("consignment:device_act_set_aside", why.strip(), kept), consignment)
        return w.finish(consignment=consignment.no)
