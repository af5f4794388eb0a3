"""What must be true when the killing is over, read from the database and the couriers' world."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sqlmodel import Session, col, select

from couriers.sandbox.world import World
from logistics.archive import checkpoints
from logistics.rules import chain, invariants, merkle
from logistics.store import health
from logistics.store.context import Context
from logistics.tables import (
    Checkpoint,
    Command,
    Consignment,
    Dossier,
    Errand,
    LedgerEntry,
    LogLeaf,
    Notice,
    Rung,
)
from logistics.terms import ErrandKind, Stage
from scheduler import nightly
from tests.journeys.stories import Acknowledged


def quiet(ctx: Context) -> bool:
    """Nothing is due, leased or unread; polls far ahead do not count."""
    with Session(ctx.engine) as session:
        figures = health.look(session, ctx.clock())
        waiting = session.exec(
            select(Errand.id).where(col(Errand.done_at).is_(None), col(Errand.kind) != ErrandKind.TRACK)
        ).first()
    return waiting is None and figures.errands_due == figures.pushes_unread == figures.rungs_due == 0


def lost_acts(ctx: Context, acknowledged: Sequence[Acknowledged]) -> list[str]:
    """Acts that were acknowledged and are not stored with that result and with an entry in the ledger."""
    with Session(ctx.engine) as session:
        stored = {_own(row.id): row for row in session.exec(select(Command))}
        entered = {_own(one) for one in session.exec(select(LedgerEntry.command_id)) if one is not None}
    return [
        f"{one.path} {one.command}"
        for one in acknowledged
        if one.command not in stored or not _told(stored[one.command].result, one.result) or one.command not in entered
    ]


def _own(command_id: str) -> str:
    """The caller's own part of a command id."""
    return command_id.rpartition(":")[2]


def _told(stored: dict[str, object], answered: dict[str, object]) -> bool:
    """What was answered is what is stored of it (an answer may leave something out)."""
    return all(stored.get(name) == value for name, value in answered.items())


def second_waybills(ctx: Context, world_file: Path) -> list[str]:
    """Envelopes whose waybill here and order there are not one and the same; orders that belong to no envelope."""
    world = World(world_file)
    orders = {order["reference"]: order["waybill_no"] for order in world.state()["orders"]}
    world.close()
    with Session(ctx.engine) as session:
        ours = {row.no: row.waybill_no for row in session.exec(select(Consignment)) if row.waybill_no}
        booked = Counter(
            str(row.facts["consignment"])
            for row in session.exec(select(LedgerEntry).where(LedgerEntry.what == "consignment:booked"))
        )
    wrong = [
        f"{no}: {orders.get(no)} there, {ours.get(no)} here" for no in orders | ours if orders.get(no) != ours.get(no)
    ]
    wrong += [f"{no}: booked {times} times" for no, times in booked.items() if times != 1]
    return wrong + [f"{no} booked without an entry" for no in ours if no not in booked]


def gaps(ctx: Context) -> list[int]:
    """Dossier numbers that were skipped."""
    with Session(ctx.engine) as session:
        numbers = sorted(session.exec(select(Dossier.number)))
    return sorted(set(range(1, len(numbers) + 1)) ^ set(numbers))


def rungs_fired_twice(ctx: Context) -> tuple[int, list[str]]:
    """How many rungs fired, and those whose ledger entry, notice or mail is not there exactly once."""
    with Session(ctx.engine) as session:
        rungs = session.exec(select(Rung).where(col(Rung.fired_at).is_not(None))).all()
        entries = session.exec(select(LedgerEntry).where(LedgerEntry.what == "deadline:rung_fired")).all()
        told = Counter(session.exec(select(Notice.key, Notice.officer_id)))
        mails = session.exec(select(Errand).where(Errand.kind == ErrandKind.NOTIFY)).all()
    by_name = Counter((row.dossier_id, row.facts["key"], row.facts["rung"]) for row in entries)
    wrong = [f"{name} fired {times} times" for name, times in by_name.items() if times != 1]
    wrong += [f"notice {name} {times} times" for name, times in told.items() if times != 1]
    wrong += [f"mail {mail.key} not done" for mail in mails if mail.done_at is None]
    about = {key for key, _ in told if key.startswith("rung:")}
    if not len(rungs) == len(entries) == len(about):
        wrong.append(f"{len(rungs)} rungs, {len(entries)} entries, {len(about)} notices")
    return len(rungs), wrong


def broken(ctx: Context) -> list[str]:
    """Every invariant of every dossier, of the log and of the inbox that does not hold."""
    return [f"{one.rule} {one.subject}: {one.zh}" for one in nightly.violations(ctx)]


def checkpoints_wrong(ctx: Context) -> tuple[int, list[str]]:
    """How many heads were signed, and those that the entries, hashed anew from the first, do not lead to."""
    with Session(ctx.engine) as session:
        numbers = {row.id: row.no for row in session.exec(select(Dossier))}
        rows = session.exec(
            select(LedgerEntry).join(LogLeaf, col(LogLeaf.entry_id) == LedgerEntry.id).order_by(col(LogLeaf.leaf))
        )
        leaves = [chain.leaf(invariants.entry_of(row, numbers[row.dossier_id])) for row in rows]
        heads = session.exec(select(Checkpoint).order_by(col(Checkpoint.size))).all()
        pending = health.look(session, ctx.clock()).entries_unlogged
        total = len(session.exec(select(LedgerEntry.id)).all())
    wrong = [f"{pending} entries not logged"] if pending else []
    wrong += [f"{len(leaves)} leaves for {total} entries"] if len(leaves) != total else []
    nodes: dict[tuple[int, int], bytes] = {}
    for one in merkle.append(0, leaves, lambda level, index: nodes[level, index]):
        nodes[one.level, one.index] = one.hash
    for head in heads:
        root = merkle.root(head.size, lambda level, index: nodes[level, index]).hex()
        signed = checkpoints.Checkpoint(
            head.size, head.root, head.signed_at, head.key_id, head.public_key, head.signature
        )
        if root != head.root or not checkpoints.verify_checkpoint(signed):
            wrong.append(f"checkpoint {head.size}")
    return len(heads), wrong


def answered_again(folder: Path) -> int:
    """Acts that were committed, whose answer was lost, and that were answered later from what was stored."""
    return (folder / "web.log").read_text(errors="replace").count('"repeated": true')


def tried_again(ctx: Context) -> int:
    """Errands that needed more than one attempt, polls not counted."""
    with Session(ctx.engine) as session:
        return len(session.exec(select(Errand.id).where(Errand.attempts > 1, Errand.kind != ErrandKind.TRACK)).all())


def stages(ctx: Context) -> Counter[Stage]:
    """How many envelopes ended where."""
    with Session(ctx.engine) as session:
        return Counter(session.exec(select(Consignment.stage)))
