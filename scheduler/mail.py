"""Letters, handed to the mail server. An address is never logged nor stored with the errand."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from logistics.tables import Officer
from scheduler.channels.answers import Later, No, Said, Taken
from scheduler.channels.words import Words

_NEVER = range(500, 600)


@dataclass(frozen=True)
class Post:
    """The mail server, `smtp(s)://user:password@host:port`, and the sender. Without TLS no password is ever sent."""

    url: str = field(repr=False)
    sender: str = field(repr=False)


def letter(post: Post, to: Officer, words: Words, errand_key: str, now: datetime) -> EmailMessage:
    """The letter. The same errand always has the same Message-ID: a second copy after a crash is known as one."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = words.subject
    message["From"] = _address(post.sender)
    message["To"] = Address(to.name, addr_spec=to.email)
    message["Date"] = format_datetime(now)
    number = hashlib.sha256(errand_key.encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{number}@{parseaddr(post.sender)[1].rpartition('@')[2] or 'youdang'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(words.plain(), charset="utf-8")
    return message


def _address(text: str) -> Address:
    name, spec = parseaddr(text)
    return Address(name, addr_spec=spec)


def hand_in(message: EmailMessage, post: Post, seconds: float) -> Said:
    """What the mail server said to the letter. Its own words are not kept: they quote the address."""
    try:
        with _connect(post.url, seconds) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        codes = {code for code, _ in refused.recipients.values()}
        if all(code in _NEVER for code in codes):
            return No(f"邮件服务器不接受收件地址(代码 {_plain(codes)})。请核对该经办人的邮箱。")
        return Later(f"邮件服务器暂不接受收件地址(代码 {_plain(codes)})。", is_channel=False)
    except smtplib.SMTPAuthenticationError as refused:
        return No(f"邮件服务器不认账号或密码(代码 {refused.smtp_code})。请管理员核对设置。", is_channel=True)
    except smtplib.SMTPResponseException as answer:
        if answer.smtp_code in _NEVER:
            return No(f"邮件服务器拒收这封邮件(代码 {answer.smtp_code})。")
        return Later(f"邮件服务器答复 {answer.smtp_code},稍后重试。", is_channel=False)
    except (smtplib.SMTPException, OSError) as error:
        return Later(f"邮件服务器不可用({type(error).__name__}),稍后重试。")
    return Taken()


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
