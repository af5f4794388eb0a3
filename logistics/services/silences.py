"""Notice that a parcel has not moved for too long, raise its clock, and notice that it need not move any more."""

from __future__ import annotations

from typing import cast

from sqlmodel import col, select

from logistics.actor import SYSTEM
from logistics.decision import Decision, Fact, Json, NewDiscrepancy, Settlement
from logistics.rules import silence
from logistics.rules.chain import stamp
from logistics.rules.workdays import Calendar, Hours
from logistics.store import calendars
from logistics.store import silences as store
from logistics.store.context import Context
from logistics.store.meanings import meanings
from logistics.store.work import Work, work
from logistics.tables import Agency, Consignment, Discrepancy, Dossier, Tracking
from logistics.terms import DiscrepancyKind, Resolution

RAISED = "邮件静默，提前告知经办人和督查管理"


def watch(ctx: Context, consignment_no: str) -> bool:
    """A silence that has lasted too long, by the sending agency's working time, stands as a difference, once, and has
    raised the clock that runs, once; True when it is one.

    The next movement explains it (`rules.following`). The difference of a parcel that has arrived is settled here.
    """
    with work(ctx, SYSTEM, "watch_silence") as w:
        dossier, consignment = w.consignment(consignment_no)
        rows = w.session.exec(select(Tracking).where(Tracking.consignment_id == consignment.id)).all()
        last = silence.last_movement(rows, meanings(w.session, rows))
        sender = w.session.get_one(Agency, consignment.from_agency_id)
        calendar, hours = calendars.in_force(w.session, sender), Hours.parse(sender.receiving_hours)
        new = silence.silence(consignment, dossier.scope, last, w.now, calendar, hours)
        over: tuple[Settlement, ...] = ()
        if consignment.stage not in silence.WATCHED:
            still_open = w.session.exec(
                select(Discrepancy.id).where(
                    Discrepancy.consignment_id == consignment.id,
                    Discrepancy.kind == DiscrepancyKind.SILENT,
                    col(Discrepancy.settled_at).is_(None),
                )
            )
            note = "邮件已到达或已作废，不再等待动向"
            over = tuple(Settlement(cast(int, key), Resolution.EXPLAINED, note) for key in still_open)
        found = Decision(discrepancies=() if new is None else (new,), settlements=over)
        w.carry_out(found, dossier, consignment)
        if new is not None:
            _raise(w, dossier, consignment, new, calendar, hours)
        return new is not None


def _raise(
    w: Work, dossier: Dossier, consignment: Consignment, new: NewDiscrepancy, calendar: Calendar, hours: Hours
) -> None:
    """The clock that waits for the courier tells its owner and their manager now; a silence already told adds none."""
    clock = store.clock_of(w.session, cast(int, consignment.id))
    if clock is None:
        return
    names = store.raise_clock(w.session, clock, silence.rungs(new.key, calendar, hours, w.now))
    if names:
        data: dict[str, Json] = {"key": clock.key, "due_at": stamp(clock.due_at), "silence": new.key, "rungs": [*names]}
        w.record(dossier, Fact("deadline:raised", RAISED, data), consignment)
