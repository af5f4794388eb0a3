"""What the papers share: the words they may choose from, and the checks each makes of its own values."""

import datetime as dt
import typing

#: "zh" is Chinese alone; "zh-en" puts the English of names and of fixed sentences beside it, for those who read that.
PaperLanguage = typing.Literal["zh", "zh-en"]
#: Of a ledger's root a label has room for so many hex digits: 128 bits, which nobody can hit with another ledger.
ROOT_SHOWN = 32
#: Words in the secrecy field that mean "no 密级 is set".
NOT_SECRET = frozenset({"", "无", "公开", "非密"})


class UnlawfulPaper(ValueError):
    """A paper that must not exist: the law forbids what it would send on its way. The text says why and what to do."""


def printable(name: str, text: str) -> None:
    """Returns for what can be a bar or QR code: printable ASCII, not empty; raises `ValueError`."""
    if not text or not text.isascii() or not text.isprintable():
        raise ValueError(f"{name} 要印成条码，只能是可打印的 ASCII 字符，不能为空：{text!r}。中点 · 请改用 . 或 -")


def aware(name: str, instant: dt.datetime) -> None:
    """Returns for an instant with its zone; raises `ValueError`."""
    if instant.tzinfo is None:
        raise ValueError(f"{name} 没有时区：{instant!r}。请给出带时区的时刻")


def at_least_one(name: str, count: int) -> None:
    """Returns for one or more; raises `ValueError`."""
    if count < 1:
        raise ValueError(f"{name} 至少为 1，收到 {count}")


def printed(qr_text: str, printed_at: dt.datetime, copy_no: int, language: str) -> None:
    """Returns when what every paper carries is in order; raises `ValueError`."""
    printable("qr_text", qr_text)
    aware("printed_at", printed_at)
    at_least_one("copy_no", copy_no)
    one_of("language", language, PaperLanguage)


def one_of(name: str, value: str, choices: object) -> None:
    """Returns for one of the literal's values; raises `ValueError`."""
    known = typing.get_args(choices)
    if value not in known:
        raise ValueError(f"{name} 只能是 {'、'.join(known)} 之一，收到 {value!r} (must be one of these)")
