"""Reports that were asked for: each is made by the scheduler, and whoever asked may leave the page meanwhile."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from logistics.store.migrations.policies_desks import statements_26

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table as the owner, then bind the roles."""
    op.create_table(
        "report_order",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("agency_id", sa.BigInteger(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("ordered_by", sa.BigInteger(), sa.ForeignKey("officer.id"), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, JSONB(astext_type=sa.Text()), nullable=False) for name in ("asked", "present", "words")),
        sa.Column("state", sa.String(length=32), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False, server_default="0") for name in ("rows_total", "rows_done")),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("lease_until", "ended_at", "seen_at")
        ),
        sa.Column("fault", JSONB(astext_type=sa.Text()), nullable=False),
    )
    for column in ("agency_id", "ordered_by"):
        op.create_index(op.f(f"ix_report_order_{column}"), "report_order", [column])
    op.create_index("ix_report_order_due", "report_order", ["id"], postgresql_where=sa.text("state = 'making'"))
    for statement in statements_26():
        op.execute(statement)
