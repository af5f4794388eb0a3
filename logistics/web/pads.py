"""The field in which somebody signs: drawn on the screen, or a scan of what was signed on paper."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from flask import request
from marshmallow import fields

from logistics.rules.pictures import SLIP_BYTES
from logistics.services.signing import Proof
from logistics.terms import SignatureKind
from logistics.web.forms import FormShape

DRAWN = "data:image/png;base64,"


class PadShape(FormShape):
    """A form with one pad. `shown`: the digest of what is signed, as the page showed it; `drawn`: a data address."""

    shown = fields.String(load_default="")
    drawn = fields.String(load_default="")


def proof_of(form: dict[str, Any]) -> Proof:
    """The scan if one was given, else what was drawn; empty for neither, which the verb refuses at the field."""
    upload = request.files.get("signature")
    if upload is not None and upload.filename:
        return Proof(SignatureKind.SLIP, bytes(upload.read(SLIP_BYTES + 1)))
    return Proof(SignatureKind.PEN, _drawn(str(form["drawn"])))


def was_signed(form: dict[str, Any]) -> bool:
    """Whether the form brings a signature at all."""
    upload = request.files.get("signature")
    return bool(form["drawn"]) or (upload is not None and bool(upload.filename))


def _drawn(address: str) -> bytes:
    if not address.startswith(DRAWN):
        return b""
    try:
        return base64.b64decode(address.removeprefix(DRAWN), validate=True)
    except binascii.Error:
        return b""
