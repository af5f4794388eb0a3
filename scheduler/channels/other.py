"""Any other service, through Apprise, where the operator lets it. Imported with the first such message: 45 MB.

Apprise says only whether the other side answered 200. For services that refuse in the body of a 200 that is no proof of
arrival; DingTalk, WeCom and Feishu are such, so we speak to them ourselves (docs/channels.md).
"""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from logistics.rules.webhooks import Outside
from scheduler.channels.answers import Later, No, Said, Taken
from scheduler.channels.words import Words


def tell(url: str, words: Words, allowed: Outside) -> Said:
    """The service has been handed the message, as far as Apprise can tell."""
    # it logs targets, which hold secrets, at every level
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    from apprise import Apprise, NotifyFormat

    service = Apprise.instantiate(url)
    if service is None:
        return No("这个地址 Apprise 读不懂，请核对。", is_channel=True)
    templates: tuple[str, ...] = type(service).templates
    names_a_host = any("{host}" in template for template in templates)
    where = urlsplit(url)
    if names_a_host and not {where.hostname or "", where.netloc.rpartition("@")[2].lower()} & set(allowed.hosts):
        return No("不允许连接这个主机。请服务器管理员列入 YOUDANG_CHANNEL_HOSTS。", is_channel=True)
    sender = Apprise()
    sender.add(service)
    if sender.notify(title=words.subject, body=words.plain(), body_format=NotifyFormat.TEXT):
        return Taken()
    return Later("服务没有收下，或没有应答。")
