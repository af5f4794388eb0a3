"""How couriers fare, numbers they gave us, what they take away, what their codes mean; raw bodies packed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from logistics.store.migrations.policies import statements_2

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and columns as the owner, then bind the roles."""
    op.create_table(
        "courier_account",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("probe_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_push_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_skew_seconds", sa.Integer(), nullable=True),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minute_calls", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("day_calls", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tried_by"], ["officer.id"]),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "courier_fault",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", "day", "operation", "kind"),
    )
    op.create_table(
        "courier_trouble",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("native_code", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_courier_trouble_newest", "courier_trouble", ["code", sa.literal_column("id DESC")], unique=False
    )
    op.create_table(
        "code_mapping",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("courier", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("detail_code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "milestone",
            sa.Enum(
                "order_created",
                "picked_up",
                "in_transit",
                "arrived",
                "out_for_delivery",
                "attempted",
                "available",
                "delivered",
                "returning",
                "returned",
                "held",
                "damaged",
                "lost",
                "cancelled",
                "info",
                "unrecognised",
                name="milestone",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "refused",
                "unreachable",
                "address",
                "damaged",
                "held",
                "customs",
                "in_locker",
                "at_station",
                "at_counter",
                "signed_by_addressee",
                "signed_by_other",
                "mailroom",
                "postponed",
                "withdrawn",
                "compensated",
                "force_majeure",
                "other",
                name="reason",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["officer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("courier", "code", "detail_code", "version"),
    )
    op.create_table(
        "pickup",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("courier", sa.String(), nullable=False),
        sa.Column("collect_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("collect_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by"],
            ["officer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_pickup_agency_id"), "pickup", ["agency_id"], unique=False)
    op.create_table(
        "handover_list",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("no", sa.String(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("courier", sa.String(), nullable=False),
        sa.Column("pickup_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.BigInteger(), nullable=True),
        sa.Column("collector_sealed", sa.String(), nullable=False),
        sa.Column("list_sha256", sa.String(), nullable=False),
        sa.Column("signature_sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["pickup_id"],
            ["pickup.id"],
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"],
            ["officer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agency_id", "no"),
    )
    op.create_index(op.f("ix_handover_list_pickup_id"), "handover_list", ["pickup_id"], unique=False)
    op.create_table(
        "courier_quote",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=False),
        sa.Column("courier", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["consignment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("consignment_id", "courier", "operation"),
    )
    op.create_index(op.f("ix_courier_quote_consignment_id"), "courier_quote", ["consignment_id"], unique=False)
    op.create_index(op.f("ix_courier_quote_dossier_id"), "courier_quote", ["dossier_id"], unique=False)
    op.create_table(
        "handover_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("waybill_no", sa.String(), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scanned_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["consignment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["handover_list.id"],
        ),
        sa.ForeignKeyConstraint(
            ["scanned_by"],
            ["officer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("list_id", "consignment_id"),
    )
    op.create_index(op.f("ix_handover_line_consignment_id"), "handover_line", ["consignment_id"], unique=False)
    op.create_index(op.f("ix_handover_line_dossier_id"), "handover_line", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_handover_line_list_id"), "handover_line", ["list_id"], unique=False)
    op.create_table(
        "pool_number",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("courier", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consignment_id", sa.BigInteger(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spoilt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spoilt_by", sa.BigInteger(), nullable=True),
        sa.Column("spoilt_why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
        ),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["consignment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["spoilt_by"],
            ["officer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agency_id", "courier", "number"),
    )
    op.create_index(
        "uq_pool_number_courier",
        "pool_number",
        ["courier", "number"],
        unique=True,
        postgresql_where=sa.text("courier <> 'manual'"),
    )
    op.create_index(op.f("ix_pool_number_consignment_id"), "pool_number", ["consignment_id"], unique=False)
    op.create_index(
        "ix_pool_number_free",
        "pool_number",
        ["agency_id", "courier", "id"],
        unique=False,
        postgresql_where=sa.text("taken_at IS NULL AND spoilt_at IS NULL"),
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=False),
        sa.Column("courier", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("waybill_no", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stands_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("renew_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["consignment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("consignment_id", "courier"),
    )
    op.create_index(op.f("ix_subscription_consignment_id"), "subscription", ["consignment_id"], unique=False)
    op.create_index(op.f("ix_subscription_dossier_id"), "subscription", ["dossier_id"], unique=False)
    op.create_index(
        "ix_subscription_renew",
        "subscription",
        ["renew_at"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.add_column("consignment", sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("consignment", sa.Column("read_with", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.create_index(
        "ix_tracking_unrecognised",
        "tracking",
        ["courier", "code"],
        unique=False,
        postgresql_where=sa.text("milestone = 'unrecognised'"),
    )
    # every order so far was made by the courier's interface, so the courier knows it
    op.execute("UPDATE consignment SET registered_at = booked_at WHERE courier <> 'manual'")
    op.add_column("exchange", sa.Column("packed", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("inbox", sa.Column("packed", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("tracking", sa.Column("region_code", sa.String(), nullable=False, server_default=""))
    for statement in statements_2():
        op.execute(statement)
