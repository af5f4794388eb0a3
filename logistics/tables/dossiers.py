"""The two nouns and what hangs on them: dossier (what, by when) and consignment (how, where now).

Columns ending in `_sealed` hold AES-256-GCM text (store.crypto); the `_digest` beside one is its keyed HMAC for
exact search.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from couriers.contract import Milestone, Reason
from logistics.tables.columns import instant, key, ref, term
from logistics.terms import (
    DecisionResult,
    Direction,
    DiscrepancyKind,
    Form,
    HolderKind,
    LaneScope,
    Mode,
    Outcome,
    Resolution,
    Secrecy,
    Stage,
)


class DossierCounter(SQLModel, table=True):
    """The last dossier number an agency gave in a year; locked while the next is given, so that numbers have no gap."""

    __tablename__ = "dossier_counter"
    agency_id: int = Field(primary_key=True, foreign_key="agency.id")
    year: int = Field(primary_key=True)
    last: int


class FilingCounter(SQLModel, table=True):
    """The last 件号 given in a fonds, year and retention; locked while the next is given, so that none is left out."""

    __tablename__ = "filing_counter"
    fonds_no: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    retention: str = Field(primary_key=True)
    last: int


class Dossier(SQLModel, table=True):
    """邮递专档: what must travel for one case, under which agreement. Its progress is computed, never stored."""

    __table_args__ = (
        UniqueConstraint("sender_agency_id", "year", "number"),
        Index("ix_dossier_sender_newest", "sender_agency_id", text("id DESC")),
        Index("ix_dossier_receiver_newest", "receiver_agency_id", text("id DESC")),
    )
    id: int | None = Field(default=None, sa_column=key())
    no: str = Field(unique=True)
    year: int
    number: int
    sender_agency_id: int = Field(sa_column=ref("agency.id", index=False))
    receiver_agency_id: int = Field(sa_column=ref("agency.id", index=False))
    agreement_id: int = Field(sa_column=ref("agreement.id"))
    item_id: int = Field(sa_column=ref("service_item.id"))
    case_no: str = Field(index=True)
    mode: Mode = Field(sa_column=term(Mode))
    scope: LaneScope = Field(sa_column=term(LaneScope))
    applicant_name_sealed: str
    applicant_name_digest: str = Field(index=True)
    applicant_id_sealed: str
    applicant_id_digest: str = Field(index=True)
    applicant_phone_sealed: str
    agent_name_sealed: str | None = None
    agent_id_sealed: str | None = None
    agent_phone_sealed: str | None = None
    consent_sha256: str
    consent_signed_on: date
    opened_at: datetime = Field(sa_column=instant(index=True))
    opened_by: int = Field(sa_column=ref("officer.id", index=False))
    decision: DecisionResult | None = Field(default=None, sa_column=term(DecisionResult, null=True))
    decision_note: str = ""
    decided_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    closed_at: datetime | None = Field(default=None, sa_column=instant(null=True, index=True))
    closed_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))


class Original(SQLModel, table=True):
    """原件: one physical document that exists once. `unlisted` ones were found in an envelope without being on its
    list.
    """

    __table_args__ = (UniqueConstraint("dossier_id", "seq"),)
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    seq: int
    code: str = Field(unique=True)  # printed on the original's sticker: dossier no + "-Y" + seq
    material_id: int | None = Field(default=None, sa_column=ref("material.id", null=True, index=False))
    kind: str
    title: str
    number_sealed: str
    number_digest: str = Field(default="", index=True, sa_column_kwargs={"server_default": ""})
    issuer: str
    holder_name_sealed: str
    pages: int
    copies: int
    form: Form = Field(sa_column=term(Form))
    irreplaceable: bool
    must_return: bool
    secrecy: Secrecy = Field(sa_column=term(Secrecy))
    official_document: bool  # 国家机关公文
    unlisted: bool = False
    listed_at: datetime = Field(sa_column=instant())


class Consignment(SQLModel, table=True):
    """寄递件: one sealed envelope on one lane, at most one waybill. `no` is the reference the courier knows it by."""

    __table_args__ = (
        UniqueConstraint("dossier_id", "seq"),
        # S10 numbers are used again after a year, and every agency has its own book of forms for 专人 and 机要
        Index(
            "uq_consignment_waybill",
            "courier",
            "waybill_no",
            unique=True,
            postgresql_where=text("waybill_no <> '' AND courier <> 'manual' AND stage NOT IN ('received', 'voided')"),
        ),
        Index(
            "uq_consignment_form",
            "from_agency_id",
            "waybill_no",
            unique=True,
            postgresql_where=text("waybill_no <> '' AND courier = 'manual'"),
        ),
        Index(
            "ix_consignment_lane_delivered",
            "from_agency_id",
            "to_agency_id",
            "courier",
            "delivered_at",
            postgresql_where=text("delivered_at IS NOT NULL"),
        ),
        Index("ix_consignment_delivered", "courier", "delivered_at", postgresql_where=text("delivered_at IS NOT NULL")),
        CheckConstraint("stage = 'packing' OR stage = 'voided' OR seal_no <> ''", name="sealed_has_a_seal"),
        CheckConstraint("confirmed_by <> sealed_by", name="confirmed_by_another"),
    )
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    seq: int
    no: str = Field(unique=True)
    direction: Direction = Field(sa_column=term(Direction))
    from_agency_id: int = Field(sa_column=ref("agency.id"))
    to_agency_id: int = Field(sa_column=ref("agency.id"))
    stage: Stage = Field(sa_column=term(Stage))
    seal_no: str = Field(default="", index=True)
    manifest_sha256: str = ""
    courier: str = ""
    waybill_no: str = Field(default="", index=True)
    route_code: str = ""
    destination_mark: str = ""
    package_name: str = ""
    refusal: str = ""  # the courier's own words when it refused the order
    registered_at: datetime | None = Field(default=None, sa_column=instant(null=True))  # order known to the courier
    created_at: datetime = Field(sa_column=instant())
    created_by: int = Field(sa_column=ref("officer.id", index=False))
    sealed_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    sealed_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    confirmed_at: datetime | None = Field(default=None, sa_column=instant(null=True))  # by a second officer
    confirmed_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    dispatched_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    booked_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    picked_up_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    delivered_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    received_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    received_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    seal_found: str = ""
    seal_broken: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})  # as it arrived
    envelope_damaged: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})  # likewise
    polled_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    read_with: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default=text("0")))
    # the newest code mapping that was known when the consignment last followed its events


class Packed(SQLModel, table=True):
    """One line of a consignment's list. `open` while the envelope has not been opened: an original is in one open
    envelope only.
    """

    __table_args__ = (
        UniqueConstraint("consignment_id", "original_id"),
        Index("uq_packed_open", "original_id", unique=True, postgresql_where=text("open")),
    )
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    consignment_id: int = Field(sa_column=ref("consignment.id"))
    original_id: int = Field(sa_column=ref("original.id"))
    seq: int
    open: bool = True
    outcome: Outcome = Field(default=Outcome.UNCHECKED, sa_column=term(Outcome))
    checked_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    checked_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))


class Custody(SQLModel, table=True):
    """交接: one link of an original's custody chain; append-only. The holder is the receiver of the last link."""

    __tablename__ = "custody"
    __table_args__ = (UniqueConstraint("original_id", "seq"),)
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    original_id: int = Field(sa_column=ref("original.id"))
    seq: int
    consignment_id: int | None = Field(default=None, sa_column=ref("consignment.id", null=True))
    from_kind: HolderKind = Field(sa_column=term(HolderKind))
    from_name: str
    from_agency_id: int | None = Field(default=None, sa_column=ref("agency.id", null=True, index=False))
    from_officer_id: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    to_kind: HolderKind = Field(sa_column=term(HolderKind))
    to_name: str
    to_agency_id: int | None = Field(default=None, sa_column=ref("agency.id", null=True, index=False))
    to_officer_id: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    basis: str
    manifest_sha256: str | None = None
    at: datetime = Field(sa_column=instant())


class Tracking(SQLModel, table=True):
    """轨迹: one courier statement as read; append-only. `natural_key` makes a repeat of it arrive once."""

    __tablename__ = "tracking"
    __table_args__ = (
        Index("ix_tracking_unrecognised", "courier", "code", postgresql_where=text("milestone = 'unrecognised'")),
    )
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    consignment_id: int = Field(sa_column=ref("consignment.id"))
    natural_key: str = Field(unique=True)
    courier: str
    waybill_no: str
    milestone: Milestone = Field(sa_column=term(Milestone))
    reason: Reason | None = Field(default=None, sa_column=term(Reason, null=True))
    code: str
    detail_code: str = ""
    text: str
    place: str = ""
    voids: str | None = None
    happened_at: datetime = Field(sa_column=instant(index=True))
    received_at: datetime = Field(sa_column=instant())
    source: str  # push, poll or person
    raw_sha256: str
    region_code: str = Field(
        default="", sa_column_kwargs={"server_default": ""}
    )  # GB/T 2260 of the place, where the courier's own text says it beyond doubt


class Discrepancy(SQLModel, table=True):
    """差异: expected differs from found; open until settled. `key` keeps one difference from being opened twice."""

    __table_args__ = (UniqueConstraint("dossier_id", "key"),)
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    consignment_id: int | None = Field(default=None, sa_column=ref("consignment.id", null=True))
    original_id: int | None = Field(default=None, sa_column=ref("original.id", null=True))
    kind: DiscrepancyKind = Field(sa_column=term(DiscrepancyKind))
    key: str
    note: str
    opened_at: datetime = Field(sa_column=instant())
    opened_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    settled_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    settled_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    resolution: Resolution | None = Field(default=None, sa_column=term(Resolution, null=True))
    settlement_note: str = ""


class Paper(SQLModel, table=True):
    """One paper made for a dossier: its bytes are kept by sha256 in the file store."""

    __table_args__ = (UniqueConstraint("dossier_id", "no"),)
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    consignment_id: int | None = Field(default=None, sa_column=ref("consignment.id", null=True))
    kind: str  # label, slip, cover, package
    no: str
    copy_no: int = 1
    sha256: str = Field(index=True)
    size_bytes: int
    media_type: str
    made_at: datetime = Field(sa_column=instant())
    made_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
