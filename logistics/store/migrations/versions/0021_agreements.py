"""Items and agreements kept on pages: what an item said before, agreements under preparation, uploaded item lists."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from logistics.store.migrations.policies_desks import statements_21

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and tables as the owner, then bind the roles."""
    _of_items()
    _of_agreements()
    for name in ("item", "agreement"):
        target = "service_item" if name == "item" else name
        op.add_column("directory_act", sa.Column(f"{name}_id", sa.BigInteger(), sa.ForeignKey(f"{target}.id")))
        op.create_index(op.f(f"ix_directory_act_{name}_id"), "directory_act", [f"{name}_id"], unique=False)
    for statement in statements_21():
        op.execute(statement)


def _of_items() -> None:
    op.add_column("service_item", sa.Column("agency_id", sa.BigInteger(), sa.ForeignKey("agency.id")))
    op.add_column("service_item", sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index(op.f("ix_service_item_agency_id"), "service_item", ["agency_id"], unique=False)
    for name in ("since", "until"):
        op.add_column("material", sa.Column(name, sa.DateTime(timezone=True)))
    op.create_table(
        "service_item_past",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("promised_days", sa.Integer(), nullable=False),
        sa.Column("retention", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["service_item.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_service_item_past_item_id"), "service_item_past", ["item_id"], unique=False)


def _of_agreements() -> None:
    op.add_column("agreement", sa.Column("draft", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("agreement", sa.Column("ended_why", sa.String(), nullable=False, server_default=""))
    op.add_column("agreement_item", sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column(
        "agreement_item", sa.Column("modes", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}")
    )
    op.add_column("agreement_item", sa.Column("note", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "item_list",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"]),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_item_list_agency_id"), "item_list", ["agency_id"], unique=False)
    op.create_index(op.f("ix_item_list_agreement_id"), "item_list", ["agreement_id"], unique=False)
