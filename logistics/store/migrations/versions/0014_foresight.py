"""What a lane's measured times foretell, and the indexes by which the newest finished parcels are found."""

import sqlalchemy as sa
from alembic import op

from logistics.store.migrations.policies import statements_14

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table as the owner, then bind the roles."""
    op.create_table(
        "foresight",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("deadline_id", sa.BigInteger(), nullable=False),
        sa.Column("reckoned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("step_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("among", sa.String(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at_risk", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"]),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("deadline_id"),
    )
    op.create_index(op.f("ix_foresight_dossier_id"), "foresight", ["dossier_id"], unique=False)
    op.create_index(
        "ix_foresight_at_risk", "foresight", ["deadline_id"], unique=False, postgresql_where=sa.text("at_risk")
    )
    op.create_index(
        "ix_consignment_lane_delivered",
        "consignment",
        ["from_agency_id", "to_agency_id", "courier", "delivered_at"],
        unique=False,
        postgresql_where=sa.text("delivered_at IS NOT NULL"),
    )
    op.create_index(
        "ix_consignment_delivered",
        "consignment",
        ["courier", "delivered_at"],
        unique=False,
        postgresql_where=sa.text("delivered_at IS NOT NULL"),
    )
    op.create_index(
        "ix_deadline_met",
        "deadline",
        ["owner_agency_id", "leg", "met_at"],
        unique=False,
        postgresql_where=sa.text("met_at IS NOT NULL"),
    )
    for statement in statements_14():
        op.execute(statement)
