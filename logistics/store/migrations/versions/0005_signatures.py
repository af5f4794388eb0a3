"""Signatures of custody, bound to the frozen list they were given for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from logistics.store.migrations.policies import statements_5

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of signatures, append-only and bound to its dossier's parties; unread messages say whom they name."""
    roles = ("release", "acceptance", "witness", "taken_in", "handed_back")
    op.create_table(
        "signature",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("role", sa.Enum(*roles, name="signingrole", native_enum=False, length=32), nullable=False),
        sa.Column("kind", sa.Enum("pen", "slip", name="signaturekind", native_enum=False, length=32), nullable=False),
        sa.Column("signer", sa.String(), nullable=False),
        sa.Column("signer_sealed", sa.String(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("codes", postgresql.JSONB(), nullable=False),
        sa.Column("manifest_sha256", sa.String(), nullable=False),
        sa.Column("findings_sha256", sa.String(), nullable=False),
        sa.Column("image_sha256", sa.String(), nullable=False),
        sa.Column("image_type", sa.String(), nullable=False),
        sa.Column("image_bytes", sa.Integer(), nullable=False),
        sa.Column("statement_sha256", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.ForeignKeyConstraint(["consignment_id"], ["consignment.id"]),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id", "seq"),
    )
    op.create_index(op.f("ix_signature_dossier_id"), "signature", ["dossier_id"])
    op.create_index(op.f("ix_signature_consignment_id"), "signature", ["consignment_id"])
    names: sa.Column[list[str]] = sa.Column(
        "names", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
    )
    op.add_column("inbox", names)
    for statement in statements_5():
        op.execute(statement)
