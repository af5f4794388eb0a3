"""Clocks that were stopped for a reason, or given more time."""

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet: the tables are added with the verbs that need them."""
