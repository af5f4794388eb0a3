"""Policies of time as data, with versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from logistics.store.migrations.policies import statements_12

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANTS = ("approved_at", "refused_at", "asked_at", "listed_at", "confirmed_at", "dropped_at", "applied_at")
OFFICERS = ("approved_by", "refused_by", "asked_by", "confirmed_by")


def upgrade() -> None:
    """Add the tables as the owner, then bind the roles."""
    _versions()
    _moves()
    for statement in statements_12():
        op.execute(statement)


def _versions() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        "policy_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("leg", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=True),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("agreement_id", sa.BigInteger(), nullable=True),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supersedes", sa.BigInteger(), nullable=True),
        sa.Column("length", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("whose", sa.String(), nullable=False),
        sa.Column("rungs", json, nullable=False),
        sa.Column("starts", json, nullable=False),
        sa.Column("stops", json, nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("looser", json, nullable=False),
        sa.Column("judgement", sa.String(), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in INSTANTS),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in OFFICERS),
        sa.ForeignKeyConstraint(["item_id"], ["service_item.id"]),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"]),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["supersedes"], ["policy_version.id"]),
        *(sa.ForeignKeyConstraint([name], ["officer.id"]) for name in ("made_by", *OFFICERS)),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("agreement_id", "agency_id"):
        op.create_index(op.f(f"ix_policy_version_{column}"), "policy_version", [column], unique=False)
    any_ = ("scope, ''", "item_id, 0", "agreement_id, 0", "agency_id, 0")
    subject: list[str | sa.TextClause] = ["leg", *(sa.text(f"coalesce({pair})") for pair in any_), "version"]
    op.create_index("ix_policy_version_subject", "policy_version", subject, unique=True)
    waiting = sa.text("asked_at IS NOT NULL AND applied_at IS NULL AND dropped_at IS NULL")
    op.create_index("ix_policy_version_waiting", "policy_version", ["id"], unique=False, postgresql_where=waiting)


def _moves() -> None:
    op.create_table(
        "policy_move",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("deadline_id", sa.BigInteger(), nullable=False),
        sa.Column("due_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"]),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.ForeignKeyConstraint(["version_id"], ["policy_version.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_policy_move_once", "policy_move", ["version_id", "deadline_id"], unique=True)
    for column in ("dossier_id", "deadline_id"):
        op.create_index(op.f(f"ix_policy_move_{column}"), "policy_move", [column], unique=False)
