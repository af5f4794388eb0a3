"""By which channels a message goes, in which order, and when that is over. Pure.

What a step of the ladder demands goes there whatever the reader chose. Where nothing is demanded, the first of the
reader's channels that takes it is enough. What could not go where it was demanded falls to the next and says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from logistics.terms import ChannelKind, DeliveryState, NoticeGroup

ROBOTS = (ChannelKind.DINGTALK, ChannelKind.WECOM, ChannelKind.FEISHU, ChannelKind.OTHER)
"""Channels that speak to a group of an agency, not to one person."""

ANY_ROBOT = "robot"
"""What a ladder may demand where it cannot know which robot an agency has."""

INBOX = "inbox"
"""May be demanded like the others; it always has the notice before anything goes outside."""

TRIES = 3
"""So often one message is tried on one channel before it falls to the next, where there is one."""

USUAL = tuple(ChannelKind)
"""The order for who chose none: mail, the agency's robots, and a text message only when nothing else went."""

GIVEN_UP = frozenset({DeliveryState.FELL_TO_NEXT, DeliveryState.PARKED})

_GROUPS = {
    "warning": NoticeGroup.WARNING,
    "due": NoticeGroup.DUE,
    "overdue": NoticeGroup.OVERDUE,
    "escal": NoticeGroup.ESCALATION,
    "digest": NoticeGroup.DIGEST,
    "supervision": NoticeGroup.SUPERVISION,
    "calendar": NoticeGroup.CALENDAR,
    "foresight": NoticeGroup.FORESIGHT,
    "silen": NoticeGroup.FORESIGHT,
}


def group_of(kind: str) -> NoticeGroup:
    """The group of notices a kind belongs to, by how its word begins: `escalated_upper` is an escalation."""
    return next((group for start, group in _GROUPS.items() if kind.startswith(start)), NoticeGroup.REST)


def demanded(names: Sequence[str], ways: Collection[ChannelKind]) -> tuple[ChannelKind, ...]:
    """The channels a ladder's step demands, each once. `robot` is the first robot the reader's agency has, or none.

    Raises ValueError for a name that is no channel.
    """
    found: list[ChannelKind] = []
    for name in names:
        if name == INBOX:
            continue
        if name == ANY_ROBOT:
            found += [one for one in ROBOTS if one in ways][:1]
        else:
            found.append(ChannelKind(name))
    return tuple(dict.fromkeys(found))


def alternatives(chosen: Sequence[str] | None, ways: Collection[ChannelKind]) -> tuple[ChannelKind, ...]:
    """The channels by which the reader can be reached, in the order chosen; None: nobody chose, the usual order."""
    wanted = USUAL if chosen is None else tuple(ChannelKind(one) for one in chosen)
    return tuple(one for one in wanted if one in ways)


class End(Enum):
    """There is no next step. DONE: the reader has it. EXHAUSTED: no channel is left. NO_WAY: there never was one."""

    DONE = "done"
    EXHAUSTED = "exhausted"
    NO_WAY = "no_way"


@dataclass(frozen=True)
class Route:
    """Where one message must go, and where it may go instead."""

    demanded: tuple[ChannelKind, ...]
    alternatives: tuple[ChannelKind, ...]

    @property
    def order(self) -> tuple[ChannelKind, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys((*self.demanded, *self.alternatives)))

    def next(self, tried: Mapping[ChannelKind, DeliveryState]) -> ChannelKind | End:
        """The channel whose turn it is, after what became of each until now, in the order in which it happened.

        Every demanded channel has its turn; after the last failure something must have gone.
        """
        ended = {kind: state for kind, state in tried.items() if state is DeliveryState.SENT or state in GIVEN_UP}
        gone = list(ended.values())[-1:] == [DeliveryState.SENT]
        for kind in self.order:
            if kind not in ended and (kind in self.demanded or not gone):
                return kind
        if not ended:
            return End.NO_WAY
        return End.DONE if gone else End.EXHAUSTED

    def after(self, kind: ChannelKind, tried: Mapping[ChannelKind, DeliveryState]) -> bool:
        """Whether another channel would have its turn if `kind` were given up now."""
        others = {one: state for one, state in tried.items() if one is not kind}
        return isinstance(self.next({**others, kind: DeliveryState.FELL_TO_NEXT}), ChannelKind)

    def missed(self, kind: ChannelKind, tried: Mapping[ChannelKind, DeliveryState]) -> tuple[ChannelKind, ...]:
        """The channels that were given up until now: what a message by `kind` must say did not arrive."""
        return tuple(one for one in self.order if one is not kind and tried.get(one) in GIVEN_UP)
