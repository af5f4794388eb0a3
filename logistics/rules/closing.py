"""When a dossier has done its work: whether all originals arrived, which are still to come back, and the gate: all that
keeps it from closing, who must act and where.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from logistics.decision import Holder
from logistics.errors import Rejected
from logistics.rules.legs import Act, ticks
from logistics.rules.policies import LEG_NAMES, Leg
from logistics.rules.signing import counted, standing
from logistics.tables import (
    Consignment,
    Custody,
    Deadline,
    Discrepancy,
    Dossier,
    Errand,
    Original,
    Packed,
    Paper,
    Signature,
)
from logistics.terms import (
    BlockerKind,
    DiscrepancyKind,
    ErrandKind,
    HolderKind,
    Outcome,
    Resolution,
    Role,
    SigningRole,
    Stage,
    zh,
)

CLOSED = "dossier:acknowledged"
"""The fact that closes a dossier: the accepting agency acknowledges that all is back."""

_STOPPED_BY_CLOSING = frozenset(tick.leg.value for tick in ticks(CLOSED, None) if tick.act is Act.STOP)

UNDER_WAY = frozenset(Stage) - {Stage.RECEIVED, Stage.VOIDED, Stage.LOST}
"""Stages of an envelope somebody still has to act on. A lost one is followed by its discrepancy."""

_AT_THE_SENDER = frozenset({Stage.PACKING, Stage.SEALED, Stage.BOOKING, Stage.BOOKED})
_JUDGED_BY_RECEIVER = frozenset(
    {
        DiscrepancyKind.EXTRA,
        DiscrepancyKind.WRONG,
        DiscrepancyKind.DAMAGED,
        DiscrepancyKind.ILLEGIBLE,
        DiscrepancyKind.SEAL,
        DiscrepancyKind.DELIVERY_DISPUTED,
    }
)
_MATTERS_AT_THE_END = frozenset({ErrandKind.TRACK, ErrandKind.CANCEL, ErrandKind.REGISTER})
"""Errands whose outcome belongs to the story: news of the envelope, an order that may still be alive."""

_GONE_FOR_GOOD = frozenset({Resolution.REPLACED, Resolution.ACCEPTED, Resolution.EXPLAINED})
_LOSSES = frozenset({DiscrepancyKind.MISSING, DiscrepancyKind.WRONG, DiscrepancyKind.LOST, DiscrepancyKind.EMPTY})


def complete(dossier: Dossier, originals: Sequence[Original], holders: Mapping[int, Holder]) -> bool:
    """True when the authority holds every listed original: it may examine. `holders`: original id to holder."""
    listed = [one for one in originals if not one.unlisted]
    held = [holders.get(one.id or 0) for one in listed]
    return bool(listed) and all(one is not None and one.agency_id == dossier.receiver_agency_id for one in held)


def still_out(
    dossier: Dossier,
    originals: Sequence[Original],
    holders: Mapping[int, Holder],
    consignments: Sequence[Consignment],
    lines: Sequence[Packed],
    discrepancies: Sequence[Discrepancy],
) -> tuple[Original, ...]:
    """Originals that must return and are neither with the applicant nor with the accepting agency.

    One whose loss was settled for good (replaced, accepted, explained) is waited for no longer.
    """
    lost = _settled_losses(consignments, lines, discrepancies)
    return tuple(
        one
        for one in originals
        if one.must_return and one.id not in lost and not _is_back(holders.get(one.id or 0), dossier.sender_agency_id)
    )


def _is_back(held: Holder | None, sender_agency_id: int) -> bool:
    return held is not None and (held.kind is HolderKind.APPLICANT or held.agency_id == sender_agency_id)


def _settled_losses(
    consignments: Sequence[Consignment], lines: Sequence[Packed], discrepancies: Sequence[Discrepancy]
) -> frozenset[int]:
    gone = {one.id for one in consignments if one.stage is Stage.LOST}
    latest: dict[int, Discrepancy] = {}
    for one in sorted(discrepancies, key=lambda one: one.id or 0):
        if one.kind not in _LOSSES:
            continue
        if one.original_id is not None:
            latest[one.original_id] = one
        else:
            here = [line.original_id for line in lines if line.consignment_id == one.consignment_id]
            latest |= dict.fromkeys(here if one.consignment_id in gone else [], one)
    return frozenset(original for original, one in latest.items() if one.resolution in _GONE_FOR_GOOD)


@dataclass(frozen=True)
class Place:
    """Where somebody acts: `kind` decision, envelope, receive, sign, difference, original, deadline, errand, paper,
    inbox; `no` is the number of the dossier, envelope, original or paper, or the row's id.
    """

    kind: str
    no: str


@dataclass(frozen=True)
class Blocker:
    """One thing that keeps a dossier from closing: what, who must act, and where. `agency_id` None: the system's own
    administrators. `zh` and `en` say what to do, as a clause without a full stop.
    """

    kind: BlockerKind
    zh: str
    en: str
    agency_id: int | None
    role: Role
    place: Place


class StillOpen(Rejected):
    """The dossier cannot close; `blockers` says all that is missing."""

    def __init__(self, found: Sequence[Blocker]) -> None:
        """Keep the list beside the sentence."""
        super().__init__(
            "还不能办结：" + "；".join(one.zh for one in found) + "。",
            "Cannot close yet: " + "; ".join(one.en for one in found) + ".",
            "open_matters",
        )
        self.blockers = tuple(found)


@dataclass(frozen=True)
class Matters:
    """Everything the gate looks at. `holders`: original id to who has it now; `counted_by`: consignment id to the
    agency that opened it; `unread_pushes`: couriers' messages not yet read that name its waybills; `unkept`: numbers
    of papers and signatures whose file is gone or changed; `undecided`: number of an order of supervision that was
    answered, to the agency that must accept the answer.
    """

    dossier: Dossier
    originals: Sequence[Original] = ()
    holders: Mapping[int, Holder] = field(default_factory=dict)
    consignments: Sequence[Consignment] = ()
    lines: Sequence[Packed] = ()
    custody: Sequence[Custody] = ()
    discrepancies: Sequence[Discrepancy] = ()
    deadlines: Sequence[Deadline] = ()
    papers: Sequence[Paper] = ()
    signatures: Sequence[Signature] = ()
    errands: Sequence[Errand] = ()
    counted_by: Mapping[int, int] = field(default_factory=dict)
    unread_pushes: int = 0
    unkept: Sequence[str] = ()
    undecided: Mapping[str, int] = field(default_factory=dict)

    def officer(self, agency_id: int) -> Role:
        """Who acts for the agency in this dossier: the hall's window, or the authority's receiver."""
        return Role.WINDOW if agency_id == self.dossier.sender_agency_id else Role.RECEIVER

    def counter(self, one: Consignment) -> int:
        """The agency that counts the envelope, or has."""
        usual = one.from_agency_id if one.stage is Stage.RETURNED else one.to_agency_id
        return self.counted_by.get(one.id or 0, usual)


def blockers(matters: Matters) -> tuple[Blocker, ...]:
    """All that still keeps the dossier from closing, in the order in which people meet it; () when it may close."""
    return tuple(
        found
        for look in (
            _envelopes, _unchecked, _unsigned, _differences, _decision, _still_out, _deadlines, _orders, _unread,
            _unkept,
        )
        for found in look(matters)
    )  # fmt: skip


def require_closable(matters: Matters) -> None:
    """Returns when nothing is open any more. Raises `StillOpen` with all that is."""
    found = blockers(matters)
    if found:
        raise StillOpen(found)


def _decision(matters: Matters) -> Iterator[Blocker]:
    if matters.dossier.decision is None:
        yield Blocker(
            BlockerKind.NO_DECISION,
            "尚未登记审批决定，请受理属地单位登记",
            "the authority has not recorded its decision",
            matters.dossier.receiver_agency_id,
            Role.RECEIVER,
            Place("decision", matters.dossier.no),
        )


def _envelopes(matters: Matters) -> Iterator[Blocker]:
    for one in matters.consignments:
        if one.stage not in UNDER_WAY:
            continue
        at_sender = one.stage in _AT_THE_SENDER
        agency = one.from_agency_id if at_sender else matters.counter(one)
        yield Blocker(
            BlockerKind.ENVELOPE_OPEN,
            f"寄递件 {one.no} 现为「{zh(one.stage)}」，请先{'寄出' if at_sender else '签收核验'}或作废",
            f"consignment {one.no} is {_plain(one.stage.value)}: {'send' if at_sender else 'receive and count'} it, "
            "or void it",
            agency,
            matters.officer(agency),
            Place("envelope" if at_sender else "receive", one.no),
        )


def _unchecked(matters: Matters) -> Iterator[Blocker]:
    received = {one.id: one for one in matters.consignments if one.stage is Stage.RECEIVED}
    for line in matters.lines:
        envelope = received.get(line.consignment_id)
        if envelope is None or line.outcome is not Outcome.UNCHECKED:
            continue
        agency = matters.counter(envelope)
        yield Blocker(
            BlockerKind.UNCHECKED_LINE,
            f"寄递件 {envelope.no} 清单第 {line.seq} 项未核，请核验",
            f"line {line.seq} of consignment {envelope.no} has not been counted",
            agency,
            matters.officer(agency),
            Place("receive", envelope.no),
        )


def _unsigned(matters: Matters) -> Iterator[Blocker]:
    """A slip was printed and its envelope counted, and nobody has signed for that very count, on screen or on paper."""
    printed = {one.consignment_id for one in matters.papers if one.kind == "slip"}
    for one in matters.consignments:
        lines = [line for line in matters.lines if line.consignment_id == one.id]
        if one.stage is not Stage.RECEIVED or one.id not in printed:
            continue
        if any(line.outcome is Outcome.UNCHECKED for line in lines):
            continue  # said already: it is signed for once it is counted
        mine = [row for row in matters.signatures if row.consignment_id == one.id]
        listed = counted(one, lines, matters.originals, matters.custody)
        if standing(mine, SigningRole.ACCEPTANCE, listed):
            continue
        earlier = any(row.role is SigningRole.ACCEPTANCE for row in mine)
        agency = matters.counter(one)
        yield Blocker(
            BlockerKind.UNSIGNED_SLIP,
            f"寄递件 {one.no} {'核验更正后接收人还没有重新签字' if earlier else '的交接单接收人还没有签字'}，"
            "请在屏上签字或上传签好字的交接单",
            f"the transfer slip of consignment {one.no} is not signed for {'its corrected count' if earlier else 'yet'}"
            ": sign on screen or upload the countersigned slip",
            agency,
            matters.officer(agency),
            Place("sign", one.no),
        )


def _differences(matters: Matters) -> Iterator[Blocker]:
    envelopes = {one.id: one for one in matters.consignments}
    for one in matters.discrepancies:
        if one.settled_at is not None:
            continue
        envelope = envelopes.get(one.consignment_id)
        agency = _answers_for(matters, one, envelope)
        unread = one.kind is DiscrepancyKind.UNRECOGNISED_CODE
        where = f" (consignment {envelope.no})" if envelope is not None else ""
        yield Blocker(
            BlockerKind.UNREAD_EVENT if unread else BlockerKind.DISCREPANCY_OPEN,
            f"差异未处理：{zh(one.kind)}，{one.note.rstrip('。')}",
            f"difference not settled: {_plain(one.kind.value)}{where}",
            agency,
            matters.officer(agency),
            Place("difference", str(one.id or 0)),
        )


def _answers_for(matters: Matters, one: Discrepancy, envelope: Consignment | None) -> int:
    """What the receiver found wrong the receiver judges; what happened before or on the way is the sender's."""
    if envelope is None:
        return matters.dossier.receiver_agency_id
    return matters.counter(envelope) if one.kind in _JUDGED_BY_RECEIVER else envelope.from_agency_id


def _still_out(matters: Matters) -> Iterator[Blocker]:
    out = still_out(
        matters.dossier,
        matters.originals,
        matters.holders,
        matters.consignments,
        matters.lines,
        matters.discrepancies,
    )
    for one in out:
        held = matters.holders.get(one.id or 0)
        agency = held.agency_id if held is not None and held.agency_id is not None else matters.dossier.sender_agency_id
        who = held.name if held is not None else "无保管记录"
        yield Blocker(
            BlockerKind.ORIGINAL_OUT,
            f"原件 {one.code} 须退还而未退回，现由「{who}」保管，请寄回或交还",
            f"original {one.code} must come back and has not",
            agency,
            matters.officer(agency),
            Place("original", one.code),
        )


def _deadlines(matters: Matters) -> Iterator[Blocker]:
    for one in matters.deadlines:
        if one.met_at is None and one.waived_at is None and one.leg not in _STOPPED_BY_CLOSING:
            yield Blocker(
                BlockerKind.DEADLINE_OPEN,
                f"时限「{LEG_NAMES[Leg(one.leg)]}」尚未完成，请办结该环节，或由管理人员写明原因豁免",
                f"deadline {_plain(one.leg)} is still running: finish that leg, or have a manager waive it",
                one.owner_agency_id,
                matters.officer(one.owner_agency_id),
                Place("deadline", one.key),
            )


def _orders(matters: Matters) -> Iterator[Blocker]:
    """An order not answered yet is told by its clock."""
    for no, agency_id in matters.undecided.items():
        yield Blocker(
            BlockerKind.ORDER_UNDECIDED,
            f"督办 {no} 已答复，请下达督办的单位认可或退回",
            f"order {no} is answered: accept the answer or send it back",
            agency_id,
            Role.MANAGER,
            Place("supervision", no),
        )


def _unread(matters: Matters) -> Iterator[Blocker]:
    """What a courier said or was to be asked, and nobody has taken in: parked errands, messages not read."""
    envelopes = {one.id: one for one in matters.consignments}
    for one in matters.errands:
        envelope = envelopes.get(one.consignment_id)
        if envelope is None or one.parked_at is None or one.done_at is not None or one.kind not in _MATTERS_AT_THE_END:
            continue
        yield Blocker(
            BlockerKind.UNREAD_EVENT,
            f"寄递件 {envelope.no} 的「{zh(one.kind)}」已搁置，请看原因后重试",
            f"an errand of consignment {envelope.no} is parked ({_plain(one.kind.value)}): look why and retry it",
            envelope.from_agency_id,
            matters.officer(envelope.from_agency_id),
            Place("errand", str(one.id or 0)),
        )
    if matters.unread_pushes:
        many = matters.unread_pushes
        yield Blocker(
            BlockerKind.UNREAD_EVENT,
            f"有 {many} 条快递推送还没有读，可能说到本专档的运单，请稍后重试，仍不行时请系统管理人员查看收件箱",
            f"{many} messages of couriers that may be about its waybills are not read: try again in a minute, then ask "
            "the administrator",
            None,
            Role.ADMINISTRATOR,
            Place("inbox", matters.dossier.no),
        )


def _unkept(matters: Matters) -> Iterator[Blocker]:
    for no in matters.unkept:
        yield Blocker(
            BlockerKind.PAPER_NOT_KEPT,
            f"{no} 的文件不在文件库，或内容已变，请系统管理人员从备份恢复",
            f"the file of {no} is gone or changed: restore it from the backup",
            None,
            Role.ADMINISTRATOR,
            Place("paper", no),
        )


def _plain(word: str) -> str:
    return word.replace("_", " ")
