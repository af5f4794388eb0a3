"""Shapes of what was recorded: couriers' events, the ledger with its proofs, what is late."""

from __future__ import annotations

from marshmallow import Schema
from marshmallow.fields import Boolean, Dict, Integer, List, Nested, String

from couriers.contract import Milestone, Reason
from logistics import terms
from logistics.api.answers.shapes import PageAnswer, maybe, when, word


class TrackingAnswer(Schema):
    """One statement of a courier. `text` is given only where nobody knows the code; long numbers in it are masked.

    `mapping_version`: a manager decided what the code means, this often so far. `courier` may be an aggregator, whose
    word stands beside the carrier's. `region_code`: GB/T 2260, where the courier's words leave no doubt, else "".
    """

    id = Integer(required=True)
    courier = String()
    waybill_no = String()
    milestone = word(Milestone)
    reason = maybe(Reason)
    code = String()
    detail_code = String()
    text = String(allow_none=True)
    place = String()
    region_code = String()
    mapping_version = Integer(allow_none=True)
    voids = String(allow_none=True)
    happened_at = when()
    received_at = when()
    source = String()
    raw_sha256 = String()


class TrackingPage(PageAnswer):
    """A consignment's events, last arrived first."""

    events = List(Nested(TrackingAnswer), required=True)


class ProofAnswer(Schema):
    """An RFC 9162 inclusion proof: the leaf's hash and `path` (hex, leaf's neighbour first) lead to the signed root."""

    leaf = Integer(required=True)
    size = Integer(required=True)
    root = String(required=True)
    path = List(String(), required=True)


class EntryAnswer(Schema):
    """One entry of a dossier's chain, with its proof once it is under a signed head."""

    seq = Integer(required=True)
    at = when()
    actor = String()
    actor_name = String()
    agency = String()
    what = String()
    why = String()
    facts = Dict()
    command_id = String(allow_none=True)
    prev_hash = String()
    hash = String()
    proof = Nested(ProofAnswer, allow_none=True)


class CheckpointAnswer(Schema):
    """A signed head of the log."""

    size = Integer(required=True)
    root = String(required=True)
    signed_at = when()
    key_id = String()
    public_key = String()
    signature = String()


class LedgerPage(PageAnswer):
    """A dossier's entries, last first; the signed head the proofs lead to."""

    entries = List(Nested(EntryAnswer), required=True)
    checkpoint = Nested(CheckpointAnswer, allow_none=True)


class LateAnswer(Schema):
    """One deadline that is past and not met."""

    dossier = String(required=True)
    leg = String()
    owner = String()
    due_at = when()
    days_late = Integer(metadata={"description": "Working days"})
    lane = String()
    courier = String()
    stage = maybe(terms.Stage)
    holder = String()
    provisional = Boolean()


class LateList(Schema):
    """What is late, the latest first."""

    late = List(Nested(LateAnswer), required=True)
