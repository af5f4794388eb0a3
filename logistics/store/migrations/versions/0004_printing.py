"""Printers of an agency and what was sent to them."""

import sqlalchemy as sa
from alembic import op

from logistics.store.migrations.policies import statements_4

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _language() -> sa.Enum:
    return sa.Enum("zpl", "tspl", "cpcl", "pdf", name="printerlanguage", native_enum=False, length=32)


def _stock() -> sa.Enum:
    sizes = ("76x130", "100x150", "100x180", "70x50", "60x40", "a4")
    return sa.Enum(*sizes, name="stock", native_enum=False, length=32)


def upgrade() -> None:
    """Add the tables as the owner, then bind the roles."""
    op.create_table(
        "printer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", _language(), nullable=False),
        sa.Column("dpi", sa.Integer(), nullable=False),
        sa.Column("stock", _stock(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["officer.id"]),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agency_id", "name"),
    )
    op.create_table(
        "print_job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("printer_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("paper_id", sa.BigInteger(), nullable=True),
        sa.Column("paper_no", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("language", _language(), nullable=False),
        sa.Column("dpi", sa.Integer(), nullable=False),
        sa.Column("stock", _stock(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["asked_by"], ["officer.id"]),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.ForeignKeyConstraint(["dropped_by"], ["officer.id"]),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"]),
        sa.ForeignKeyConstraint(["printer_id"], ["printer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    for column in ("dossier_id", "paper_id", "printer_id"):
        op.create_index(op.f(f"ix_print_job_{column}"), "print_job", [column], unique=False)
    op.create_index("ix_print_job_newest", "print_job", ["agency_id", sa.literal_column("id DESC")], unique=False)
    for statement in statements_4():
        op.execute(statement)
