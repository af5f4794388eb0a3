"""The unit of work: one verb, one transaction, said who reads, done at most once for a command id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self, cast

import structlog
from sqlalchemy import Engine, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import QueryableAttribute, load_only
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select

from logistics.actor import Actor
from logistics.decision import Decision, Errand, Fact, Handover, Holder, Json
from logistics.errors import NotYours, Rejected
from logistics.store import clocks, ledger
from logistics.store.context import Context
from logistics.store.lists import one_of
from logistics.tables import Command, Consignment, Custody, Discrepancy, Dossier, Original, Packed
from logistics.tables import Errand as ErrandRow
from logistics.terms import DiscrepancyKind, Outcome, Stage

log = structlog.get_logger("work")

_STORE_FOLLOWED = """
    UPDATE consignment SET stage = t.s, picked_up_at = t.p, delivered_at = t.d, read_with = t.r
    FROM unnest(%b::int8[], %b::text[], %b::timestamptz[], %b::timestamptz[], %b::int8[]) AS t(id, s, p, d, r)
    WHERE consignment.id = t.id"""
_LOOKED_AT = cast(
    "Sequence[QueryableAttribute[Any]]",
    (
        Dossier.id,
        Dossier.no,
        Dossier.sender_agency_id,
        Dossier.receiver_agency_id,
        Dossier.agreement_id,
        Dossier.item_id,
        Dossier.scope,
    ),
)
"""What following looks at in a dossier; the sealed names of a batch's applicants are left where they are."""


def say_who_reads(session: Session, actor: Actor) -> None:
    """Row-level security in this transaction shows what `actor` may see: their agencies' dossiers, their own notices;
    an applicant's inquiry its one dossier.
    """
    session.execute(
        text(
            "SELECT set_config('youdang.agencies', :agencies, true), set_config('youdang.officer', :officer, true),"
            " set_config('youdang.dossier', :dossier, true)"
        ),
        {
            "agencies": "{" + ",".join(map(str, actor.agencies)) + "}",
            "officer": str(actor.officer_id or 0),
            "dossier": str(actor.dossier_id or 0),
        },
    )


@contextmanager
def reading(engine: Engine, actor: Actor) -> Iterator[Session]:
    """A read-only look with `actor`'s eyes; nothing is stored."""
    with Session(engine) as session:
        session.execute(text("SET TRANSACTION READ ONLY"))
        say_who_reads(session, actor)
        yield session


@dataclass
class Work:
    """One verb under way. `now` is the same instant for all it stores; `done` is the first result of a repeated
    command. `later`: entries, clocks and stages of many dossiers are stored together, when the verb ends.
    """

    ctx: Context
    actor: Actor
    session: Session
    now: datetime
    verb: str
    command_id: str | None
    done: dict[str, Any] | None = None
    result: dict[str, Any] = field(default_factory=dict)
    later: bool = False

    def __post_init__(self) -> None:
        """Chains and clocks in hand: each is looked up once for a verb."""
        self.chains = ledger.Chains(self.session, self.later)
        self.clocks = clocks.Book(self.session, self.later)
        self._followed: dict[int, Consignment] = {}

    def dossier(self, no: str) -> Dossier:
        """The dossier, locked for this verb, so that acts on one dossier follow each other. Raises `NotYours`."""
        found = self.session.exec(select(Dossier).where(Dossier.no == no).with_for_update()).first()
        if found is None:
            raise NotYours("专档", "dossier")
        return found

    def consignment(self, no: str) -> tuple[Dossier, Consignment]:
        """The consignment and its dossier, both locked. Raises `NotYours`."""
        dossier_id = self.session.exec(select(Consignment.dossier_id).where(Consignment.no == no)).first()
        if dossier_id is None:
            raise NotYours("寄递件", "consignment")
        dossier = self.session.exec(select(Dossier).where(Dossier.id == dossier_id).with_for_update()).one()
        found = self.session.exec(select(Consignment).where(Consignment.no == no).with_for_update()).one()
        return dossier, found

    def consignments(self, ids: Iterable[int]) -> dict[int, tuple[Dossier, Consignment]]:
        """These consignments and their dossiers by the consignment's id, all locked: the dossiers first, in order of
        their ids, so that two such verbs cannot wait for each other, nor one of them and a verb on one dossier."""
        wanted = one_of(sorted(set(ids)))
        of = select(Consignment.dossier_id).where(col(Consignment.id) == wanted)
        found = self.session.exec(
            select(Dossier)
            .options(load_only(*_LOOKED_AT))
            .where(col(Dossier.id).in_(of))
            .order_by(col(Dossier.id))
            .with_for_update()
        )
        dossiers = {dossier.id: dossier for dossier in found}
        rows = self.session.exec(
            select(Consignment).where(col(Consignment.id) == wanted).order_by(col(Consignment.id)).with_for_update()
        )
        return {cast(int, row.id): (dossiers[row.dossier_id], row) for row in rows}

    def follow(self, consignment: Consignment, **said: Stage | datetime | int | None) -> None:
        """The consignment's row says this of `stage`, `picked_up_at`, `delivered_at` and `read_with`."""
        news = {name: value for name, value in said.items() if getattr(consignment, name) != value}
        if not news:
            return
        if self.later:
            for name, value in news.items():
                set_committed_value(consignment, name, value)  # `flush` stores it: one statement for all
            self._followed[cast(int, consignment.id)] = consignment
            return
        for name, value in news.items():
            setattr(consignment, name, value)
        self.session.add(consignment)

    def record(self, dossier: Dossier, fact: Fact, consignment: Consignment | None = None) -> None:
        """The fact is the last entry of the dossier's chain, and the clocks it moves have moved."""
        self.chains.append(dossier, self.actor, fact, self.now, self.command_id)
        for said in self.clocks.move(self.now, dossier, fact, consignment, self.actor):
            self.chains.append(dossier, self.actor, said, self.now, self.command_id)

    def carry_out(self, decision: Decision, dossier: Dossier, consignment: Consignment | None = None) -> None:
        """All that the rule decided is stored and owed, each part with its entry in the ledger."""
        if decision.stage is not None:
            assert consignment is not None, "a stage belongs to a consignment"
            self.follow(consignment, stage=decision.stage)
            if not self.later:
                self.session.flush()
        for check in decision.checks:
            self._check(check.packed_id, check.outcome)
        for handover in decision.handovers:
            self._hand_over(dossier, handover)
        for fact in decision.facts:
            self.record(dossier, fact, consignment)
        for new in decision.discrepancies:
            self._open(dossier, new.kind, new.key, new.note, new.original_id, consignment)
        for settlement in decision.settlements:
            row = self.session.get_one(Discrepancy, settlement.discrepancy_id)
            row.settled_at, row.settled_by = self.now, self.actor.officer_id
            row.resolution, row.settlement_note = settlement.resolution, settlement.note
            self.session.add(row)
            self.session.flush()
            data = {
                "key": row.key,
                "kind": row.kind.value,
                "resolution": settlement.resolution.value,
                "note": settlement.note,
            }
            self.record(dossier, Fact("discrepancy:settled", settlement.note, data))
        for errand in decision.errands:
            self.owe(errand, dossier, consignment)

    def owe(self, errand: Errand, dossier: Dossier | None = None, consignment: Consignment | None = None) -> None:
        """The errand is owed; one with the same key that is owed or done already stays as it is."""
        row = {
            "dossier_id": dossier.id if dossier else None,
            "consignment_id": consignment.id if consignment else None,
            "kind": errand.kind,
            "key": errand.key,
            "payload": dict(errand.payload),
            "created_at": self.now,
            "due_at": errand.not_before or self.now,
            "attempts": 0,
            "failures": 0,
            "last_error": "",
        }
        self.session.execute(insert(ErrandRow).values(row).on_conflict_do_nothing(index_elements=["key"]))

    def flush(self) -> None:
        """All that was kept for later is stored."""
        self.session.flush()
        if self._followed:
            rows = [
                (id_, one.stage.value, one.picked_up_at, one.delivered_at, one.read_with)
                for id_, one in self._followed.items()
            ]
            self.session.connection().exec_driver_sql(_STORE_FOLLOWED, tuple(map(list, zip(*rows, strict=True))))
            self._followed.clear()
        self.clocks.flush()
        self.chains.flush()

    def finish(self, **result: Any) -> dict[str, Any]:
        """What a repeat of this command will be told, and what this one is told."""
        self.result = result
        return result

    def _check(self, packed_id: int, outcome: Outcome) -> None:
        line = self.session.get_one(Packed, packed_id)
        line.outcome, line.checked_at, line.checked_by, line.open = outcome, self.now, self.actor.officer_id, False
        self.session.add(line)
        self.session.flush()

    def _hand_over(self, dossier: Dossier, handover: Handover) -> None:
        source, target = handover.released_by, handover.accepted_by
        self.session.add(
            Custody(
                dossier_id=cast(int, dossier.id),
                original_id=handover.original_id,
                seq=handover.seq,
                consignment_id=handover.consignment_id,
                from_kind=source.kind,
                from_name=source.name,
                from_agency_id=source.agency_id,
                from_officer_id=source.officer_id,
                to_kind=target.kind,
                to_name=target.name,
                to_agency_id=target.agency_id,
                to_officer_id=target.officer_id,
                basis=handover.basis,
                manifest_sha256=handover.manifest_sha256,
                at=self.now,
            )
        )
        self.session.flush()
        code = self.session.get_one(Original, handover.original_id).code
        self.record(dossier, handed_over(handover, code))

    def _open(
        self,
        dossier: Dossier,
        kind: DiscrepancyKind,
        key: str,
        note: str,
        original_id: int | None,
        consignment: Consignment | None,
    ) -> None:
        row = {
            "dossier_id": dossier.id,
            "consignment_id": consignment.id if consignment else None,
            "original_id": original_id,
            "kind": kind,
            "key": key,
            "note": note,
            "opened_at": self.now,
            "opened_by": self.actor.officer_id,
            "settlement_note": "",
        }
        made = self.session.execute(
            insert(Discrepancy)
            .values(row)
            .on_conflict_do_nothing(index_elements=["dossier_id", "key"])
            .returning(col(Discrepancy.id))
        ).first()
        if made is not None:
            data = {"key": key, "kind": kind.value, "note": note, "original": original_id}
            self.record(dossier, Fact(f"discrepancy:{kind.value}", note, data), consignment)


def handed_over(handover: Handover, code: str) -> Fact:
    """The ledger's fact of a handover. Names no person of the applicant's side."""
    data: dict[str, Json] = {
        "original": code,
        "link": handover.seq,
        "from": plain_holder(handover.released_by),
        "to": plain_holder(handover.accepted_by),
        "consignment": handover.consignment_id,
        "manifest_sha256": handover.manifest_sha256,
    }
    return Fact("original:handed_over", handover.basis, data)


def plain_holder(one: Holder) -> dict[str, Json]:
    """A holder as ledger and package write it."""
    return {"kind": one.kind.value, "name": one.name, "agency": one.agency_id, "officer": one.officer_id}


class BoundCommandId(str):
    """A command id bound to what was asked: `request_sha256` is the digest of the whole request.

    Verbs take it wherever they take a command id; the same id with another request is then `Rejected`.
    """

    request_sha256: str

    def __new__(cls, command_id: str, request_sha256: str) -> Self:
        """The id, with the digest (hex) beside it."""
        bound = super().__new__(cls, command_id)
        bound.request_sha256 = request_sha256
        return bound


@contextmanager
def work(ctx: Context, actor: Actor, verb: str, command_id: str | None = None, later: bool = False) -> Iterator[Work]:
    """Do one verb: leaving the block normally commits all of it, any exception rolls back all of it.

    With a command id the verb is done at most once for this actor: a repeat (even while the first is still under way)
    finds `done` set and must return it. The same id for another verb, or bound to another request, is `Rejected`.
    `later` as `Work` has it.
    """
    request_sha256 = ""
    if isinstance(command_id, BoundCommandId):
        request_sha256, command_id = command_id.request_sha256, str(command_id)
    with Session(ctx.engine, expire_on_commit=False) as session, session.begin():
        say_who_reads(session, actor)
        doing = Work(ctx, actor, session, ctx.clock(), verb, command_id, later=later)
        if command_id is not None:
            doing.done = _first_result(session, actor, verb, command_id, request_sha256, doing.now)
        yield doing
        doing.flush()
        if command_id is not None and doing.done is None:
            session.get_one(Command, (command_id, actor.id)).result = doing.result
    log.info("verb", verb=verb, actor=actor.id, command_id=command_id, repeated=doing.done is not None)


def _first_result(
    session: Session, actor: Actor, verb: str, command_id: str, request_sha256: str, now: datetime
) -> dict[str, Any] | None:
    row = {
        "id": command_id,
        "actor": actor.id,
        "verb": verb,
        "request_sha256": request_sha256,
        "result": {},
        "done_at": now,
    }
    if session.execute(insert(Command).values(row).on_conflict_do_nothing().returning(col(Command.id))).first():
        return None
    first = session.get_one(Command, (command_id, actor.id))
    if first.verb != verb or first.request_sha256 != request_sha256:
        raise Rejected(
            "这个操作编号已用于另一项操作。请刷新页面后重试。",
            "This command id was already used for another act. Reload and try again.",
            "command_reused",
        )
    return first.result
