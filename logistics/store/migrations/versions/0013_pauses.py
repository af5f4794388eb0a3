"""Clocks that were stopped for a reason, or given more time."""

import sqlalchemy as sa
from alembic import op

from logistics.store.migrations.policies import statements_13

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_INSTANTS = ("from_at", "until_at", "approved_at", "refused_at", "begun_at", "ended_at")
_OFFICERS = ("approved_by", "refused_by", "ended_by")


def upgrade() -> None:
    """Add the table and the mark of a clock that stands still as the owner, then bind the roles."""
    op.add_column("deadline", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "pause",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("deadline_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in _INSTANTS),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in _OFFICERS),
        sa.Column("refused_why", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('pause', 'extension')", name="pause_kind"),
        sa.CheckConstraint("approved_by <> asked_by", name="approved_by_another"),
        sa.CheckConstraint("(kind = 'extension') = (amount IS NOT NULL)", name="extension_has_amount"),
        sa.CheckConstraint("(kind = 'pause') = (from_at IS NOT NULL)", name="pause_has_start"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"]),
        *(sa.ForeignKeyConstraint([name], ["officer.id"]) for name in ("asked_by", *_OFFICERS)),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("dossier_id", "deadline_id"):
        op.create_index(op.f(f"ix_pause_{column}"), "pause", [column], unique=False)
    op.create_index(
        "uq_pause_live",
        "pause",
        ["deadline_id"],
        unique=True,
        postgresql_where=sa.text("refused_at IS NULL AND ended_at IS NULL"),
    )
    op.create_index(
        "ix_pause_due",
        "pause",
        ["from_at"],
        unique=False,
        postgresql_where=sa.text("kind = 'pause' AND approved_at IS NOT NULL AND ended_at IS NULL"),
    )
    for statement in statements_13():
        op.execute(statement)
