"""Signatures of custody at rest: read, and kept with their picture and their entry in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from sqlmodel import Session, col, func, select

from logistics.archive.checks import received
from logistics.errors import Malformed, Rejected
from logistics.rules import handing_back, packing, signing
from logistics.rules.pictures import PDF, media_type
from logistics.rules.signing import Beside, Listed, Signing
from logistics.store.context import Context
from logistics.store.work import Work
from logistics.tables import Consignment, Dossier, Original, Signature
from logistics.terms import SignatureKind, SigningRole


def signatures_of(session: Session, dossier: Dossier) -> list[Signature]:
    """Every signature of the dossier, in the order in which they were given."""
    rows = select(Signature).where(Signature.dossier_id == dossier.id).order_by(col(Signature.seq))
    return list(session.exec(rows))


def keep(
    w: Work,
    dossier: Dossier,
    consignment: Consignment | None,
    role: SigningRole,
    signer: str,
    listed: Listed,
    proof: tuple[SignatureKind, bytes],
    agency_id: int | None,
    full_name: str = "",
    together: Sequence[Beside] = (),
) -> Signature:
    """The signature is stored with its picture, and the ledger says it. `full_name`: the applicant's side in clear;
    `together`: every list that the same drawing is for.

    Raises `Malformed` for a picture that is none, `Rejected` ("signed") for a list that has this signature already.
    """
    kind, content = proof
    picture_type = _kept_as(kind, content)
    given = Signing(role, kind, signer, listed, agency_id, w.ctx.files.put(content), tuple(together))
    signing.require_unsigned(_of(w, dossier, consignment), role, listed)
    seq = (w.session.exec(select(func.max(Signature.seq)).where(Signature.dossier_id == dossier.id)).one() or 0) + 1
    envelope = consignment.no if consignment is not None else ""
    statement = signing.statement_sha256(dossier.no, envelope, given, w.now)
    row = Signature(
        dossier_id=cast(int, dossier.id),
        consignment_id=consignment.id if consignment is not None else None,
        seq=seq,
        role=role,
        kind=kind,
        signer=signer,
        signer_sealed=w.ctx.keyring.seal(full_name, _place(dossier, seq)) if full_name else "",
        agency_id=agency_id,
        officer_id=cast(int, w.actor.officer_id),
        codes=list(listed.codes),
        manifest_sha256=listed.manifest_sha256,
        findings_sha256=listed.findings_sha256,
        image_sha256=given.image_sha256,
        image_type=picture_type,
        image_bytes=len(content),
        statement_sha256=statement,
        signed_at=w.now,
        together=[one.document() for one in given.together],
    )
    w.session.add(row)
    w.session.flush()
    w.record(dossier, signing.signed(seq, envelope, given, statement, w.now), consignment)
    return row


def _kept_as(kind: SignatureKind, content: bytes) -> str:
    picture_type = media_type(kind, content)
    why_not = received.why_not("x.pdf", content) if picture_type == PDF else None
    if why_not:
        raise Malformed(
            "还没有签字：请看标红的地方。", "Not signed yet: see the marked place.", {"signature": [why_not]}
        )
    return picture_type


def _of(w: Work, dossier: Dossier, consignment: Consignment | None) -> list[Signature]:
    wanted = consignment.id if consignment is not None else None
    return [one for one in signatures_of(w.session, dossier) if one.consignment_id == wanted]


def _place(dossier: Dossier, seq: int) -> str:
    return f"signature:{dossier.no}:{seq}:signer"


def full_name(ctx: Context, dossier: Dossier, row: Signature) -> str:
    """Who signed, in clear: for the applicant's side the sealed name, else as the ledger says it."""
    if not row.signer_sealed:
        return row.signer
    return ctx.keyring.unseal(row.signer_sealed, _place(dossier, row.seq))


def manifest_lines(
    ctx: Context, originals: list[Original], pictures: Mapping[str, Sequence[str]] | None = None
) -> list[packing.ManifestLine]:
    """Originals in clear, as a list of them is hashed; `pictures` by the original's code."""
    return [
        packing.ManifestLine(
            seq,
            one.code,
            one.kind,
            one.title,
            ctx.keyring.unseal(one.number_sealed, f"original:{one.code}:number"),
            one.issuer,
            ctx.keyring.unseal(one.holder_name_sealed, f"original:{one.code}:holder_name"),
            one.pages,
            one.copies,
            one.form.value,
            tuple((pictures or {}).get(one.code, ())),
        )
        for seq, one in enumerate(originals, start=1)
    ]


def applicants_name(ctx: Context, dossier: Dossier, by_agent: bool) -> str:
    """The name in clear of the applicant, or of the person acting for them. Raises `Rejected` ("no_agent")."""
    if not by_agent:
        return ctx.keyring.unseal(dossier.applicant_name_sealed, f"dossier:{dossier.no}:applicant_name")
    if dossier.agent_name_sealed is None:
        raise Rejected(
            "本专档没有登记代办人，请由申请人本人签字。", "The dossier has no agent; the applicant signs.", "no_agent"
        )
    return ctx.keyring.unseal(dossier.agent_name_sealed, f"dossier:{dossier.no}:agent_name")


def whose_number(ctx: Context, dossier: Dossier, id_no: str) -> str | None:
    """申请人 or 代办人 whose identity document has that number (compared by keyed digest, or unsealed); else None."""
    if ctx.keyring.digest(id_no, "applicant_id") == dossier.applicant_id_digest:
        return handing_back.APPLICANT
    sealed = dossier.agent_id_sealed
    if sealed is not None and ctx.keyring.unseal(sealed, f"dossier:{dossier.no}:agent_id") == id_no:
        return handing_back.AGENT
    return None
