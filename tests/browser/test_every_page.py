"""Every page of the product in real Chromium: nothing serious for axe in both languages, light and dark, in high
contrast and large letters; no sideways scroll at 200 % zoom and on a phone; Tab reaches every control and shows where.

`PICTURES=1` keeps a picture of each page in both languages, both sizes, light and dark, in out/screens/every.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from importlib import resources

import pypdfium2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from logistics.store.embedded import Server
from tests import conftest as session_wide
from tests.browser.conftest import DESK, PHONE, PICTURES, SECONDS, watch_over
from tests.browser.whole_site import NOT_PAGES, Look, Site, forgotten, looks, whole_site
from tests.played import played_template  # noqa: F401 - fixture

AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
ZOOMED = (683, 384)
"""A window of 1366 by 768 at 200 % zoom."""

GRAVE = """(only) => axe.run(document, {...only, resultTypes: ["violations"]}).then(found => found.violations
    .filter(one => ["serious", "critical"].includes(one.impact))
    .map(one => `${one.id}: ${one.help}\\n      ` + one.nodes.slice(0, 4).map(node => node.html.slice(0, 160)
        + " " + (node.any[0]?.message ?? "")).join("\\n      ")))"""
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""What another mode of the same page can change."""
WORDS = {"rules": {name: {"enabled": False} for name in COLOURS["runOnly"]}}
"""What another language of the same page can change: colours know none, and looking at them takes three quarters."""

ALIKE = """() => {
    const lists = new Map(), shape = row => [row, ...row.querySelectorAll("*")].map(one => one.tagName
        + [...one.attributes].map(made => made.name === "class" ? made.value : made.name).join()).join("|");
    for (const row of document.querySelectorAll("main tbody > tr, main :is(ol, ul) > li")) {
        const seen = lists.get(row.parentNode) ?? lists.set(row.parentNode, new Set()).get(row.parentNode);
        if (seen.has(shape(row))) row.style.display = "none";
        seen.add(shape(row));
    } }"""
"""Of the rows of a list that are made alike, to the last class and attribute, one stays: the others look the same."""

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

WATCH_FOCUS = """() => {
    const looks = one => { const s = getComputedStyle(one);
        return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor].join() };
    const can = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
    const seen = one => !one.disabled && one.tabIndex >= 0 && one.checkVisibility({visibilityProperty: true})
        && !one.closest("[inert]") && one.getClientRects().length > 0;
    const every = [...document.querySelectorAll(can)].filter(seen);
    const same = (one, other) => other.type === "radio" && other.name === one.name && other.form === one.form;
    const one_of = one => one.type === "radio" ? every.filter(other => same(one, other)) : [one];
    const boxed = ["radio", "checkbox", "file"];
    window.walk = {left: new Set(every), dull: [], steps: 0, plain: new Map(every.map(one => [one, looks(one)]))};
    document.activeElement?.blur();
    document.addEventListener("focusin", event => {
        const one = event.target;
        window.walk.steps += 1;
        one_of(one).forEach(other => window.walk.left.delete(other));
        const drawn = getComputedStyle(one).outlineStyle !== "none" || looks(one) !== window.walk.plain.get(one);
        const beside = boxed.includes(one.type) ? [one.closest("label"), one.nextElementSibling] : [];
        if (!drawn && !beside.some(other => other && getComputedStyle(other).outlineStyle !== "none"))
            window.walk.dull.push(one.outerHTML.slice(0, 120));
    });
    return every.length;
}"""
WALKED = """() => ({left: [...window.walk.left].filter(one => one.isConnected).map(one => one.outerHTML.slice(0, 120)),
    dull: window.walk.dull, steps: window.walk.steps})"""


@pytest.fixture(scope="module")
def site(postgres: Server, played_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:  # noqa: F811
    """The played demo with a row for every page."""
    folder = tmp_path_factory.mktemp("site")
    with session_wide._new_database(postgres, played_template) as urls, whole_site(urls, folder) as made:
        yield made


@pytest.fixture(scope="module")
def running(site: Site) -> Iterator[str]:
    """Its address."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Walk:
    """One browser context that goes through all pages as one officer after the other; `faults` is what it saw."""

    def __init__(self, browser: Browser, site: Site, live: str, locale: str) -> None:
        self.site, self.live, self.locale = site, live, locale
        self.faults: list[str] = []
        self._tokens: dict[str, str] = {}
        self.context: BrowserContext = browser.new_context(
            base_url=live, reduced_motion="reduce", service_workers="block", locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        self.context.set_default_timeout(SECONDS)
        self.context.add_cookies([{"name": "youdang_language", "value": locale, "url": live}])
        self.page: Page = self.context.new_page()
        watch_over(self.page, live, self.faults)

    def open(self, look: Look) -> Page:
        """The page as its officer sees it on a PC, in light."""
        self.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        self.page.emulate_media(color_scheme="light")
        if look.login:
            if look.login not in self._tokens:
                self._tokens[look.login] = self.site.token(look.login)
            token = self._tokens[look.login]
            self.context.add_cookies([{"name": "youdang_session", "value": token, "url": self.live}])
        else:
            self.context.clear_cookies(name="youdang_session")
        answer = self.page.goto(look.path)
        assert answer is not None
        assert answer.status == 200 or look.endpoint == "find.find", (look, answer.status)
        self.page.wait_for_load_state()
        return self.page

    def note(self, look: Look, where: str, found: list[str]) -> None:
        """What was found is a fault of that page."""
        self.faults += [f"{look.path} ({look.login or 'anybody'}, {self.locale}, {where})\n   {one}" for one in found]


@pytest.fixture
def walk(browser: Browser, site: Site, running: str) -> Iterator[Callable[[str], Walk]]:
    """Begins a walk in a language; at its end nothing may have been found."""
    walks: list[Walk] = []

    def begin(locale: str) -> Walk:
        site.speak(locale)
        walks.append(Walk(browser, site, running, locale))
        return walks[-1]

    yield begin
    for one in walks:
        one.context.close()
    faults = [fault for one in walks for fault in one.faults]
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)


def test_no_page_is_forgotten(site: Site) -> None:
    assert forgotten(site) == set()
    visitor = site.app.test_client()
    rules = {rule.endpoint for rule in site.app.url_map.iter_rules()}
    for name in NOT_PAGES:
        assert any(one == name or one.startswith(name) for one in rules), f"{name} is no endpoint any more"
    assert visitor.get("/healthz").content_type != "text/html"


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_axe_finds_nothing_serious_on_any_page_in_any_mode_and_every_page_fits_a_phone_and_a_zoomed_window(
    walk: Callable[[str], Walk], site: Site, locale: str
) -> None:
    going = walk(locale)
    for look in looks(site):
        page = going.open(look)
        for letters, (width, height) in (("usual", ZOOMED), ("usual", PHONE), ("large", ZOOMED), ("large", PHONE)):
            page.evaluate("letters => { document.documentElement.dataset.letters = letters }", letters)
            page.set_viewport_size({"width": width, "height": height})
            wider = page.evaluate(WIDER)
            going.note(look, f"{width} px, {letters}", [f"{wider} px too wide"] if wider > 0 else [])
        page.evaluate("document.documentElement.dataset.letters = 'usual'")
        page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        page.evaluate(ALIKE)
        page.evaluate(AXE)
        going.note(look, "light", page.evaluate(GRAVE, {} if locale == "zh" else WORDS))
        if locale == "zh":
            page.emulate_media(color_scheme="dark")
            going.note(look, "dark", page.evaluate(GRAVE, COLOURS))
            page.emulate_media(color_scheme="light")
            page.evaluate("document.documentElement.dataset.contrast = 'high'")
            going.note(look, "high contrast", page.evaluate(GRAVE, COLOURS))


def tabbed(page: Page, controls: int) -> dict[str, list[str]]:
    """What Tab did not reach, and where it was not seen. A field of a date takes several Tabs, so patience is given."""
    for _ in range(4):
        for _ in range(controls + 6):
            page.keyboard.press("Tab")
        walked: dict[str, list[str]] = page.evaluate(WALKED)
        if not walked["left"]:
            break
    return walked


def test_tab_reaches_every_control_of_every_page_and_shows_where_it_is(walk: Callable[[str], Walk], site: Site) -> None:
    going = walk("zh")
    for look in looks(site):
        page = going.open(look)
        page.evaluate(ALIKE)
        walked = tabbed(page, page.evaluate(WATCH_FOCUS))
        going.note(look, "Tab", [f"never reached: {one}" for one in walked["left"]])
        going.note(look, "Tab", [f"not seen to be focused: {one}" for one in walked["dull"]])


ON_PAPER = {
    "overview.show": ("起算于", "占全部用时"),
    "deadlines.show": ("环节", "应于"),
    "dossiers.show": ("保管人", "申请人"),
    "receiving.envelope": ("应收", "文号"),
    "handover.show": ("运单号",),
    "supervision.show": ("督办内容",),
    "settings.show": ("要做的",),
    "reports.every": ("制表人",),
}
"""What people print, and words that stand there on paper: of tables their heads, which a phone has not."""
SCREENS_OWN = ("English", "生成报表", "扫描或输入", "阅读", "筛选", "看数字", "签字并完成", "XLSX", "http", "主导航")
"""Words of the screen's machinery."""


def test_what_people_print_has_no_machinery_says_what_and_when_and_repeats_its_heads(
    walk: Callable[[str], Walk], site: Site
) -> None:
    going, seen = walk("zh"), set[str]()
    for look in looks(site):
        if look.endpoint not in ON_PAPER or look.endpoint in seen:
            continue
        seen.add(look.endpoint)
        page = going.open(look)
        title = page.title().split(" · ")[0]
        with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True)) as paper:
            sheets = ["".join(sheet.get_textpage().get_text_bounded().split()) for sheet in paper]
        whole, said = "".join(sheets), ["".join(one.split()) for one in (title, "打印于", *ON_PAPER[look.endpoint])]
        going.note(look, "on paper", [f"not there: {one}" for one in said if one not in whole])
        going.note(look, "on paper", [f"of the screen: {one}" for one in SCREENS_OWN if one in whole])
        uncounted = [n for n, sheet in enumerate(sheets, 1) if f"{n}/{len(sheets)}" not in sheet]
        going.note(look, "on paper", [f"sheet {n} is not counted" for n in uncounted])
        if look.endpoint == "overview.show":
            assert sum("起算于" in sheet for sheet in sheets) == 2, "a table that goes on has its head there again"
    assert seen == set(ON_PAPER)


@pytest.mark.skipif(not os.environ.get("PICTURES"), reason="pictures are made on demand: PICTURES=1")
def test_pictures_of_every_page(walk: Callable[[str], Walk], site: Site) -> None:
    folder = PICTURES / "every"
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for locale in ("zh", "en"):
        going = walk(locale)
        for number, look in enumerate(looks(site)):
            page = going.open(look)
            page.evaluate("document.fonts.ready.then(() => true)")
            for size in (DESK, PHONE):
                page.set_viewport_size({"width": size[0], "height": size[1]})
                for colours in ("light", "dark"):
                    page.emulate_media(color_scheme=colours)
                    file = folder / f"{look.name}-{number:03d}-{locale}-{size[0]}-{colours}.png"
                    page.screenshot(path=file, full_page=True)
                    made.append({"file": file.name, "path": look.path, "login": look.login})
    (folder / "index.json").write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
