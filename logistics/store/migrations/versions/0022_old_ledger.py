"""Old ledgers under import: files, remarks on their rows, saved mappings, and the records taken over."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from logistics.store.migrations.policies_desks import statements_22

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables as the owner, then bind the roles."""
    _imports()
    _beside()
    _records()
    for statement in statements_22():
        op.execute(statement)


def _key() -> sa.Column[Any]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), primary_key=True)


def _ref(name: str, target: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{target}.id"), nullable=null)


def _instant(name: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _words(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _imports() -> None:
    counts = ("rows_total", "rows_done", "good", "warned", "refused", "left_out")
    op.create_table(
        "old_ledger",
        _key(),
        _ref("agency_id", "agency"),
        *_words("file_name", "sha256", "head_sealed"),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        _ref("same_as", "old_ledger", null=True),
        _instant("uploaded_at", null=False),
        _ref("uploaded_by", "officer"),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False, server_default="0") for name in counts),
        *(_instant(name) for name in ("ordered_at", "checked_at", "confirmed_at", "imported_at", "ended_at")),
        sa.Column("good_only", sa.Boolean(), nullable=False, server_default=sa.false()),
        _ref("confirmed_by", "officer", null=True),
        _ref("ended_by", "officer", null=True),
        sa.Column("ended_why", sa.String(), nullable=False, server_default=""),
        _instant("lease_until"),
        sa.Column("fault", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    )
    op.create_index(op.f("ix_old_ledger_agency_id"), "old_ledger", ["agency_id"], unique=False)
    op.create_index(op.f("ix_old_ledger_sha256"), "old_ledger", ["sha256"], unique=False)
    waiting = sa.text("state IN ('checking', 'importing')")
    op.create_index("ix_old_ledger_due", "old_ledger", ["id"], unique=False, postgresql_where=waiting)


def _beside() -> None:
    op.create_table(
        "old_ledger_remark",
        _key(),
        _ref("agency_id", "agency"),
        _ref("old_ledger_id", "old_ledger"),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        *_words("words_sealed"),
        sa.UniqueConstraint("old_ledger_id", "row_no"),
    )
    op.create_table(
        "old_ledger_mapping",
        _key(),
        _ref("agency_id", "agency"),
        *_words("name"),
        sa.Column("headings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        _instant("saved_at", null=False),
        _ref("saved_by", "officer"),
        sa.UniqueConstraint("agency_id", "name"),
    )
    for table, column in (("remark", "agency_id"), ("remark", "old_ledger_id"), ("mapping", "agency_id")):
        op.create_index(op.f(f"ix_old_ledger_{table}_{column}"), f"old_ledger_{table}", [column], unique=False)


def _records() -> None:
    op.create_table(
        "old_record",
        _key(),
        _ref("agency_id", "agency"),
        _ref("old_ledger_id", "old_ledger"),
        sa.Column("row_no", sa.Integer(), nullable=False),
        *_words("row_digest", "case_no", "waybill_no", "courier", "item", "receiver"),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        *_words("words_sealed"),
        _instant("withdrawn_at"),
        sa.UniqueConstraint("old_ledger_id", "row_no"),
    )
    for column in ("agency_id", "old_ledger_id", "case_no", "waybill_no"):
        op.create_index(op.f(f"ix_old_record_{column}"), "old_record", [column], unique=False)
    stands = sa.text("withdrawn_at IS NULL")
    columns = ["agency_id", "row_digest"]
    op.create_index("ix_old_record_single", "old_record", columns, unique=True, postgresql_where=stands)
