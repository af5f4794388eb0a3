"""Couriers' answers read a second, for every adapter, beside Karrio's published packages in the same run; then pushes
stored and accepted, beside the raw limits (`ingest`, `webhook`, `memory`).

A call of ours is: the question built and signed, the answer read, each event's identity computed. A call of theirs is
what their users write: request, proxy (its HTTP replaced by a local function) and parse:
see `peers/karrio_tracking.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path[0] = str(Path(__file__).parent.parent)  # not this file's folder: `couriers` is the library, not this file

from bench import house, ingest, memory, webhook  # noqa: E402
from bench.answers import answer, codes, courier  # noqa: E402
from bench.report import line, machine, seconds  # noqa: E402

AT = datetime(2026, 9, 28, 1, 40, tzinfo=UTC)
SIZES = (10, 200)
ROUNDS, RUNS = 3, 7
PEER = Path(__file__).parent / "peers" / "karrio_tracking.py"


def calls(code: str, events: int, times: int) -> None:
    """So many whole calls; fails when not every event was read."""
    asked, (waybill_no, reply) = courier(code), answer(code, events)
    for _ in range(times):
        asked.ask_tracking(waybill_no, AT)
        found = {event.natural_key for event in asked.read_tracking(reply)}
        if len(found) != events:
            raise SystemExit(f"{code} read {len(found)} of {events} events")


def peers() -> tuple[dict[str, str], dict[str, list[float]]]:
    """Karrio's versions, and the seconds a call of theirs takes, by carrier and events."""
    python = os.environ.get("PEERS")
    if not python:
        raise SystemExit("PEERS names the Python that has Karrio: run `make bench`, or sh .ci/peers.sh first.")
    done = subprocess.run([python, str(PEER), str(RUNS)], check=True, capture_output=True, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    return told["versions"], told["times"]


def reading() -> None:
    """Measure in turns, so that both sides meet the same machine, and print."""
    theirs: dict[str, list[float]] = {}
    ours: dict[str, list[float]] = {}
    versions: dict[str, str] = {}
    for _ in range(ROUNDS):
        versions, times = peers()
        for name, taken in times.items():
            theirs.setdefault(name, []).extend(taken)
        for code in codes():
            for events in SIZES:
                many = 2000 // events
                taken = seconds(lambda code=code, events=events, many=many: calls(code, events, many), RUNS)  # type: ignore[misc]
                ours.setdefault(f"{code}/{events}", []).extend(one / many for one in taken)
    print(machine("youdang"), ", ".join(f"{name} {version}" for name, version in versions.items()))
    for events in SIZES:
        print(f"an answer of {events} events, whole call, events read:")
        for name, taken in theirs.items():
            if name.endswith(f"/{events}"):
                line(f"karrio {name}", taken, events)
        slowest = {name: statistics.median(taken) for name, taken in theirs.items() if name.endswith(f"/{events}")}
        for name, taken in ours.items():
            if name.endswith(f"/{events}"):
                line(name, taken, events)
                ratios = ", ".join(f"{other} {cost / statistics.median(taken):.1f}" for other, cost in slowest.items())
                print(f"    times Karrio's: {ratios}")


def main() -> None:
    """What was asked for, or reading, storing and the webhook."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("reading", "ingest", "webhook", "memory"))
    parser.add_argument("--memory", action="store_true", help="also a million statements, watching this process grow")
    asked = parser.parse_args()
    if asked.only in (None, "reading"):
        reading()
    if asked.only == "reading":
        return
    with house.server() as running:
        house.furnish(running, 2 * ingest.ENVELOPES)
        print(machine("youdang", "granian", "psycopg", "sqlalchemy") + f"; {house.version(running)}", flush=True)
        if asked.only in (None, "ingest"):
            ingest.main(running)
        if asked.only in (None, "webhook"):
            webhook.main(running)
        if asked.memory or asked.only == "memory":
            memory.main(running)


if __name__ == "__main__":
    main()
