"""Signatures of custody: who signed for which list, kept as what was drawn or scanned."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, json, key, ref, term
from logistics.terms import SignatureKind, SigningRole


class Signature(SQLModel, table=True):
    """签字: one person answered for one list, with a pen on the screen or on a slip; append-only.

    `manifest_sha256` is the digest of the list that was shown, `findings_sha256` that of what was counted ("" where
    nothing is: on release, at the counter). `statement_sha256` binds them to role, signer, instant and picture.
    """

    __table_args__ = (UniqueConstraint("dossier_id", "seq"),)
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    consignment_id: int | None = Field(default=None, sa_column=ref("consignment.id", null=True))
    seq: int  # counts from 1 in the dossier
    role: SigningRole = Field(sa_column=term(SigningRole))
    kind: SignatureKind = Field(sa_column=term(SignatureKind))
    signer: str  # an officer's name; of the applicant's side only 申请人 or 代办人
    signer_sealed: str = ""  # the applicant's or agent's name in full
    agency_id: int | None = Field(default=None, sa_column=ref("agency.id", null=True, index=False))  # None: no agency's
    officer_id: int = Field(sa_column=ref("officer.id", index=False))  # who was at the screen
    codes: list[str] = Field(sa_column=json())  # of the originals on the list, in its order
    manifest_sha256: str
    findings_sha256: str = ""
    image_sha256: str  # in the file store
    image_type: str  # image/png, image/jpeg, application/pdf
    image_bytes: int
    statement_sha256: str
    signed_at: datetime = Field(sa_column=instant())
    together: list[dict[str, str]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=text("'[]'"))
    )  # every list that this one drawing was given for, as the ledger's entry names them; [] for this list alone
