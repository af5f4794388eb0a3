"""Once a night: does all that must always hold (house §11) hold? Only one process looks at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from logistics import logs
from logistics.rules import invariants
from logistics.rules.invariants import Violation
from logistics.store import find, health
from logistics.store.context import Context
from logistics.store.locks import Lock
from scheduler.alone import alone

LONGEST_UNREAD = timedelta(hours=1)
log = logs.get("nightly")


def once(ctx: Context, batch: int = 200, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Every dossier, the log and the inbox have been checked and each violation logged; how many there are.

    0 also when another process is checking at this moment.
    """
    with alone(ctx, Lock.CHECK) as mine:
        if not mine:
            return 0
        found = _logged(violations(ctx, batch, going_on=going_on))
    log.info("checked", violations=found)
    return found


def violations(ctx: Context, batch: int = 200, *, going_on: Callable[[], bool] = lambda: True) -> Iterator[Violation]:
    """Everything that does not hold. Each batch of dossiers is read as it stood at one moment."""
    last = 0
    while going_on():
        found, last_of_batch = _batch(ctx, last, batch)
        yield from found
        if last_of_batch is None:
            break
        last = last_of_batch
    with health.snapshot_of(ctx.engine) as session:
        yield from health.unreproduced(session)
        figures = health.look(session, ctx.clock())
    if figures.oldest_push is not None and figures.oldest_push + LONGEST_UNREAD < ctx.clock():
        yield Violation("inbox", str(figures.pushes_unread), "有推送超过一小时未读,也没有搁置给人处理")


def _batch(ctx: Context, after: int, size: int) -> tuple[list[Violation], int | None]:
    found: list[Violation] = []
    with health.snapshot_of(ctx.engine) as session:
        dossiers = health.dossiers_after(session, after, size)
        for dossier in dossiers:
            found += invariants.check(find.snapshot(session, dossier), ctx.clock())
            found += health.unlike_the_log(session, dossier)
        return found, dossiers[-1].id if dossiers else None


def _logged(found: Iterable[Violation]) -> int:
    count = 0
    for one in found:
        count += 1
        log.error("violation", rule=one.rule, subject=one.subject, what=one.zh)
    return count
