"""Sealing a dossier, verifying chains, verifying the package of a long dossier; beside what hashing alone costs.

A dossier of 8 papers, 40 events and 12 signatures is read from PostgreSQL, drawn (main file, cover, report), described,
checked item by item, signed and verified; nothing is stored, so that each run does the same. The raw limit is one
SHA-256 over the same bytes: no proof of integrity can cost less.
"""

from __future__ import annotations

import contextlib
import hashlib
import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path[0] = str(Path(__file__).parent.parent)  # not this file's folder: its names are the house's, too

from bench.house import copy, couriers, furnish, server  # noqa: E402
from bench.report import machine, seconds  # noqa: E402
from logistics import logs  # noqa: E402
from logistics.actor import SYSTEM  # noqa: E402
from logistics.archive.contents import EventRecord, RawMessage  # noqa: E402
from logistics.archive.means import NOTHING  # noqa: E402
from logistics.archive.package import build  # noqa: E402
from logistics.archive.profiles import load  # noqa: E402
from logistics.archive.verify import verify_bytes  # noqa: E402
from logistics.rules import chain  # noqa: E402
from logistics.services.archive import sealing  # noqa: E402
from logistics.services.archive.contents import Gathered, gather  # noqa: E402
from logistics.store import find  # noqa: E402
from logistics.store.work import work  # noqa: E402
from scheduler import checkpoints  # noqa: E402
from tests import builders  # noqa: E402
from tests.archive import made_up  # noqa: E402
from tests.builders import House  # noqa: E402
from tests.services.filed import closed  # noqa: E402

RUNS = 15
CHAINS, ENTRIES = 10_000, 50
YEARS = 5
MORE_PAPERS = ("intake", "catalogue", "remarks", "seal", "stickers", "slip")


class _Enough(Exception):
    """Nothing is to be stored."""


def say(name: str, times: list[float], aim: float) -> float:
    """Prints one row in milliseconds against what is aimed at; returns the median in seconds."""
    ordered = sorted(times)
    slow = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    median = statistics.median(ordered)
    print(
        f"  {name:<52} {median * 1000:>9,.0f} ms median {slow * 1000:>9,.0f} ms p99   aim {aim * 1000:,.0f} ms  "
        f"n={len(times)}"
    )
    return median


def busy(gathered: Gathered) -> Gathered:
    """The dossier with 40 events from 20 messages, and each of its four signatures three times on the main file."""
    at = gathered.bare.made_at - timedelta(days=3)
    raw = [RawMessage(b'{"mailNum": "1117905575000", "n": %d}' % n * 20, at, "ems", "push") for n in range(20)]
    events = [
        EventRecord(
            hashlib.sha256(raw[n // 2].content).hexdigest(), at + timedelta(minutes=n), "in_transit", "203",
            f"离开【武汉航空邮件处理中心】，下一站【长沙邮件处理中心】 {n}", {"place": "武汉市", "courier": "ems"},
        )
        for n in range(40)
    ]  # fmt: skip
    whole = replace(gathered.whole, signatures=[*gathered.whole.signatures] * 3)
    return replace(gathered, bare=replace(gathered.bare, raw=raw, events=events), whole=whole)


def sealed(house: House, no: str) -> bytes:
    """The package as it would be stored; the transaction is given up."""
    made = []
    with contextlib.suppress(_Enough), work(house.system, SYSTEM, "bench") as w:
        profile = load("fuzhou")
        gathered = busy(gather(w, find.whole(w.session, w.dossier(no)), profile))
        made.append(sealing.build(house.system, gathered, profile, NOTHING))
        raise _Enough
    return made[0]


def sealing_a_dossier() -> None:
    """A PostgreSQL of our own, one closed dossier, sealed again and again."""
    with server() as running, TemporaryDirectory() as folder:
        furnish(running, 0)
        with copy(running) as (urls, _):
            house = builders.house(urls, Path(folder), couriers())
            no = closed(house, 3, MORE_PAPERS)
            checkpoints.once(house.system)
            content = sealed(house, no)
            taken = seconds(lambda: sealed(house, no), RUNS)
            median = say("seal a dossier: 8 papers, 40 events, 12 signatures", taken, 0.3)
            again = say("  of which: verify the finished package", seconds(lambda: verify_bytes(content), RUNS), 0.3)
            _ratio(content, median, again)
            house.close()


def chains() -> None:
    """So many chains of so many entries, read from their lines and verified."""
    texts = [_chain(number) for number in range(CHAINS // 10)]
    assert all(map(_verified, texts))
    times = seconds(lambda: all(map(_verified, texts)), 1)
    taken = say(f"verify {CHAINS:,} chains of {ENTRIES} entries (a tenth, ten times)", [times[0] * 10], 60)
    raw = statistics.median(seconds(lambda: [hashlib.sha256(text).digest() for text in texts], 3)) * 10
    print(f"    × {taken / raw:,.0f} the time of one SHA-256 over the same lines")


def _chain(number: int) -> bytes:
    no, lines, prev = f"421200-2026-{number:06d}", [], ""
    for seq in range(1, ENTRIES + 1):
        entry = chain.link(
            prev or chain.genesis(no), dossier_no=no, seq=seq, at=made_up.at(seq), actor="officer:12",
            actor_name="窗口甲", agency="咸宁市政务服务大厅", what="original:counted", why="按流程",
            facts={"original": f"{no}-Y01", "outcome": "received", "sha256": "0" * 64}, command_id=None,
        )  # fmt: skip
        lines.append(chain.line(entry))
        prev = entry.hash
    return b"\n".join(lines)


def _verified(text: bytes) -> bool:
    return chain.verify([chain.read(line) for line in text.split(b"\n")]) == []


def a_long_dossier() -> None:
    """A dossier open for five years: an entry for every working day, a tracking event for every day, 60 scans."""
    notes = tuple(
        (made_up.at(301 + n), "deadline:rung_fired", {"rung": f"remind/{n}", "note": "催办一级，已通知经办人"})
        for n in range(250 * YEARS)
    )
    given = made_up.given(own=made_up.entries(extra=notes))
    said = [b'{"n": %d, "traces": "' % n + b"x" * 1500 + b'"}' for n in range(600)]
    raw = [RawMessage(one, made_up.at(n), "ems", "push") for n, one in enumerate(said)]
    events = [
        EventRecord(hashlib.sha256(raw[n % 600].content).hexdigest(), made_up.at(n), "in_transit", "203", "运输中")
        for n in range(365 * YEARS)
    ]
    scans = {f"data/过程文件/B{n:02d}-扫描件.pdf": b"%PDF-1.7\n" + bytes(150_000) for n in range(10, 70)}
    whole = replace(given, raw=raw, events=events, metadata={**given.metadata, **scans})
    content = build(whole, made_up.KEY)
    assert verify_bytes(content).ok
    taken = say("verify the package of a 5-year dossier", seconds(lambda: verify_bytes(content), 5), 2)
    _ratio(content, taken)


def _ratio(content: bytes, *taken: float) -> None:
    raw = statistics.median(seconds(lambda: hashlib.sha256(content).digest(), 9))
    told = ", ".join(f"× {one / raw:,.0f}" for one in taken)
    print(f"    {len(content) / 1e6:,.2f} MB: {told} the time of one SHA-256 over it ({raw * 1000:.1f} ms)")


PARTS: tuple[Callable[[], None], ...] = (sealing_a_dossier, chains, a_long_dossier)

if __name__ == "__main__":
    logs.configure("error")
    print(machine("cryptography", "reportlab", "pikepdf", "rfc8785"))
    for part in PARTS:
        part()
