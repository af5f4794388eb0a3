"""Where a channel's address may point, and what settings its kind needs. Pure checks before anything is called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, urlsplit

from logistics.errors import Said, Wrong
from logistics.terms import ChannelKind

K = ChannelKind

NOT_MAIL = Said("邮件由服务器设置，不在这里添加。", "Mail is set up on the server, not here.")
NO_ACCOUNT = Said("请填写网关给的账号。", "Enter the account that the gateway gave.")
NAME_WANTED = Said(
    "请填写名称，不超过 40 个字，例如「咸宁大厅工作群」。", "A name of up to 40 characters, such as the group's."
)
WRONG_MOBILE = Said("请填写 11 位手机号码，例如 13900000000。", "A mobile number of 11 digits, such as 13900000000.")

KNOWN_HOSTS: Mapping[ChannelKind, tuple[str, ...]] = {
    K.DINGTALK: ("oapi.dingtalk.com",),
    K.WECOM: ("qyapi.weixin.qq.com",),
    K.FEISHU: ("open.feishu.cn", "open.larksuite.com"),
}
"""Where the providers' own robots listen. Any other host (a private deployment, an SMS bridge) the operator allows."""

SIGNS = (K.DINGTALK, K.FEISHU)
"""Robots that can demand a signature; WeCom's has only its key in the address."""

MOBILE = re.compile(r"1[3-9]\d{9}")
_HOST = re.compile(r"[a-z0-9.\-:\[\]]+")
_SCHEME = re.compile(r"[a-z][a-z0-9]{1,30}")
_SECRET = re.compile(r"[\x21-\x7e]{8,200}")
SHORTEST_SMS_SECRET = 16
LONGEST_NAME = 40


@dataclass(frozen=True)
class Outside:
    """What the operator allows beyond the known: hosts (`host` or `host:port`), and services Apprise may speak to."""

    hosts: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


def hosts(text: str) -> tuple[str, ...]:
    """`sms.example.gov.cn,127.0.0.1:8099` as hosts. Raises ValueError naming the one that is none."""
    found = [one.strip().lower() for one in text.split(",") if one.strip()]
    for one in found:
        if not _HOST.fullmatch(one) or "/" in one:
            raise ValueError(f"应为主机名或主机名:端口 must be a host or host:port: {one!r}")
    return tuple(found)


def services(text: str) -> tuple[str, ...]:
    """`lark,ntfys` as schemes. Raises ValueError naming the one that is none."""
    found = [one.strip().lower() for one in text.split(",") if one.strip()]
    for one in found:
        if not _SCHEME.fullmatch(one):
            raise ValueError(f"应为 Apprise 的服务名 must be a scheme of Apprise: {one!r}")
    return tuple(found)


def address_fault(kind: ChannelKind, url: str, allowed: Outside) -> Said | None:
    """Why a channel of this kind must not call `url`, in Chinese; None when it may. The sentence quotes no address."""
    if kind is K.OTHER:
        return _service_fault(url, allowed)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return Said("地址写法有误，请从群机器人设置里整段复制。", "Copy the whole address from the robot's settings.")
    host = (parts.hostname or "").lower()
    if not host or parts.username or parts.password or parts.fragment:
        return Said(
            "请填写 https:// 开头的完整地址，其中不能有用户名和密码。",
            "The whole address, beginning with https://, without user name and password.",
        )
    listed = host in allowed.hosts or f"{host}:{port}" in allowed.hosts
    if parts.scheme != "https" and not (parts.scheme == "http" and listed and _is_loopback(host)):
        return Said("只能用 https:// 开头的地址。", "Only addresses that begin with https://.")
    if not listed and (host not in KNOWN_HOSTS.get(kind, ()) or port not in (None, 443)):
        return _host_words(kind, host)
    return _shape_fault(kind, parts)


def _host_words(kind: ChannelKind, host: str) -> Said:
    known = KNOWN_HOSTS.get(kind, ())
    usual, usual_en = (
        (f"这类渠道的地址在 {'、'.join(known)}；", f" Usually it is {', '.join(known)}.") if known else ("", "")
    )
    return Said(
        f"不允许连接主机 {host[:60]}。{usual}专有部署或网关的主机，请服务器管理员列入 YOUDANG_CHANNEL_HOSTS。",
        f"{host[:60]} may not be called.{usual_en} Have the operator list a host of your own in YOUDANG_CHANNEL_HOSTS.",
    )


def _shape_fault(kind: ChannelKind, parts: SplitResult) -> Said | None:
    asked = parse_qs(parts.query)
    if kind is K.DINGTALK and not asked.get("access_token"):
        return Said(
            "钉钉机器人的地址里应有 access_token，请整段复制。",
            "A DingTalk robot's address has an access_token. Copy it whole.",
        )
    if kind is K.WECOM and not asked.get("key"):
        return Said("企业微信机器人的地址里应有 key，请整段复制。", "A WeCom robot's address has a key. Copy it whole.")
    if kind is K.FEISHU and "/hook/" not in parts.path:
        return Said(
            "飞书机器人的地址里应有 /hook/，请整段复制。", "A Feishu robot's address has /hook/. Copy it whole."
        )
    return None


def _service_fault(url: str, allowed: Outside) -> Said | None:
    scheme, found, _ = url.partition("://")
    if not found or not _SCHEME.fullmatch(scheme.lower()):
        return Said("请填写 Apprise 的地址，例如 lark://…。", "An address of Apprise, such as lark://….")
    if scheme.lower() not in allowed.services:
        return Said(
            f"没有放行服务 {scheme[:30]}。请服务器管理员列入 YOUDANG_APPRISE_SERVICES。",
            f"{scheme[:30]} is not let through. Have the operator list it in YOUDANG_APPRISE_SERVICES.",
        )
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(kind: ChannelKind, url: str) -> str:
    """What of an address may be shown: its host, or the service's name; no token, no path."""
    if kind is K.OTHER:
        return url.partition("://")[0].lower()
    parts = urlsplit(url)
    return parts.hostname or "" if parts.port is None else f"{parts.hostname}:{parts.port}"


def faults(kind: ChannelKind, name: str, url: str, secret: str, key_id: str, allowed: Outside) -> Wrong:
    """What is wrong with a channel's data, by field; empty when all is well."""
    wrong: dict[str, Said | None] = {
        "kind": NOT_MAIL if kind is K.MAIL else None,
        "url": address_fault(kind, url, allowed) if kind is not K.MAIL else None,
        "secret": _secret_fault(kind, secret),
        "key_id": NO_ACCOUNT if kind is K.SMS and not key_id else None,
    }
    return {**name_faults(name), **{field: [words] for field, words in wrong.items() if words}}


def name_faults(name: str) -> Wrong:
    """What is wrong with a channel's name, by field."""
    return {} if 0 < len(name) <= LONGEST_NAME else {"name": [NAME_WANTED]}


def _secret_fault(kind: ChannelKind, secret: str) -> Said | None:
    if kind is K.SMS and len(secret) < SHORTEST_SMS_SECRET:
        return Said(
            f"短信网关的密钥至少 {SHORTEST_SMS_SECRET} 个字符。",
            f"A gateway's secret has {SHORTEST_SMS_SECRET} characters at least.",
        )
    if secret and not _SECRET.fullmatch(secret):
        return Said("密钥应为 8–200 个英文字符，中间没有空格。", "8 to 200 plain characters without blanks.")
    if secret and kind not in (*SIGNS, K.SMS):
        return Said("这类渠道不用密钥，请留空。", "This kind has no secret. Leave it blank.")
    return None


def mobile_fault(text: str) -> Said | None:
    """Why `text` is no mobile number of the mainland; None for one that is, or for nothing."""
    return None if not text or MOBILE.fullmatch(text) else WRONG_MOBILE
