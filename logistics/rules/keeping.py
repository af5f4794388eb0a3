"""How long a package is kept, who may hand it over or dispose of it, and when: decisions of the archive's keeping.

Retention counts from the end of the year in which the dossier was closed (国家档案局令第8号: 永久, 30年, 10年).
Nothing is ever disposed of by itself: two people decide, and a hold stands against both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from logistics.errors import NotAllowed, Rejected
from logistics.rules.workdays import CHINA
from logistics.terms import LockMode, Role, TransferLineState, TransferState, TransferTarget

PERMANENT = "Y"
YEARS: Mapping[str, int | None] = {PERMANENT: None, "D30": 30, "D10": 10}
"""Retention codes of DA/T 13-2022 with their years; None is for ever."""

KEEPERS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})
SHORTEST_REASON = 4
T, L = TransferState, TransferLineState

MOVES: Mapping[TransferState, frozenset[TransferState]] = {
    T.DRAFT: frozenset({T.ORDERED, T.WITHDRAWN}),
    T.ORDERED: frozenset({T.HANDED_OVER, T.WITHDRAWN}),
    T.HANDED_OVER: frozenset({T.ACKNOWLEDGED}),
    T.ACKNOWLEDGED: frozenset(),
    T.WITHDRAWN: frozenset(),
}
"""The only way of a batch. Withdrawn from ORDERED only where nothing was written that cannot be left unused."""

LINE_MOVES: Mapping[TransferLineState, frozenset[TransferLineState]] = {
    L.WAITING: frozenset({L.HANDED_OVER, L.HELD_BACK}),
    L.HELD_BACK: frozenset(),
    L.HANDED_OVER: frozenset({L.ACCEPTED, L.REFUSED}),
    L.ACCEPTED: frozenset(),
    L.REFUSED: frozenset(),
}
"""The only way of one package in a batch; one that was held back or refused may come again in another batch."""


def require_move(now: TransferState, to: TransferState) -> None:
    """Returns when a batch may go from one state to the other. Raises `Rejected` (rule "transfer_state")."""
    if to not in MOVES[now]:
        raise Rejected(
            "这个批次已不在这一步，没有改动。请刷新页面看它现在的状态。",
            "The batch is past this step; nothing was changed. Reload the page to see where it stands.",
            "transfer_state",
        )


def require_line_move(now: TransferLineState, to: TransferLineState) -> None:
    """As `require_move`, for one package of a batch."""
    if to not in LINE_MOVES[now]:
        raise Rejected(
            "清单中有归档信息包已不在这一步，没有改动。请刷新页面后重试。",
            "A package of the list is past this step; nothing was changed. Reload and try again.",
            "transfer_line_state",
        )


def retained_until(retention: str, year: int) -> date | None:
    """The last day (in China) on which a dossier closed in `year` must be kept; None for ever.

    Raises `KeyError` for a code that is none of `YEARS`.
    """
    years = YEARS[retention]
    return None if years is None else date(year + years, 12, 31)


def is_over(retention: str, year: int, at: datetime) -> bool:
    """Whether the retention is over at `at`: from New Year's Day in China after its last day."""
    last = retained_until(retention, year)
    return last is not None and at.astimezone(CHINA).date() > last  # beyond the last year of any work calendar too


def lock_until(retention: str, year: int) -> datetime | None:
    """The instant (UTC) until which an object in a bucket is locked: the end of the last day; None: a legal hold."""
    last = retained_until(retention, year)
    return None if last is None else datetime.combine(last + timedelta(days=1), time(0), CHINA).astimezone(UTC)


def lock_for(target: TransferTarget, asked: LockMode) -> LockMode:
    """The lock of a batch: a bucket always locks, a folder or a medium cannot. Raises `Rejected` (rule "lock")."""
    if (target is TransferTarget.S3) == (asked is not LockMode.NONE):
        return asked
    raise Rejected(
        "对象存储必须选择锁定方式；交换目录和离线载体不能加锁。请改选后重试。",
        "A bucket needs a way of locking; a folder or a medium has none. Choose again.",
        "lock",
    )


def require_keeper(roles: Collection[str], agencies: Collection[int], agency_id: int) -> None:
    """Returns when an officer keeps this agency's packages. Raises `NotAllowed` (rules "role", "agency")."""
    if not KEEPERS.intersection(roles):
        raise NotAllowed(
            "归档、移交和处置由督查管理或系统管理人员办理。请转交本单位有此角色的人员。",
            "Managers and administrators keep the archive. Pass it to one of them.",
            "role",
        )
    if agency_id not in agencies:
        raise NotAllowed(
            "归档信息包由立档单位（寄出单位）及其上级保管，您所在单位不能办理。请联系立档单位。",
            "Packages are kept by the sending agency and those above it. Contact that agency.",
            "agency",
        )


def require_another(first: int | None, second: int | None) -> None:
    """Returns when two different people act. Raises `NotAllowed` (rule "two_people")."""
    if first is None or second is None or first == second:
        raise NotAllowed(
            "这一步须由另一个人办理：提出的人不能自己批准。请本单位另一位督查管理或系统管理人员登录办理。",
            "Another person must do this: whoever proposed it cannot approve it.",
            "two_people",
        )


def require_reason(reason: str) -> str:
    """The reason without blanks around it. Raises `Rejected` (rule "reason") for one that says nothing."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise Rejected("请写明理由（至少 4 个字），理由会记入留痕。", "Give a reason; it is recorded.", "reason")
    return reason.strip()


def require_typed(typed: str, wanted: str) -> None:
    """Returns when the words were typed as asked. Raises `Rejected` (rule "confirmation")."""
    if typed.strip() != wanted:
        raise Rejected(
            f"确认的文字不一致，没有确认。请照原样输入：{wanted}",
            f"The confirmation differs; nothing was confirmed. Type exactly: {wanted}",
            "confirmation",
        )


@dataclass(frozen=True)
class Kept:
    """What decides over one package: its retention, what stands against touching it, where it is."""

    retention: str
    year: int
    hold: bool
    line: TransferLineState | None  # in a batch: waiting, handed over or accepted
    disposed: bool  # disposed of, or approved to be


def transfer_obstacle(one: Kept) -> tuple[str, str] | None:
    """Why a package cannot go into a batch, in Chinese and English; None when it can."""
    if one.retention not in YEARS:
        return (
            "包是旧格式，没有电子文件号和保管期限，不能移交",
            "the package is of an older format without record number and retention",
        )
    if one.disposed:
        return "已处置", "disposed of"
    if one.line is not None:
        return "已在另一个批次里", "already in another batch"
    return None


def disposal_obstacle(one: Kept, at: datetime) -> tuple[str, str] | None:
    """Why a package cannot be disposed of, in Chinese and English; None when it can be proposed or approved."""
    if one.retention not in YEARS:
        return "包里没有保管期限，不能处置", "the package says no retention"
    if one.disposed:
        return "已处置", "disposed of"
    if one.hold:
        return "正在保全，解除之前不能处置", "under legal hold until it is lifted"
    if one.line in (L.WAITING, L.HANDED_OVER):
        return "正在移交，接收单位签收之后再办", "being handed over; wait for the acknowledgement"
    last = retained_until(one.retention, one.year)
    if last is None:
        return "保管期限是永久，不能处置", "kept for ever"
    if not is_over(one.retention, one.year, at):
        return f"保管期限未满，应保管到 {last.isoformat()}", f"to be kept until {last.isoformat()}"
    return None


def require_disposable(one: Kept, at: datetime) -> None:
    """Returns when the package may be disposed of now. Raises `Rejected` (rule "not_disposable") with the reason."""
    found = disposal_obstacle(one, at)
    if found:
        raise Rejected(f"不能处置：{found[0]}。", f"Cannot be disposed of: {found[1]}.", "not_disposable")


def require_transferable(named: Iterable[tuple[str, Kept]]) -> None:
    """Returns when every package may go into a batch. Raises `Rejected` (rule "not_transferable") naming those not."""
    found = [(no, why) for no, one in named if (why := transfer_obstacle(one))]
    if found:
        zh = "；".join(f"{no} {why[0]}" for no, why in found)
        en = "; ".join(f"{no} {why[1]}" for no, why in found)
        raise Rejected(
            f"没有列入批次：{zh}。请从名单里去掉后重试。", f"Not listed: {en}. Leave them out.", "not_transferable"
        )


def next_reading(at: datetime, days: int) -> datetime:
    """When a file that was found sound at `at` is read again."""
    return at + timedelta(days=days)


def reading_after_fault(at: datetime) -> datetime:
    """A file with a fault is looked at again after a day: it may have been put back."""
    return at + timedelta(days=1)
