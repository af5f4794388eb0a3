"""Who answers for an original (保管): a chain of handovers without a gap, whose last receiver is the holder.

A courier is never in it: the sender answers until the receiver has counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from logistics.decision import Handover, Holder
from logistics.terms import HolderKind

UNKNOWN = Holder(HolderKind.UNKNOWN, "来源不明")
"""The source of an unlisted original found in an envelope."""

_OURS = frozenset({HolderKind.OFFICER, HolderKind.DEPARTMENT})


class Link(Protocol):
    """One link of an original's chain; `tables.Custody` is one."""

    @property
    def original_id(self) -> int: ...
    @property
    def seq(self) -> int: ...
    @property
    def from_kind(self) -> HolderKind: ...
    @property
    def from_name(self) -> str: ...
    @property
    def from_agency_id(self) -> int | None: ...
    @property
    def from_officer_id(self) -> int | None: ...
    @property
    def to_kind(self) -> HolderKind: ...
    @property
    def to_name(self) -> str: ...
    @property
    def to_agency_id(self) -> int | None: ...
    @property
    def to_officer_id(self) -> int | None: ...
    @property
    def at(self) -> datetime: ...


def released_by(link: Link) -> Holder:
    """Who let go of the original in this link."""
    return Holder(link.from_kind, link.from_name, link.from_agency_id, link.from_officer_id)


def accepted_by(link: Link) -> Holder:
    """Who took the original in this link."""
    return Holder(link.to_kind, link.to_name, link.to_agency_id, link.to_officer_id)


def holder(links: Sequence[Link]) -> Holder | None:
    """Who answers for the original now: the receiver of its last link; None before the first."""
    return accepted_by(max(links, key=lambda link: link.seq)) if links else None


def same_holder(a: Holder, b: Holder) -> bool:
    """True when both are one party: an officer by id whatever the name on the day, others by kind, agency and name."""
    if (a.kind, a.agency_id, a.officer_id) != (b.kind, b.agency_id, b.officer_id):
        return False
    return a.officer_id is not None or a.name == b.name


def hand_over(
    last: Link | None,
    original_id: int,
    to: Holder,
    basis: str,
    consignment_id: int | None = None,
    manifest_sha256: str | None = None,
    first_from: Holder | None = None,
) -> Handover:
    """The next link of the chain: it starts where `last` ended, or at `first_from` when the chain begins.

    Raises `ValueError` when there is no start or two, when `last` is another original's, or when `to` cannot hold.
    """
    if (last is None) == (first_from is None):
        raise ValueError("a chain starts either at its last link or, when it has none, at first_from")
    if last is not None and last.original_id != original_id:
        raise ValueError(f"the last link belongs to original {last.original_id}, not {original_id}")
    fault = _unfit(to)
    if fault:
        raise ValueError(fault)
    source = accepted_by(last) if last is not None else first_from
    if source is None:  # excluded above; said again for the type checker
        raise ValueError("no start")
    seq = last.seq + 1 if last is not None else 1
    return Handover(original_id, seq, source, to, basis, consignment_id, manifest_sha256)


def _unfit(to: Holder) -> str:
    if to.kind is HolderKind.UNKNOWN:
        return "来源不明者不能作为接收人"
    if to.kind in _OURS and to.agency_id is None:
        return f"接收人「{to.name}」没有所属单位"
    return ""


def chain_faults(links: Sequence[Link]) -> list[str]:
    """What is wrong with one original's chain, as Chinese sentences; [] when it holds."""
    if not links:
        return ["没有任何交接记录，保管人不明"]
    ordered = sorted(links, key=lambda link: link.seq)
    faults = [f"第{link.seq}次交接：{fault}" for link in ordered if (fault := _unfit(accepted_by(link)))]
    if len({link.original_id for link in links}) > 1:
        faults.append("混入了其他原件的交接记录")
    if sum(link.seq == 1 for link in links) > 1:
        faults.append("有两个起始交接")
    expected = list(range(1, len(ordered) + 1))
    if [link.seq for link in ordered] != expected:
        faults.append(f"交接序号不连续：{[link.seq for link in ordered]}")
    for before, after in pairwise(ordered):
        faults += _joint_faults(before, after)
    return faults


def _joint_faults(before: Link, after: Link) -> list[str]:
    faults = []
    if not same_holder(accepted_by(before), released_by(after)):
        faults.append(f"第{after.seq}次交接的移交人「{after.from_name}」不是上一次的接收人「{before.to_name}」")
    if after.at < before.at:
        faults.append(f"第{after.seq}次交接的时间早于上一次")
    return faults
