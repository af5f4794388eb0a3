"""A notice may be about no dossier: long work somebody started has ended. Then it says where on this site it leads.

The policies of `notice` go by its officer and hold for both.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a notice be without a dossier, and lead somewhere instead."""
    op.alter_column("notice", "dossier_id", existing_type=sa.BigInteger(), nullable=True)
    op.add_column("notice", sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_check_constraint("notice_leads_somewhere", "notice", "(dossier_id IS NULL) = (address <> '')")
