"""Every number that is on some paper can be found: broken seals, replaced waybills, documents' own numbers, reports.

Numbers that were replaced stand in the ledger alone. A generated column keeps them beside the entry's facts: the ledger
stays as it was written, and a plain comparison of a column is one that row-level security lets an index answer. The
table is written anew once, which takes about a minute for ten million entries.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

NUMBER = """CASE
    WHEN what = 'consignment:sealed' THEN facts ->> 'seal'
    WHEN what = 'consignment:received' THEN facts ->> 'seal_found'
    WHEN what IN ('consignment:booked', 'waybill:changed') THEN facts ->> 'waybill'
    WHEN what = 'waybill:second_number' THEN facts ->> 'other'
END"""


def upgrade() -> None:
    """Add the columns and what finds them quickly."""
    op.add_column("ledger_entry", sa.Column("number", sa.String(), sa.Computed(NUMBER, persisted=True), nullable=True))
    known = sa.text("number IS NOT NULL")
    op.create_index("ix_ledger_entry_number", "ledger_entry", ["number"], postgresql_where=known)
    op.add_column("original", sa.Column("number_digest", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_original_number_digest", "original", ["number_digest"])
    op.create_index("ix_package_check_report", "package_check", ["report_sha256"])
    op.create_index("ix_kept_package_archival_code", "kept_package", ["archival_code"])
    op.create_index("ix_kept_package_record_no", "kept_package", ["record_no"])
