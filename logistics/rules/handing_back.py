"""Originals handed back at the counter (领取、代领): who may take them, told by the identity document they show; and
how a hand-over is corrected that never took place, or was to somebody else.

A correction is an act of its own: custody goes back to whoever let the original go, by a link and an entry that name
those they correct, which stay. The gate of a closed dossier, and what was signed for, are told by the same entries.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from logistics.actor import Actor
from logistics.decision import Decision, Fact, Handover, Json, Settlement
from logistics.errors import Malformed, NotAllowed, Rejected, Said
from logistics.rules import custody
from logistics.rules.chain import stamp
from logistics.rules.items import FILL_IN
from logistics.rules.workdays import china_date
from logistics.tables import Custody, Discrepancy, Dossier, LedgerEntry, Original, Signature
from logistics.terms import DiscrepancyKind, HolderKind, Resolution, Role, SigningRole

APPLICANT, AGENT, MANDATED = "申请人", "代办人", "代领人"
BY_MANDATE, BY_NUMBER, BY_SIGHT = "凭委托书，已核对身份证件", "证件号码与登记一致", "已核对领取人身份证件"
"""By what whoever took them was known."""

NOBODYS = Said(
    "号码与申请人、代办人登记的都不同。请再扫一次；别人代领的，填代领人姓名并收下委托书。",
    "The number is neither the applicant's nor the agent's. Scan again; for somebody else, give their name and keep "
    "the mandate.",
)


def who(scanned: bool, kept_of: str | None, by_agent: bool, mandated: str, signed: bool) -> str:
    """What the person at the counter is called in the ledger. `scanned`: a number was given; `kept_of`: whose it is.

    Raises `Malformed` (field "id_no") for a number that is nobody's when no mandate is shown, `Rejected` ("unsigned")
    when somebody with a mandate has not signed.
    """
    if kept_of is not None:
        return kept_of
    if not scanned and not mandated:
        return AGENT if by_agent else APPLICANT
    if not mandated or not scanned:
        raise Malformed(
            "还没有交还：领取人的证件与登记的不一致。",
            "Nothing handed back: the identity document is not the one on file.",
            {"id_no": [NOBODYS]},
        )
    if not signed:
        raise Rejected(
            "还没有交还：代领人须签字。请代领人在下面签字后再交。",
            "Nothing handed back: whoever collects with a mandate must sign.",
            "unsigned",
        )
    return MANDATED


def basis(taker: str, checked: bool, compared: bool) -> str:
    """Why custody ends with the applicant, as the ledger says it."""
    if taker == MANDATED:
        return f"退还{MANDATED}，{BY_MANDATE}"
    said = f"退还{taker}"
    if compared:
        return f"{said}，{BY_NUMBER}"
    return f"{said}，{BY_SIGHT}" if checked else said


def told(said: str) -> tuple[str, str]:
    """Who took it, and by what they were known, out of a `basis`; two empty texts for any other."""
    taker, _comma, proof = said.removeprefix("退还").partition("，")
    return (taker, proof) if taker in (APPLICANT, AGENT, MANDATED) else ("", "")


CORRECTED, REOPENED = "original:hand_back_corrected", "dossier:reopened"
"""The facts that take a hand-over back, and the closing that stood on it."""
LONGEST_WHY = 200
_HANDED_OVER, _CLOSED = "original:handed_over", "dossier:closed"


@dataclass(frozen=True)
class HandedBack:
    """An original that is with the applicant's side by its last link, and the entry that says so."""

    original: Original
    link: Custody
    entry: LedgerEntry


@dataclass(frozen=True)
class Correction:
    """What is said when hand-overs are corrected. `in_hand`: the originals lie at the hall, looked at just now;
    `reopen`: the dossier was closed, and is to be open again.
    """

    why: str
    in_hand: bool
    reopen: bool = False


def handed_back(
    originals: Iterable[Original], links: Iterable[Custody], entries: Sequence[LedgerEntry]
) -> list[HandedBack]:
    """The originals that were handed back and were not taken back since, in the order of their list."""
    last: dict[int, Custody] = {}
    for link in sorted(links, key=lambda one: one.seq):
        last[link.original_id] = link
    told = {(one.facts.get("original"), one.facts.get("link")): one for one in entries if one.what == _HANDED_OVER}
    found = []
    for original in originals:
        end = last.get(original.id or 0)
        if end is not None and end.seq > 1 and end.to_kind is HolderKind.APPLICANT:
            found.append(HandedBack(original, end, told[original.code, end.seq]))
    return found


def may_correct(actor: Actor, dossier: Dossier, entry: LedgerEntry, now: datetime) -> bool:
    """Whether this officer may correct the hand-over that `entry` tells: whoever did it, at this hall's window on the
    same day; a manager of the hall at any time.
    """
    if Role.MANAGER in actor.roles and dossier.sender_agency_id in actor.agencies:
        return True
    at_the_window = Role.WINDOW in actor.roles and actor.agency_id == dossier.sender_agency_id
    return at_the_window and entry.actor == actor.id and china_date(entry.at) == china_date(now)


def correct(
    dossier: Dossier,
    wrong: Sequence[HandedBack],
    disputes: Iterable[Discrepancy],
    said: Correction,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Custody of these originals is again with whoever let them go; that the applicant said they had not got one of
    them is settled with it.

    Raises `NotAllowed` ("correct_hand_back"), `Malformed` ("why", "in_hand").
    """
    if not all(may_correct(actor, dossier, one.entry, now) for one in wrong):
        raise NotAllowed(
            "没有更正：交还记录只能由当天经手的窗口人员更正；过了当天，或不是您经手的，请本大厅的管理人员更正。",
            "Not corrected: a hand-over is corrected by the officer who did it on the same day, later or by anybody "
            "else only by a manager of the hall. Ask one.",
            rule="correct_hand_back",
        )
    _require_said(said)
    why, concerned = said.why.strip(), {one.original.id for one in wrong}
    return Decision(
        handovers=tuple(_taken_back(one) for one in wrong),
        facts=tuple(
            Fact(CORRECTED, why, {"original": one.original.code, "link": one.link.seq, "corrects": one.entry.seq})
            for one in wrong
        ),
        settlements=tuple(
            Settlement(one.id or 0, Resolution.FOUND, why)
            for one in disputes
            if one.kind is DiscrepancyKind.NOT_RETURNED and one.settled_at is None and one.original_id in concerned
        ),
    )


def _taken_back(one: HandedBack) -> Handover:
    basis = f"更正第 {one.link.seq} 次交接"
    return custody.hand_over(one.link, one.link.original_id, custody.released_by(one.link), basis)


def _require_said(said: Correction) -> None:
    wrong: dict[str, list[Said]] = {}
    if not said.why.strip():
        wrong["why"] = [FILL_IN]
    elif len(said.why.strip()) > LONGEST_WHY:
        wrong["why"] = [Said(f"最多 {LONGEST_WHY} 个字。", f"{LONGEST_WHY} characters at most.")]
    if not said.in_hand:
        wrong["in_hand"] = [
            Said(
                "请先看到原件再勾选。原件不在大厅的，先追回，追回后再更正。",
                "Look at the originals first, then tick. If they are not at the hall, get them back first.",
            )
        ]
    if wrong:
        raise Malformed("还没有更正：请看标红的地方。", "Not corrected yet: see the marked places.", wrong)


def reopening(dossier: Dossier, entries: Sequence[LedgerEntry], said: Correction, *, packed: bool) -> Decision:
    """Nothing for an open dossier. A closed one is open again, by an act that names its closing: only when that was
    asked for, and before its archive package was sealed (`packed`).

    Raises `Rejected` ("archived"), `Malformed` ("reopen").
    """
    if dossier.closed_at is None:
        return Decision()
    if packed:
        raise Rejected(
            f"没有更正：专档 {dossier.no} 已办结并封存，归档信息包里的交接记录不能再改。原件还在大厅的，请马上交还，"
            "请领取人在纸上签收；再请档案管理人员在备考表上写明，申请人问起时在专档页答复。",
            f"Not corrected: dossier {dossier.no} is closed and its archive package is sealed; what it says of custody "
            "cannot change. If the originals are still at the hall, hand them over now against a signature on paper, "
            "have the archivist write it into the remarks, and answer the applicant on the dossier's page.",
            "archived",
        )
    if not said.reopen:
        raise Malformed(
            f"没有更正：专档 {dossier.no} 已办结。更正会让它重新打开，请看标红的地方。",
            f"Not corrected: dossier {dossier.no} is closed, and a correction opens it again. See the marked place.",
            {"reopen": [Said("请勾选，确认重新打开专档。", "Tick this to open the dossier again.")]},
        )
    closing = max((one for one in entries if one.what == _CLOSED), key=lambda one: one.seq)
    data: dict[str, Json] = {"corrects": closing.seq, "closed_at": stamp(dossier.closed_at.astimezone(UTC))}
    return Decision(facts=(Fact(REOPENED, said.why.strip(), data),))


def corrections(entries: Iterable[LedgerEntry]) -> dict[str, LedgerEntry]:
    """The last correction of each original's hand-over, by its code."""
    return {str(one.facts["original"]): one for one in entries if one.what == CORRECTED}


def still_signed_for(signature: Signature, entries: Sequence[LedgerEntry]) -> frozenset[str]:
    """The originals whose hand-over the signature still stands for: those corrected after it was given are not."""
    if signature.role is not SigningRole.HANDED_BACK:
        return frozenset(signature.codes)
    told = [one for one in entries if one.what == "custody:signed" and one.facts.get("signature") == signature.seq]
    given = max((one.seq for one in told), default=0)
    later = {code for code, one in corrections(entries).items() if one.seq > given}
    return frozenset(signature.codes) - later


def round_of(codes: Collection[str], entries: Iterable[LedgerEntry]) -> int:
    """The last entry that took the hand-over of one of these originals back; 0 when none was. What is signed for after
    it is another list, though it names the same originals.
    """
    return max((one.seq for code, one in corrections(entries).items() if code in codes), default=0)
