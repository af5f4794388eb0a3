"""Why an entry was made: the system's own sentences in the reader's language, what people wrote quoted in theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_babel import LazyString, lazy_gettext

from logistics.rules.retold import retold
from logistics.web.dossier.wording import full_width
from logistics.web.language import locale
from logistics.web.stored.reading import Parts, checked, read

OURS: dict[str, LazyString] = {
    "签收核验": lazy_gettext("签收核验"),
    "窗口收取原件": lazy_gettext("窗口收取原件"),
    "内部移交": lazy_gettext("内部移交"),
    "退还申请人": lazy_gettext("退还申请人"),
    "退还代办人": lazy_gettext("退还代办人"),
    "退还申请人，已核对领取人身份证件": lazy_gettext("退还申请人，已核对领取人身份证件"),
    "退还代办人，已核对领取人身份证件": lazy_gettext("退还代办人，已核对领取人身份证件"),
    "退还申请人，证件号码与登记一致": lazy_gettext("退还申请人，证件号码与登记一致"),
    "退还代办人，证件号码与登记一致": lazy_gettext("退还代办人，证件号码与登记一致"),
    "退还代领人，凭委托书，已核对身份证件": lazy_gettext("退还代领人，凭委托书，已核对身份证件"),
    "原件已全部收回，寄出单位确认": lazy_gettext("原件已全部收回，寄出单位确认"),
    "寄出单位确认办结": lazy_gettext("寄出单位确认办结"),
    "应收原件全部核收": lazy_gettext("应收原件全部核收"),
    "窗口受理，申请人已签署原件寄递同意书": lazy_gettext("窗口受理，申请人已签署原件寄递同意书"),
    "归档信息包已生成": lazy_gettext("归档信息包已生成"),
    "四性检测未通过": lazy_gettext("四性检测未通过"),
    "双人封装": lazy_gettext("双人封装"),
    "快递方已按此运单接单，号段号作废": lazy_gettext("快递方已按此运单接单，号段号作废"),
    "拆封时发现，不在清单上": lazy_gettext("拆封时发现，不在清单上"),
    "邮件静默，提前告知经办人和督查管理": lazy_gettext("邮件静默，提前告知经办人和督查管理"),
    "邮件已到达或已作废，不再等待动向": lazy_gettext("邮件已到达或已作废，不再等待动向"),
    "准予": lazy_gettext("准予"),
}
"""Sentences that rules and verbs write themselves."""

PATTERNS: list[tuple[re.Pattern[str], LazyString]] = [
    (re.compile(r"随寄递件 (?P<no>\S+) 补到"), lazy_gettext("随寄递件 %(no)s 补到")),
    (re.compile(r"更正第 (?P<link>\d+) 次交接"), lazy_gettext("更正第 %(link)s 次交接")),
    (
        re.compile(r"(?P<name>.+)已确认知悉，暂缓升级，至下一级再报"),
        lazy_gettext("%(name)s 已确认知悉，暂缓升级，至下一级再报"),
    ),
]
"""The same with a number or a name in them."""


class Telling(str):
    """A sentence with somebody's own words in it, which stay in their language: `lead`, if any, then `quote`; or its
    `parts` in order, of which those marked True are the quotations.
    """

    lead: str
    quote: str
    parts: Parts

    def __new__(cls, lead: str, quote: str, parts: Parts = ()) -> Telling:
        """Keep all; as a whole it reads with quotation marks."""
        parts = parts or (((f"{lead}: ", False),) if lead else ()) + ((quote, True),)
        said = super().__new__(cls, "".join(f"“{words}”" if quoted else words for words, quoted in parts))
        said.lead, said.quote, said.parts = lead, quote, parts
        return said


def ours(why: str) -> str:
    """The sentence in the reader's language where the system wrote it; empty where somebody did."""
    if why in OURS:
        return str(OURS[why])
    for pattern, words in PATTERNS:
        found = pattern.fullmatch(why)
        if found:
            return str(words) % found.groupdict()
    return ""


def reason(why: str) -> str:
    """Why, as a page says it: our own words translated, somebody's quoted on a page in another language (`Telling`)."""
    return with_reason("", why)


def with_reason(lead: str, why: str, after: str = "") -> str:
    """What happened and why, in the reader's language; `after`: what is to be said besides."""
    said = ours(why)
    if said or locale() == "zh" or not _is_chinese(why):
        return " · ".join(filter(None, (lead, said or full_width(why), after)))
    parts = read(why)
    if parts is None:
        return Telling(" · ".join(filter(None, (lead, after))), why)
    return _told(((f"{lead} · ", False),) * bool(lead) + parts + ((f" · {after}", False),) * bool(after))


def clock_lines(sentences: Iterable[str]) -> list[str]:
    """How a clock came to its end, a line each: as it is kept, or as `rules.retold` has it in English."""
    return [full_width(one) if locale() == "zh" else _clock_line(one) for one in sentences]


def _clock_line(sentence: str) -> str:
    told = retold(sentence)
    if told is None:
        return Telling("", sentence)
    return Telling(told.words, told.quote) if told.quote else told.words


def happened(sentence: str) -> str:
    """A stored sentence of what failed or waits, ours or a courier's, in the reader's language (`Telling`)."""
    if locale() == "zh" or not _is_chinese(sentence):
        return full_width(sentence)
    parts = read(sentence)
    return Telling("", sentence) if parts is None else _told(parts)


def failed(part: str) -> str:
    """A part of the four checks that an archive package did not pass, in the reader's language (`Telling`)."""
    return full_width(part) if locale() == "zh" else _told(checked(part))


def _told(parts: Parts) -> str:
    """One sentence of the parts; what it leads with, and the first quotation, stand beside it."""
    quotes = [words for words, quoted in parts if quoted]
    lead = "" if parts[0][1] else parts[0][0].rstrip(" :(")
    return Telling(lead, quotes[0], parts) if quotes else "".join(words for words, _quoted in parts)


def _is_chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)
