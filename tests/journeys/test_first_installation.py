"""A fresh installation without a developer: from an empty database and one command to an envelope on its way, by pages.

The couriers' accounts are settings of the server; everything else is asked for, typed and confirmed on pages.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlmodel import Session, select

from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from logistics import world
from logistics.app import create_app
from logistics.cli import main
from logistics.config import Config
from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.tables import Consignment, PolicyVersion
from logistics.terms import Stage
from scheduler import calendars, outbox
from scheduler.access import Means
from tests.printing.machine import Machine, listener, reads_all
from tests.web.test_calendar_pages import NOTICE
from tests.web.town import Watch
from tests.web.window.acts import citizen_number, row, rows
from tests.web.window.conftest import Officer
from tests.web.window.hall import SETTINGS

OWN = "南鄂-Xian-2026-长江"
HALL_CARD = (
    "咸宁市政务服务大厅",
    "咸宁大厅",
    "421200",
    "city",
    "11421200MB1Q000025",
    "示例大道36号",
    "437100",
    "0715-0000001",
)
PARTNER = {
    "code": "430102",
    "name": "长沙市芙蓉区政务服务中心",
    "short_name": "芙蓉中心",
    "region_code": "430102",
    "level": "district",
    "uscc": "11430000MB1Q00005U",
    "address": "样例街8号",
    "postcode": "410011",
    "phone": "0731-00000002",
    "person": "谭婧",
    "login": "tan.jing",
}
POWERS = ["accept", "formal_review", "verify_originals", "notify_once", "deliver_result"]


@dataclass
class Installation:
    """The web, the scheduler's world, and the courier's side of the wire."""

    site: Flask
    system: Context
    machine: Machine

    def enter(self, login: str, given: str) -> Officer:
        """Somebody logs in with the password they were given, and chooses their own."""
        newcomer = Officer(self.site)
        assert newcomer.log_in(login, given).status_code == 303
        assert newcomer.get("/").headers["Location"] == "/password", "nothing before one's own password"
        done = newcomer.post(
            "/password", {"command_id": str(uuid4()), "old": given, "new": OWN, "again": OWN}, "/password"
        )
        assert done.status_code == 303, done.text
        visitor = Officer(self.site)
        assert visitor.log_in(login, OWN).status_code == 303
        return visitor

    def scheduler(self) -> None:
        """What is owed has been done."""
        while outbox.once(self.system, 4.0, 20, means=Means()):
            pass


@pytest.fixture
def fresh(database: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """A migrated, empty database; an account at the courier's sandbox in the server's settings; a network printer."""
    watch = Watch()
    with ExitStack() as closing:
        courier = World(tmp_path / "courier.sqlite", clock=watch, first_number=11)
        closing.callback(courier.close)
        sandbox = closing.enter_context(Sandbox(courier, SETTINGS))
        environment = {
            "DATABASE_URL": database.app,
            "DATABASE_SYSTEM_URL": database.system,
            "DATABASE_OWNER_URL": database.owner,
            "YOUDANG_VAR": str(tmp_path / "var"),
            "YOUDANG_PRINTER_NETWORKS": "127.0.0.0/8",
            **SETTINGS,
            "COURIER_EMS_URL": sandbox.url,
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        config = Config.from_env(environment)
        web = closing.enter_context(world.context(config, "app"))
        system = closing.enter_context(world.context(config, "system"))
        door = listener()
        closing.callback(door.close)
        yield Installation(
            create_app(replace(web, clock=watch)), replace(system, clock=watch), Machine(door, reads_all)
        )


def first_password() -> str:
    """The one command of an installation, answered line by line; what it says once."""
    asked = CliRunner().invoke(
        main,
        ["administrator", "--login", "zhou", "--name", "周宁", "--agency", "421200"],
        input="\n".join(HALL_CARD) + "\n",
    )
    assert asked.exit_code == 0, asked.output
    found = re.search(r"Password: (\S+)", asked.output)
    assert found
    return found[1]


def shown_once(text: str) -> str:
    found = re.search(r"<code[^>]*>([A-Za-z0-9]{4}(?:-[A-Za-z0-9]{4}){3})</code>", text)
    assert found, text
    return found[1]


def choices(visitor: Officer, path: str, name: str) -> dict[str, str]:
    """What a list of a page's form offers: words by value."""
    page = visitor.get(path).text
    found = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.DOTALL)
    if found:
        return dict(re.findall(r'<option value="([^"]+)"[^>]*>([^<]*)', found[0]))
    return {value: value for value in re.findall(rf'name="{name}" value="([^"]+)"', page)}


def offered(visitor: Officer, path: str) -> dict[str, str]:
    """What the text fields of a page's form begin with."""
    found = re.findall(r'<input[^>]*id="f-[^>]*>', visitor.get(path).text)
    named = {re.search(r'name="([^"]+)"', one): re.search(r'value="([^"]*)"', one) for one in found}
    return {name[1]: value[1] for name, value in named.items() if name and value and 'type="radio' not in name.string}


def missing(visitor: Officer) -> list[str]:
    """What the overview calls missing, each with the way to mend it."""
    page = visitor.get("/settings").text
    rows = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
    open_rows = [one for one in rows if "还缺" in one]
    for one in open_rows:
        way = re.search(r'href="([^"]+)"', one)
        assert way, one
        assert visitor.get(way[1]).status_code == 200
    return re.findall(r'<th scope="row">(?:<a[^>]*>)?\s*([^<]+?)\s*<', "".join(open_rows))


def item_list() -> bytes:
    """The filled-in template: the item that is there, and a new one."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for cells in (
        ("事项编码", "事项名称", "承诺时限", "保管期限", "办理模式", "协议约定", "是否列入"),
        ("XL-0001", "", "", "", "异地代收代办", "", ""),
    ):
        sheet.append(list(cells))
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def agencies_and_people(fresh: Installation, keeper: Officer) -> dict[str, Officer]:
    """The partner with its administrator, and an officer for each role."""
    founded = keeper.send("/agencies/partner", **offered(keeper, "/agencies/partner") | PARTNER)
    assert founded.status_code == 200, founded.text
    partner = fresh.enter("tan.jing", shown_once(founded.text))
    people = {"partner": partner}
    for whose, login, name, role in (
        (keeper, "lin.xf", "林秀芳", "window"),
        (keeper, "wu.jp", "吴建平", "manager"),
        (partner, "he.jg", "何建国", "receiver"),
    ):
        agency = next(iter(choices(whose, "/officers", "agency")))
        added = whose.send("/officers", agency=agency, login=login, name=name, email="", roles=[role])
        given = shown_once(added.text)
        if role != "manager":
            people[role] = fresh.enter(login, given)
    return people


def an_item(keeper: Officer) -> None:
    """An item with a material that travels and one that does not."""
    agency = next(iter(choices(keeper, "/items/new", "agency")))
    terms = {"name": "学历学位公证", "promised_days": 10, "retention": "D30"}
    made = keeper.send("/items/new", agency=agency, code="xl-0001", **terms)
    home = made.headers["Location"]
    assert "还没有材料" in keeper.get(home).text
    line = {"form": "original", "quantity": "1", "medium": "纸质", "review_points": "钢印清晰"}
    for name, treatment in (("毕业证书", "wanted"), ("居民身份证", "shared")):
        assert keeper.send(f"{home}/materials/new", **line, name=name, treatment=treatment).status_code == 303


def an_agreement(keeper: Officer, partner: Officer) -> None:
    """Drafted from the template, its items imported from a table after a dry run, confirmed by both parties."""
    known = {words.strip(): value for value, words in choices(keeper, "/agreements/new", "receiver").items()}
    drafted = keeper.send(
        "/agreements/new",
        no="XN-FR-2026-01",
        name="咸宁—长沙芙蓉跨省通办协议",
        sender=known["咸宁大厅"],
        receiver=known["芙蓉中心"],
        powers=POWERS,
        **{f"payer_{scope}": "sender" for scope in ("city", "province", "cross")},
        valid_from="2026-11-20",
        valid_until="2029-11-19",
    )
    home = drafted.headers["Location"]
    tried = keeper.send(f"{home}/lists/new", file=(io.BytesIO(item_list()), "事项清单.xlsx"))
    digest = re.search(r'name="shown" value="(\w{64})"', keeper.get(tried.headers["Location"]).text)
    assert digest
    assert keeper.send(f"{tried.headers['Location']}/confirm", shown=digest[1]).status_code == 303
    for party in (keeper, partner):
        shown = re.search(r'name="shown" value="(\w{64})"', party.get(home).text)
        assert shown
        assert party.send(f"{home}/confirm", shown=shown[1]).status_code == 303


def a_printer(fresh: Installation, keeper: Officer) -> None:
    """A network printer, tried."""
    agency = next(iter(choices(keeper, "/printers", "agency")))
    given = {"name": "1 号窗口", "language": "tspl", "dpi": "203", "stock": "label", "host": "127.0.0.1"}
    stock = next(iter(choices(keeper, "/printers", "stock")))
    made = keeper.send("/printers", agency=agency, port=fresh.machine.port, **given | {"stock": stock})
    assert made.status_code == 303, made.text
    assert keeper.send(f"{made.headers['Location']}/test").status_code == 303
    fresh.scheduler()
    assert fresh.machine.taken(), "the specimen came out"
    assert "打印机已收下" in keeper.get(made.headers["Location"]).text


def a_rule(keeper: Officer) -> None:
    """The hall's own, stricter rule from acceptance to dispatch."""
    matrix = keeper.get("/policies").text
    way = re.search(r'href="(/policies/rule\?[^"]*leg=accept_to_dispatch[^"]*)"', matrix)
    assert way, matrix
    query = way[1].replace("&amp;", "&").partition("?")[2]
    form = keeper.get(f"/policies/edit?{query}")
    assert form.status_code == 200, form.text
    ladder = re.search(r'name="rungs"[^>]*>([^<]*)</textarea>', form.text)
    assert ladder
    facts = dict(re.findall(r'name="(starts|stops)" value="([^"]*)"', form.text))
    says = {"length": "1", "unit": "wd", "whose": "owner", "rungs": ladder[1], "reason": "本厅规定", **facts}
    kept = keeper.post(f"/policies/keep?{query}", {"command_id": str(uuid4()), **says}, f"/policies/edit?{query}")
    assert kept.status_code == 303, kept.text


def a_calendar(fresh: Installation, keeper: Officer) -> None:
    """Next year's days off, from the notice as it was published."""
    read = keeper.post("/calendar/new", {"command_id": str(uuid4()), "text": NOTICE}, "/calendar/new")
    assert read.status_code == 303, read.text
    way = read.headers["Location"]
    calendars.once(fresh.system)
    assert keeper.send(f"{way}/confirm").status_code == 303
    calendars.once(fresh.system)
    assert "已生效" in keeper.get(way).text


def an_envelope(fresh: Installation, window: Officer) -> str:
    """Case, originals, seal, dispatch, the courier's number, the label."""
    opened = window.send(
        "/dossiers/new",
        what=next(iter(choices(window, "/dossiers/new", "what"))),
        case_no="BJ-0001",
        mode="accept_elsewhere",
        applicant_name="李样例",
        applicant_kind="resident",
        applicant_id=citizen_number(),
        applicant_phone="13900000000",
        consent_on_paper="true",
        consent_signed_on="2026-11-20",
    )
    assert opened.status_code == 303, opened.text
    dossier = opened.headers["Location"].split("/")[2]
    fields = {name: value for prefix in rows(window, dossier) for name, value in row(prefix).items()}
    assert window.send(f"/dossiers/{dossier}/originals", then="pack", extras="1", **fields).status_code == 303
    envelope = f"{dossier}-1"
    sent = window.send(f"/consignments/{envelope}/pack", inside=[f"{dossier}-Y01"], code="XN-000001", then="send")
    assert sent.status_code == 303, sent.text
    fresh.scheduler()
    return envelope


def test_an_empty_database_and_one_command_lead_to_an_envelope_on_its_way(fresh: Installation) -> None:
    keeper = fresh.enter("zhou", first_password())
    assert missing(keeper) == ["单位", "人员", "事项", "通办协议"]
    people = agencies_and_people(fresh, keeper)
    assert missing(keeper) == ["事项", "通办协议"]
    an_item(keeper)
    assert missing(keeper) == ["通办协议"]
    an_agreement(keeper, people["partner"])
    assert missing(keeper) == []
    assert "可以办件" in keeper.get("/settings").text
    assert "邮政" in keeper.get("/couriers").text
    a_printer(fresh, keeper)
    a_rule(keeper)
    assert "请录入 2027 年的放假通知" in keeper.get("/settings").text
    a_calendar(fresh, keeper)
    assert "放假安排到 2027 年" in keeper.get("/settings").text
    no = an_envelope(fresh, people["window"])
    with Session(fresh.system.engine) as session:
        row = session.exec(select(Consignment).where(Consignment.no == no)).one()
        assert (row.stage, row.courier, bool(row.waybill_no)) == (Stage.BOOKED, "ems", True)
        rule = session.exec(select(PolicyVersion)).one()
        assert (rule.length, rule.reason) == (1, "本厅规定")
    assert row.waybill_no in people["window"].get(f"/consignments/{no}").text
    assert people["receiver"].get(f"/receive/{no}").status_code == 200
