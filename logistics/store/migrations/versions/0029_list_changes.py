"""Changes of the list of an agreement in force wait for the other party: what is proposed stands beside what holds.

Whoever may see and keep an agreement's items may do so with what is proposed of them: the policies stay as they are.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is proposed of an item, and which change of the list is the next."""
    op.add_column("agreement_item", sa.Column("proposed", JSONB(none_as_null=True), nullable=True))
    op.add_column("agreement", sa.Column("list_round", sa.Integer(), server_default="0", nullable=False))
