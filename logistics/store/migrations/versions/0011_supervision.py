"""Orders of supervision (督办) and their answers."""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet: the tables are added with the verbs that need them."""
