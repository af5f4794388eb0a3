"""Policies of time as data, with versions."""

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet: the tables are added with the verbs that need them."""
