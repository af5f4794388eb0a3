"""The demo's present cast of forty cases: when each was accepted, on which lane, for which item, and
what goes wrong with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Plot(Enum):
    """What happens to a case. All but SMOOTH have one trouble; what follows it goes well, if there is time."""

    SMOOTH = "smooth"
    SLOW = "slow"  # the courier takes days too long
    LATE_COUNT = "late_count"  # delivered, and counted a day too late
    DAMAGED = "damaged"
    MISSING = "missing"  # one original is not in the envelope and follows later
    MISSING_STILL = "missing_still"  # … and has not followed yet
    SEAL = "seal"  # another seal than the one noted
    UNKNOWN_CODE = "unknown_code"
    REPACKED = "repacked"  # sealed, opened again, sealed with another seal
    BY_HAND = "by_hand"  # carried by an appointed person
    WAIVED = "waived"  # sent late, with a waiver
    FORGOTTEN = "forgotten"  # still at the window
    SEALED = "sealed"  # sealed and not sent
    NOT_PICKED_UP = "not_picked_up"
    SILENT = "silent"  # no scan after the first centre
    RETURNED = "returned"  # the courier brings it back
    LOST = "lost"  # the courier says lost
    CONTRADICTED = "contradicted"  # delivered by the courier's word, and the second source says that nobody was there
    NOT_COUNTED = "not_counted"  # delivered, nobody opened it
    DISPUTED = "disputed"  # delivered by the courier's word, not received by ours
    UNDECIDED = "undecided"  # examined for too long
    NOT_SENT_BACK = "not_sent_back"
    FOUND = "found"  # disputed, and found in the mail room a day later
    PAUSED = "paused"  # the applicant mends something; the authority's clock stands still until then
    PAUSED_STILL = "paused_still"  # … and stands still now
    PAUSE_ASKED = "pause_asked"  # … and nobody has decided whether it may


@dataclass(frozen=True)
class Lane:
    """An agreement of the directory with those who act on it: the window that sends, the officer who receives."""

    agreement: str
    window: str
    receiver: str
    manager: str
    seal: str
    back: str
    hours: tuple[int, int]  # a parcel's way from pick-up to delivery, in hours


LANES = {
    "xn-fr": Lane("XN-FR-2026-01", "xn-window", "fr-receiver", "xn-manager", "XN", "FR", (30, 66)),
    "xn-xa": Lane("XN-XA-2026-03", "xn-window2", "xa-window", "xn-manager", "XN", "XA", (5, 20)),
    "hz-xn": Lane("HZ-XN-2026-04", "hz-window", "xn-window2", "hz-manager", "HZ", "XN", (40, 80)),
    "xx-xn": Lane("XX-XN-2026-05", "xx-window", "xn-window2", "hn-manager", "XX", "XN", (44, 84)),
}


@dataclass(frozen=True)
class Case:
    """One case: accepted so many working days ago, sent by that courier."""

    days_ago: int
    lane: str
    plot: Plot
    item: int = 0
    by: str = "ems"  # 机关公文 (in the third item) only by 邮政企业
    wants: int = 0  # so many of the item's originals travel, 0: all of them
    stays: bool = False  # the originals stay with the authority: nothing comes back
    agent: bool = False  # somebody else comes for them
    holder: str = ""  # whose they are; "": one of HOLDERS
    stars: int = 0  # what the applicant says at the end; 0: nothing


XL, BDC, ZY = "430102-XL-001", "430102-BDC-002", "430102-ZY-003"
ITEMS = {"xn-fr": (XL, BDC, ZY), "xn-xa": (XL, BDC, ZY), "hz-xn": (BDC, ZY), "xx-xn": (XL, BDC)}
"""Which items each agreement lists, in the order `Case.item` counts."""

P = Plot
CASES = (
    Case(30, "xn-fr", P.SMOOTH),
    Case(30, "xn-xa", P.SMOOTH, 1),
    Case(29, "xn-fr", P.SLOW, 1),
    Case(28, "hz-xn", P.SMOOTH),
    Case(28, "xn-fr", P.DAMAGED),
    Case(27, "xn-xa", P.LATE_COUNT, 2),
    Case(26, "xn-fr", P.SMOOTH, 2),
    Case(25, "xx-xn", P.SMOOTH, by="kuaidi100"),
    Case(25, "xn-fr", P.MISSING),
    Case(24, "xn-fr", P.LATE_COUNT),
    Case(23, "hz-xn", P.SLOW, 1),
    Case(22, "xn-xa", P.SMOOTH, by="sf"),
    Case(21, "xn-fr", P.REPACKED, 1),
    Case(20, "xn-fr", P.WAIVED),
    Case(20, "xn-fr", P.UNDECIDED, 1),
    Case(19, "xx-xn", P.SLOW, 1, by="sf"),
    Case(18, "xn-fr", P.UNKNOWN_CODE),
    Case(17, "xn-xa", P.BY_HAND, 1),
    Case(17, "xn-fr", P.NOT_SENT_BACK, 1),
    Case(16, "hz-xn", P.SEAL),
    Case(15, "xn-fr", P.MISSING_STILL),
    Case(14, "xn-fr", P.LOST, 1),
    Case(13, "xn-fr", P.SMOOTH, 2),
    Case(12, "xn-xa", P.SMOOTH, by="sf"),
    Case(11, "xx-xn", P.NOT_COUNTED, 1),
    Case(10, "xn-fr", P.DISPUTED),
    Case(10, "xn-fr", P.SILENT, 1),
    Case(9, "hz-xn", P.SILENT, by="sf"),
    Case(8, "xn-fr", P.RETURNED),
    Case(8, "xn-fr", P.SMOOTH, 1),
    Case(7, "xn-fr", P.NOT_COUNTED),
    Case(6, "xn-xa", P.NOT_PICKED_UP, 1),
    Case(6, "xn-fr", P.CONTRADICTED, by="sf"),
    Case(5, "xn-fr", P.FORGOTTEN),
    Case(5, "xn-fr", P.SMOOTH, 2),
    Case(4, "hz-xn", P.SMOOTH, 1),
    Case(3, "xn-fr", P.SMOOTH),
    Case(3, "xx-xn", P.SMOOTH, by="sf"),
    Case(2, "xn-xa", P.SEALED, 1),
    Case(2, "xn-fr", P.SMOOTH, 1, by="kdniao"),
    Case(1, "xn-fr", P.SMOOTH),
    Case(1, "xn-xa", P.SMOOTH, 2),
    Case(0, "xn-fr", P.FORGOTTEN, 1),
)
LAST = Case(0, "xn-fr", P.SMOOTH)
"""Sent at the very last moment, to a courier who does not answer: an errand that waits for a person."""

HOLDERS = (
    "王𠮷",
    "覃𪚥",
    "欧阳䶮",
    "㛃玉琴",
    "向云帆",
    "阿依古丽·买买提明",
    "陈思远",
    "石金花",
    "彭家旺",
    "龙建军",
    "夏侯嘉禾",
    "田小满",
    "沈知秋",
    "谢𠮷祥",
)
"""Names of nobody; four have characters outside the common planes."""
