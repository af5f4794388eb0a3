"""Which way an envelope may travel by law (交寄渠道).

公文: 邮政法 art. 55 keeps 国家机关公文 from courier companies; they go by the postal enterprise.
密级: 保守国家秘密法 and its 实施条例 keep state secrets from ordinary post and couriers; 机要 or an appointed person
carries them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from logistics.errors import Rejected
from logistics.tables import Original
from logistics.terms import Channel, Secrecy, zh

FOR_SECRETS = frozenset({Channel.CONFIDENTIAL_POST, Channel.APPOINTED_PERSON})
FOR_OFFICIAL_DOCUMENTS = frozenset({Channel.POSTAL})

SECRECY_LAW_ZH = (
    "《保守国家秘密法》及《保守国家秘密法实施条例》：国家秘密载体不得经普通邮政、快递等无保密措施的渠道传递"
)
SECRECY_LAW_EN = (
    "Law on Guarding State Secrets and its Implementing Regulations: "
    "carriers of state secrets never go by ordinary post or courier"
)
POSTAL_LAW_ZH = "《邮政法》第五十五条：快递企业不得寄递国家机关公文，公文交寄由邮政企业承担"
POSTAL_LAW_EN = "Postal Law art. 55: courier companies must not carry official documents; the postal enterprise does"


def allowed(secrecies: Iterable[Secrecy], official_document: bool) -> frozenset[Channel]:
    """The channels open to an envelope with contents of these 密级, of which one at least is a 公文 or none is.

    A 密级 outranks: a secret 公文 goes the way of secrets.
    """
    if any(secrecy is not Secrecy.NONE for secrecy in secrecies):
        return FOR_SECRETS
    return FOR_OFFICIAL_DOCUMENTS if official_document else frozenset(Channel)


def gate(originals: Sequence[Original], channel: Channel) -> None:
    """Returns when all these originals may travel together by `channel`.

    Raises `Rejected` (rule "channel") naming the originals that forbid it, the law and the channels that are open.
    """
    open_channels = allowed([one.secrecy for one in originals], any(one.official_document for one in originals))
    if channel in open_channels:
        return
    secret = [one.code for one in originals if one.secrecy is not Secrecy.NONE]
    codes = secret or [one.code for one in originals if one.official_document]
    what_zh, what_en = ("涉密", "classified") if secret else ("国家机关公文", "official documents of state organs")
    law_zh, law_en = (SECRECY_LAW_ZH, SECRECY_LAW_EN) if secret else (POSTAL_LAW_ZH, POSTAL_LAW_EN)
    names = [one for one in Channel if one in open_channels]
    raise Rejected(
        f"原件 {'、'.join(codes)} 属{what_zh}，不能经「{zh(channel)}」寄递。依据{law_zh}。"
        f"可用渠道：{'、'.join(zh(one) for one in names)}。请改用可用渠道，或取出这些原件另行寄递。",
        f"Originals {', '.join(codes)} are {what_en} and cannot travel by {channel.value}. {law_en}. "
        f"Open channels: {', '.join(one.value for one in names)}. Choose one of them or send these originals apart.",
        rule="channel",
    )
