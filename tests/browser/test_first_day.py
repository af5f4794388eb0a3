"""The first day of an installation: from one administrator and nothing else to the first dossier, on pages alone."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, expect

from logistics.services import directory
from logistics.services.directory import AgencyEntry, Directory, OfficerEntry
from logistics.store.context import Context, connect
from logistics.store.crypto import new_keyring
from logistics.store.embedded import Urls
from logistics.store.files import FileStore
from logistics.terms import Role
from tests.browser.conftest import PHONE, assert_accessible, assert_fits, picture
from tests.web.town import Watch
from tests.web.window.hall import citizen_number

Visit = Callable[..., Page]
GIVEN, OWN = "AmT5-AywB-RvuP-hgjc", "南鄂-Xian-2026-长江"
HALL = AgencyEntry(
    code="421200",
    name="咸宁市政务服务大厅",
    short_name="咸宁大厅",
    region="421200",
    level="city",
    uscc="11421200MB1Q000025",
    address="示例大道36号",
    postcode="437100",
    phone="0715-0000001",
)
PARTNER = {
    "code": "430102",
    "name": "长沙市芙蓉区政务服务中心",
    "short_name": "芙蓉中心",
    "region_code": "430102",
    "uscc": "11430000MB1Q00005U",
    "address": "样例街8号",
    "postcode": "410011",
    "phone": "0731-00000002",
    "person": "谭婧",
    "login": "tan.jing",
}


@pytest.fixture
def ctx(database: Urls, watch: Watch, tmp_path: Path) -> Iterator[Context]:
    """A migrated database with one agency and its administrator, as `youdang administrator` leaves it."""
    keyring, key, files = new_keyring(), Ed25519PrivateKey.generate(), FileStore(tmp_path / "files")
    first = OfficerEntry("zhou", "周宁", "421200", [Role.ADMINISTRATOR], GIVEN, password_given=True)
    system = Context(connect(database.system), watch, keyring, key, files, {})
    directory.import_directory(system, Directory(agencies=(HALL,), officers=(first,)))
    system.engine.dispose()
    engine = connect(database.app)
    yield Context(engine, watch, keyring, key, files, {})
    engine.dispose()


def enter(page: Page, login: str, given: str) -> None:
    """Log in with a password somebody gave, choose one's own, log in with that."""
    page.set_default_timeout(60_000)  # a long day on a busy machine
    for password in (given, OWN):
        page.goto("/login")
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码").fill(password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "/login" not in address)
        if "/password" in page.url:
            fill(page, {"old": given, "new": OWN, "again": OWN})
            page.keyboard.press("Enter")
            page.wait_for_url(lambda address: "/login" in address)


def fill(page: Page, fields: dict[str, str]) -> None:
    for name, value in fields.items():
        page.locator(f"#f-{name}").fill(value)


def password_on(page: Page) -> str:
    return page.locator("main code").first.inner_text()


def officer(page: Page, agency: str, login: str, name: str, *roles: str) -> str:
    """The officer is there; their password."""
    page.goto("/officers")
    page.locator("#f-agency").select_option(label=agency)
    fill(page, {"login": login, "name": name})
    for role in roles:
        page.get_by_role("checkbox", name=role).check()
    page.get_by_role("button", name="添加并生成密码").click()
    page.wait_for_load_state()
    return password_on(page)


def filled_form(page: Page, tmp_path: Path) -> Path:
    """The template, downloaded and filled in."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载模板（XLSX）").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    sheet = book.worksheets[0]
    for row, cells in enumerate(
        (("XL-0001", "", "", "", "异地代收代办"), ("BDC-0002", "不动产核验", "8", "永久")), start=2
    ):
        for column, cell in enumerate(cells, start=1):
            sheet.cell(row, column, cell)
    content = io.BytesIO()
    book.save(content)
    file = tmp_path / "事项清单.xlsx"
    file.write_bytes(content.getvalue())
    return file


def change_the_list(page: Page, other: Page) -> None:
    """An item is to go from the list in force; the other party looks at it, and says no."""
    home = page.url
    page.locator("#items-title ~ table a").first.click()
    page.get_by_text("在清单上", exact=True).click()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("h1")).to_contain_text("清单有改动，还没有确认")
    assert_accessible(page)
    picture(page, "agreement-change")
    page.get_by_role("button", name="确认清单改动").click()
    expect(page.locator("h1")).to_contain_text("等芙蓉中心确认清单改动")
    other.goto(home)
    expect(other.locator("h1")).to_contain_text("对方提出改动清单，等您确认")
    assert_fits(other)
    assert_accessible(other)
    picture(other, "agreement-change")
    other.get_by_text("不改了，清单照旧").click()
    other.locator("#f-refused_why").fill("学位公证照常要办")
    other.get_by_role("button", name="放下这次改动").click()
    expect(other.locator("main")).to_contain_text("清单改动已放下，清单照旧")


def test_an_administrator_comes_from_nothing_to_the_first_dossier_on_pages_alone(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    enter(page, "zhou", GIVEN)
    page.goto("/settings")
    expect(page.locator("h1")).to_contain_text("还差 4 样")
    assert_accessible(page)
    picture(page, "settings-first-day")

    page.goto("/agencies")
    page.get_by_role("link", name="添加对方单位").click()
    page.get_by_role("radio", name="区县级").check()
    fill(page, PARTNER)
    page.get_by_role("button", name="添加并生成密码").click()
    partner_password = password_on(page)
    window_password = officer(page, "咸宁大厅", "lin.xf", "林秀芳", "窗口经办")
    officer(page, "咸宁大厅", "wu.jp", "吴建平", "督查管理")

    page.goto("/items")
    page.wait_for_timeout(450)  # before, Enter may be a scan gun's second one and does nothing
    page.keyboard.press("Enter")  # the main act, from the empty scan box
    fill(page, {"code": "xl-0001", "name": "学历学位公证", "promised_days": "10"})
    page.get_by_role("button", name="添加").click()
    for name, treatment in (("毕业证书", "要寄原件"), ("居民身份证", "免寄：电子证照已共享")):
        page.get_by_role("link", name="添加材料").click()
        page.locator("#f-name").fill(name)
        page.get_by_role("radio", name=treatment).check()
        page.get_by_role("button", name="列入清单").click()
    expect(page.locator("#materials")).to_contain_text("免寄：电子证照已共享")
    assert_accessible(page)
    picture(page, "item")

    page.goto("/agreements")
    page.get_by_role("link", name="拟一份协议").click()
    fill(page, {"no": "XN-FR-2026-01", "name": "咸宁—长沙芙蓉跨省通办协议"})
    page.locator("#f-receiver").select_option(label="芙蓉中心")
    assert_accessible(page)
    picture(page, "agreement-draft")
    page.get_by_role("button", name="存为草稿").click()
    page.get_by_role("link", name="从表格导入事项").click()
    page.locator("#f-file").set_input_files(filled_form(page, tmp_path))
    page.get_by_role("button", name="上传并核对").click()
    expect(page.locator("h1")).to_contain_text("2 行会有变动，还没有导入")
    assert_accessible(page)
    picture(page, "dry-run")
    page.get_by_role("button", name="确认导入").click()
    page.get_by_role("button", name="确认这份文本").click()
    expect(page.locator("h1")).to_contain_text("等芙蓉中心确认")
    assert_accessible(page)
    picture(page, "agreement-waiting")
    agreement = page.url

    receiver = visit(size=PHONE)
    enter(receiver, "tan.jing", partner_password)
    receiver.goto("/settings")
    assert_fits(receiver)
    assert_accessible(receiver)
    expect(receiver.locator("main")).to_contain_text("1 份对方已确认，等您确认")
    picture(receiver, "settings-partner")
    receiver.goto(agreement)
    assert_fits(receiver)
    picture(receiver, "agreement-partner")
    receiver.get_by_role("button", name="确认这份文本").click()
    expect(receiver.locator("h1")).to_contain_text("有效")
    officer(receiver, "芙蓉中心", "he.jg", "何建国", "收件核验")

    page.goto(agreement)
    expect(page.locator("h1")).to_contain_text("有效")
    picture(page, "agreement")
    change_the_list(page, receiver)
    page.goto("/settings")
    expect(page.locator("h1")).to_contain_text("可以办件")
    picture(page, "settings-ready")
    window = visit()
    enter(window, "lin.xf", window_password)
    window.goto("/dossiers/new")
    offered = window.locator("#f-what option", has_text="学历学位公证").get_attribute("value")
    window.locator("#f-what").select_option(offered)
    fill(window, {"case_no": "BJ-0001", "applicant_name": "李样例", "applicant_id": citizen_number()})
    fill(window, {"applicant_phone": "13900000000"})
    window.get_by_role("radio", name="异地代收代办").check()
    window.get_by_label("纸质同意书存本窗口").check()
    window.keyboard.press("Enter")
    window.locator("[data-main]").click()
    window.wait_for_load_state()
    expect(window.locator("main")).to_contain_text("421200-2026-000001")
    expect(window.locator("main")).to_contain_text("毕业证书")
