"""What administrators changed in the directory, and passwords that were given by somebody else."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from logistics.store.migrations.policies import statements_17

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the column as the owner, then bind the roles."""
    op.add_column("officer", sa.Column("password_given", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "directory_act",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_directory_act_agency_id"), "directory_act", ["agency_id"], unique=False)
    for statement in statements_17():
        op.execute(statement)
