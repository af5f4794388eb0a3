"""Orders of supervision (督办) with every act about them, and answers to differences."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from logistics.store.migrations.policies import statements_11

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

CAUSES = ("ours", "counterpart", "courier", "applicant", "record", "force_majeure", "other")
VERBS = ("order", "sign", "answer", "send_back", "accept", "withdraw")
STATES = ("ordered", "signed", "answered", "sent_back", "closed", "withdrawn")


def upgrade() -> None:
    """Three tables, append-only and bound to their dossier's parties."""
    _orders()
    _acts()
    _answers()
    for statement in statements_11():
        op.execute(statement)


def _orders() -> None:
    op.create_table(
        "supervision",
        _key(),
        _ref("dossier_id"),
        _ref("consignment_id", null=True),
        _ref("discrepancy_id", null=True),
        _ref("deadline_id", null=True),
        sa.Column("no", sa.String(), nullable=False),
        _term("urgency", ("ordinary", "urgent"), "urgency"),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("demand", sa.String(), nullable=False),
        _ref("ordering_agency_id"),
        _ref("ordered_by"),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        _ref("addressee_agency_id"),
        _ref("addressee_officer_id", null=True),
        *_foreign(
            ("dossier_id", "dossier"),
            ("consignment_id", "consignment"),
            ("discrepancy_id", "discrepancy"),
            ("deadline_id", "deadline"),
            ("ordering_agency_id", "agency"),
            ("ordered_by", "officer"),
            ("addressee_agency_id", "agency"),
            ("addressee_officer_id", "officer"),
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("no"),
    )
    for column in (
        "dossier_id",
        "consignment_id",
        "discrepancy_id",
        "deadline_id",
        "ordering_agency_id",
        "ordered_by",
        "addressee_agency_id",
        "addressee_officer_id",
    ):
        op.create_index(op.f(f"ix_supervision_{column}"), "supervision", [column])


def _acts() -> None:
    op.create_table(
        "supervision_act",
        _key(),
        _ref("dossier_id"),
        _ref("supervision_id"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        _term("verb", VERBS, "supervisionverb"),
        _term("state", STATES, "supervisionstate"),
        _ref("officer_id"),
        _ref("agency_id"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        _term("cause", CAUSES, "cause", null=True),
        sa.Column("measures", sa.String(), nullable=False),
        *_foreign(
            ("dossier_id", "dossier"),
            ("supervision_id", "supervision"),
            ("officer_id", "officer"),
            ("agency_id", "agency"),
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("supervision_id", "seq"),
    )
    op.create_index(op.f("ix_supervision_act_dossier_id"), "supervision_act", ["dossier_id"])


def _answers() -> None:
    op.create_table(
        "discrepancy_answer",
        _key(),
        _ref("dossier_id"),
        _ref("discrepancy_id"),
        sa.Column("seq", sa.Integer(), nullable=False),
        _term("cause", CAUSES, "cause"),
        sa.Column("words", sa.String(), nullable=False),
        _ref("officer_id"),
        _ref("agency_id"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_foreign(
            ("dossier_id", "dossier"),
            ("discrepancy_id", "discrepancy"),
            ("officer_id", "officer"),
            ("agency_id", "agency"),
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("discrepancy_id", "seq"),
    )
    op.create_index(op.f("ix_discrepancy_answer_dossier_id"), "discrepancy_answer", ["dossier_id"])


def _key() -> sa.Column[Any]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _ref(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _term(name: str, words: Sequence[str], of: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Enum(*words, name=of, native_enum=False, length=32), nullable=null)


def _foreign(*pairs: tuple[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([column], [f"{table}.id"]) for column, table in pairs]
