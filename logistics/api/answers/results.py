"""Shapes of what an act answers with."""

from __future__ import annotations

from marshmallow import Schema
from marshmallow.fields import Boolean, Integer, List, String
from marshmallow.validate import OneOf

from logistics import terms
from logistics.api.answers.dossiers import BalanceAnswer


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
    reopened = Boolean()


class Counted(BalanceAnswer):
    """The balance after a count."""

    consignment = String(required=True)
