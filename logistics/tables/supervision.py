"""Orders of supervision (督办) with every act about them, and answers to differences; nothing here is ever changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, key, ref, term
from logistics.terms import Cause, SupervisionState, SupervisionVerb, Urgency


class Supervision(SQLModel, table=True):
    """督办: a manager wants an agency's answer about a dossier. Where it stands, its last act says; append-only."""

    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    consignment_id: int | None = Field(default=None, sa_column=ref("consignment.id", null=True))
    discrepancy_id: int | None = Field(default=None, sa_column=ref("discrepancy.id", null=True))
    deadline_id: int | None = Field(default=None, sa_column=ref("deadline.id", null=True))
    no: str = Field(unique=True)  # DB-<dossier>-<1, 2 …>
    urgency: Urgency = Field(sa_column=term(Urgency))
    days: int  # working days given for each answer
    reason: str
    demand: str
    ordering_agency_id: int = Field(sa_column=ref("agency.id"))
    ordered_by: int = Field(sa_column=ref("officer.id"))
    ordered_at: datetime = Field(sa_column=instant())
    addressee_agency_id: int = Field(sa_column=ref("agency.id"))
    addressee_officer_id: int | None = Field(default=None, sa_column=ref("officer.id", null=True))


class SupervisionAct(SQLModel, table=True):
    """One act about an order, from the order itself to its end; append-only. `round`: 1, one more each time an answer
    was sent back.
    """

    __tablename__ = "supervision_act"
    __table_args__ = (UniqueConstraint("supervision_id", "seq"),)
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    supervision_id: int = Field(sa_column=ref("supervision.id", index=False))
    seq: int
    round: int
    verb: SupervisionVerb = Field(sa_column=term(SupervisionVerb))
    state: SupervisionState = Field(sa_column=term(SupervisionState))  # where the act led
    officer_id: int = Field(sa_column=ref("officer.id", index=False))
    agency_id: int = Field(sa_column=ref("agency.id", index=False))
    at: datetime = Field(sa_column=instant())
    words: str = ""  # the reason, or what was done
    cause: Cause | None = Field(default=None, sa_column=term(Cause, null=True))
    measures: str = ""  # so that it does not happen again


class DiscrepancyAnswer(SQLModel, table=True):
    """What the side that packed the envelope says to a difference; append-only. A later answer stands beside it."""

    __tablename__ = "discrepancy_answer"
    __table_args__ = (UniqueConstraint("discrepancy_id", "seq"),)
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    discrepancy_id: int = Field(sa_column=ref("discrepancy.id", index=False))
    seq: int
    cause: Cause = Field(sa_column=term(Cause))
    words: str
    officer_id: int = Field(sa_column=ref("officer.id", index=False))
    agency_id: int = Field(sa_column=ref("agency.id", index=False))
    at: datetime = Field(sa_column=instant())
