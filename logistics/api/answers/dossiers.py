"""Shapes of a dossier and of all that hangs on it. Persons appear masked: no field shows them in clear."""

from __future__ import annotations

from marshmallow import Schema
from marshmallow.fields import Boolean, Date, Integer, List, Nested, String

from logistics import terms
from logistics.api.answers.shapes import AgencyAnswer, PageAnswer, maybe, when, word


class DossierHead(Schema):
    """What a dossier is, without its persons."""

    no = String(required=True)
    case_no = String(required=True)
    item = String(required=True)
    sender = Nested(AgencyAnswer, required=True)
    receiver = Nested(AgencyAnswer, required=True)
    mode = word(terms.Mode)
    scope = word(terms.LaneScope)
    opened_at = when()
    decision = maybe(terms.DecisionResult)
    closed_at = when()


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

    kind = word(terms.HolderKind)
    name = String()
    agency_id = Integer(allow_none=True)
    since = when()


class OriginalAnswer(Schema):
    """One original and who holds it."""

    code = String(required=True)
    kind = String()
    title = String()
    issuer = String()
    belongs_to = String(metadata={"description": "Masked"})
    pages = Integer()
    copies = Integer()
    form = word(terms.Form)
    irreplaceable = Boolean()
    must_return = Boolean()
    secrecy = word(terms.Secrecy)
    official_document = Boolean()
    unlisted = Boolean()
    holder = Nested(HolderAnswer, allow_none=True)


class LineAnswer(Schema):
    """One line of an envelope's list."""

    original = String(required=True)
    outcome = word(terms.Outcome)
    checked_at = when()


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
    direction = word(terms.Direction)
    stage = word(terms.Stage)
    from_agency_id = Integer()
    to_agency_id = Integer()
    seal_no = String()
    seal_found = String()
    seal_broken = Boolean()
    envelope_damaged = Boolean()
    manifest_sha256 = String()
    courier = String()
    waybill_no = String()
    route_code = String()
    refusal = String()
    sealed_at = when()
    dispatched_at = when()
    booked_at = when()
    picked_up_at = when()
    delivered_at = when()
    received_at = when()
    lines = List(Nested(LineAnswer), required=True)
    balance = Nested(BalanceAnswer, required=True)


class DiscrepancyAnswer(Schema):
    """A difference."""

    id = Integer(required=True)
    kind = word(terms.DiscrepancyKind)
    consignment = String(allow_none=True)
    original = String(allow_none=True)
    note = String()
    opened_at = when()
    settled_at = when()
    resolution = maybe(terms.Resolution)
    settlement_note = String()


class DeadlineAnswer(Schema):
    """A promise for one leg."""

    id = Integer(required=True)
    leg = String(required=True)
    consignment = String(allow_none=True)
    owner_agency_id = Integer()
    started_at = when()
    due_at = when()
    provisional = Boolean()
    paused_at = when()
    met_at = when()
    waived_at = when()
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
    made_at = when()


class DossierAnswer(DossierHead):
    """One dossier whole."""

    agreement = String()
    applicant = Nested(PersonAnswer, required=True)
    agent = Nested(PersonAnswer, allow_none=True)
    consent_sha256 = String()
    consent_signed_on = Date()
    decision_note = String()
    decided_at = when()
    originals = List(Nested(OriginalAnswer), required=True)
    consignments = List(Nested(ConsignmentAnswer), required=True)
    discrepancies = List(Nested(DiscrepancyAnswer), required=True)
    deadlines = List(Nested(DeadlineAnswer), required=True)
    papers = List(Nested(PaperAnswer), required=True)
