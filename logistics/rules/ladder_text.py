"""A ladder in plain words, a rung a line, as people write and read it: `到期后2日 督查管理 未确认才发`, or in English
`2 days after, manager, unless acknowledged`. Either language is read, whoever writes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from logistics.channel_terms import CHANNELS, ChannelKind
from logistics.errors import Malformed, Said
from logistics.rules.policies import Audience, Rung, RungKind

AUDIENCES: Mapping[str, Audience] = {
    "经办人": Audience.OWNER,
    "督查管理": Audience.OWNER_MANAGER,
    "对方经办人": Audience.COUNTERPART,
    "上级督查管理": Audience.UPPER_MANAGER,
    "下达督办的人": Audience.ORDERER,
}
CHANNEL_WORDS: Mapping[str, str] = {CHANNELS[ChannelKind][kind]: kind.value for kind in ChannelKind}
AT_ANY_HOUR, UNLESS_ACKNOWLEDGED = "随时", "未确认才发"
MOST = 12
"""Rungs of one ladder: more are noise, and nobody reads them."""

ENGLISH: Mapping[str, str] = {
    "经办人": "officer",
    "督查管理": "manager",
    "对方经办人": "other officer",
    "上级督查管理": "manager above",
    "下达督办的人": "who ordered",
    AT_ANY_HOUR: "at any hour",
    UNLESS_ACKNOWLEDGED: "unless acknowledged",
    CHANNELS[ChannelKind][ChannelKind.MAIL]: "mail",
    CHANNELS[ChannelKind][ChannelKind.DINGTALK]: "DingTalk group",
    CHANNELS[ChannelKind][ChannelKind.WECOM]: "WeCom group",
    CHANNELS[ChannelKind][ChannelKind.FEISHU]: "Feishu group",
    CHANNELS[ChannelKind][ChannelKind.OTHER]: "other service",
    CHANNELS[ChannelKind][ChannelKind.SMS]: "text message",
}
"""Every word of a line but its moment, in English."""

_SHARE = re.compile(r"用时(\d{1,3})%")
_AFTER = re.compile(r"到期后(\d{1,2})日")
_DUE, _DUE_EN = "到期时", "when due"
_SHARE_EN = re.compile(r"at (\d{1,3}) ?%")
_AFTER_EN = re.compile(r"(\d{1,2}) days? after")
_NAMES = {Audience.OWNER_MANAGER: "escalated", Audience.UPPER_MANAGER: "escalated_upper", Audience.ORDERER: "escalated"}


def written(rungs: Iterable[Rung], language: str = "zh") -> str:
    """The ladder as `read_ladder` reads it, in that language."""
    lines = [_line(rung) for rung in rungs]
    return "\n".join(lines if language.startswith("zh") else map(_in_english, lines))


def read_ladder(text: str) -> tuple[Rung, ...]:
    """The ladder that the lines say. Raises `Malformed` (field "rungs") with the line that cannot be read, and why."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not 1 <= len(lines) <= MOST:
        raise _wrong(f"请写 1 至 {MOST} 行，一行一级提醒。", f"write 1 to {MOST} lines, a rung each")
    rungs: list[Rung] = []
    for number, line in enumerate(lines, start=1):
        rungs.append(_rung(number, line, {rung.name for rung in rungs}))
    return tuple(rungs)


def _line(rung: Rung) -> str:
    moment = _DUE if rung.share == 100 else f"用时{rung.share}%" if rung.share else f"到期后{rung.days_after}日"
    words = [moment, next(word for word, audience in AUDIENCES.items() if audience is rung.audience)]
    words += [AT_ANY_HOUR] * rung.at_any_hour + [UNLESS_ACKNOWLEDGED] * rung.unless_acknowledged
    return " ".join(words + [word for word, channel in CHANNEL_WORDS.items() if channel in rung.channels])


def _rung(number: int, line: str, taken: set[str]) -> Rung:
    moment, *words = _in_chinese(line).replace("，", " ").replace("、", " ").split()
    share, days = _moment(number, moment)
    if not words or words[0] not in AUDIENCES:
        known = "、".join(AUDIENCES)
        raise _wrong(f"第 {number} 行没有说告诉谁：时间后面写 {known} 之一。", f"line {number}: who is told?")
    audience, flags = AUDIENCES[words[0]], words[1:]
    unknown = [word for word in flags if word not in (AT_ANY_HOUR, UNLESS_ACKNOWLEDGED, *CHANNEL_WORDS)]
    if unknown:
        known = "、".join((AT_ANY_HOUR, UNLESS_ACKNOWLEDGED, *CHANNEL_WORDS))
        raise _wrong(
            f"第 {number} 行的“{unknown[0]}”看不懂，可以写：{known}。", f'line {number}: "{unknown[0]}" is unknown'
        )
    return Rung(
        _name(number, audience, share, days, taken),
        _kind(audience, share),
        audience,
        share,
        days,
        channels=tuple(channel for word, channel in CHANNEL_WORDS.items() if word in flags),
        at_any_hour=AT_ANY_HOUR in flags,
        unless_acknowledged=UNLESS_ACKNOWLEDGED in flags,
    )


def _in_english(line: str) -> str:
    moment, *words = line.split()
    share, after = _SHARE.fullmatch(moment), _AFTER.fullmatch(moment)
    when = f"at {share[1]}%" if share else f"{after[1]} day{'s' * (after[1] != '1')} after" if after else _DUE_EN
    return ", ".join([when, *(ENGLISH[word] for word in words)])


def _in_chinese(line: str) -> str:
    """An English line in Chinese words; what is not known stays as it was, to be named by who reads on."""
    when, *words = [" ".join(part.split()).casefold() for part in line.split(",")]
    share, after = _SHARE_EN.fullmatch(when), _AFTER_EN.fullmatch(when)
    if not (share or after or when == _DUE_EN):
        return line
    moment = f"用时{share[1]}%" if share else f"到期后{after[1]}日" if after else _DUE
    known = {english.casefold(): word for word, english in ENGLISH.items()}
    return " ".join([moment, *(known.get(word, word.replace(" ", "-")) for word in words)])


def _moment(number: int, word: str) -> tuple[int | None, int | None]:
    if word == _DUE:
        return 100, None
    share, after = _SHARE.fullmatch(word), _AFTER.fullmatch(word)
    if share is not None and 1 <= int(share[1]) <= 100:
        return int(share[1]), None
    if after is not None and int(after[1]) >= 1:
        return None, int(after[1])
    raise _wrong(
        f"第 {number} 行的时间“{word}”看不懂：写 用时75%、到期时 或 到期后2日（工作日）。",
        f'line {number}: cannot read the moment "{word}"',
    )


def _kind(audience: Audience, share: int | None) -> RungKind:
    if share is not None:
        return RungKind.DUE if share == 100 else RungKind.WARNING
    return RungKind.ESCALATION if audience in _NAMES else RungKind.OVERDUE


def _name(number: int, audience: Audience, share: int | None, days: int | None, taken: set[str]) -> str:
    """The name of the shipped rung of that kind where it is free: a rung that fired under it does not fire again."""
    usual = _NAMES.get(audience, "overdue") if share is None else "due" if share == 100 else "warning"
    for name in (usual, f"{usual}_{days or share}", f"{usual}_{days or share}_{audience.value}"):
        if name not in taken:
            return name
    raise _wrong(f"第 {number} 行与前面一行是同一时间、同一人。", f"line {number} says what an earlier line says")


def _wrong(zh: str, en: str) -> Malformed:
    return Malformed(f"提醒级次有误：{zh}", f"The ladder cannot be read: {en}.", {"rungs": [Said(zh, f"{en}.")]})
