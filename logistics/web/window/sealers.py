"""Who answers for an envelope's seal, and whether it waits for a second officer."""

from __future__ import annotations

from dataclasses import dataclass

from logistics.rules.two_sealers import Demand, demand
from logistics.store import find
from logistics.store.find import Whole
from logistics.tables import Consignment, Officer
from logistics.terms import Stage
from logistics.web.visit import look, me


@dataclass(frozen=True)
class Sealers:
    """Who answers for a seal. `asked`: why two must; `waits`: the second has not confirmed yet. `by_reader`: the reader
    is the one who may confirm without a password, being another officer of the sealing agency.
    """

    asked: Demand | None
    first: str
    second: str
    waits: bool
    by_reader: bool


def sealers(whole: Whole, consignment: Consignment) -> Sealers:
    """As things stand, for this reader."""
    with look() as session:
        first = session.get(Officer, consignment.sealed_by) if consignment.sealed_by else None
        second = session.get(Officer, consignment.confirmed_by) if consignment.confirmed_by else None
    asked = demanded(whole, consignment)
    waits = asked is not None and consignment.stage is Stage.SEALED and second is None
    ours = me().agency_id == consignment.from_agency_id and me().officer_id != consignment.sealed_by
    return Sealers(asked, first.name if first else "", second.name if second else "", waits, waits and ours)


def demanded(whole: Whole, consignment: Consignment) -> Demand | None:
    """Why two must seal what is inside; None where one may."""
    with look() as session:
        materials = find.materials_of(session, whole.dossier.item_id, whole.dossier.opened_at)
    return demand(whole.originals_of(consignment), materials)
