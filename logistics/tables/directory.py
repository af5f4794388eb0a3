"""Who there is: regions, agencies, officers, service items, agreements, sessions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, json, key, ref, term
from logistics.terms import Form


class Region(SQLModel, table=True):
    """行政区划: one GB/T 2260 code for the time it was valid, both dates included."""

    code: str = Field(primary_key=True, max_length=6)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None
    name: str


class Agency(SQLModel, table=True):
    """单位. `path` is the dotted chain of ids from the root to this agency: a subtree is a prefix."""

    id: int | None = Field(default=None, sa_column=key())
    code: str = Field(unique=True, max_length=12)  # begins its dossiers' numbers, so no two agencies share one
    name: str
    short_name: str
    name_en: str = ""
    region_code: str = Field(max_length=6, index=True)
    level: str  # province, city, district, street
    parent_id: int | None = Field(default=None, sa_column=ref("agency.id", null=True))
    path: str = Field(index=True)
    uscc: str = Field(unique=True, max_length=18)
    address: str
    postcode: str
    phone: str
    receiving_hours: str = "09:00-12:00,13:30-17:30"
    fonds_no: str = ""  # 全宗号, given by the archive; without it no package is sealed
    archives_code: str = ""  # 档案馆代码 and 档案馆名称 of the archive that will take over
    archives_name: str = ""
    archive_category: str = "ZY"  # 档案门类代码
    archive_section: str = ""  # 机构(问题)代码, where the archive wants one


class Officer(SQLModel, table=True):
    """经办人: a person acting for an agency, with one or more roles."""

    id: int | None = Field(default=None, sa_column=key())
    agency_id: int = Field(sa_column=ref("agency.id"))
    login: str = Field(unique=True)
    name: str
    email: str = ""
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    password_hash: str
    locale: str = "zh"
    active: bool = True
    failed_log_ins: int = 0
    locked_until: datetime | None = Field(default=None, sa_column=instant(null=True))
    password_given: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    # somebody else knows it: the first thing after the log-in is to choose one's own


class DirectoryAct(SQLModel, table=True):
    """What an administrator changed about an officer or an agency: before and after, never a password. Append-only."""

    __tablename__ = "directory_act"
    id: int | None = Field(default=None, sa_column=key())
    agency_id: int = Field(sa_column=ref("agency.id"))  # whose officer it is
    officer_id: int = Field(sa_column=ref("officer.id", index=False))  # who did it
    subject: str  # the log-in, the agency's or item's code, the agreement's number
    verb: str
    data: dict[str, Any] = Field(sa_column=json())
    at: datetime = Field(sa_column=instant())
    item_id: int | None = Field(default=None, sa_column=ref("service_item.id", null=True))  # seen by all, then
    agreement_id: int | None = Field(default=None, sa_column=ref("agreement.id", null=True))  # by both parties, then


class LoginSession(SQLModel, table=True):
    """A log-in that can be revoked; only the SHA-256 of its token is kept."""

    __tablename__ = "login_session"
    token_sha256: str = Field(primary_key=True)
    officer_id: int = Field(sa_column=ref("officer.id"))
    created_at: datetime = Field(sa_column=instant())
    seen_at: datetime = Field(sa_column=instant())
    expires_at: datetime = Field(sa_column=instant())
    revoked_at: datetime | None = Field(default=None, sa_column=instant(null=True))


class ApiClient(SQLModel, table=True):
    """Another system that acts as one officer; only the SHA-256 of its token is kept."""

    __tablename__ = "api_client"
    id: int | None = Field(default=None, sa_column=key())
    name: str
    officer_id: int = Field(sa_column=ref("officer.id"))
    token_sha256: str = Field(unique=True)
    active: bool = True


class ServiceItem(SQLModel, table=True):
    """事项: what is applied for, as it stands now. `promised_days` is the decision time in working days.

    A dossier keeps what the item said when it was opened: `ServiceItemPast` has what it said before each change.
    """

    __tablename__ = "service_item"
    id: int | None = Field(default=None, sa_column=key())
    code: str = Field(unique=True)
    name: str
    promised_days: int
    retention: str = "D30"  # 保管期限: Y, D30 or D10
    agency_id: int | None = Field(default=None, sa_column=ref("agency.id", null=True))  # who keeps it; none: the
    # uppermost agency above the one set up first
    active: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})  # in use: may be applied for


class ServiceItemPast(SQLModel, table=True):
    """What an item said until it was changed. Append-only."""

    __tablename__ = "service_item_past"
    id: int | None = Field(default=None, sa_column=key())
    item_id: int = Field(sa_column=ref("service_item.id"))
    until: datetime = Field(sa_column=instant())
    name: str
    promised_days: int
    retention: str


class Material(SQLModel, table=True):
    """One material a service item wants (材料库): name, form, quantity, medium, review points, and whether the
    original is wanted. A line is never changed: another takes its place, for the dossiers opened from then on.
    """

    id: int | None = Field(default=None, sa_column=key())
    item_id: int = Field(sa_column=ref("service_item.id"))
    seq: int
    name: str
    form: Form = Field(sa_column=term(Form))
    quantity: int = 1
    medium: str = "纸质"
    review_points: str = ""
    original_wanted: bool = True
    e_certificate_shared: bool = False
    two_sealers: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})  # sealed by two people
    since: datetime | None = Field(default=None, sa_column=instant(null=True))  # none: from the item's beginning
    until: datetime | None = Field(default=None, sa_column=instant(null=True))  # none: in force


class Agreement(SQLModel, table=True):
    """通办协议: `sender_agency_id` accepts for `receiver_agency_id`, the authority. `payer` maps a lane scope to
    who pays. A draft is not in force, whatever its days say.
    """

    id: int | None = Field(default=None, sa_column=key())
    no: str = Field(unique=True)
    name: str
    sender_agency_id: int = Field(sa_column=ref("agency.id"))
    receiver_agency_id: int = Field(sa_column=ref("agency.id"))
    powers: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    payer: dict[str, Any] = Field(sa_column=json())
    valid_from: date
    valid_until: date | None = None
    draft: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    ended_why: str = Field(default="", sa_column_kwargs={"server_default": ""})  # why it ends on `valid_until`
    list_round: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # changes of its list that are over,
    # confirmed or refused, since it is in force: a consent to one of them is none to the next that says the same


class AgreementItem(SQLModel, table=True):
    """One service item an agreement covers, and what it says of it. `modes`: none means any. `proposed`: what one party
    would have it say instead (`listed`, `modes`, `note`), while the agreement is in force and not both have confirmed.
    """

    __tablename__ = "agreement_item"
    __table_args__ = (UniqueConstraint("agreement_id", "item_id"),)
    id: int | None = Field(default=None, sa_column=key())
    agreement_id: int = Field(sa_column=ref("agreement.id"))
    item_id: int = Field(sa_column=ref("service_item.id"))
    active: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})  # on the list
    modes: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))
    )
    note: str = Field(default="", sa_column_kwargs={"server_default": ""})
    proposed: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True))


class AgreementConsent(SQLModel, table=True):
    """A party's consent to the text of an agreement whose digest is `sha256`: by its own administrator, or on paper,
    recorded by the other party's. It stands until it is withdrawn or the text is another.
    """

    __tablename__ = "agreement_consent"
    id: int | None = Field(default=None, sa_column=key())
    agreement_id: int = Field(sa_column=ref("agreement.id"))
    agency_id: int = Field(sa_column=ref("agency.id", index=False))  # the party that consents
    kept_by: int = Field(sa_column=ref("agency.id", index=False))  # the party whose administrator recorded it
    officer_id: int = Field(sa_column=ref("officer.id", index=False))
    sha256: str
    at: datetime = Field(sa_column=instant())
    paper_sha256: str = ""  # of the scanned, signed agreement
    signed_by: str = ""  # who signed it
    signed_on: date | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    withdrawn_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    withdrawn_why: str = ""


class ItemList(SQLModel, table=True):
    """An item list an administrator uploaded: its rows as they were read. Nothing of it holds before it is confirmed;
    without an agreement it is about the items themselves.
    """

    __tablename__ = "item_list"
    id: int | None = Field(default=None, sa_column=key())
    agency_id: int = Field(sa_column=ref("agency.id"))  # whose administrator uploaded it
    officer_id: int = Field(sa_column=ref("officer.id", index=False))
    agreement_id: int | None = Field(default=None, sa_column=ref("agreement.id", null=True))
    file_name: str
    sha256: str
    rows: list[dict[str, Any]] = Field(sa_column=json())
    made_at: datetime = Field(sa_column=instant())
    confirmed_at: datetime | None = Field(default=None, sa_column=instant(null=True))
