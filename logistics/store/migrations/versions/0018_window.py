"""What the window adds: pictures of originals, a second sealer."""

import sqlalchemy as sa
from alembic import op

from logistics.store.migrations.policies_desks import statements_18

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of pictures, who confirmed a seal, and which materials ask for that; then bind the roles."""
    op.create_table(
        "picture",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("original_id", sa.BigInteger(), nullable=False),
        sa.Column("paper_id", sa.BigInteger(), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "shows", sa.Enum("original", "damage", name="pictureof", native_enum=False, length=32), nullable=False
        ),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_why", sa.String(), nullable=False),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_why = '')", name="withdrawn_for_a_reason"),
        *(
            sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"])
            for table in ("dossier", "original", "paper", "consignment", "agency")
        ),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["officer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("original_id", "seq"),
    )
    for column in ("dossier_id", "original_id", "paper_id"):
        op.create_index(op.f(f"ix_picture_{column}"), "picture", [column], unique=False)
    op.add_column("consignment", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("consignment", sa.Column("confirmed_by", sa.BigInteger(), nullable=True))
    op.create_foreign_key(None, "consignment", "officer", ["confirmed_by"], ["id"])
    op.create_check_constraint("confirmed_by_another", "consignment", "confirmed_by <> sealed_by")
    op.add_column("material", sa.Column("two_sealers", sa.Boolean(), server_default="false", nullable=False))
    for statement in statements_18():
        op.execute(statement)
