"""What the receiving desk adds: originals handed on inside an agency until the colleague has them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from logistics.store.migrations.policies_desks import statements_19

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table as the owner, then bind the roles."""
    op.create_table(
        "inside_handover",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("codes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("from_officer_id", sa.BigInteger(), nullable=False),
        sa.Column("to_officer_id", sa.BigInteger(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("taken", sa.Boolean(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered_by_somebody"),
        sa.CheckConstraint("taken IS NULL OR answered_at IS NOT NULL", name="taken_is_an_answer"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        *(
            sa.ForeignKeyConstraint([column], ["officer.id"])
            for column in ("from_officer_id", "to_officer_id", "answered_by")
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("dossier_id", "to_officer_id"):
        op.create_index(op.f(f"ix_inside_handover_{column}"), "inside_handover", [column], unique=False)
    for statement in statements_19():
        op.execute(statement)
