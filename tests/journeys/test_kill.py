"""SIGKILL for web, schedulers, sandbox and PostgreSQL at random points of the story, fifty times and more."""

from __future__ import annotations

import os
import random
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from logistics import world
from logistics.store.pg_roles import DATABASE
from scheduler import checkpoints
from tests.journeys import aftermath
from tests.journeys.stories import Crew
from tests.journeys.town import POSTGRES, SANDBOX, SCHEDULERS, WEB, Town, town, wait_until

VICTIMS = {WEB: 15, SCHEDULERS[0]: 13, SCHEDULERS[1]: 13, SANDBOX: 8, POSTGRES: 5}
KILLS = sum(VICTIMS.values())
LAST_STORY = 0.6  # of the kills; later nobody begins another story, so that the test has an end
WORKERS = 8
LONGEST_PAUSE = 1.3  # seconds between two kills
LONGEST_AWAY = 0.4  # seconds until the dead one is started again
FAULTS = {  # name -> values, most of them harmless; a call is given up after 1 s
    "slow": (None, None, None, 0.2),
    "timeout_after_order": (None, None, 1.5),
    "5xx": (None, None, None, None, 503),
    "duplicate": (None, True),
    "out_of_order": (None, None, 0.5),
}
HASTE = (
    """
    UPDATE errand SET due_at = now() WHERE id IN (
        SELECT id FROM errand
        WHERE kind = 'track' AND done_at IS NULL AND parked_at IS NULL AND lease_until IS NULL AND due_at > now()
        FOR UPDATE SKIP LOCKED)""",
    """
    UPDATE rung SET fires_at = now() WHERE id IN (
        SELECT r.id FROM rung r JOIN deadline d ON d.id = r.deadline_id
        WHERE r.fired_at IS NULL AND r.dropped_at IS NULL AND r.fires_at > now() AND d.id % 2 = 0
        FOR UPDATE OF r SKIP LOCKED)""",
)


def test_killing_everything_at_random_loses_nothing_and_does_nothing_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("KILL_SEED") or secrets.randbelow(10**6))
    began = time.monotonic()
    with town(tmp_path) as place, world.context(place.config, "system") as ctx:
        crew = Crew(place, random.Random(seed))
        with ThreadPoolExecutor(WORKERS) as pool, _said_at_the_end(capsys, seed) as said:
            workers = [pool.submit(crew.work) for _ in range(WORKERS)]
            try:
                killed = _kill(place, random.Random(seed + 1), workers, crew)
            finally:
                crew.enough.set()
            for worker in workers:
                worker.result()
            wait_until(lambda: aftermath.quiet(ctx), 30, "the queues are empty")
            codes = [place.stop(name) for name in SCHEDULERS]
            checkpoints.once(ctx)  # what came after the last tick
            fired, twice = aftermath.rungs_fired_twice(ctx)
            heads, wrong_heads = aftermath.checkpoints_wrong(ctx)
            said |= {
                "kills": dict(killed),
                "dossiers closed": len(crew.closed),
                "acts": len(crew.done),
                "acts asked again": crew.repeats,
                "answered from the first time": aftermath.answered_again(place.folder),
                "errands tried again": aftermath.tried_again(ctx),
                "voided": len(crew.voided),
                "envelopes": {stage.value: n for stage, n in aftermath.stages(ctx).items()},
                "rungs": fired,
                "checkpoints": heads,
                "seconds": round(time.monotonic() - began),
            }
            assert sum(killed.values()) >= 50
            assert len(crew.closed) >= WORKERS
            assert fired > 0
            assert aftermath.lost_acts(ctx, crew.done) == []
            assert aftermath.second_waybills(ctx, tmp_path / "sandbox" / "parcels.sqlite") == []
            assert aftermath.gaps(ctx) == []
            assert twice == []
            assert wrong_heads == []
            assert aftermath.broken(ctx) == []
            assert codes == [0, 0], place.tail(SCHEDULERS[0])


def _kill(place: Town, dice: random.Random, workers: list[Future[None]], crew: Crew) -> Counter[str]:
    """KILLS processes have been killed at random moments and started again."""
    killed: Counter[str] = Counter()
    deck = [name for name, times in VICTIMS.items() for _ in range(times)]
    dice.shuffle(deck)
    for victim in deck:
        time.sleep(dice.uniform(0.1, LONGEST_PAUSE))
        if killed.total() >= KILLS * LAST_STORY:
            crew.enough.set()
        for worker in workers:
            if worker.done():
                worker.result()  # a story went wrong: no use in going on
        place.kill(victim)
        killed[victim] += 1
        time.sleep(dice.uniform(0, LONGEST_AWAY))
        place.start(victim)
        _hurry(place)
        place.tell_sandbox(**{name: dice.choice(values) for name, values in FAULTS.items()})
    wait_until(lambda: place.tell_sandbox(**dict.fromkeys(FAULTS)), 20, "the sandbox behaves again")
    _hurry(place)
    return killed


def _hurry(place: Town) -> None:
    """Couriers are asked after parcels now, and half of all clocks fire their next reminders while processes die."""
    try:
        with place.server.connect(DATABASE) as connection:
            for statement in HASTE:
                connection.execute(statement)
    except psycopg.OperationalError:
        return  # the database was just killed; the next time will do


@contextmanager
def _said_at_the_end(capsys: pytest.CaptureFixture[str], seed: int) -> Iterator[dict[str, object]]:
    """The figures are printed however the test ends."""
    said: dict[str, object] = {"seed": seed}
    try:
        yield said
    finally:
        with capsys.disabled():
            print("\nkill test:", ", ".join(f"{name}={value}" for name, value in said.items()))
