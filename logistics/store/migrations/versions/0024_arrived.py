"""What the receiving desk adds: photos of envelopes and seals, what was wrong with them, one signature for several.

A picture belongs to an original or to an envelope as it arrived. The policies of `picture` follow its dossier and hold
for both; `consignment` and `signature` have theirs.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a picture be an envelope's; add what its receiver found outside, and what was signed for together."""
    op.alter_column("picture", "original_id", existing_type=sa.BigInteger(), nullable=True)
    op.create_index(
        "uq_picture_of_envelope",
        "picture",
        ["consignment_id", "seq"],
        unique=True,
        postgresql_where=sa.text("original_id IS NULL"),
    )
    op.create_check_constraint(
        "picture_of_something", "picture", "original_id IS NOT NULL OR consignment_id IS NOT NULL"
    )
    op.create_check_constraint(
        "picture_of_what_it_shows", "picture", "(original_id IS NULL) = (shows IN ('envelope', 'seal'))"
    )
    for column in ("seal_broken", "envelope_damaged"):
        op.add_column("consignment", sa.Column(column, sa.Boolean(), server_default="false", nullable=False))
    op.add_column("signature", sa.Column("together", JSONB(), server_default=sa.text("'[]'"), nullable=False))
