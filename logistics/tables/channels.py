"""What carries notices outside the inbox: channels of agencies, people's addresses and choices, what became of each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from logistics.channel_terms import ChannelKind, DeliveryState, NoticeGroup
from logistics.tables.columns import instant, key, ref, term


class Channel(SQLModel, table=True):
    """通知渠道 of an agency: a robot of its group chat, or the way to its SMS provider; and how it fares.

    `settings`: address and secrets as JSON, sealed for `channel:<code>:settings`; the web role cannot read them back.
    `shared`: agencies below may use it where they have none of the kind. The row without an agency is the mail server,
    which the operator's settings name. `failures` to `probe_until` are `rules.breaker.State`.
    """

    __table_args__ = (
        UniqueConstraint("agency_id", "name"),
        UniqueConstraint("code"),
        Index("ix_channel_mail", "kind", unique=True, postgresql_where=text("agency_id IS NULL")),
    )
    id: int | None = Field(default=None, sa_column=key())
    code: str  # a random name that the seal is bound to: known before the row has an id
    agency_id: int | None = Field(default=None, sa_column=ref("agency.id", null=True))
    kind: ChannelKind = Field(sa_column=term(ChannelKind))
    name: str
    settings: str
    host: str = ""  # where its address points, for the eye of whoever keeps it
    signs: bool = False
    shared: bool = False
    active: bool = True
    failures: int = 0
    opened_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    open_until: datetime | None = Field(default=None, sa_column=instant(null=True))
    probe_until: datetime | None = Field(default=None, sa_column=instant(null=True))
    dead_since: datetime | None = Field(default=None, sa_column=instant(null=True))
    last_ok_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    last_failed_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    last_error: str = ""
    added_at: datetime = Field(sa_column=instant())
    added_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    changed_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    changed_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))


class Contact(SQLModel, table=True):
    """Where else a person can be reached: the mobile number, sealed for `contact:<officer_id>:mobile`; "" for none."""

    officer_id: int = Field(sa_column=Column(BigInteger, ForeignKey("officer.id"), primary_key=True))
    agency_id: int = Field(sa_column=ref("agency.id"))
    mobile: str
    changed_at: datetime = Field(sa_column=instant())


class Preference(SQLModel, table=True):
    """One person's channels for one kind of notice, in the order in which they are tried. None: the inbox alone."""

    __table_args__ = (UniqueConstraint("officer_id", "notices"),)
    id: int | None = Field(default=None, sa_column=key())
    officer_id: int = Field(sa_column=ref("officer.id"))
    agency_id: int = Field(sa_column=ref("agency.id"))
    notices: NoticeGroup = Field(sa_column=term(NoticeGroup))
    channels: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    changed_at: datetime = Field(sa_column=instant())


class Delivery(SQLModel, table=True):
    """One message on one channel: `errand_key` is its errand's. `words`: what went wrong, never with an address.

    `refused`: the other side said no, so that another try would not help.
    `subject` is the message whoever gets it: a group chat is told once. `tries` above 1 with SENT: where the channel
    knows no idempotency key, an earlier try may have arrived, too.
    """

    __table_args__ = (
        UniqueConstraint("errand_key", "kind"),
        Index("ix_delivery_newest", "agency_id", text("id DESC")),
        Index("ix_delivery_told", "channel_id", "subject"),
        Index("ix_delivery_deadlines", "deadline_ids", postgresql_using="gin"),
    )
    id: int | None = Field(default=None, sa_column=key())
    errand_key: str
    subject: str
    agency_id: int = Field(sa_column=ref("agency.id", index=False))
    officer_id: int = Field(sa_column=ref("officer.id"))
    dossier_id: int | None = Field(default=None, sa_column=ref("dossier.id", null=True))
    deadline_ids: list[int] = Field(sa_column=Column(ARRAY(BigInteger), nullable=False))  # a digest is about many
    notices: NoticeGroup = Field(sa_column=term(NoticeGroup))
    kind: ChannelKind = Field(sa_column=term(ChannelKind))
    channel_id: int | None = Field(default=None, sa_column=ref("channel.id", null=True, index=False))
    state: DeliveryState = Field(sa_column=term(DeliveryState))
    tries: int = 0
    made_at: datetime = Field(sa_column=instant())
    tried_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    refused: bool = False
    words: str = ""
