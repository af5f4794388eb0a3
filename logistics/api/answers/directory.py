"""Shapes of agreements and what they cover."""

from __future__ import annotations

from marshmallow import Schema
from marshmallow.fields import Boolean, Date, Dict, Integer, List, Nested, String

from logistics import terms
from logistics.api.answers.shapes import AgencyAnswer, PageAnswer, word


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
    form = word(terms.Form)
    quantity = Integer()
    medium = String()
    review_points = String()
    original_wanted = Boolean()
    e_certificate_shared = Boolean()
    two_sealers = Boolean()


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
