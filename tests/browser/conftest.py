"""Real Chromium on a real server over a migrated, seeded database: what the officers see, without any foreign host."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from logistics.demo import seed
from logistics.services import people
from logistics.store.context import Context, connect
from logistics.store.crypto import new_keyring
from logistics.store.embedded import Urls
from logistics.store.files import FileStore
from tests.site import application
from tests.web.town import Watch

HOME = Path(__file__).parents[2]
PICTURES = HOME / "out" / "screens"
DESK, PHONE = (1366, 768), (390, 844)
SECONDS = 15_000  # how long a step may take, in milliseconds, on a busy machine


@pytest.fixture
def watch() -> Watch:
    """The clock of the server; tests turn it."""
    return Watch()


@pytest.fixture
def ctx(seeded: Urls, watch: Watch, tmp_path: Path) -> Iterator[Context]:
    """The world of the server: the demo's directory in a database of this test's own."""
    keyring, key, files = new_keyring(), Ed25519PrivateKey.generate(), FileStore(tmp_path / "files")
    engine = connect(seeded.app)
    yield Context(engine, watch, keyring, key, files, {})
    engine.dispose()


@pytest.fixture
def app(ctx: Context) -> Flask:
    """The application that the server runs; a test may give it a page of its own."""
    return application(ctx)


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The address of a running server."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    runner = threading.Thread(target=server.serve_forever, daemon=True)
    runner.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    runner.join()
    server.server_close()


@pytest.fixture
def visit(browser: Browser, live: str) -> Iterator[Callable[..., Page]]:
    """Opens a page of the server in a browser of its own: `visit(size=PHONE, dark=True, token="…")`.

    At the end of the test every page is held to: no violated content policy, no error in the console that is not a
    refusal the server meant, no request to a foreign host.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(size: tuple[int, int] = DESK, dark: bool = False, token: str = "", **options: object) -> Page:
        context = browser.new_context(
            base_url=live,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            has_touch=size == PHONE,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        context.set_default_timeout(SECONDS)
        if token:
            context.add_cookies([{"name": "youdang_session", "value": token, "url": live}])
        page = context.new_page()
        watch_over(page, live, faults)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def browser_page(visit: Callable[..., Page]) -> Page:
    """One page at the size of a window PC, not logged in."""
    return visit()


@pytest.fixture
def as_(visit: Callable[..., Page], ctx: Context) -> Callable[..., Page]:
    """Opens the site as one of the demo's officers: `as_("xn-window", size=PHONE)`; goes nowhere yet."""

    def enter(login: str, **options: object) -> Page:
        return visit(token=people.log_in(ctx, login, seed.PASSWORD), **options)

    return enter


def watch_over(page: Page, live: str, faults: list[str]) -> None:
    """Every fault of the page is written into `faults`."""
    host = urlsplit(live).netloc

    def heard(message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        meant = text.startswith("Failed to load resource: the server responded with a status of 4")
        meant = meant or text.endswith("net::ERR_INTERNET_DISCONNECTED")  # a test cut the network
        if kind == "error" and not meant:
            faults.append(f"{page.url}: console: {text}")

    def asked(request: object) -> None:
        address = urlsplit(getattr(request, "url", ""))
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != host:
            faults.append(f"{page.url}: asked {address.netloc}")

    page.on("console", heard)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("request", asked)


def unfold(page: Page) -> None:
    """Where the head is narrow, its menu is open; elsewhere everything in it is to be seen anyway."""
    page.wait_for_load_state()
    menu = page.locator("details.menu:not([open]) > summary")
    if menu.is_visible():
        menu.click()


def turn_language(page: Page) -> None:
    """The page in the other of the two languages."""
    unfold(page)
    before = page.locator("html").get_attribute("lang") or ""
    page.locator("form.language button").click()
    expect(page.locator("html")).not_to_have_attribute("lang", before)


def assert_accessible(page: Page) -> None:
    """axe finds nothing serious or critical on the page as it stands."""
    found = Axe().run(page).response["violations"]
    grave = [
        f"{one['id']} ({one['impact']}): {one['help']}\n   " + "\n   ".join(node["html"][:200] for node in one["nodes"])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    assert not grave, f"{page.url}\n" + "\n".join(grave)


def assert_fits(page: Page) -> None:
    """Nothing makes the page wider than its window."""
    page.wait_for_load_state()
    wide, window = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= window, f"{page.url} is {wide} px wide in a window of {window} px"


def picture(page: Page, name: str) -> Path:
    """A picture of the page in out/screens, named by what it shows and its size."""
    size = page.viewport_size or {"width": 0, "height": 0}
    PICTURES.mkdir(parents=True, exist_ok=True)
    file = PICTURES / f"{name}-{size['width']}x{size['height']}.png"
    page.evaluate("document.fonts.ready.then(() => true)")
    page.screenshot(path=file)
    return file
