"""Five originals from the case number to the label in the printer, by keyboard and scan gun, in a real Chromium.

Real: the pages on a PostgreSQL that fsyncs, the errand queue at its shipped interval, the order at the EMS sandbox over
HTTP, the papers drawn, proven and taken by two printers over TCP. Measured: the time of a script that types without
delay, so what the system itself takes. Modelled, and said to be: the time of a person's hands, by the keystroke-level
model. In neither: putting papers into the envelope, sticking the seal and the label on.
"""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path[0] = str(Path(__file__).parents[1])  # not this file's folder: its names are the house's, too

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402

from bench import house  # noqa: E402
from bench.report import machine  # noqa: E402
from logistics.app import create_app  # noqa: E402
from logistics.config import Config  # noqa: E402
from logistics.demo.seed import PASSWORD  # noqa: E402
from logistics.services import people  # noqa: E402
from logistics.store.context import wall_clock  # noqa: E402
from tests.browser.hands import KEY, KEYS_OF_A_CHARACTER, SCAN, THINK, Hands, send_five  # noqa: E402
from tests.conftest import QUIET  # noqa: E402
from tests.web.window.five import NUMBERS, counter  # noqa: E402
from tests.web.window.hall import Hall, citizen_number, hall  # noqa: E402

RUNS = 8
TARGET = 60.0  # s


class Silent(WSGIRequestHandler):
    """A server that says nothing of each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing is said."""


@contextlib.contextmanager
def scheduler(desk: Hall, every: float) -> Iterator[None]:
    """The queue of errands is looked at as the shipped scheduler does, until the block ends."""
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(every):
            desk.errands()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join()


@contextlib.contextmanager
def served(desk: Hall) -> Iterator[str]:
    """The address of the pages while the block runs."""
    server = make_server("127.0.0.1", 0, create_app(desk.ctx), threaded=True, request_handler=Silent)
    runner = threading.Thread(target=server.serve_forever, daemon=True)
    runner.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    runner.join()
    server.server_close()


def logged_in(browser: Browser, desk: Hall, address: str) -> Page:
    """A window PC's page of the hall's clerk."""
    context = browser.new_context(base_url=address, viewport={"width": 1366, "height": 768}, locale="zh-CN")
    token = people.log_in(desk.ctx, "xn-window", PASSWORD)
    context.add_cookies([{"name": "youdang_session", "value": token, "url": address}])
    return context.new_page()


def once(page: Page, number: int) -> tuple[float, Hands]:
    """One case sent; how long the script took, and what hands did."""
    page.goto("/dossiers/new")
    hands = Hands(page)
    start = time.perf_counter()
    send_five(hands, f"BJ42120020261{number:05d}", f"XN-{number:06d}", citizen_number())
    taken = time.perf_counter() - start
    page.remove_listener("load", hands._loaded)
    return taken, hands


def chromium() -> str:
    """The Chromium that the tests use."""
    asked = subprocess.run(["sh", ".ci/test-programs.sh"], check=True, capture_output=True, text=True)
    return asked.stdout.strip()


def runs(every: float) -> list[tuple[float, Hands]]:
    """All runs, one after another, in one browser on one database; a first one does not count."""
    with (
        house.server() as running,
        TemporaryDirectory() as folder,
        hall(house.empty(running), wall_clock, Path(folder)) as desk,
        counter(desk),
        scheduler(desk, every),
        served(desk) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        page = logged_in(browser, desk, address)
        found = [once(page, number) for number in range(RUNS + 1)][1:]
        browser.close()
        return found


def slowest(values: list[float]) -> float:
    """The value at one in a hundred."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def told(name: str, values: list[float]) -> None:
    """One row: median and the slowest in a hundred, in seconds."""
    print(f"  {name:<58} {statistics.median(values):>6.1f} s median {slowest(values):>6.1f} s p99   n={len(values)}")


def main() -> None:
    """Run and print what was measured and what is modelled."""
    every = Config.from_env({}).tick_seconds
    found = runs(every)
    hands = found[0][1]
    measured = [taken for taken, _hands in found]
    modelled = [one.modelled_seconds for _taken, one in found]
    whole = [taken + person for (taken, _hands), person in zip(found, modelled, strict=True)]
    print(machine("youdang", "playwright", "flask"))
    print(f"  {len(NUMBERS)} originals, errands looked at every {every:g} s (as shipped), no key delay, no mouse")
    told("measured: the script, from case number to label in the printer", measured)
    told("modelled: a person's hands and thoughts for the same", modelled)
    told("both together: what a person would need", whole)
    print(
        f"  {hands.keys} keys x {KEY} s + {hands.scans} scans x {SCAN} s + {hands.thoughts} thoughts x {THINK} s "
        f"(KLM: K and M of Card, Moran, Newell 1980; a scan's {SCAN} s and {KEYS_OF_A_CHARACTER} keys for a Chinese "
        f"character are assumptions); {hands.loads} page loads"
    )
    typed = sum(len(number) + 1 for number in NUMBERS) * KEY + len(NUMBERS) * (THINK - SCAN)
    told("the same, were the five numbers typed instead of scanned", [one + typed for one in whole])
    print(f"  under a minute: {'yes' if slowest(whole) < TARGET else 'NO'}; handling of paper is not in these figures")


if __name__ == "__main__":
    main()
