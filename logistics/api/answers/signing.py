"""Shapes of signatures and of what is missing before closing."""

from __future__ import annotations

from marshmallow import Schema
from marshmallow.fields import Integer, List, Nested, String

from logistics import terms
from logistics.api.answers.shapes import BlockerAnswer, when, word


class ToSignAnswer(Schema):
    """What would be signed for: `digest` goes back with the signature."""

    digest = String(required=True)
    originals = List(String(), required=True)


class SignatureAnswer(Schema):
    """A signature that was given. `signer` never names the applicant."""

    id = Integer(required=True)
    seq = Integer(required=True)
    role = word(terms.SigningRole)
    kind = word(terms.SignatureKind)
    signer = String(required=True)
    agency_id = Integer(required=True, allow_none=True)
    originals = List(String(), required=True)
    digest = String(required=True)
    manifest_sha256 = String()
    findings_sha256 = String()
    image_sha256 = String()
    image_type = String()
    statement_sha256 = String()
    signed_at = when()


class SigningAnswer(Schema):
    """An envelope as it may be signed for. Null: nothing to sign in that role yet."""

    release = Nested(ToSignAnswer, required=True, allow_none=True)
    acceptance = Nested(ToSignAnswer, required=True, allow_none=True)
    signatures = List(Nested(SignatureAnswer), required=True)


class Signed(Schema):
    """A new signature's number in its dossier, and what it states."""

    signature = Integer(required=True)
    statement_sha256 = String(required=True)


class Missing(Schema):
    """What keeps a dossier from closing."""

    blockers = List(Nested(BlockerAnswer), required=True)
