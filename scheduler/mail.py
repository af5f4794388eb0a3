"""Reminders by e-mail, in the reader's language. An address is never logged nor stored with the errand."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from logistics.actor import SYSTEM
from logistics.store.context import Context
from logistics.store.queues import Leased
from logistics.store.work import reading
from logistics.tables import Officer
from scheduler.outcome import Done, Failed, ForAPerson, Outcome

_NO_MAILBOX = range(500, 600)


@dataclass(frozen=True)
class Post:
    """The mail server, `smtp(s)://user:password@host:port`, and the sender. Without TLS no password is ever sent."""

    url: str = field(repr=False)
    sender: str = field(repr=False)


def notify(ctx: Context, errand: Leased, seconds: float, post: Post | None) -> Outcome:
    """The officer has been written to. Without a mail server, or without an address, the notice in the inbox stands
    alone and the errand says so."""
    if post is None:
        return Done("未配置邮件服务器,站内提醒照常。 No mail server is configured; the notice in the inbox stands.")
    with reading(ctx.engine, SYSTEM) as session:
        officer = session.get(Officer, int(errand.payload["officer"]))
        if officer is None or not officer.active or not officer.email:
            return Done("经办人已停用或没有邮箱,站内提醒照常。 No address to write to; the notice in the inbox stands.")
        message = _message(ctx, errand, officer, post)
    return _hand_in(message, post, seconds)


def _message(ctx: Context, errand: Leased, officer: Officer, post: Post) -> EmailMessage:
    chinese = officer.locale.startswith("zh")
    dossier = str(errand.payload["dossier"])
    sentence = str(errand.payload["zh" if chinese else "en"])
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"邮档提醒:专档 {dossier}" if chinese else f"Youdang reminder: dossier {dossier}"
    message["From"] = _address(post.sender)
    message["To"] = Address(officer.name, addr_spec=officer.email)
    message["Date"] = format_datetime(ctx.clock())
    # the same errand always has the same id: a second copy after a crash is known as one
    number = hashlib.sha256(errand.key.encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{number}@{parseaddr(post.sender)[1].rpartition('@')[2] or 'youdang'}>"
    message["Auto-Submitted"] = "auto-generated"
    closing = "请登录邮档处理:" if chinese else "Please log in and act: "
    message.set_content(f"{sentence}\n\n{closing}{ctx.base_url}/\n", charset="utf-8")
    return message


def _address(text: str) -> Address:
    name, spec = parseaddr(text)
    return Address(name, addr_spec=spec)


def _hand_in(message: EmailMessage, post: Post, seconds: float) -> Outcome:
    try:
        with _connect(post.url, seconds) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        codes = {code for code, _ in refused.recipients.values()}
        if all(code in _NO_MAILBOX for code in codes):
            return ForAPerson(f"邮件服务器不接受收件地址(代码 {_plain(codes)})。请核对该经办人的邮箱。")
        return Failed(f"邮件服务器暂不接受收件地址(代码 {_plain(codes)})。")
    except smtplib.SMTPResponseException as answer:
        return Failed(f"邮件服务器答复 {answer.smtp_code},稍后重试。")
    except (smtplib.SMTPException, OSError) as error:
        return Failed(f"邮件服务器不可用({type(error).__name__}),稍后重试。")
    return Done()


def _connect(url: str, seconds: float) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, tls = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=seconds, context=tls)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=seconds)
    try:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=tls)
            server.ehlo()
        if parts.username:
            _log_in(server, unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    if not isinstance(server.sock, ssl.SSLSocket):
        raise smtplib.SMTPNotSupportedError("no TLS: the password is not sent")
    server.login(user, password)


def _plain(codes: set[int]) -> str:
    return ", ".join(map(str, sorted(codes)))
