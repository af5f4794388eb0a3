"""Reminders by e-mail, handed to a real SMTP server on loopback."""

from __future__ import annotations

import email
import email.policy
import io
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
import structlog
from aiosmtpd.controller import Controller
from sqlmodel import Session, select

from logistics import logs
from logistics.rules.old_ledgers import Layout
from logistics.services import old_ledgers as verbs
from logistics.tables import Officer
from logistics.terms import ErrandKind, OldLedgerColumn
from scheduler import old_ledgers, outbox, reminders
from scheduler.mail import Post
from scheduler.patience import Patience
from tests.builders import House, opened

QUICK = Patience(first=10, longest=600, limit=3)


@dataclass
class Letterbox:
    """A mail server that keeps what it gets, unless told to answer otherwise."""

    answer: str = "250 OK"
    rcpt_answer: str = "250 OK"
    letters: list[EmailMessage] = field(default_factory=list)
    url: str = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.rcpt_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt_answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
        return self.answer


@pytest.fixture
def letterbox() -> Iterator[Letterbox]:
    with socket.socket() as probe:  # the controller cannot take port 0
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Letterbox(url=f"smtp://127.0.0.1:{port}")
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box
    controller.stop()


def remind(youdang: House) -> None:
    opened(youdang)
    with youdang.system.engine.begin() as connection:  # nobody is in charge: the whole desk hears it
        connection.exec_driver_sql("UPDATE deadline SET owner_officer_id = NULL")
    youdang.clock.advance(days=2, hours=6)
    assert reminders.once(youdang.system) >= 1


def post(youdang: House, url: str) -> int:
    return outbox.once(youdang.system, 4, 50, post=Post(url, "邮档 <youdang@example.invalid>"), patience=QUICK)


def test_a_reminder_reaches_each_officer_in_their_language(youdang: House, letterbox: Letterbox) -> None:
    with Session(youdang.system.engine) as session, session.begin():
        officer = session.exec(select(Officer).where(Officer.login == "xn-window2")).one()
        officer.locale = "en"
        session.add(officer)
    remind(youdang)
    post(youdang, letterbox.url)
    by_person = {letter["To"].addresses[0].addr_spec: letter for letter in letterbox.letters}
    assert set(by_person) == {"xn-window@example.invalid", "xn-window2@example.invalid"}
    chinese, english = by_person["xn-window@example.invalid"], by_person["xn-window2@example.invalid"]
    assert chinese["Subject"] == "邮档快到期:专档 421200-2026-000001"
    assert "快到期" in chinese.get_content()
    assert english["Subject"] == "Youdang, due soon: dossier 421200-2026-000001"
    assert "is due soon" in english.get_content()
    assert youdang.system.base_url in english.get_content()
    assert chinese["Auto-Submitted"] == "auto-generated"
    assert all(one.done_at is not None for one in youdang.errands(kind=ErrandKind.NOTIFY))


def test_a_letter_sent_again_after_a_crash_has_the_same_number(youdang: House, letterbox: Letterbox) -> None:
    remind(youdang)
    post(youdang, letterbox.url)
    with youdang.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE errand SET done_at = NULL")
        connection.exec_driver_sql("UPDATE delivery SET state = 'trying'")
    post(youdang, letterbox.url)
    numbers = [letter["Message-ID"] for letter in letterbox.letters]
    assert len(numbers) == 2 * len(set(numbers))


def test_without_a_mail_server_the_notice_stands_and_the_errand_says_so(youdang: House) -> None:
    remind(youdang)
    outbox.once(youdang.system, 4, 50, patience=QUICK)
    mails = youdang.errands(kind=ErrandKind.NOTIFY)
    assert mails
    assert all(one.done_at is not None and "No mail server" in one.last_error for one in mails)


def test_a_mail_server_that_is_away_is_tried_again_and_its_letters_are_not_lost(
    youdang: House, letterbox: Letterbox
) -> None:
    remind(youdang)
    letterbox.answer = "451 try later"
    post(youdang, letterbox.url)
    assert all("451" in one.last_error for one in youdang.errands(kind=ErrandKind.NOTIFY))
    post(youdang, "smtp://127.0.0.1:9")  # nothing is due yet
    youdang.clock.advance(minutes=5)
    post(youdang, "smtp://127.0.0.1:9")
    assert all("不可用" in one.last_error for one in youdang.errands(kind=ErrandKind.NOTIFY))
    letterbox.answer = "250 OK"
    youdang.clock.advance(minutes=5)
    post(youdang, letterbox.url)
    assert len(letterbox.letters) == len(youdang.errands(kind=ErrandKind.NOTIFY))


def test_an_address_nobody_has_is_a_matter_for_a_person_and_is_not_written_down(
    youdang: House, letterbox: Letterbox
) -> None:
    remind(youdang)
    letterbox.rcpt_answer = "550 no such mailbox xn-window@example.invalid"
    post(youdang, letterbox.url)
    for one in youdang.errands(kind=ErrandKind.NOTIFY):
        assert one.parked_at is not None
        assert "550" in one.last_error
        assert "@" not in one.last_error


def test_no_password_goes_over_a_line_without_tls(youdang: House, letterbox: Letterbox) -> None:
    remind(youdang)
    post(youdang, letterbox.url.replace("smtp://", "smtp://somebody:word@"))
    assert letterbox.letters == []
    assert all(one.done_at is None for one in youdang.errands(kind=ErrandKind.NOTIFY))


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that is logged, as it would stand in the log file."""
    handlers, level = logging.root.handlers[:], logging.root.level
    stream = io.StringIO()
    logs.configure("debug", stream, pretty=False)
    yield stream
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def test_no_address_is_logged(youdang: House, letterbox: Letterbox, logged: io.StringIO) -> None:
    remind(youdang)
    letterbox.answer = "451 later"
    post(youdang, letterbox.url)
    youdang.clock.advance(minutes=5)
    letterbox.answer = "250 OK"
    post(youdang, letterbox.url)
    said = logged.getvalue()
    assert '"kind": "notify"' in said
    assert "@" not in said


def test_whoever_ordered_long_work_that_ended_has_a_letter_about_no_dossier_that_leads_to_it(
    youdang: House, letterbox: Letterbox
) -> None:
    web, who = youdang.web, youdang.manager
    content = "办件编号,EMS单号\nOLD-1,1100000000001\nOLD-2,1100000000002\n".encode()
    ledger = verbs.upload(web, who, youdang.command(), content, "王小明的台账.csv")["old_ledger"]
    layout = Layout(0, 1, {OldLedgerColumn.CASE_NO: 0, OldLedgerColumn.WAYBILL: 1})
    verbs.order_check(web, who, youdang.command(), ledger, layout)
    assert old_ledgers.once(youdang.system) == 1
    youdang.clock.advance(hours=1)
    reminders.once(youdang.system)
    post(youdang, letterbox.url)
    [letter] = letterbox.letters
    said = letter.get_content()
    assert "可导入" in said
    assert f"/old-ledgers/{ledger}" in said
    assert "王小明" not in said
