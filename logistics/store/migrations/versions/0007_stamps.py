"""Time stamps over signed heads of the log."""

import sqlalchemy as sa
from alembic import op

from logistics.store.migrations.policies import statements_7

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table as the owner, then bind the roles."""
    op.create_table(
        "checkpoint_stamp",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["size"], ["checkpoint.size"]),
        sa.PrimaryKeyConstraint("size"),
        sa.UniqueConstraint("text_sha256"),
    )
    for statement in statements_7():
        op.execute(statement)
