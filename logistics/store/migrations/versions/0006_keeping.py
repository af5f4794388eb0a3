"""Keeping packages: transfer, holds, disposal, fixity."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from logistics.store.migrations.policies import statements_6

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables as the owner, then bind the roles."""
    op.create_index(op.f("ix_paper_sha256"), "paper", ["sha256"], unique=False)
    op.create_table(
        "fixity_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "fixity_fault",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("missing", "altered", "unreadable", name="filefault", native_enum=False, length=32),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_fixity_fault_sha256"), "fixity_fault", ["sha256"], unique=False)
    op.create_table(
        "kept_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("known_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "fault",
            sa.Enum("missing", "altered", "unreadable", name="filefault", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("fault_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_index(
        "ix_kept_file_due", "kept_file", ["due_at"], unique=False, postgresql_where=sa.text("gone_at IS NULL")
    )
    op.create_table(
        "transfer_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("no", sa.String(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column(
            "target",
            sa.Enum("folder", "medium", "s3", name="transfertarget", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("carrier_no", sa.String(), nullable=False),
        sa.Column("carrier_kind", sa.String(), nullable=False),
        sa.Column(
            "lock_mode",
            sa.Enum("none", "governance", "compliance", name="lockmode", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "ordered",
                "handed_over",
                "acknowledged",
                "withdrawn",
                name="transferstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordered_by", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("documents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ledger_size", sa.BigInteger(), nullable=False),
        sa.Column("ledger_root", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.BigInteger(), nullable=True),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("opinion", sa.String(), nullable=False),
        sa.Column("signed_sha256", sa.String(), nullable=False),
        sa.CheckConstraint("lock_mode <> 'compliance' OR confirmed_by <> ordered_by", name="compliance_by_two"),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ordered_by"],
            ["officer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agency_id", "year", "number"),
        sa.UniqueConstraint("no"),
    )
    op.create_index(
        "ix_transfer_batch_under_way",
        "transfer_batch",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state = 'ordered' AND parked_at IS NULL"),
    )
    op.create_table(
        "kept_package",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("record_no", sa.String(), nullable=False),
        sa.Column("archival_code", sa.String(), nullable=False),
        sa.Column("retention", sa.String(), nullable=False),
        sa.Column("secrecy", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id"),
    )
    op.create_index(op.f("ix_kept_package_agency_id"), "kept_package", ["agency_id"], unique=False)
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger(), nullable=True),
        sa.Column("lift_reason", sa.String(), nullable=False),
        sa.Column("lift_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lift_asked_by", sa.BigInteger(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("confirmed_by <> set_by", name="confirmed_by_another"),
        sa.CheckConstraint("lifted_by <> lift_asked_by", name="lifted_by_another"),
        sa.ForeignKeyConstraint(
            ["confirmed_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lift_asked_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["officer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_legal_hold_dossier_id"), "legal_hold", ["dossier_id"], unique=False)
    op.create_index(
        "uq_legal_hold_in_force",
        "legal_hold",
        ["dossier_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "package_check",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.Enum("gd", "yj", "bc", name="checklink", native_enum=False, length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("failed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("report_sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_package_check_dossier_id"), "package_check", ["dossier_id"], unique=False)
    op.create_table(
        "disposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("package_id", sa.BigInteger(), nullable=False),
        sa.Column("retained_until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_by", sa.BigInteger(), nullable=True),
        sa.Column("refused_why", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("approved_by <> proposed_by", name="approved_by_another"),
        sa.ForeignKeyConstraint(
            ["approved_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["kept_package.id"],
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["refused_by"],
            ["officer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_disposal_dossier_id"), "disposal", ["dossier_id"], unique=False)
    op.create_index(
        "uq_disposal_live", "disposal", ["dossier_id"], unique=True, postgresql_where=sa.text("refused_at IS NULL")
    )
    op.create_table(
        "transfer_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "held_back",
                "handed_over",
                "accepted",
                "refused",
                name="transferlinestate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["transfer_batch.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["kept_package.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("batch_id", "dossier_id"),
    )
    op.create_index(op.f("ix_transfer_line_batch_id"), "transfer_line", ["batch_id"], unique=False)
    op.create_index(
        "uq_transfer_line_live",
        "transfer_line",
        ["dossier_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'handed_over', 'accepted')"),
    )
    for statement in statements_6():
        op.execute(statement)
