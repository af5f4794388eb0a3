"""Handing originals on inside an agency: what may be offered, and what passes when the colleague takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from logistics.decision import Fact, Handover, Holder
from logistics.errors import NotYours, Rejected
from logistics.rules import custody
from logistics.rules.counting import row_id
from logistics.tables import Custody, Dossier, Original, Packed


class Known(Protocol):
    """What is known of a dossier here."""

    @property
    def dossier(self) -> Dossier: ...
    @property
    def originals(self) -> Sequence[Original]: ...
    @property
    def packed(self) -> Sequence[Packed]: ...
    def last_custody(self) -> Mapping[int, Custody]:
        """The last link of each original's chain."""
        ...


def require_offerable(whole: Known, codes: Sequence[str], agency_id: int, waiting: Sequence[str]) -> None:
    """Returns when the agency holds all of these, free to pass on. Raises `NotYours`; `Rejected`: "dossier_closed",
    "not_held", "in_envelope", "offered".
    """
    if whole.dossier.closed_at is not None:
        raise Rejected("专档已办结，不能再移交原件。", "The dossier is closed.", "dossier_closed")
    by_code = {one.code: one for one in whole.originals}
    if not codes or any(code not in by_code for code in codes):
        raise NotYours("原件", "original")
    last, inside = whole.last_custody(), {line.original_id for line in whole.packed if line.open}
    for code in codes:
        link = last.get(row_id(by_code[code]))
        if link is None or link.to_agency_id != agency_id:
            raise Rejected(
                f"原件 {code} 现由{link.to_name if link else '无人'}保管，不在本单位，不能移交。",
                f"Original {code} is not held by your agency.",
                "not_held",
            )
        if by_code[code].id in inside:
            raise Rejected(
                f"原件 {code} 在还没拆的信封里，不能移交。请先拆封或作废那个信封。",
                f"Original {code} is on the list of an unopened envelope.",
                "in_envelope",
            )
        if code in waiting:
            raise Rejected(
                f"原件 {code} 已经移交出去，等对方接收。要改交别人，请先撤回。",
                f"Original {code} is offered already; withdraw that first.",
                "offered",
            )


def require_somebody_else(giver: int | None, taker: int) -> None:
    """Returns unless somebody hands on to themselves. Raises `Rejected` ("self")."""
    if giver == taker:
        raise Rejected("不能移交给自己。请选择另一位同事。", "Choose somebody else than yourself.", "self")


def offered(codes: Sequence[str], to_name: str, department: str) -> Fact:
    """The ledger's fact of an offer."""
    return Fact("original:offered_inside", "", {"originals": list(codes), "to": to_name, "department": department})


def handovers(whole: Known, codes: Sequence[str], to: Holder, basis: str) -> tuple[Handover, ...]:
    """The links by which these originals pass to `to`; none for what `to` holds already."""
    last = whole.last_custody()
    made = []
    for one in whole.originals:
        link = last.get(row_id(one))
        if one.code in codes and link is not None and not custody.same_holder(custody.accepted_by(link), to):
            made.append(custody.hand_over(link, row_id(one), to, basis))
    return tuple(made)
