"""When a dossier has done its work: whether all originals arrived, and which are still to come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from logistics.decision import Holder
from logistics.tables import Consignment, Discrepancy, Dossier, Original, Packed
from logistics.terms import DiscrepancyKind, HolderKind, Resolution, Stage

UNDER_WAY = frozenset(Stage) - {Stage.RECEIVED, Stage.VOIDED, Stage.LOST}
"""Stages of an envelope somebody still has to act on. A lost one is followed by its discrepancy."""

_GONE_FOR_GOOD = frozenset({Resolution.REPLACED, Resolution.ACCEPTED, Resolution.EXPLAINED})
_LOSSES = frozenset({DiscrepancyKind.MISSING, DiscrepancyKind.WRONG, DiscrepancyKind.LOST, DiscrepancyKind.EMPTY})


def complete(dossier: Dossier, originals: Sequence[Original], holders: Mapping[int, Holder]) -> bool:
    """True when the authority holds every listed original: it may examine. `holders`: original id to holder."""
    listed = [one for one in originals if not one.unlisted]
    held = [holders.get(one.id or 0) for one in listed]
    return bool(listed) and all(one is not None and one.agency_id == dossier.receiver_agency_id for one in held)


def still_out(
    dossier: Dossier,
    originals: Sequence[Original],
    holders: Mapping[int, Holder],
    consignments: Sequence[Consignment],
    lines: Sequence[Packed],
    discrepancies: Sequence[Discrepancy],
) -> tuple[Original, ...]:
    """Originals that must return and are neither with the applicant nor with the accepting agency.

    One whose loss was settled for good (replaced, accepted, explained) is waited for no longer.
    """
    lost = _settled_losses(consignments, lines, discrepancies)
    return tuple(
        one
        for one in originals
        if one.must_return and one.id not in lost and not _is_back(holders.get(one.id or 0), dossier.sender_agency_id)
    )


def _is_back(held: Holder | None, sender_agency_id: int) -> bool:
    return held is not None and (held.kind is HolderKind.APPLICANT or held.agency_id == sender_agency_id)


def _settled_losses(
    consignments: Sequence[Consignment], lines: Sequence[Packed], discrepancies: Sequence[Discrepancy]
) -> frozenset[int]:
    gone = {one.id for one in consignments if one.stage is Stage.LOST}
    latest: dict[int, Discrepancy] = {}
    for one in sorted(discrepancies, key=lambda one: one.id or 0):
        if one.kind not in _LOSSES:
            continue
        if one.original_id is not None:
            latest[one.original_id] = one
        else:
            here = [line.original_id for line in lines if line.consignment_id == one.consignment_id]
            latest |= dict.fromkeys(here if one.consignment_id in gone else [], one)
    return frozenset(original for original, one in latest.items() if one.resolution in _GONE_FOR_GOOD)
