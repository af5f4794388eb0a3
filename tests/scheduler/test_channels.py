"""Messages outside, over real HTTP and SMTP: signed, tried again, falling to the next channel and saying so."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from sqlmodel import Session, col, select

from logistics import logs
from logistics.actor import Actor
from logistics.demo.receivers import Receivers
from logistics.rules.webhooks import Outside
from logistics.services import channels, contacts
from logistics.services.channels import Address, Given
from logistics.store.channels import deliveries_of, reachable, ways_of
from logistics.store.embedded import Urls
from logistics.store.work import reading
from logistics.tables import Channel, Delivery, Errand, Officer
from logistics.terms import ChannelKind, DeliveryState, ErrandKind, NoticeGroup
from scheduler import outbox, reminders
from scheduler.mail import Post
from scheduler.patience import Patience
from tests.builders import House, SlowClock, house, officer, opened

K, S = ChannelKind, DeliveryState
QUICK = Patience(first=10, longest=600, limit=6)
MOBILE = "13912345678"
ZH, EN = "专档的受理至寄出时限快到期。", "The deadline is due soon."


@pytest.fixture
def clock() -> SlowClock:
    return SlowClock()


@pytest.fixture
def far(clock: SlowClock) -> Iterator[Receivers]:
    with Receivers(clock) as running:
        yield running


class Town:
    """A house whose agency has channels, and whose people are told."""

    def __init__(self, made: House, far: Receivers) -> None:
        """The operator allows the receivers' host."""
        outside = Outside((far.host,))
        made.web, made.system = replace(made.web, outside=outside), replace(made.system, outside=outside)
        self.house, self.far = made, far
        with Session(made.system.engine) as session:
            self.admin = replace(officer(session, "hb-admin"))
        self.post: Post | None = None

    @property
    def who(self) -> Actor:
        """The one who is told."""
        return self.house.window

    def channel(self, where: str, **other: Any) -> int:
        """The agency's channel of this kind; `other` replaces what its address should hold."""
        known = self.far.secrets
        secrets = {"dingtalk": known.dingtalk_secret, "feishu": known.feishu_secret, "sms": known.sms_secret}
        given = {"url": self.far.url(where), "secret": secrets.get(where, "")}
        given |= {"key_id": known.sms_key} if where == "sms" else {}
        address = Address(**{**given, **other})
        made = channels.add(
            self.house.web, self.admin, self.house.command(), self.who.agency_id or 0, K(where),
            Given(f"{where} 群", False, address),
        )  # fmt: skip
        return int(made["channel"])

    def mobile(self, number: str = MOBILE) -> None:
        """The one who is told has a mobile."""
        contacts.keep_mobile(self.house.web, self.who, self.house.command(), number)

    def no_mail(self) -> None:
        """Nobody has an address of mail."""
        with self.house.system.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE officer SET email = ''")

    def owe(self, key: str = "notify:1", *, officer_id: int | None = None, **payload: Any) -> None:
        """A message is owed, as the ladder owes it."""
        now = self.house.clock()
        given = {"officer": officer_id or self.who.officer_id, "zh": ZH, "en": EN, "dossier": None, "kind": "warning"}
        row = {"attempts": 0, "failures": 0, "last_error": "", "created_at": now, "due_at": now}
        with Session(self.house.system.engine) as session, session.begin():
            session.add(Errand(kind=ErrandKind.NOTIFY, key=key, payload={**given, **payload}, **row))

    def send(self, **later: float) -> None:
        """The scheduler looks, after a while."""
        self.house.clock.advance(**later)
        outbox.once(self.house.system, 20, 50, post=self.post, patience=QUICK)

    def errand(self, key: str = "notify:1") -> Errand:
        """The errand of that key."""
        return self.house.errands(key=key)[0]

    def tried(self, key: str = "notify:1") -> dict[str, Delivery]:
        """What became of each channel."""
        with Session(self.house.system.engine) as session:
            rows = session.exec(select(Delivery).where(Delivery.errand_key == key).order_by(col(Delivery.id)))
            return {row.kind.value: row for row in rows}

    def states(self, key: str = "notify:1") -> dict[str, DeliveryState]:
        """As `tried`, the states alone."""
        return {kind: row.state for kind, row in self.tried(key).items()}

    def row(self, channel_id: int) -> Channel:
        """A channel with all it knows."""
        with Session(self.house.system.engine) as session:
            return session.get_one(Channel, channel_id)


@pytest.fixture
def town(seeded: Urls, tmp_path: Path, clock: SlowClock, far: Receivers) -> Iterator[Town]:
    made = house(seeded, tmp_path, {}, clock)
    yield Town(made, far)
    made.close()


def test_every_channel_that_is_demanded_has_the_message_signed_as_its_provider_wants(town: Town) -> None:
    town.mobile()
    for where in ("dingtalk", "wecom", "feishu", "sms"):
        town.channel(where)
    number = opened(town.house)
    town.owe(channels=["dingtalk", "wecom", "feishu", "sms"], dossier=number)
    town.send()
    assert town.states() == dict.fromkeys(("dingtalk", "wecom", "feishu", "sms"), S.SENT)
    assert town.far.refused == []
    assert town.errand().done_at is not None
    for one in town.far.taken:
        assert ZH in one.text.replace("\\", "")
        assert "未送达" not in one.text
    (ding,), (wecom,), (sms,) = town.far.of("dingtalk"), town.far.of("wecom"), town.far.of("sms")
    assert f"邮档快到期:专档 {number}" in ding.text
    assert f"{town.house.system.base_url}/dossiers/{number}" in ding.text
    assert ding.named == wecom.named == sms.named == (MOBILE,)
    assert sms.raw["fields"] == {"dossier": number, "link": f"{town.house.system.base_url}/dossiers/{number}"}
    assert sms.raw["notice"] == "warning"
    assert "http" not in sms.text


def test_a_wrong_secret_is_refused_and_the_message_falls_to_the_next_and_says_so(town: Town) -> None:
    town.no_mail()
    town.mobile()
    robot = town.channel("dingtalk", secret="SEC" + "0" * 40)
    town.channel("sms")
    town.owe()
    town.send()
    assert town.states() == {"dingtalk": S.FELL_TO_NEXT, "sms": S.SENT}
    assert town.far.refused == [("dingtalk", 310000)]
    (sms,) = town.far.of("sms")
    assert sms.text == f"钉钉未送达，改发短信。{ZH}"
    assert "310000" in town.tried()["dingtalk"].words
    assert "310000" in town.errand().last_error
    dead = town.row(robot)
    assert dead.dead_since == town.house.clock()
    town.owe("notify:2")  # a dead channel is not called again and again
    town.send(seconds=30)
    assert town.states("notify:2") == {"dingtalk": S.FELL_TO_NEXT, "sms": S.SENT}
    assert len(town.far.refused) == 1
    change = Given("钉钉群", False, Address(town.far.url("dingtalk"), town.far.secrets.dingtalk_secret))
    channels.change(town.house.web, town.admin, town.house.command(), robot, change, active=True)
    town.owe("notify:3")
    town.send()
    assert town.states("notify:3") == {"dingtalk": S.SENT}
    assert town.row(robot).dead_since is None


def test_feishu_says_no_to_a_wrong_signature_and_english_readers_are_told_in_english(town: Town) -> None:
    town.no_mail()
    with town.house.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE officer SET locale = 'en'")
    town.channel("feishu", secret="not-the-right-one")
    town.channel("wecom")
    town.owe(channels=["feishu"])
    town.send()
    assert town.states() == {"feishu": S.FELL_TO_NEXT, "wecom": S.SENT}
    assert town.far.refused == [("feishu", 19021)]
    (said,) = town.far.of("wecom")
    assert "Not delivered by Feishu; sent by WeCom instead." in said.text
    assert EN in said.text
    assert "Youdang, due soon" in said.text


def test_a_channel_that_is_away_is_tried_again_and_after_three_times_the_next_has_it(town: Town) -> None:
    town.no_mail()
    town.mobile()
    town.channel("dingtalk")
    town.channel("sms")
    town.far.broken["dingtalk"] = 503
    town.owe()
    town.send()
    assert town.states() == {"dingtalk": S.FAILED}
    assert "503" in town.errand().last_error
    town.send(minutes=1)
    assert town.states() == {"dingtalk": S.FAILED}
    assert town.far.of("sms") == []
    town.send(minutes=2)
    assert town.states() == {"dingtalk": S.FELL_TO_NEXT, "sms": S.SENT}
    assert town.tried()["dingtalk"].tries == 3


def test_a_channel_that_comes_back_in_time_has_the_message_itself(town: Town) -> None:
    town.no_mail()
    town.channel("feishu")
    town.far.broken["feishu"] = 500
    town.owe()
    town.send()
    del town.far.broken["feishu"]
    town.send(minutes=1)
    assert town.states() == {"feishu": S.SENT}
    assert town.tried()["feishu"].words == ""
    assert len(town.far.of("feishu")) == 1


def test_a_message_that_nobody_takes_waits_for_a_person_who_has_it_tried_again(town: Town) -> None:
    town.no_mail()
    town.mobile()
    town.channel("dingtalk", secret="SEC" + "0" * 40)
    bridge = town.channel("sms", key_id="nobody")
    town.owe()
    town.send()
    assert town.states() == {"dingtalk": S.FELL_TO_NEXT, "sms": S.PARKED}
    assert town.errand().parked_at is not None
    assert "钉钉群机器人" in town.errand().last_error
    assert "短信" in town.errand().last_error
    right = Address(town.far.url("sms"), town.far.secrets.sms_secret, town.far.secrets.sms_key)
    channels.change(town.house.web, town.admin, town.house.command(), bridge, Given("短信", False, right), active=True)
    parked = town.tried()["sms"].id or 0
    channels.retry(town.house.web, town.house.manager, town.house.command(), parked)
    town.send()
    assert town.states() == {"dingtalk": S.FELL_TO_NEXT, "sms": S.SENT}
    assert town.errand().done_at is not None


def test_a_process_killed_after_the_call_sends_again_and_the_bridge_knows_the_copy(town: Town) -> None:
    town.no_mail()
    town.mobile()
    town.channel("sms")
    town.owe()
    town.send()
    with town.house.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE errand SET done_at = NULL")
        connection.exec_driver_sql("UPDATE delivery SET state = 'trying'")
    town.send(seconds=61)
    assert town.states() == {"sms": S.SENT}
    assert town.tried()["sms"].tries == 2
    assert len(town.far.of("sms")) == 1


def test_a_group_is_told_once_however_many_of_its_people_are_told(town: Town) -> None:
    town.no_mail()
    town.channel("wecom")
    with Session(town.house.system.engine) as session:
        second = officer(session, "xn-window2").officer_id
    for number in range(5):
        town.owe(f"notify:rung:{number}:{town.who.officer_id}")
        town.owe(f"notify:rung:{number}:{second}", officer_id=second)
    with ThreadPoolExecutor(4) as crew:
        list(crew.map(lambda _: town.send(), range(4)))
    town.send(seconds=10)
    assert len(town.far.of("wecom")) == 5
    assert all(one.done_at is not None for one in town.house.errands(kind=ErrandKind.NOTIFY))


def test_what_the_ladder_demands_goes_there_whatever_the_reader_chose(town: Town) -> None:
    town.mobile()
    town.channel("sms")
    contacts.choose(town.house.web, town.who, town.house.command(), {NoticeGroup.WARNING: []})
    town.owe("notify:1")
    town.owe("notify:2", channels=["inbox", "sms"])
    town.send()
    assert town.states("notify:1") == {}
    assert "只看站内" in town.errand("notify:1").last_error
    assert town.states("notify:2") == {"sms": S.SENT}


def test_a_demanded_channel_that_cannot_reach_the_reader_falls_to_one_that_can(town: Town) -> None:
    town.no_mail()
    town.channel("feishu")
    town.owe(channels=["sms"])
    town.send()
    assert town.states() == {"sms": S.FELL_TO_NEXT, "feishu": S.SENT}
    assert "手机号码" in town.tried()["sms"].words
    assert "短信未送达，改发飞书。" in town.far.of("feishu")[0].text


def test_what_an_order_quotes_of_the_applicant_does_not_leave_the_house(town: Town) -> None:
    town.no_mail()
    town.channel("dingtalk")
    number = opened(town.house)
    with Session(town.house.system.engine) as session:
        dossier_id = session.execute(text("SELECT id FROM dossier")).scalar_one()
    town.owe(dossier=number, zh="请速办李样例（13900000000）的件。")
    with town.house.system.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE errand SET dossier_id = {dossier_id}")
    town.send()
    (said,) = town.far.of("dingtalk")
    assert "李样例" not in said.text
    assert "13900000000" not in said.text
    assert "请速办＊＊＊（＊＊＊）的件。" in said.text


def test_a_digest_says_how_many_and_leads_to_the_desk(town: Town) -> None:
    town.no_mail()
    town.channel("feishu")
    town.owe(kind="digest", zh="专档一 快到期\n专档二 超时", notices=[900001, 900002])
    town.send()
    (said,) = town.far.of("feishu")
    assert said.text.startswith("邮档汇总:2 项提醒\n专档一 快到期\n专档二 超时")


def test_no_address_no_secret_and_no_mobile_is_logged_or_kept_in_words(town: Town, far: Receivers) -> None:
    handlers, level, stream = logging.root.handlers[:], logging.root.level, io.StringIO()
    logs.configure("debug", stream, pretty=False)
    try:
        town.no_mail()
        town.mobile()
        town.channel("dingtalk", secret="SEC" + "0" * 40)
        town.channel("sms", key_id="nobody")
        town.channel("feishu")
        far.broken["feishu"] = 502
        town.owe(channels=["dingtalk", "sms"])
        town.send()
        far.broken.clear()
        town.send(minutes=2)
    finally:
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
        structlog.reset_defaults()
    assert town.states()["feishu"] is S.SENT
    with Session(town.house.system.engine) as session:
        rows = [session.execute(text(f"SELECT to_jsonb(t)::text FROM {one} t")).scalars().all()
                for one in ("channel", "contact", "delivery", "errand", "command")]  # fmt: skip
    kept, said = "".join(part for one in rows for part in one), stream.getvalue()
    assert '"kind": "notify"' in said
    known = far.secrets
    for word in (MOBILE, known.dingtalk_token, "SEC" + "0" * 40, known.feishu_secret, known.feishu_token,
                 known.sms_secret, "access_token"):  # fmt: skip
        assert word not in said
        assert word not in kept
    assert MOBILE not in repr(Address(MOBILE, MOBILE, MOBILE))


def test_a_robot_that_takes_no_more_this_minute_is_waited_for_and_not_passed_over(town: Town) -> None:
    town.no_mail()
    town.mobile()
    town.channel("dingtalk")
    town.channel("sms")
    town.far.broken["dingtalk"] = 130101
    town.owe("notify:1")
    town.owe("notify:2")
    town.send()
    assert len(town.far.refused) == 1  # the second did not even ask
    assert "限流" in town.errand("notify:2").last_error
    town.far.broken.clear()
    town.send(minutes=5)
    assert town.states("notify:1") == town.states("notify:2") == {"dingtalk": S.SENT}
    assert town.far.of("sms") == []


def test_where_every_other_channel_refuses_the_one_that_was_only_away_is_tried_again(town: Town) -> None:
    town.no_mail()
    town.mobile()
    town.channel("dingtalk")
    town.channel("sms", key_id="nobody")
    town.far.broken["dingtalk"] = 503
    town.owe()
    for _ in range(3):
        town.send(minutes=2)
    assert town.states() == {"dingtalk": S.FAILED, "sms": S.FELL_TO_NEXT}
    assert town.errand().parked_at is None
    town.far.broken.clear()
    town.send(minutes=4)
    assert town.states() == {"dingtalk": S.SENT, "sms": S.FELL_TO_NEXT}
    assert town.errand().done_at is not None


def test_a_mail_server_that_is_away_is_followed_by_a_text_message(town: Town) -> None:
    town.mobile()
    town.channel("sms")
    town.post = Post("smtp://127.0.0.1:9", "邮档 <youdang@example.invalid>")
    town.owe()
    for _ in range(3):
        town.send(minutes=2)
    assert town.states() == {"mail": S.FELL_TO_NEXT, "sms": S.SENT}
    assert town.far.of("sms")[0].text == f"邮件未送达，改发短信。{ZH}"


def test_a_channel_shared_from_above_serves_agencies_that_have_none_of_its_kind(town: Town) -> None:
    town.no_mail()
    with Session(town.house.system.engine) as session:
        above = officer(session, "hb-admin").agency_id or 0
    given = Given("省群", True, Address(town.far.url("feishu"), town.far.secrets.feishu_secret))
    made = channels.add(town.house.web, town.admin, town.house.command(), above, K.FEISHU, given)
    town.owe()
    town.send()
    assert town.tried()["feishu"].channel_id == made["channel"]
    given = Given("省群", False, None)
    channels.change(town.house.web, town.admin, town.house.command(), made["channel"], given, active=True)
    town.owe("notify:2")
    town.send()
    assert town.states("notify:2") == {}


def test_a_rung_that_fires_reaches_the_group_and_the_deadline_knows_what_became_of_it(town: Town) -> None:
    town.no_mail()
    town.channel("dingtalk")
    number = opened(town.house)
    town.house.clock.advance(days=2, hours=6)
    assert reminders.once(town.house.system) >= 1
    town.send()
    assert any(number in one.text for one in town.far.of("dingtalk"))
    with Session(town.house.system.engine) as session:
        found = session.execute(text("SELECT deadline_id FROM notice WHERE deadline_id IS NOT NULL")).scalars().all()
        told = deliveries_of(session, found[0])
    assert {one.row.state for one in told} == {S.SENT}
    assert all(one.dossier_no in ("", number) for one in told)
    with reading(town.house.web.engine, town.house.receiver) as session:
        assert deliveries_of(session, found[0]) == []  # the other party's people were told by their own


def test_a_test_message_goes_by_that_channel_alone_even_while_it_is_left_alone(town: Town) -> None:
    robot = town.channel("dingtalk", secret="SEC" + "0" * 40)
    made = channels.send_test(town.house.web, town.admin, town.house.command(), robot)
    town.send()
    assert town.states(made["errand"]) == {"dingtalk": S.PARKED}
    right = Address(town.far.url("dingtalk"), town.far.secrets.dingtalk_secret)
    channels.change(town.house.web, town.admin, town.house.command(), robot, Given("群", False, right), active=True)
    made = channels.send_test(town.house.web, town.admin, town.house.command(), robot)
    town.send()
    assert town.states(made["errand"]) == {"dingtalk": S.SENT}
    assert "测试" in town.far.of("dingtalk")[0].text


def test_whoever_tells_may_ask_who_can_be_reached_and_learns_no_address(town: Town) -> None:
    town.no_mail()
    me = town.who.officer_id or 0
    with Session(town.house.web.engine) as session:  # nobody's eyes
        assert reachable(session, [me]) == set()
    town.channel("feishu")
    with Session(town.house.web.engine) as session:
        assert ways_of(session, [me]) == {me: {K.FEISHU}}
        assert session.exec(select(Officer.id).where(Officer.id == me)).one() == me
        assert deliveries_of(session, 1) == []
