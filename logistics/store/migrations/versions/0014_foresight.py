"""What a lane's measured times foretell."""

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet: the tables are added with the verbs that need them."""
