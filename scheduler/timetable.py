"""When each thing is looked at. The ticker lives in memory; what is due lives in the database, so nothing is lost with
a process and nothing is done twice by two (see `store.queues`)."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from sqlalchemy.exc import InterfaceError, OperationalError

from logistics import logs
from logistics.rules.breaker import Breaker
from logistics.rules.workdays import CHINA
from logistics.sealing import Sealing
from logistics.store.context import Context
from scheduler import (
    calendars,
    checkpoints,
    fixity,
    foresight,
    housekeeping,
    inbox,
    nightly,
    old_ledgers,
    outbox,
    packages,
    pauses,
    policies,
    polling,
    reminders,
    reports,
    rereading,
    sealing,
    silence,
    transfers,
)
from scheduler.access import Means
from scheduler.mail import Post
from scheduler.patience import Patience

CREW = 3  # errands under way at once: one courier that does not answer must not hold up the others
BATCH = 200  # errands taken by one look; the rest waits for the next
PUSHES = 10_000  # pushes read by one look: a courier that comes back after a day tells everything at once
HEAL_EVERY = 120  # looks at the queues to one look for lost polls
ENROL_SECONDS = 3600.0  # between two looks for files and documents' numbers that nobody knows of yet
UNHURRIED = frozenset({"foresight"})  # what presses when a process starts goes before a look ahead at everything
NIGHT = 2, 30  # o'clock in China
FIRST_CHECK_AFTER = timedelta(minutes=10)  # a machine that is off at night is checked by day

STEPPED = 2.0  # seconds by which a clock is off within one look, and was therefore set

log = logs.get("timetable")


@dataclass(frozen=True)
class Pace:
    """How often, in seconds, and how long an errand stays with the process that took it."""

    tick_seconds: float
    checkpoint_seconds: float
    lease_seconds: float

    @property
    def patience(self) -> Patience:
        """Back-off in proportion to the tick: with 5 s, from 10 s to half an hour."""
        return Patience(first=2 * self.tick_seconds, longest=360 * self.tick_seconds)

    @property
    def breaker(self) -> Breaker:
        """How long an account that is out of order is left alone: with 5 s, from 30 s to half an hour."""
        return Breaker(first=6 * self.tick_seconds, longest=360 * self.tick_seconds, probe=self.lease_seconds)


class _After(BaseTrigger):  # type: ignore[misc]
    """So long after the last time. The ticker's own interval counts up every time that it missed: with a clock that was
    set ahead by a day, for each job as many as a day has."""

    def __init__(self, seconds: float) -> None:
        self._gap = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:  # noqa: ARG002
        """When to run next."""
        return now + self._gap


class Timetable:
    """A running ticker; `stop` returns when everything under way is finished."""

    def __init__(self, ctx: Context, pace: Pace, post: Post | None, seals: Sealing | None = None) -> None:
        """Lay out the jobs; nothing runs before `start`. Raises ConfigError for a key that cannot be used."""
        self._ctx, self._pace, self._post = ctx, pace, post
        seals = seals or Sealing()
        self._stamper, self._seals = sealing.stamper(seals), sealing.means(seals, ctx)
        self._stopping = threading.Event()
        self._ticker = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(CREW + 15)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for name, work, seconds in self._regular():
            first = _now() + (timedelta(seconds=seconds / 10) if name in UNHURRIED else timedelta())
            self._ticker.add_job(self._guarded(name, work), _After(seconds), id=name, next_run_time=first)
        check = self._guarded("nightly", lambda: nightly.once(ctx, going_on=self._going_on))
        hour, minute = NIGHT
        self._ticker.add_job(check, "cron", hour=hour, minute=minute, timezone=CHINA, id="nightly")
        self._ticker.add_job(check, "date", run_date=_now() + FIRST_CHECK_AFTER, id="first_check")

    def start(self) -> None:
        """The jobs run from now on, in threads of this process."""
        # the ticker's own lines say nothing our jobs do not say; what a job could not handle it logs as an error
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._ticker.start()
        threading.Thread(target=self._keep_time, name="keeping-time", daemon=True).start()

    def stop(self) -> None:
        """Nothing new is begun; what was begun has ended."""
        self._stopping.set()
        self._ticker.shutdown(wait=True)

    def _regular(self) -> list[tuple[str, Callable[[], int], float]]:
        ctx, pace, on = self._ctx, self._pace, self._going_on
        means, faults = Means(pace.breaker), reminders.Faults()

        def chases() -> int:
            # who stands still is not reminded: pauses begin and end before anybody looks for due rungs
            return pauses.once(ctx, going_on=on) + reminders.once(ctx, going_on=on, faults=faults)

        def errands() -> int:
            return outbox.once(
                ctx, pace.lease_seconds, BATCH, post=self._post, patience=pace.patience, means=means, going_on=on
            )

        def pushes() -> int:
            return inbox.once(ctx, PUSHES, lease_seconds=pace.lease_seconds, patience=pace.patience, going_on=on)

        def heads() -> int:
            return checkpoints.once(ctx, pace.checkpoint_seconds * 0.9, self._stamper)

        tick, profile = pace.tick_seconds, self._seals.profile
        return [
            *((f"outbox-{number}", errands, tick) for number in range(1, CREW + 1)),
            ("inbox", pushes, tick),
            ("reminders", chases, tick),
            ("rereading", lambda: rereading.once(ctx, going_on=on), tick),
            ("calendars", lambda: calendars.once(ctx, going_on=on), tick),
            ("policies", lambda: policies.once(ctx, going_on=on), tick),
            ("old-ledgers", lambda: old_ledgers.once(ctx, going_on=on), tick),
            ("reports", lambda: reports.once(ctx, going_on=on), tick),
            ("silence", lambda: silence.once(ctx, going_on=on), tick * HEAL_EVERY),
            ("foresight", lambda: foresight.once(ctx, going_on=on), tick * HEAL_EVERY),
            ("polling", lambda: polling.once(ctx), tick * HEAL_EVERY),
            ("checkpoints", heads, pace.checkpoint_seconds),
            ("packages", lambda: packages.once(ctx, means=self._seals, going_on=on), pace.checkpoint_seconds),
            ("transfers", lambda: transfers.once(ctx, profile, going_on=on), tick),
            ("known-packages", lambda: fixity.know_packages(ctx, going_on=on), tick * HEAL_EVERY / 10),
            ("disposals", lambda: fixity.dispose(ctx, going_on=on), tick * HEAL_EVERY / 10),
            ("fixity", lambda: fixity.once(ctx, profile, going_on=on), pace.checkpoint_seconds),
            ("files", lambda: fixity.enrol(ctx), ENROL_SECONDS),
            ("housekeeping", lambda: housekeeping.once(ctx, going_on=on), ENROL_SECONDS),
        ]

    def _keep_time(self) -> None:
        """The ticker waits for times of day: with the clock set back by a day it waits for a day. So it begins anew."""
        ahead = _ahead()
        while not self._stopping.wait(min(self._pace.tick_seconds, 1.0)):
            before, ahead = ahead, _ahead()
            if abs(ahead - before) > STEPPED:
                log.warning("clock_stepped", seconds=round(ahead - before))
                self._begin_anew()

    def _begin_anew(self) -> None:
        with contextlib.suppress(JobLookupError):  # it is stopping meanwhile, and has put its jobs away
            for name, _work, _seconds in self._regular():
                self._ticker.modify_job(name, next_run_time=_now())
            night = self._ticker.get_job("nightly")
            if night is not None:
                self._ticker.modify_job("nightly", next_run_time=night.trigger.get_next_fire_time(None, _now()))

    def _going_on(self) -> bool:
        return not self._stopping.is_set()

    def _guarded(self, name: str, work: Callable[[], int]) -> Callable[[], None]:
        """The job, for which a database that is away is no error: the next tick looks again."""

        def tick() -> None:
            if not self._going_on():
                return
            try:
                work()
            except (OperationalError, InterfaceError) as away:
                log.warning("database_away", job=name, error=type(away).__name__)

        return tick


def _ahead() -> float:
    """Seconds between the time of day and a clock that nobody can set; it changes only when the time is set."""
    return _now().timestamp() - time.monotonic()


def _now() -> datetime:
    return datetime.now(UTC)
