"""The pages of channels: what a keeper writes and never reads back, what a person chooses, what did not arrive."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from logistics.demo.receivers import Receivers
from logistics.rules.webhooks import Outside
from logistics.store.channels import choices
from logistics.store.context import Context, connect
from logistics.store.embedded import Urls
from logistics.tables import Channel, Delivery, Errand, Officer
from logistics.terms import ChannelKind, DeliveryState, ErrandKind, NoticeGroup
from scheduler import outbox
from tests.web.conftest import Visitor

As = Callable[[str], Visitor]
K = ChannelKind
TOKEN, SECRET = "f0e1d2c3b4a5968778695a4b3c2d1e0f", "SEC0123456789abcdef0123456789abcdef"
DINGTALK = f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}"


@pytest.fixture
def far() -> Iterator[Receivers]:
    with Receivers() as running:
        yield running


@pytest.fixture
def ctx(ctx: Context, far: Receivers) -> Context:
    """The operator allows the receivers' host."""
    far.clock = ctx.clock
    return replace(ctx, outside=Outside((far.host,)))


@pytest.fixture
def system(database: Urls, ctx: Context) -> Iterator[Context]:
    """The scheduler's world over the same database."""
    engine = connect(database.system)
    yield replace(ctx, engine=engine)
    engine.dispose()


def agency_of(system: Context, login: str) -> int:
    with Session(system.engine) as session:
        return session.exec(select(Officer.agency_id).where(Officer.login == login)).one()


def only_channel(system: Context) -> Channel:
    with Session(system.engine) as session:
        return session.exec(select(Channel)).one()


def fields(system: Context, **other: str) -> dict[str, str]:
    """A robot of the city's hall, as the province's administrator fills it in."""
    given = {"agency": str(agency_of(system, "lin")), "kind": "dingtalk", "name": "咸宁工作群", "url": DINGTALK}
    return {**given, "secret": SECRET, "command_id": str(uuid4()), **other}


def added(as_: As, system: Context, **other: str) -> tuple[Visitor, str]:
    """The administrator, and the page of the channel they added."""
    zhou = as_("zhou")
    answer = zhou.post("/channels", fields(system, **other), on="/channels")
    assert answer.status_code == 303, answer.text
    return zhou, answer.location


def look_again(system: Context) -> None:
    outbox.once(system, 20, 50)


def test_a_keeper_adds_a_robot_and_never_reads_its_secret_again(as_: As, system: Context) -> None:
    zhou, where = added(as_, system)
    shown, listed = zhou.get(where).text, zhou.get("/channels").text
    for page in (shown, listed):
        assert "咸宁工作群" in page
        assert "oapi.dingtalk.com" in page
        assert TOKEN not in page
        assert SECRET not in page
    assert "有密钥" in shown
    assert "还没有用过" in listed
    row = only_channel(system)
    assert TOKEN not in row.settings
    assert SECRET in system.keyring.unseal(row.settings, f"channel:{row.code}:settings")
    change = {"name": "大厅群", "active": "true", "command_id": str(uuid4())}
    assert zhou.post(where, change, on=where).status_code == 303
    assert only_channel(system).settings == row.settings  # left blank, it stays
    assert only_channel(system).name == "大厅群"
    off = {"name": "大厅群", "command_id": str(uuid4())}
    assert zhou.post(where, off, on=where).status_code == 303
    assert not only_channel(system).active


NOT_ALLOWED = [
    ("url", "https://evil.example/robot/send?access_token=x", "不允许连接主机 evil.example"),
    ("url", "http://oapi.dingtalk.com/robot/send?access_token=x", "只能用 https://"),
    ("url", "https://oapi.dingtalk.com:8443/robot/send?access_token=x", "不允许连接主机"),
    ("url", "https://oapi.dingtalk.com/robot/send", "access_token"),
    ("url", "https://u:p@oapi.dingtalk.com/robot/send?access_token=x", "不能有用户名"),
    ("url", "http://127.0.0.1:22/robot/send?access_token=x", "只能用 https://"),
    ("secret", "short", "8–200"),
    ("kind", "other", "没有放行服务"),
]


def test_an_address_that_may_not_be_called_is_refused_at_its_field(as_: As, system: Context) -> None:
    zhou = as_("zhou")
    for field, value, sentence in NOT_ALLOWED:
        answer = zhou.post("/channels", fields(system, **{field: value}), on="/channels")
        assert answer.status_code == 422, value
        assert sentence in html.unescape(answer.text), value
        assert SECRET not in answer.text
    with Session(system.engine) as session:
        assert session.exec(select(Channel)).all() == []


def test_others_do_not_see_the_channels_nor_change_them(as_: As, system: Context) -> None:
    _, where = added(as_, system)
    lin, he = as_("lin"), as_("he")
    assert lin.get("/channels").status_code == lin.get(where).status_code == 403
    with Session(system.engine) as session, session.begin():
        session.exec(select(Officer).where(Officer.login == "he")).one().roles = ["administrator"]
    assert he.get(where).status_code == 404
    assert "咸宁工作群" not in he.get("/channels").text
    taken = {"name": "我的了", "active": "true", "command_id": str(uuid4())}
    assert he.post(where, taken, on="/channels").status_code == 404


def test_a_test_message_shows_what_came_of_it(as_: As, system: Context, far: Receivers) -> None:
    zhou, where = added(as_, system, url=far.url("dingtalk"), secret="SEC-but-not-the-right-one")
    assert zhou.post(f"{where}/test", {"command_id": str(uuid4())}, on=where).status_code == 303
    assert "等着送出" in zhou.get(where).text
    look_again(system)
    shown = zhou.get(where).text
    assert "310000" in shown
    assert "不可用" in shown
    right = {"name": "群", "url": far.url("dingtalk"), "secret": far.secrets.dingtalk_secret, "active": "true"}
    assert zhou.post(where, {**right, "command_id": str(uuid4())}, on=where).status_code == 303
    zhou.post(f"{where}/test", {"command_id": str(uuid4())}, on=where)
    look_again(system)
    assert "已送出" in zhou.get(where).text
    assert far.of("dingtalk")[0].text.startswith("邮档其他提醒")


def test_a_person_keeps_a_mobile_and_chooses_which_notices_go_which_way(
    as_: As, system: Context, far: Receivers
) -> None:
    added(as_, system)
    sms = {"kind": "sms", "name": "短信", "url": far.url("sms"), "key_id": far.secrets.sms_key}
    added(as_, system, **sms, secret=far.secrets.sms_secret)
    lin = as_("lin")
    wrong = lin.post("/mine/notices/mobile", {"mobile": "12345", "command_id": str(uuid4())}, on="/mine/notices")
    assert wrong.status_code == 422
    assert "11 位手机号码" in wrong.text
    kept = lin.post("/mine/notices/mobile", {"mobile": "139 1234 5678", "command_id": str(uuid4())}, on="/mine/notices")
    assert kept.status_code == 303
    shown = lin.get("/mine/notices").text
    assert "139******78" in shown
    assert "13912345678" not in shown
    chosen = {"first": "sms", "overdue": ["sms", "dingtalk"], "due": ["dingtalk"], "command_id": str(uuid4())}
    assert lin.post("/mine/notices", chosen, on="/mine/notices").status_code == 303
    with Session(system.engine) as session:
        officer = session.exec(select(Officer.id).where(Officer.login == "lin")).one() or 0
        found = choices(session, officer)
    assert found[NoticeGroup.WARNING] == []
    assert found[NoticeGroup.OVERDUE][0] is K.SMS
    assert K.SMS not in found[NoticeGroup.DUE]
    assert K.MAIL in found[NoticeGroup.DUE]  # an address registered later is used
    lin.post("/mine/notices/test", {"kind": "sms", "command_id": str(uuid4())}, on="/mine/notices")
    look_again(system)
    assert far.of("sms")[0].named == ("13912345678",)
    assert "已送出" in lin.get("/mine/notices").text
    assert as_("qin").get("/mine/notices").status_code == 200
    assert "139******78" not in as_("zhou").get("/mine/notices").text


def test_what_did_not_arrive_is_shown_to_managers_who_have_it_sent_again(
    as_: As, system: Context, far: Receivers
) -> None:
    added(as_, system, url=far.url("dingtalk"), secret="SEC-but-not-the-right-one")
    lin, qin = as_("lin"), as_("qin")
    with Session(system.engine) as session, session.begin():
        officer = session.exec(select(Officer.id).where(Officer.login == "lin")).one()
        told = {"officer": officer, "zh": "快到期", "en": "-"}
        at = {"created_at": system.clock(), "due_at": system.clock()}
        session.add(Errand(kind=ErrandKind.NOTIFY, key="notify:9", payload={**told, "dossier": None}, **at))
    look_again(system)
    shown = qin.get("/undelivered").text
    assert "1 条提醒没有送到，等人处理" in shown
    assert "林秀芳" in shown
    with Session(system.engine) as session:
        row = session.exec(select(Delivery)).one()
        assert row.state is DeliveryState.PARKED
    again = f"/undelivered/{row.id}/retry"
    assert qin.post(again, {"command_id": str(uuid4())}, on="/undelivered").status_code == 303
    with Session(system.engine) as session:
        assert session.exec(select(Errand)).one().parked_at is None
    assert lin.get("/undelivered").status_code == 403


def test_the_pages_speak_english(as_: As, system: Context) -> None:
    zhou, where = added(as_, system)
    zhou.post("/language", {"language": "en", "next": "/channels"}, on="/channels")
    assert "DingTalk group robot" in zhou.get("/channels").text
    assert "Send a test message" in zhou.get(where).text
    assert "My notices" in zhou.get("/mine/notices").text
    assert "Outside messages" in zhou.get("/undelivered").text
