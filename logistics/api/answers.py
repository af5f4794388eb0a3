"""Shapes of what is answered. Personal data appear masked; the API has no field that shows them in clear."""

from __future__ import annotations

from enum import Enum as AnyEnum

from marshmallow import Schema
from marshmallow.fields import AwareDateTime, Boolean, Date, Dict, Enum, Integer, List, Nested, String
from marshmallow.validate import OneOf

from couriers.contract import Milestone, Reason
from logistics import terms


def _when() -> AwareDateTime:
    return AwareDateTime(allow_none=True)


def _word(words: type[AnyEnum]) -> Enum[AnyEnum]:
    return Enum(words, by_value=True)


def _maybe(words: type[AnyEnum]) -> Enum[AnyEnum]:
    return Enum(words, by_value=True, allow_none=True)


class Problem(Schema):
    """An RFC 9457 problem document."""

    type = String(required=True)
    title = String(required=True)
    status = Integer(required=True)
    detail = String(required=True)
    instance = String()
    rule = String(required=True)
    zh = String(required=True)
    en = String(required=True)
    errors = Dict(keys=String(), values=List(String()), required=True)


class AgencyAnswer(Schema):
    """An agency."""

    id = Integer(required=True)
    name = String(required=True)
    region = String(required=True)


class PageAnswer(Schema):
    """What every page ends with."""

    next_cursor = String(allow_none=True, required=True)


class AgreementAnswer(Schema):
    """An agreement."""

    id = Integer(required=True)
    no = String(required=True)
    name = String(required=True)
    sender = Nested(AgencyAnswer, required=True)
    receiver = Nested(AgencyAnswer, required=True)
    powers = List(String(), required=True)
    payer = Dict(required=True)
    valid_from = Date(required=True)
    valid_until = Date(allow_none=True)


class AgreementPage(PageAnswer):
    """Agreements, newest first."""

    agreements = List(Nested(AgreementAnswer), required=True)


class MaterialAnswer(Schema):
    """One material an item wants."""

    id = Integer(required=True)
    name = String(required=True)
    form = _word(terms.Form)
    quantity = Integer()
    medium = String()
    review_points = String()
    original_wanted = Boolean()
    e_certificate_shared = Boolean()


class ItemAnswer(Schema):
    """A service item with its materials."""

    id = Integer(required=True)
    code = String(required=True)
    name = String(required=True)
    promised_days = Integer()
    materials = List(Nested(MaterialAnswer), required=True)


class ItemList(Schema):
    """All items of an agreement."""

    items_ = List(Nested(ItemAnswer), required=True, data_key="items", attribute="items")


class DossierHead(Schema):
    """What a dossier is, without its persons."""

    no = String(required=True)
    case_no = String(required=True)
    item = String(required=True)
    sender = Nested(AgencyAnswer, required=True)
    receiver = Nested(AgencyAnswer, required=True)
    mode = _word(terms.Mode)
    scope = _word(terms.LaneScope)
    opened_at = _when()
    decision = _maybe(terms.DecisionResult)
    closed_at = _when()


class DossierLineAnswer(DossierHead):
    """A dossier in a list."""

    applicant = String(metadata={"description": "Masked"})


class DossierPage(PageAnswer):
    """Dossiers, newest first."""

    dossiers = List(Nested(DossierLineAnswer), required=True)


class PersonAnswer(Schema):
    """A person, masked."""

    name = String(required=True)
    id_no = String(required=True)
    phone = String(required=True)


class HolderAnswer(Schema):
    """Who answers for an original."""

    kind = _word(terms.HolderKind)
    name = String()
    agency_id = Integer(allow_none=True)
    since = _when()


class OriginalAnswer(Schema):
    """One original and who holds it."""

    code = String(required=True)
    kind = String()
    title = String()
    issuer = String()
    belongs_to = String(metadata={"description": "Masked"})
    pages = Integer()
    copies = Integer()
    form = _word(terms.Form)
    irreplaceable = Boolean()
    must_return = Boolean()
    secrecy = _word(terms.Secrecy)
    official_document = Boolean()
    unlisted = Boolean()
    holder = Nested(HolderAnswer, allow_none=True)


class LineAnswer(Schema):
    """One line of an envelope's list."""

    original = String(required=True)
    outcome = _word(terms.Outcome)
    checked_at = _when()


class BalanceAnswer(Schema):
    """The count: `listed` is the sum of the others."""

    listed = Integer(required=True)
    received = Integer(required=True)
    missing = Integer(required=True)
    moved = Integer(required=True)
    unchecked = Integer(required=True)


class ConsignmentAnswer(Schema):
    """An envelope."""

    no = String(required=True)
    dossier = String(required=True)
    direction = _word(terms.Direction)
    stage = _word(terms.Stage)
    from_agency_id = Integer()
    to_agency_id = Integer()
    seal_no = String()
    seal_found = String()
    manifest_sha256 = String()
    courier = String()
    waybill_no = String()
    route_code = String()
    refusal = String()
    sealed_at = _when()
    dispatched_at = _when()
    booked_at = _when()
    picked_up_at = _when()
    delivered_at = _when()
    received_at = _when()
    lines = List(Nested(LineAnswer), required=True)
    balance = Nested(BalanceAnswer, required=True)


class DiscrepancyAnswer(Schema):
    """A difference."""

    id = Integer(required=True)
    kind = _word(terms.DiscrepancyKind)
    consignment = String(allow_none=True)
    original = String(allow_none=True)
    note = String()
    opened_at = _when()
    settled_at = _when()
    resolution = _maybe(terms.Resolution)
    settlement_note = String()


class DeadlineAnswer(Schema):
    """A promise for one leg."""

    id = Integer(required=True)
    leg = String(required=True)
    consignment = String(allow_none=True)
    owner_agency_id = Integer()
    started_at = _when()
    due_at = _when()
    provisional = Boolean()
    met_at = _when()
    waived_at = _when()
    waiver_reason = String()
    explanation = List(String())


class PaperAnswer(Schema):
    """A paper that was made."""

    no = String(required=True)
    kind = String()
    consignment = String(allow_none=True)
    copy_no = Integer()
    sha256 = String()
    size_bytes = Integer()
    media_type = String()
    made_at = _when()


class DossierAnswer(DossierHead):
    """One dossier whole."""

    agreement = String()
    applicant = Nested(PersonAnswer, required=True)
    agent = Nested(PersonAnswer, allow_none=True)
    consent_sha256 = String()
    consent_signed_on = Date()
    decision_note = String()
    decided_at = _when()
    originals = List(Nested(OriginalAnswer), required=True)
    consignments = List(Nested(ConsignmentAnswer), required=True)
    discrepancies = List(Nested(DiscrepancyAnswer), required=True)
    deadlines = List(Nested(DeadlineAnswer), required=True)
    papers = List(Nested(PaperAnswer), required=True)


class TrackingAnswer(Schema):
    """One statement of a courier. `text` is given only where the code is in no table; long numbers in it are masked."""

    id = Integer(required=True)
    waybill_no = String()
    milestone = _word(Milestone)
    reason = _maybe(Reason)
    code = String()
    detail_code = String()
    text = String(allow_none=True)
    place = String()
    voids = String(allow_none=True)
    happened_at = _when()
    received_at = _when()
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
    at = _when()
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
    signed_at = _when()
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
    due_at = _when()
    days_late = Integer(metadata={"description": "Working days"})
    lane = String()
    courier = String()
    stage = _maybe(terms.Stage)
    holder = String()
    provisional = Boolean()


class LateList(Schema):
    """What is late, the latest first."""

    late = List(Nested(LateAnswer), required=True)


class Opened(Schema):
    """A new dossier's number."""

    dossier = String(required=True)


class Listed(Schema):
    """A new original's code."""

    original = String(required=True)


class Started(Schema):
    """A new envelope's number."""

    consignment = String(required=True)


class PaperMade(Schema):
    """A new paper's number and digest."""

    paper = String(required=True)
    sha256 = String(required=True)


class Done(Schema):
    """What an act answers with; only what it has to say is there."""

    dossier = String()
    consignment = String()
    original = String()
    originals = List(String())
    discrepancy = Integer()
    stage = String(validate=OneOf([stage.value for stage in terms.Stage]))
    manifest_sha256 = String()


class Counted(BalanceAnswer):
    """The balance after a count."""

    consignment = String(required=True)
