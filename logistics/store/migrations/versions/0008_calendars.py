"""Announcements of days off, by the state, a region or an agency."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from logistics.store.migrations.policies import statements_8

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table as the owner, then bind the roles."""
    op.create_table(
        "calendar_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("days", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source_text", sa.String(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.BigInteger(), nullable=True),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger(), nullable=True),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["confirmed_by"], ["officer.id"]),
        sa.ForeignKeyConstraint(["drafted_by"], ["officer.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_calendar_notice_agency_id"), "calendar_notice", ["agency_id"], unique=False)
    op.create_index(
        "ix_calendar_notice_waiting",
        "calendar_notice",
        ["id"],
        unique=False,
        postgresql_where=sa.text("applied_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_table(
        "calendar_move",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("deadline_id", sa.BigInteger(), nullable=False),
        sa.Column("due_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provisional_before", sa.Boolean(), nullable=False),
        sa.Column("provisional_after", sa.Boolean(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"]),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.ForeignKeyConstraint(["notice_id"], ["calendar_notice.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("notice_id", "deadline_id"),
    )
    for column in ("notice_id", "dossier_id", "deadline_id"):
        op.create_index(op.f(f"ix_calendar_move_{column}"), "calendar_move", [column], unique=False)
    for statement in statements_8():
        op.execute(statement)
