"""A clerk without a mouse: keys and a scan gun, counted; and how long a person would take for the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from tests.web.window.five import NUMBERS

KEY = 0.28  # s for one key: an average non-secretary typist, 40 words a minute (Card, Moran and Newell 1980)
THINK = 1.35  # s of mental preparation before an act (the same source)
SCAN = 2.0  # s to take the next paper and pull the trigger: our own assumption, no published figure
KEYS_OF_A_CHARACTER = 5  # of an input method, the choosing included: our own assumption


@dataclass
class Hands:
    """Types where the focus is, as a person and a gun do; `keys`, `scans` and `thoughts` are what a person would do."""

    page: Page
    keys: int = 0
    scans: int = 0
    thoughts: int = 0
    loads: int = 0
    at: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("load", self._loaded)

    def _loaded(self, page: Page) -> None:
        self.loads += 1

    def scan(self, code: str) -> None:
        """The gun types the code and Enter."""
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")
        self.scans += 1

    def press(self, *keys: str) -> None:
        """One thought, then these keys."""
        for key in keys:
            self.page.keyboard.press(key)
        self.keys += len(keys)
        self.thoughts += 1

    def types(self, text: str) -> None:
        """One thought, then the text and Enter; characters by an input method."""
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        self.keys += 1 + sum(KEYS_OF_A_CHARACTER if ord(one) > 0x2E7F else 1 for one in text)
        self.thoughts += 1

    def stands_on(self, name: str) -> None:
        """The focus is on the field of that name: a person who looks at the paper may type on."""
        self.page.wait_for_function("name => (document.activeElement || {}).name === name", arg=name)

    @property
    def modelled_seconds(self) -> float:
        """What a person would need besides the system's own time: keys, scans and thoughts."""
        return self.keys * KEY + self.scans * SCAN + self.thoughts * THINK


def send_five(hands: Hands, case_no: str, seal_no: str, citizen: str) -> str:
    """From the case number to the label in the printer, on the page of a new dossier. Returns the envelope's number."""
    page = hands.page
    hands.stands_on("case_no")
    hands.scan(case_no)
    hands.stands_on("what")
    hands.press("ArrowDown", "Enter")
    hands.stands_on("consent_on_paper")
    hands.press("Space", "Enter")
    hands.stands_on("applicant_name")
    hands.types("王𠮷")
    hands.stands_on("applicant_id")
    hands.scan(citizen)
    hands.stands_on("applicant_phone")
    hands.types("13800000000")
    page.wait_for_url("**/originals")
    page.wait_for_function("() => (document.activeElement || {matches: () => false}).matches('[data-next]')")
    for number in NUMBERS:
        hands.scan(number)
    hands.press("Enter")
    page.wait_for_url("**/consignments/*")
    hands.stands_on("code")
    hands.scan(seal_no)
    expect(page.get_by_role("heading", level=1)).to_contain_text("份单据要打", timeout=30_000)
    page.wait_for_timeout(450)  # an Enter in a page's first 0.4 s belongs to the page before
    hands.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("单据已打好", timeout=60_000)
    return page.url.rpartition("/")[2]
