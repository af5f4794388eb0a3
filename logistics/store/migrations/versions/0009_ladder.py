"""Rungs that name channels and hours and can be held back; notices that leave the house, alone or in a digest."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from logistics.store.migrations.policies import statements_9

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns as the owner; notices made before owe nothing outside any more."""
    for table in ("rung", "notice"):
        op.add_column(table, sa.Column("channels", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'")))
        op.add_column(table, _flag("at_any_hour"))
    op.add_column("rung", _flag("unless_acknowledged"))
    op.add_column("rung", sa.Column("held_by", sa.BigInteger(), sa.ForeignKey("officer.id"), nullable=True))
    op.add_column("notice", sa.Column("outside_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("notice", sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("notice", sa.Column("posting", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.drop_index("ix_rung_due", "rung")
    _index("ix_rung_due", "rung", ["fires_at", "id"], "fired_at IS NULL AND dropped_at IS NULL")
    _index("ix_notice_outside", "notice", ["outside_at"], "outside_at IS NOT NULL AND posted_at IS NULL")
    _index("ix_notice_posted", "notice", ["officer_id", "posted_at"], "posted_at IS NOT NULL")
    for statement in statements_9():
        op.execute(statement)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("false"))


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, unique=False, postgresql_where=sa.text(where))
