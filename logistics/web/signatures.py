"""Signatures as pages show them: who, when, for which list, whether it still holds; and the picture itself."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, make_response

from logistics.errors import Rejected
from logistics.rules import handing_back
from logistics.rules.signing import AT_THE_COUNTER, Listed, digest_shown, stands
from logistics.services import signing
from logistics.store.find import Whole
from logistics.tables import Consignment, Signature
from logistics.terms import SigningRole
from logistics.web.naming import agency_name
from logistics.web.visit import me, world

pages = Blueprint("signatures", __name__)

# A scanned slip may be a PDF, which the browser's own viewer shows; nothing else may load, and nothing may run.
POLICY = (
    "default-src 'none'; img-src 'self'; object-src 'self'; frame-src 'self'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'"
)
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}


@pages.get("/dossiers/<no>/signatures/<int:signature_id>")
def picture(no: str, signature_id: int) -> Response:
    """The picture as it was given, for the two parties only; its digest is the entity tag. Not kept in any cache."""
    row, content = signing.fetch(world(), me(), no, signature_id)
    answer = make_response(content)
    answer.headers["Content-Type"] = row.image_type
    answer.headers["Content-Disposition"] = f'inline; filename="{no}-{row.seq}.{ENDINGS[row.image_type]}"'
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    answer.set_etag(row.image_sha256)
    return answer


@dataclass(frozen=True)
class Shown:
    """One signature on a page. `holds`: it is for the list and the count as they stand now."""

    row: Signature
    envelope: str
    agency: str
    digest: str
    holds: bool

    @property
    def of_count(self) -> bool:
        """Whether it was given for what was counted."""
        return bool(self.row.findings_sha256)


def shown(whole: Whole, consignment: Consignment | None = None) -> list[Shown]:
    """The dossier's signatures, or those of one envelope, in the order in which they were given."""
    envelopes = {one.id: one for one in whole.consignments}
    agencies = {one.id: agency_name(one) for one in (whole.sender, whole.receiver)}
    wanted = [one for one in whole.signatures if consignment is None or one.consignment_id == consignment.id]
    made = []
    for row in wanted:
        envelope = envelopes.get(row.consignment_id)
        made.append(
            Shown(
                row,
                envelope.no if envelope is not None else "",
                agencies.get(row.agency_id, ""),
                digest_shown(Listed(row.manifest_sha256, row.findings_sha256, ())),
                _holds(whole, envelope, row),
            )
        )
    return made


def _holds(whole: Whole, envelope: Consignment | None, row: Signature) -> bool:
    try:
        if envelope is not None:
            role = SigningRole.ACCEPTANCE if row.findings_sha256 else SigningRole.RELEASE
            return stands(row, signing.listed_of(whole, envelope, role))
        if row.role is SigningRole.TAKEN_IN:
            return stands(row, signing.listed_at_counter(world(), whole, row.role))
    except Rejected:
        return False
    if row.role is SigningRole.HANDED_BACK:  # stands whatever came later, but for a hand-over that was corrected
        return handing_back.still_signed_for(row, whole.entries) == set(row.codes)
    return row.role in AT_THE_COUNTER


@dataclass(frozen=True)
class Pad:
    """What is to be signed here: by whom, for which digest; `again`: a signature for an earlier count is there."""

    role: SigningRole
    digest: str
    signed: bool
    again: bool
    count: int


def pad_of(whole: Whole, consignment: Consignment | None, role: SigningRole) -> Pad | None:
    """The field to sign in, as things stand; None while there is nothing to sign for in that role."""
    try:
        if consignment is not None:
            listed = signing.listed_of(whole, consignment, role)
        else:
            listed = signing.listed_at_counter(world(), whole, role)
    except Rejected:
        return None
    wanted = consignment.id if consignment is not None else None
    mine = [one for one in whole.signatures if one.consignment_id == wanted and one.role is role]
    done = any(stands(one, listed) for one in mine)
    if role is SigningRole.HANDED_BACK and not done:
        done = set(listed.codes) <= {code for one in mine for code in handing_back.still_signed_for(one, whole.entries)}
    return Pad(role, digest_shown(listed), done, bool(mine) and not done, len(listed.codes))
