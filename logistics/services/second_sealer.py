"""The second officer's word for a seal (双人封装)."""

from __future__ import annotations

from typing import Any, cast

from logistics.actor import Actor
from logistics.rules import access, two_sealers
from logistics.store.context import Context
from logistics.store.work import work


def confirm_seal(
    ctx: Context, second: Actor, command_id: str, consignment_no: str, *, at_the_desk: bool = False
) -> dict[str, Any]:
    """`second` has seen contents, list and seal of the envelope, and the ledger says so in their name.

    Anybody of the sealing agency but the one who sealed. Returns `{"consignment": no}`. Raises `NotYours`,
    `NotAllowed`, `Rejected` ("not_sealed", "same_person", "confirmed").
    """
    with work(ctx, second, "confirm_seal", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = w.consignment(consignment_no)
        access.require_agency(cast(int, second.agency_id), consignment.from_agency_id)
        fact = two_sealers.confirm(consignment, cast(int, second.officer_id), at_the_desk)
        consignment.confirmed_at, consignment.confirmed_by = w.now, second.officer_id
        w.session.add(consignment)
        w.session.flush()
        w.record(dossier, fact, consignment)
        return w.finish(consignment=consignment.no)
