"""What a message says outside, in both languages: a subject, a sentence, a way in. Never a name of an applicant.

The sentence itself was worded by whoever told it. What it may quote of an applicant is blotted out before it leaves the
house, whatever it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from logistics.terms import ChannelKind, NoticeGroup, zh

BLOT = "＊＊＊"
LONGEST_TEXT_MESSAGE = 300

ENGLISH: Mapping[ChannelKind | NoticeGroup, str] = {
    ChannelKind.MAIL: "e-mail",
    ChannelKind.DINGTALK: "DingTalk",
    ChannelKind.WECOM: "WeCom",
    ChannelKind.FEISHU: "Feishu",
    ChannelKind.OTHER: "the other service",
    ChannelKind.SMS: "text message",
    NoticeGroup.WARNING: "due soon",
    NoticeGroup.DUE: "due now",
    NoticeGroup.OVERDUE: "overdue",
    NoticeGroup.ESCALATION: "escalated",
    NoticeGroup.DIGEST: "digest",
    NoticeGroup.SUPERVISION: "supervision",
    NoticeGroup.CALENDAR: "calendar changed",
    NoticeGroup.FORESIGHT: "probably late",
    NoticeGroup.REST: "reminder",
}

SHORT = {
    ChannelKind.MAIL: "邮件",
    ChannelKind.DINGTALK: "钉钉",
    ChannelKind.WECOM: "企业微信",
    ChannelKind.FEISHU: "飞书",
    ChannelKind.OTHER: "其他服务",
    ChannelKind.SMS: "短信",
}


@dataclass(frozen=True)
class Words:
    """One message in one language. `note`: what did not arrive before, "" when nothing was tried before."""

    subject: str
    note: str
    sentence: str
    closing: str
    link: str
    language: str

    def plain(self) -> str:
        """As plain text, for mail."""
        return "\n\n".join(filter(None, (self.note, self.sentence, f"{self.closing}{self.link}"))) + "\n"

    def short(self) -> str:
        """As a text message: no link, which carriers hold back, and not too long."""
        said = "".join(filter(None, (self.note, " ".join(self.sentence.split()))))
        if len(said) > LONGEST_TEXT_MESSAGE:
            said = said[: LONGEST_TEXT_MESSAGE - 1] + "…"
        return said

    def markdown(self) -> str:
        """As the markdown that robots of group chats understand: bold, quote, line, link."""
        lines = [f"**{plain_marks(self.subject)}**"]
        lines += [f"> {plain_marks(self.note)}"] if self.note else []
        lines += [plain_marks(one) for one in self.sentence.splitlines() if one.strip()]
        way = "打开邮档处理" if self.language == "zh" else "Open and act"
        return "\n\n".join([*lines, f"[{way}]({self.link})"])


def plain_marks(text: str) -> str:
    """The text with nothing in it that markdown would read as a mark."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in text)


def worded(
    group: NoticeGroup,
    sentences: Mapping[str, str],
    locale: str,
    *,
    dossier: str,
    count: int,
    base_url: str,
    kind: ChannelKind,
    missed: Iterable[ChannelKind],
    address: str = "",
) -> Words:
    """The message in the reader's language. `dossier` "" for one about many, then `count` says how many notices; or for
    one about none, which leads to `address`.
    """
    chinese = locale.startswith("zh")
    link = f"{base_url}/dossiers/{dossier}" if dossier else f"{base_url}{address or '/'}"
    if chinese:
        about = f"专档 {dossier}" if dossier else (f"{count} 项提醒" if count > 1 else "")
        subject = f"邮档{zh(group)}:{about}" if about else f"邮档{zh(group)}"
        return Words(subject, _missed_zh(kind, missed), sentences["zh"], "请登录邮档处理:", link, "zh")
    about = f"dossier {dossier}" if dossier else (f"{count} notices" if count > 1 else "")
    subject = f"Youdang, {ENGLISH[group]}" + (f": {about}" if about else "")
    return Words(subject, _missed_en(kind, missed), sentences["en"], "Please log in and act: ", link, "en")


def _missed_zh(kind: ChannelKind, missed: Iterable[ChannelKind]) -> str:
    names = "、".join(SHORT[one] for one in missed)
    return f"{names}未送达，改发{SHORT[kind]}。" if names else ""


def _missed_en(kind: ChannelKind, missed: Iterable[ChannelKind]) -> str:
    names = ", ".join(ENGLISH[one] for one in missed)
    return f"Not delivered by {names}; sent by {ENGLISH[kind]} instead. " if names else ""


def blotted(text: str, personal: Iterable[str]) -> str:
    """The text without any of these, longest first, so that no part of one is left."""
    for one in sorted({value for value in personal if len(value) >= 2}, key=len, reverse=True):
        text = text.replace(one, BLOT)
    return text
