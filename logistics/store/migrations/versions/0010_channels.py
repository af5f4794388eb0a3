"""Where notices go besides the inbox."""

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet: the tables are added with the verbs that need them."""
