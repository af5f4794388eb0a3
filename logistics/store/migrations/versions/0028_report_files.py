"""Files of reports are read again like papers; whoever sees the report sees how its files stand."""

from alembic import op

from logistics.store.migrations.policies_desks import statements_28

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let what is known of a file be seen by whoever sees a paper or a report with these bytes."""
    for statement in statements_28():
        op.execute(statement)
