"""Where a dossier stands, in one plain sentence for pages, boards and letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from logistics.decision import Holder
from logistics.rules.closing import UNDER_WAY, complete, still_out
from logistics.tables import Agency, Consignment, Discrepancy, Dossier, Original, Packed
from logistics.terms import Outcome, Stage, zh


@dataclass(frozen=True)
class State:
    """Where a dossier stands: one sentence in each language, and `kind`, a stable word for boards and colours.

    `kind` is a stage's value while an envelope is under way or lost, else one of listing, ready, counting, discrepancy,
    examining, returning, closing, closed.
    """

    zh: str
    en: str
    kind: str


_ENVELOPE = {
    Stage.PACKING: ("{sender}正在装件", "{sender} is packing"),
    Stage.SEALED: ("已封装，等待{sender}寄出", "Sealed, waiting for {sender} to dispatch"),
    Stage.BOOKING: ("正在向快递方下单", "Being booked with the courier"),
    Stage.BOOKED: ("已下单，等待快递方到{sender}揽收", "Booked, waiting for pick-up at {sender}"),
    Stage.ON_THE_WAY: ("在途，等待{receiver}签收", "On the way, waiting for {receiver}"),
    Stage.DELIVERED: (
        "快递称已妥投，等待{receiver}签收核验",
        "Delivered by the courier's word, waiting for {receiver} to count",
    ),
    Stage.RETURNED: ("邮件被退回，等待{sender}签收核验", "Returned, waiting for {sender} to take it back"),
    Stage.LOST: ("快递称遗失，等待{sender}查询处理", "Lost by the courier's word, waiting for {sender} to follow up"),
}
_URGENT = (
    Stage.LOST,
    Stage.RETURNED,
    Stage.DELIVERED,
    Stage.ON_THE_WAY,
    Stage.BOOKED,
    Stage.BOOKING,
    Stage.SEALED,
    Stage.PACKING,
)


def state(
    dossier: Dossier,
    originals: Sequence[Original],
    holders: Mapping[int, Holder],
    consignments: Sequence[Consignment],
    lines: Sequence[Packed],
    discrepancies: Sequence[Discrepancy],
    agencies: Mapping[int, Agency],
) -> State:
    """Where the dossier stands now and whose turn it is. `agencies` has both parties by id."""
    if dossier.closed_at is not None:
        return State("已办结", "Closed", "closed")
    unsettled = [one for one in discrepancies if one.settled_at is None]
    envelope = _most_urgent(consignments, unsettled)
    if envelope is not None:
        return _with(_of_envelope(envelope, agencies), len(unsettled))
    counting = _counting(consignments, lines, agencies)
    if counting is not None:
        return _with(counting, len(unsettled))
    if unsettled:
        return State(f"有 {len(unsettled)} 项差异待处理", _to_settle(len(unsettled)), "discrepancy")
    out = still_out(dossier, originals, holders, consignments, lines, discrepancies)
    return _at_rest(dossier, originals, complete(dossier, originals, holders), len(out), agencies)


def _most_urgent(consignments: Sequence[Consignment], unsettled: Sequence[Discrepancy]) -> Consignment | None:
    disputed = {one.consignment_id for one in unsettled}
    waiting = [
        one for one in consignments if one.stage in UNDER_WAY or (one.stage is Stage.LOST and one.id in disputed)
    ]
    return min(waiting, key=lambda one: (_URGENT.index(one.stage), -one.seq), default=None)


def _of_envelope(one: Consignment, agencies: Mapping[int, Agency]) -> State:
    sender, receiver = agencies[one.from_agency_id], agencies[one.to_agency_id]
    words_zh, words_en = _ENVELOPE[one.stage]
    if one.stage is Stage.SEALED and one.refusal:
        words_zh, words_en = (
            "快递方拒单，等待{sender}重新寄出",
            "Refused by the courier, waiting for {sender} to dispatch again",
        )
    return State(
        words_zh.format(sender=sender.short_name, receiver=receiver.short_name),
        words_en.format(sender=_en(sender), receiver=_en(receiver)),
        one.stage.value,
    )


def _en(agency: Agency) -> str:
    return agency.name_en or agency.short_name


def _with(state: State, unsettled: int) -> State:
    if not unsettled:
        return state
    return State(f"{state.zh}；另有 {unsettled} 项差异待处理", f"{state.en}; {_to_settle(unsettled)}", state.kind)


def _to_settle(count: int) -> str:
    return f"{count} {'discrepancy' if count == 1 else 'discrepancies'} to settle"


def _counting(
    consignments: Sequence[Consignment], lines: Sequence[Packed], agencies: Mapping[int, Agency]
) -> State | None:
    for one in consignments:
        left = sum(line.consignment_id == one.id and line.outcome is Outcome.UNCHECKED for line in lines)
        if one.stage is Stage.RECEIVED and left:
            receiver = agencies[one.to_agency_id]
            return State(
                f"已签收，{receiver.short_name}尚有 {left} 份原件未核",
                f"Received, {left} originals still uncounted at {_en(receiver)}",
                "counting",
            )
    return None


def _at_rest(
    dossier: Dossier, originals: Sequence[Original], arrived: bool, out: int, agencies: Mapping[int, Agency]
) -> State:
    sender, receiver = agencies[dossier.sender_agency_id], agencies[dossier.receiver_agency_id]
    if not originals:
        return State(f"等待{sender.short_name}登记原件", f"Waiting for {_en(sender)} to list originals", "listing")
    if dossier.decision is None and not arrived:
        return State(f"等待{sender.short_name}装件寄出", f"Waiting for {_en(sender)} to pack", "ready")
    if dossier.decision is None:
        return State(
            f"原件已到齐，等待{receiver.short_name}审批", f"Complete, {_en(receiver)} is examining", "examining"
        )
    result = f"已作出决定({zh(dossier.decision)})"
    if out:
        return State(
            f"{result}，等待{receiver.short_name}退回 {out} 份原件",
            f"Decided, waiting for {_en(receiver)} to send {out} originals back",
            "returning",
        )
    return State(
        f"{result}，等待{sender.short_name}确认办结", f"Decided, waiting for {_en(sender)} to close", "closing"
    )
