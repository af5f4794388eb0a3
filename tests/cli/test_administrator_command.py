"""`youdang administrator` as the server's administrator meets it: one person who may do the rest on pages."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session, select

from logistics.cli import main
from logistics.store import passwords
from logistics.store.context import connect
from logistics.store.embedded import Urls
from logistics.tables import Agency, Officer

CARD = (
    "咸宁市政务服务大厅",
    "咸宁大厅",
    "421200",
    "city",
    "11421200MB1Q000025",
    "示例大道36号",
    "437100",
    "0715-0000001",
)


@pytest.fixture
def server(database: Urls, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> Urls:
    """The server's settings, with a migrated, empty database."""
    for name, value in {
        "DATABASE_URL": database.app,
        "DATABASE_SYSTEM_URL": database.system,
        "DATABASE_OWNER_URL": database.owner,
        "YOUDANG_VAR": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    return database


def ask(login: str = "zhou", name: str = "周宁", agency: str = "421200", card: tuple[str, ...] = CARD) -> Result:
    asked = ["administrator", "--login", login, "--name", name, "--agency", agency]
    return CliRunner().invoke(main, asked, input="\n".join(card) + "\n")


def password(result: Result) -> str:
    assert result.exit_code == 0, result.output
    found = re.search(r"Password: (\S+)", result.output)
    assert found, result.output
    return found[1]


def officers(server: Urls) -> dict[str, Officer]:
    engine = connect(server.system)
    with Session(engine) as session:
        found = {one.login: one for one in session.exec(select(Officer))}
    engine.dispose()
    return found


def test_the_command_makes_agency_and_administrator_and_says_the_password_once(server: Urls) -> None:
    first = ask()
    given = password(first)
    row = officers(server)["zhou"]
    assert (row.name, row.roles, row.password_given) == ("周宁", ["administrator"], True)
    assert passwords.matches(row.password_hash, given)
    assert given not in row.password_hash
    assert "第一次登录后须自己改" in first.output
    assert "Shown once" in first.output
    engine = connect(server.system)
    with Session(engine) as session:
        agency = session.exec(select(Agency)).one()
        assert (agency.code, agency.short_name, agency.path) == ("421200", "咸宁大厅", f"{agency.id}.")
    engine.dispose()


def test_a_second_one_of_the_same_agency_is_not_asked_about_it_again(server: Urls) -> None:
    password(ask())
    second = ask("wu.jp", "吴建平", card=())
    password(second)
    assert "还没有" not in second.output
    assert set(officers(server)) == {"zhou", "wu.jp"}


def test_who_is_there_gets_another_password_and_keeps_their_roles(server: Urls) -> None:
    old = password(ask())
    engine = connect(server.system)
    with Session(engine) as session, session.begin():
        session.exec(select(Officer)).one().roles = ["manager"]
    engine.dispose()
    new = password(ask(card=()))
    row = officers(server)["zhou"]
    assert row.roles == ["administrator", "manager"]
    assert passwords.matches(row.password_hash, new)
    assert not passwords.matches(row.password_hash, old)


@pytest.mark.parametrize(
    ("change", "zh", "en"),
    [
        ({"login": "Zhou Ning"}, "登录名用 2 至 32 个小写字母", "2 to 32 small letters"),
        ({"agency": "xn"}, "须为 6 至 12 位大写字母或数字", "6 to 12 capital letters or digits"),
        ({"card": (*CARD[:4], "11421200MB1Q000026", *CARD[5:])}, "统一社会信用代码", "no unified social credit code"),
        ({"card": (*CARD[:2], "990000", *CARD[3:])}, "行政区划代码 990000 不在区划表中", "no region 990000"),
    ],
)
def test_a_fault_is_said_in_both_languages_and_nothing_is_stored(
    server: Urls, change: dict[str, object], zh: str, en: str
) -> None:
    refused = ask(**change)  # type: ignore[arg-type]
    assert refused.exit_code == 1
    assert zh in refused.output
    assert en in refused.output
    assert "Password:" not in refused.output
    assert officers(server) == {}
