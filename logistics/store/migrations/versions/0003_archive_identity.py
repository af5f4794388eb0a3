"""What an archive knows an agency by, how long an item's dossiers are kept, the numbers given at sealing."""

import sqlalchemy as sa
from alembic import op

from logistics.store.migrations.policies import statements_3

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and tables as the owner, then bind the roles."""
    op.execute("UPDATE agency SET fonds_no = '' WHERE fonds_no = '0001'")  # a default that no archive ever gave
    for column, default in (
        ("archives_code", ""),
        ("archives_name", ""),
        ("archive_category", "ZY"),
        ("archive_section", ""),
    ):
        op.add_column("agency", sa.Column(column, sa.String(), nullable=False, server_default=default))
    op.add_column("service_item", sa.Column("retention", sa.String(), nullable=False, server_default="D30"))
    op.create_table(
        "filing_counter",
        sa.Column("fonds_no", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("retention", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("fonds_no", "year", "retention"),
    )
    for statement in statements_3():
        op.execute(statement)
