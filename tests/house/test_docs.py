"""The documentation tells the truth: what can be compared with the code is compared, and every link leads somewhere."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from stdnum.cn import uscc

from couriers import adapters
from logistics.cli import COMMANDS, main
from logistics.cli.directory import read_directory
from logistics.config import SETTINGS
from logistics.rules import stages
from logistics.rules.policies import DEFAULT_LADDER, DEFAULT_POLICIES, LEG_NAMES, SUPERVISION_LADDER, Leg, Rung, Unit
from logistics.terms import LaneScope

HOME = Path(__file__).parents[2]
DOCS = sorted((HOME / "docs").rglob("*.md"))
WRITTEN = [HOME / "README.md", HOME / "CHANGELOG.md", *DOCS]

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
SETTING = re.compile(r"\b(?:YOUDANG|DATABASE|COURIER_[A-Z0-9]+)_[A-Z0-9_]*[A-Z0-9]\b|\bDATABASE_URL\b")
COMMAND = re.compile(r"\byoudang ([a-z][a-z-]*)\b")
FILE = re.compile(r"`((?:couriers|labels|logistics|scheduler|tests|bench|\.ci)/[\w./-]*[\w/])`")
ENDINGS = ("py", "csv", "md", "json", "toml", "html")
FUNCTION = re.compile(r"`((?:scheduler|services|store|rules|web|api|archive)/[\w/]+)\.([A-Za-z_][\w.]*)`")

UNITS = {Unit.WORKING_DAYS: "个工作日", Unit.WORKING_HOURS: "个工作小时", Unit.NATURAL_HOURS: "小时"}
SCOPES = (LaneScope.CITY, LaneScope.PROVINCE, LaneScope.CROSS)
NO_COMMANDS = {"ledger"}  # `youdang ledger of dossier` is the text that a chain's first hash is made of
INVENTED = {"COURIER_DEMO_URL", "COURIER_DEMO_SECRET"}  # the courier that docs/adding-a-courier.md adds as an example


def name(path: Path) -> str:
    return path.relative_to(HOME).as_posix()


def between(text: str, mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n(.*?)\n<!-- /{mark} -->", text, re.DOTALL)
    assert found, f"no <!-- {mark} --> … <!-- /{mark} -->"
    return found[1]


def test_the_stage_diagram_is_the_one_the_table_draws() -> None:
    text = (HOME / "docs" / "architecture.md").read_text("utf-8")
    assert between(text, "stages") == f"```mermaid\n{stages.diagram()}```"


def lengths_table() -> str:
    """The default lengths as docs/deadlines.md shows them."""
    rows = ["| 环节 | Leg | 市内 | 省内 | 跨省 |", "|---|---|---|---|---|"]
    for leg in Leg:
        policies = [DEFAULT_POLICIES[leg, scope] for scope in SCOPES]
        cells = [LEG_NAMES[leg], f"`{leg.value}`", *(f"{one.length} {UNITS[one.unit]}" for one in policies)]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def when(rung: Rung) -> str:
    if rung.days_after is not None:
        return f"到期后第 {rung.days_after} 个工作日上班时"
    return "到期时刻" if rung.share == 100 else f"已用时间 {rung.share}%"


def ladder_table(ladder: Sequence[Rung]) -> str:
    """A shipped ladder as docs/deadlines.md shows it."""
    rows = ["| 级次 | 何时 | 告诉谁 |", "|---|---|---|"]
    rows += [f"| `{rung.name}` | {when(rung)} | `{rung.audience.value}` |" for rung in ladder]
    return "\n".join(rows)


def test_the_deadlines_shown_are_the_deadlines_that_count() -> None:
    text = (HOME / "docs" / "deadlines.md").read_text("utf-8")
    assert between(text, "lengths") == lengths_table()
    assert between(text, "ladder") == ladder_table(DEFAULT_LADDER)
    assert between(text, "supervision-ladder") == ladder_table(SUPERVISION_LADDER)
    assert {policy.rungs for policy in DEFAULT_POLICIES.values()} == {DEFAULT_LADDER, SUPERVISION_LADDER}


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(CODE.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, heading = unquote(link).partition("#")
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), f"{name(page)} points to {link}"
        if heading:
            assert heading in headings(file), f"{name(page)} points to {link}, but there is no such heading"


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    found = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-") for text in found}


def optional_of_couriers() -> set[str]:
    """The settings a courier can do without: every adapter's module that has some says them with their defaults."""
    modules = [import_module(f"{adapters.__name__}.{one.name}") for one in iter_modules(adapters.__path__)]
    return {setting for module in modules for setting in getattr(module, "OPTIONAL", {})}


def test_the_courier_page_lists_every_optional_setting_of_every_courier() -> None:
    assert not optional_of_couriers() - set(SETTING.findall((HOME / "docs" / "couriers.md").read_text("utf-8")))


def test_every_page_of_the_documentation_can_be_reached_from_the_readme() -> None:
    seen, waiting = set[Path](), [HOME / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md" or not page.exists():
            continue
        seen.add(page)
        links = LINK.findall(page.read_text("utf-8"))
        waiting += [(page.parent / unquote(link).partition("#")[0]).resolve() for link in links if ":" not in link]
    assert not set(DOCS) - seen


def test_every_command_has_its_place_in_the_operations_manual() -> None:
    told = set(COMMAND.findall((HOME / "docs" / "operations.md").read_text("utf-8")))
    assert not set(COMMANDS) - told


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_a_page_names_no_setting_command_or_file_that_does_not_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    assert not set(SETTING.findall(text)) - {setting.name for setting in SETTINGS} - optional_of_couriers() - INVENTED
    in_code = "\n".join(CODE.findall(text))
    assert not set(COMMAND.findall(in_code)) - set(COMMANDS) - NO_COMMANDS
    if page.name == "adding-a-courier.md":  # its example is not there yet
        return
    files = [file for file in FILE.findall(text) if not FUNCTION.fullmatch(f"`{file}`") or file.endswith(ENDINGS)]
    assert not [file for file in files if not (HOME / file).exists()]


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_every_function_a_page_names_is_there(page: Path) -> None:
    for place, dotted in FUNCTION.findall(page.read_text("utf-8")):
        if dotted in ENDINGS:
            continue
        module = place.replace("/", ".")
        found: object = importlib.import_module(module if module.startswith("scheduler") else f"logistics.{module}")
        for part in dotted.split("."):
            assert hasattr(found, part), f"{name(page)} names {place}.{dotted}"
            found = getattr(found, part)


def test_the_directory_file_of_the_manual_is_one_the_program_reads() -> None:
    text = (HOME / "docs" / "operations.md").read_text("utf-8")
    (block,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    read = read_directory(block)
    assert all(uscc.is_valid(agency.uscc) for agency in read.agencies)
    assert {agreement.sender for agreement in read.agreements} <= {agency.code for agency in read.agencies}


def test_the_deadlines_explained_are_what_the_command_says() -> None:
    text = (HOME / "docs" / "deadlines.md").read_text("utf-8")
    examples = re.findall(r"^\$ youdang (deadline .*)\n((?:(?!```|\$).+\n)+)", text, re.MULTILINE)
    assert len(examples) == 3
    for command, said in examples:
        assert CliRunner().invoke(main, command.split()).output == said


def test_pictures_are_small_and_few() -> None:
    pictures = list((HOME / "docs" / "img").glob("*"))
    assert len(pictures) <= 16
    assert all(picture.suffix == ".png" and picture.stat().st_size < 220_000 for picture in pictures)
