"""SIGKILL for four schedulers and PostgreSQL at random while thousands of rungs come due; clocks are stepped by a day,
deadlines are met, waived, paused and moved meanwhile. Each rung fires once, none early, none is lost.

`KILL_DEADLINES=100000` is the whole measure (`make kill`); a small one runs with all tests.
"""

from __future__ import annotations

import os
import random
import secrets
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from logistics import world
from scheduler import nightly
from tests.journeys import ladder_load, ladder_truth
from tests.journeys.ladder_acts import Acts
from tests.journeys.ladder_load import Made
from tests.journeys.ladder_town import SCHEDULERS, LadderTown, ladder_town
from tests.journeys.town import wait_until

DEADLINES = int(os.environ.get("KILL_DEADLINES", "2000"))
SECONDS = max(12.0, DEADLINES / 400)  # during which rungs come due and processes die
DOSSIERS = max(60, DEADLINES // 20)
PLANNED = min(max(DEADLINES // 40, 40), 300)  # of them; a calendar's change moves these
POSTGRES_RESTARTS = 1 if DEADLINES < 20_000 else 4
KILLS = 12  # at least
DRAIN_SECONDS = 60 + DEADLINES / 200
LONGEST_PAUSE = 0.9  # seconds between two kills
QUIET = 120  # deadlines of the quiet stretch, when nobody dies
QUIET_SECONDS = 3.0
TICK_SECONDS = 1.0
WITHIN = 60.0  # seconds after its moment a rung has fired while a scheduler lives
STEPS = (-1.0, 0.0, 1.0)  # days


def test_each_rung_fires_once_whatever_is_killed_and_however_clocks_are_stepped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("KILL_SEED") or secrets.randbelow(10**6))
    dice = random.Random(seed)
    with (
        ladder_town(tmp_path, TICK_SECONDS) as place,
        world.context(place.config, "system") as ctx,
        world.context(place.config, "app") as web,
        _said_at_the_end(capsys, seed) as said,
    ):
        acts = Acts(place, web, ctx, random.Random(seed + 1))
        start, put_in = _furnish(place, acts, dice)
        with acts.busy():
            said |= _kill(place, dice)
        _step_clocks(place, dice)
        wait_until(lambda: ladder_truth.waiting(place) == 0, DRAIN_SECONDS, "every rung that is due has fired")
        said |= acts.said() | {"deadlines": len(put_in), "latency after kills s": _spread(place, start)}
        said["latency in quiet s"] = quiet = _quiet(place, acts, dice)
        said["latency of one set back s"] = alone = _one_set_back(place, acts, dice)
        place.stop(SCHEDULERS[0])
        until = _now(place)
        found = ladder_truth.wrong(place, until - timedelta(seconds=TICK_SECONDS + 5))
        said["rungs fired"], said["of deadlines over"] = ladder_truth.fired(place)
        said |= {name: f"{len(rows)} e.g. {rows[:3]}" for name, rows in found.items()}
        assert found == {}
        assert ladder_truth.moved(place, _nobodys(put_in, acts)) == []
        assert acts.moved > 0
        assert max(quiet["max"], alone["max"]) <= WITHIN
        assert [f"{one.rule} {one.subject}: {one.zh}" for one in nightly.violations(ctx)] == []
        assert place.faults() == []


def _furnish(place: LadderTown, acts: Acts, dice: random.Random) -> tuple[datetime, list[Made]]:
    """The deadlines stand in the tables, the first of them due already, and the schedulers run: since when."""
    acts.open_the_days(_now(place))
    acts.seal_envelopes()
    dossiers = ladder_load.clone_dossiers(place, DOSSIERS)
    ladder_load.witness(place)
    start = _now(place)
    acts.send_within(start, SECONDS)
    scattered = list(ladder_load.scattered(dossiers, acts.hall_id, DEADLINES - PLANNED, start, SECONDS, dice, first=0))
    planned = ladder_load.planned(
        acts.system, dossiers, acts.authority_id, PLANNED, start, SECONDS, first=DEADLINES - PLANNED
    )
    ladder_load.put_in(place, [*scattered, *planned])
    acts.know(scattered, SECONDS)
    for name in SCHEDULERS:
        place.start(name)
    return start, [*scattered, *planned]


def _nobodys(put_in: list[Made], acts: Acts) -> list[Made]:
    """Deadlines that no calendar and no pause has moved."""
    return [one for one in put_in if one.owner_id != acts.authority_id and one.id not in acts.paused]


def _kill(place: LadderTown, dice: random.Random) -> dict[str, object]:
    """Until the last rung of the stretch has come due: processes are killed and started again, clocks are stepped."""
    killed: Counter[str] = Counter()
    end = time.monotonic() + SECONDS
    restarts = sorted(end - dice.uniform(0.1, 0.9) * SECONDS for _ in range(POSTGRES_RESTARTS))
    while time.monotonic() < end or killed.total() < KILLS:
        time.sleep(dice.uniform(0.1, LONGEST_PAUSE))
        if restarts and time.monotonic() > restarts[0]:
            restarts.pop(0)
            place.kill_postgres()
            killed["postgres"] += 1
            time.sleep(dice.uniform(0, 0.5))
            place.server.revive()
            continue
        victim = dice.choice(SCHEDULERS)
        place.kill(victim)
        killed[victim] += 1
        place.step(victim, dice.choice(STEPS))
        place.step(dice.choice(SCHEDULERS), dice.choice(STEPS))  # one that lives, perhaps
        time.sleep(dice.uniform(0, 0.3))
        place.start(victim)
    return {"kills": dict(killed)}


def _step_clocks(place: LadderTown, dice: random.Random) -> None:
    """One clock a day behind, one a day ahead, and one true: the other is any of these."""
    for name, days in zip(dice.sample(SCHEDULERS, 4), (*STEPS, dice.choice(STEPS)), strict=True):
        place.step(name, days)


def _quiet(place: LadderTown, acts: Acts, dice: random.Random) -> dict[str, float]:
    """Nobody dies, while clocks differ by a day or two: how long after its moment each rung fires."""
    return _stretch(place, acts, dice, DEADLINES)


def _one_set_back(place: LadderTown, acts: Acts, dice: random.Random) -> dict[str, float]:
    """One scheduler alone, the clock of its machine set back by two days while it lives."""
    for name in SCHEDULERS[1:]:
        place.stop(name)
    place.step(SCHEDULERS[0], 1)
    time.sleep(2 * TICK_SECONDS)  # so that it looks ahead from there
    place.step(SCHEDULERS[0], -1)
    return _stretch(place, acts, dice, DEADLINES + QUIET)


def _stretch(place: LadderTown, acts: Acts, dice: random.Random, first: int) -> dict[str, float]:
    """Rungs have come due for some seconds, and have fired: how long after their moments."""
    start = _now(place) + timedelta(seconds=0.5)
    dossiers = [int(row[0]) for row in place.sql("SELECT id FROM dossier")]
    ladder_load.put_in(
        place, ladder_load.scattered(dossiers, acts.hall_id, QUIET, start, QUIET_SECONDS, dice, first=first)
    )
    time.sleep(QUIET_SECONDS + 0.5)
    wait_until(lambda: ladder_truth.waiting(place) == 0, WITHIN, "every rung of the stretch has fired")
    return _spread(place, start)


def _spread(place: LadderTown, since: datetime) -> dict[str, float]:
    seconds = ladder_truth.latencies(place, since)
    return {"max": round(seconds[-1], 2), "median": round(statistics.median(seconds), 2)}


def _now(place: LadderTown) -> datetime:
    """By the database's clock."""
    [(now,)] = place.sql("SELECT clock_timestamp()")
    assert isinstance(now, datetime)
    return now


@contextmanager
def _said_at_the_end(capsys: pytest.CaptureFixture[str], seed: int) -> Iterator[dict[str, object]]:
    """The figures are printed however the test ends."""
    said: dict[str, object] = {"seed": seed}
    began = time.monotonic()
    try:
        yield said
    finally:
        said["seconds"] = round(time.monotonic() - began)
        with capsys.disabled():
            print("\nkill test of the ladder:", ", ".join(f"{name}={value}" for name, value in said.items()))
