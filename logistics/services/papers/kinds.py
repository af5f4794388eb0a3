"""Every kind of paper that a dossier's officers may make, by the word the ledger and the pages know it by."""

from __future__ import annotations

from collections.abc import Mapping

from logistics.services.papers import archive, dossier, envelope, found
from logistics.services.papers.making import Kind

KINDS: Mapping[str, Kind] = {
    "label": Kind("L", "consignment", envelope.label),
    "slip": Kind("J", "consignment", envelope.slip),
    "seal": Kind("S", "consignment", envelope.seal),
    "stickers": Kind("Y", "consignment", envelope.stickers),
    "arrival": Kind("H", "consignment", found.arrival),
    "notice": Kind("T", "consignment", found.notice),
    "differences_slip": Kind("C", "consignment", found.differences_slip),
    "cover": Kind("F", "dossier", dossier.cover),
    "intake": Kind("H", "dossier", dossier.intake),
    "internal_slip": Kind("N", "dossier", dossier.internal_slip),
    "catalogue": Kind("M", "dossier", archive.catalogue),
    "remarks": Kind("B", "dossier", archive.remarks),
}
"""The letter stands in the paper's number: 421200-2026-000001-1-L01."""
