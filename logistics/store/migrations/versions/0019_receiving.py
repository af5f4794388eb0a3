"""What the receiving desk adds: pictures of damage, the agency's own departments."""

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
