"""What we keep about couriers themselves: how their accounts fare, numbers they gave us, what they take away, what
their codes mean.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from couriers.contract import Milestone, Reason
from logistics.tables.columns import instant, json, key, ref, term


class CourierAccount(SQLModel, table=True):
    """快递账户的健康: one row an account, changed by whoever calls. `open_until`: nobody calls before, then one tries.

    `probe_until` is the lease of that one. Calls are counted by minute and by China day, for the quota.
    """

    __tablename__ = "courier_account"
    code: str = Field(primary_key=True)
    failures: int = 0  # in a row
    open_until: datetime | None = Field(default=None, sa_column=instant(null=True))
    opened_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    probe_until: datetime | None = Field(default=None, sa_column=instant(null=True))
    last_ok_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    last_failed_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    last_push_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    clock_skew_seconds: int | None = None  # theirs minus ours, by the Date header of the last answer
    minute: datetime | None = Field(default=None, sa_column=instant(null=True))
    minute_calls: int = 0
    day: date | None = None
    day_calls: int = 0
    tried_at: datetime | None = Field(default=None, sa_column=instant(null=True))  # a person had it tried at once
    tried_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))


class CourierFault(SQLModel, table=True):
    """How often an account's calls went one way or another on one China day. `kind` "ok" counts the good ones."""

    __tablename__ = "courier_fault"
    code: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    operation: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    count: int = 0


class CourierTrouble(SQLModel, table=True):
    """One failed call: when, which operation, what kind of failure, and the words, without any personal datum."""

    __tablename__ = "courier_trouble"
    __table_args__ = (Index("ix_courier_trouble_newest", "code", text("id DESC")),)
    id: int | None = Field(default=None, sa_column=key())
    code: str
    at: datetime = Field(sa_column=instant())
    operation: str
    kind: str
    status: int | None = None
    native_code: str = ""
    words: str = ""
    took_ms: int = 0


class Subscription(SQLModel, table=True):
    """订阅: a courier or aggregator was asked to push about one waybill. `renew_at` is when it is asked again."""

    __table_args__ = (
        UniqueConstraint("consignment_id", "courier"),
        Index("ix_subscription_renew", "renew_at", postgresql_where=text("ended_at IS NULL")),
    )
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    consignment_id: int = Field(sa_column=ref("consignment.id"))
    courier: str  # whose account pushes
    carrier: str  # the aggregator's own code of the courier that carries, "" for the courier itself
    waybill_no: str
    asked_at: datetime = Field(sa_column=instant())
    stands_since: datetime | None = Field(default=None, sa_column=instant(null=True))
    heard_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    renew_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    ended_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    last_error: str = ""


class PoolNumber(SQLModel, table=True):
    """号段: one waybill number that a courier gave an agency in advance. Taken once, then registered with an order."""

    __tablename__ = "pool_number"
    __table_args__ = (
        UniqueConstraint("agency_id", "courier", "number"),
        # every agency has its own book of forms for 专人 and 机要; a courier's number exists once
        Index("uq_pool_number_courier", "courier", "number", unique=True, postgresql_where=text("courier <> 'manual'")),
        Index(
            "ix_pool_number_free",
            "agency_id",
            "courier",
            "id",
            postgresql_where=text("taken_at IS NULL AND spoilt_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, sa_column=key())
    agency_id: int = Field(sa_column=ref("agency.id", index=False))
    courier: str
    number: str
    added_at: datetime = Field(sa_column=instant())
    added_by: int = Field(sa_column=ref("officer.id", index=False))
    taken_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    consignment_id: int | None = Field(default=None, sa_column=ref("consignment.id", null=True))
    registered_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    spoilt_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    spoilt_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    spoilt_why: str = ""


class CodeMapping(SQLModel, table=True):
    """代码释义: what a manager decided that a courier's unknown code means. Append-only; the newest version holds."""

    __tablename__ = "code_mapping"
    __table_args__ = (UniqueConstraint("courier", "code", "detail_code", "version"),)
    id: int | None = Field(default=None, sa_column=key())
    courier: str
    code: str
    detail_code: str = ""  # "" holds for every detail code that has no mapping of its own
    version: int
    milestone: Milestone = Field(sa_column=term(Milestone))
    reason: Reason | None = Field(default=None, sa_column=term(Reason, null=True))
    why: str
    decided_at: datetime = Field(sa_column=instant())
    decided_by: int = Field(sa_column=ref("officer.id", index=False))


class Pickup(SQLModel, table=True):
    """预约揽收: an agency asks a courier to come and collect between two instants."""

    id: int | None = Field(default=None, sa_column=key())
    agency_id: int = Field(sa_column=ref("agency.id"))
    courier: str
    collect_from: datetime = Field(sa_column=instant())
    collect_until: datetime = Field(sa_column=instant())
    note: str = ""
    asked_at: datetime = Field(sa_column=instant())
    asked_by: int = Field(sa_column=ref("officer.id", index=False))
    cancelled_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    cancelled_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    cancelled_why: str = ""


class HandoverList(SQLModel, table=True):
    """交寄清单: the envelopes that one collecting courier takes at once; signed, it never changes."""

    __tablename__ = "handover_list"
    __table_args__ = (UniqueConstraint("agency_id", "no"),)
    id: int | None = Field(default=None, sa_column=key())
    no: str
    agency_id: int = Field(sa_column=ref("agency.id", index=False))
    courier: str
    pickup_id: int | None = Field(default=None, sa_column=ref("pickup.id", null=True))
    made_at: datetime = Field(sa_column=instant())
    made_by: int = Field(sa_column=ref("officer.id", index=False))
    signed_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    signed_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    collector_sealed: str = ""  # who collected, as the person says: name and the courier's staff number
    list_sha256: str = ""  # over the lines in order, at signing
    signature_sha256: str = ""  # the collector's signature or the countersigned sheet, in the file store


class HandoverLine(SQLModel, table=True):
    """One envelope on a hand-over list, scanned as it was handed over."""

    __tablename__ = "handover_line"
    __table_args__ = (UniqueConstraint("list_id", "consignment_id"),)
    id: int | None = Field(default=None, sa_column=key())
    list_id: int = Field(sa_column=ref("handover_list.id"))
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    consignment_id: int = Field(sa_column=ref("consignment.id"))
    seq: int
    waybill_no: str
    scanned_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    scanned_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))


class CourierQuote(SQLModel, table=True):
    """What a courier said about one envelope before it was ordered: served or not, price, promised arrival."""

    __tablename__ = "courier_quote"
    __table_args__ = (UniqueConstraint("consignment_id", "courier", "operation"),)
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    consignment_id: int = Field(sa_column=ref("consignment.id"))
    courier: str
    operation: str  # scope or quote
    answer: dict[str, Any] = Field(sa_column=json())
    asked_at: datetime = Field(sa_column=instant())
