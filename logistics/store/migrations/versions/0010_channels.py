"""Where notices go besides the inbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from logistics.store.migrations.policies import statements_10

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KINDS = ("mail", "dingtalk", "wecom", "feishu", "other", "sms")
STATES = ("waiting", "trying", "sent", "failed", "fell_to_next", "parked")
NOTICES = (
    "warning",
    "due",
    "overdue",
    "escalation",
    "digest",
    "supervision",
    "calendar",
    "foresight",
    "rest",
)


def _kind() -> sa.Enum:
    return sa.Enum(*KINDS, name="channelkind", native_enum=False, length=32)


def _notices() -> sa.Enum:
    return sa.Enum(*NOTICES, name="noticegroup", native_enum=False, length=32)


def upgrade() -> None:
    """Add the tables as the owner, then bind the roles."""
    _channel()
    _people()
    _delivery()
    for statement in statements_10():
        op.execute(statement)


def _channel() -> None:
    instants = ("opened_at", "open_until", "probe_until", "dead_since", "last_ok_at", "last_failed_at")
    op.create_table(
        "channel",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", _kind(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("settings", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("signs", sa.Boolean(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in instants),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["officer.id"]),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["changed_by"], ["officer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agency_id", "name"),
        sa.UniqueConstraint("code"),
    )
    op.create_index(op.f("ix_channel_agency_id"), "channel", ["agency_id"], unique=False)
    mail = sa.text("agency_id IS NULL")
    op.create_index("ix_channel_mail", "channel", ["kind"], unique=True, postgresql_where=mail)


def _people() -> None:
    op.create_table(
        "contact",
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("mobile", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"]),
        sa.PrimaryKeyConstraint("officer_id"),
    )
    op.create_index(op.f("ix_contact_agency_id"), "contact", ["agency_id"], unique=False)
    op.create_table(
        "preference",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("notices", _notices(), nullable=False),
        sa.Column("channels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("officer_id", "notices"),
    )
    for column in ("officer_id", "agency_id"):
        op.create_index(op.f(f"ix_preference_{column}"), "preference", [column], unique=False)


def _delivery() -> None:
    targets = {"agency": False, "officer": False, "dossier": True, "channel": True}
    state = sa.Enum(*STATES, name="deliverystate", native_enum=False, length=32)
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("errand_key", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        *(sa.Column(f"{name}_id", sa.BigInteger(), nullable=null) for name, null in targets.items()),
        sa.Column("deadline_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("notices", _notices(), nullable=False),
        sa.Column("kind", _kind(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        *(sa.ForeignKeyConstraint([f"{name}_id"], [f"{name}.id"]) for name in targets),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("errand_key", "kind"),
    )
    for column in ("officer_id", "dossier_id"):
        op.create_index(op.f(f"ix_delivery_{column}"), "delivery", [column], unique=False)
    op.create_index("ix_delivery_newest", "delivery", ["agency_id", sa.literal_column("id DESC")], unique=False)
    op.create_index("ix_delivery_told", "delivery", ["channel_id", "subject"], unique=False)
    op.create_index("ix_delivery_deadlines", "delivery", ["deadline_ids"], unique=False, postgresql_using="gin")
