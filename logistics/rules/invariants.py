"""What must always hold of a dossier (house §11), checked over its rows: nightly, and at the end of every story.

A check knows nothing of how the rows came to be; each finding names the rule, the thing and what is wrong with it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from logistics.rules import chain, custody, receipt, sources, stages
from logistics.rules.reading import Meanings
from logistics.rules.recomputing import Frozen, moves, replanned
from logistics.rules.workdays import state_calendar
from logistics.tables import (
    CodeMapping,
    Consignment,
    Custody,
    Deadline,
    Discrepancy,
    Dossier,
    Errand,
    LedgerEntry,
    Original,
    Packed,
    Rung,
    Tracking,
)
from logistics.terms import Outcome, Stage, zh

SLACK = timedelta(hours=1)
"""How late the scheduler may be with an errand or a rung before it is a fault."""


@dataclass(frozen=True)
class Violation:
    """One thing that should hold and does not. `rule` is a stable English word; `subject` names the thing."""

    rule: str
    subject: str
    zh: str


@dataclass(frozen=True)
class Snapshot:
    """All rows of one dossier, read in one transaction."""

    dossier: Dossier
    originals: Sequence[Original] = ()
    consignments: Sequence[Consignment] = ()
    packed: Sequence[Packed] = ()
    custody: Sequence[Custody] = ()
    tracking: Sequence[Tracking] = ()
    discrepancies: Sequence[Discrepancy] = ()
    deadlines: Sequence[Deadline] = ()
    rungs: Sequence[Rung] = ()
    entries: Sequence[LedgerEntry] = ()
    errands: Sequence[Errand] = ()
    mappings: Sequence[CodeMapping] = ()


def check(snapshot: Snapshot, now: datetime, slack: timedelta = SLACK) -> list[Violation]:
    """Every violation in the dossier as it stands at `now`; [] when all holds.

    `slack`: how long an errand may be overdue without being parked, and a rung be due without having fired.
    """
    found: list[Violation] = []
    for rule in (_holders, _lists, _envelopes, _stages, _waybills, _discrepancies, _chain):
        found += rule(snapshot)
    found += _deadlines(snapshot, now, slack)
    found += _errands(snapshot.errands, now, slack)
    return found


def _holders(snapshot: Snapshot) -> Iterator[Violation]:
    links: defaultdict[int, list[Custody]] = defaultdict(list)
    for link in snapshot.custody:
        links[link.original_id].append(link)
    for one in snapshot.originals:
        own = links.pop(cast(int, one.id), [])
        yield from (Violation("one_holder", one.code, fault) for fault in custody.chain_faults(own))
    for original_id in links:
        yield Violation("one_holder", str(original_id), "有交接记录而没有这份原件")


def _lists(snapshot: Snapshot) -> Iterator[Violation]:
    holders = _last_links(snapshot.custody)
    for one in snapshot.consignments:
        lines = [line for line in snapshot.packed if line.consignment_id == one.id]
        count = receipt.balance(lines)
        if count.listed != count.received + count.missing + count.moved + count.unchecked:
            yield Violation("balance", one.no, f"清单数目不平：{count}")
        counted = [line for line in lines if line.outcome is not Outcome.UNCHECKED]
        if counted and one.stage is not Stage.RECEIVED:
            yield Violation("balance", one.no, f"尚未签收(现为「{zh(one.stage)}」)却已有核验结果")
        for line in lines:
            yield from _line(one, line, holders.get(line.original_id))
    open_lines = Counter(line.original_id for line in snapshot.packed if line.open)
    for original_id, times in open_lines.items():
        if times > 1:
            yield Violation("one_envelope", str(original_id), f"同一原件同时装在 {times} 个未拆封的寄递件中")


def _line(consignment: Consignment, line: Packed, last: Custody | None) -> Iterator[Violation]:
    subject = f"{consignment.no}/{line.seq}"
    if line.outcome in receipt.PRESENT and last is None:
        yield Violation("balance", subject, "核为已到，却没有任何交接记录")
    if line.outcome in receipt.ABSENT and last is not None and last.consignment_id == consignment.id:
        yield Violation("balance", subject, f"核为「{zh(line.outcome)}」，保管却已随本件移交")
    if line.open and (line.outcome is not Outcome.UNCHECKED or consignment.stage is Stage.VOIDED):
        yield Violation("one_envelope", subject, "已核验或已作废的清单行仍占用原件")


def _last_links(links: Iterable[Custody]) -> dict[int, Custody]:
    return {link.original_id: link for link in sorted(links, key=lambda link: link.seq)}


def _envelopes(snapshot: Snapshot) -> Iterator[Violation]:
    for one in snapshot.consignments:
        if one.stage in (Stage.PACKING, Stage.VOIDED):
            continue
        if not one.seal_no:
            yield Violation("sealed", one.no, "已封装而没有封签号")
        if not one.manifest_sha256:
            yield Violation("sealed", one.no, "已封装而清单未冻结")
        if not any(line.consignment_id == one.id for line in snapshot.packed):
            yield Violation("sealed", one.no, "已封装而清单为空")


def _stages(snapshot: Snapshot) -> Iterator[Violation]:
    for one in snapshot.consignments:
        events = [event for event in snapshot.tracking if event.consignment_id == one.id]
        known = Meanings(snapshot.mappings).as_of(one.read_with)  # a newer meaning is followed within minutes
        due = stages.settle(one.stage, sources.followable(one, events, known))
        if due is not one.stage:
            yield Violation("stage", one.no, f"存为「{zh(one.stage)}」，按轨迹应为「{zh(due)}」")


def _waybills(snapshot: Snapshot) -> Iterator[Violation]:
    used = Counter((one.courier, one.waybill_no) for one in snapshot.consignments if one.waybill_no)
    for (courier, waybill_no), times in used.items():
        if times > 1:
            yield Violation("waybill", f"{courier}/{waybill_no}", f"同一运单号属于 {times} 个寄递件")
    own = {one.id: one for one in snapshot.consignments}
    for event in snapshot.tracking:
        one = own.get(event.consignment_id)
        # the courier may be another: an aggregator's word stands beside the carrier's own
        if one is None or one.waybill_no != event.waybill_no:
            yield Violation("waybill", f"{event.courier}/{event.waybill_no}", "轨迹与其寄递件的运单不符")


def _discrepancies(snapshot: Snapshot) -> Iterator[Violation]:
    opened = {
        (one.consignment_id, one.original_id)
        for one in snapshot.discrepancies
        if one.kind.value in (Outcome.MISSING.value, Outcome.WRONG.value)
    }
    for line in snapshot.packed:
        if line.outcome in receipt.ABSENT and (line.consignment_id, line.original_id) not in opened:
            yield Violation(
                "discrepancy", f"{line.consignment_id}/{line.seq}", f"核为「{zh(line.outcome)}」却没有差异记录"
            )
    for one in snapshot.discrepancies:
        if (one.settled_at is None) is not (one.resolution is None):
            yield Violation("discrepancy", one.key, "差异的处理时间与处理结果只有其一")


def _chain(snapshot: Snapshot) -> Iterator[Violation]:
    rows = sorted(snapshot.entries, key=lambda row: row.seq)
    entries = [entry_of(row, snapshot.dossier.no) for row in rows]
    for fault in chain.verify(entries):
        yield Violation("chain", f"{snapshot.dossier.no}#{fault.seq}", fault.reason_zh)


def entry_of(row: LedgerEntry, dossier_no: str) -> chain.Entry:
    """The stored row as the pure value that hashes and verifies."""
    return chain.Entry(
        dossier_no,
        row.seq,
        row.at,
        row.actor,
        row.actor_name,
        row.agency,
        row.what,
        row.why,
        row.facts,
        row.command_id,
        row.prev_hash,
        row.hash,
    )


def _deadlines(snapshot: Snapshot, now: datetime, slack: timedelta) -> Iterator[Violation]:
    ladders: defaultdict[int, list[Rung]] = defaultdict(list)
    for rung in snapshot.rungs:
        ladders[rung.deadline_id].append(rung)
    waivers = {row.facts.get("key"): row.actor_name for row in snapshot.entries if row.what == "deadline:waived"}
    for one in snapshot.deadlines:
        rungs = ladders[cast(int, one.id)]
        yield from _ladder(one, rungs)
        if one.waived_at is not None:
            if not one.waiver_reason or not (one.waived_by or waivers.get(one.key)):
                yield Violation("deadline", one.key, "已豁免而没有豁免人或原因")
        elif one.paused_at is None and one.due_at < (one.met_at or now):
            yield from _unfired(one, rungs, now, slack)
        yield from _reckoned(one)


def _reckoned(one: Deadline) -> Iterator[Violation]:
    """The inputs that stand beside a clock lead to its due moment, where its calendar is the one carried here."""
    calendar = state_calendar()
    if one.calendar_version != calendar.version:
        return
    frozen = Frozen(one.leg, one.policy, one.started_at, one.due_at, one.provisional)
    if moves(frozen, replanned(frozen, calendar)):
        yield Violation("deadline", one.key, "期限与旁边记下的规则、日历、起点、暂停和延期算出的不符")


def _ladder(one: Deadline, rungs: Sequence[Rung]) -> Iterator[Violation]:
    for name, times in Counter(rung.name for rung in rungs).items():
        if times > 1:
            yield Violation("rung", f"{one.key}/{name}", f"同一提醒级次有 {times} 条")
    for rung in rungs:
        subject = f"{one.key}/{rung.name}"
        if rung.fired_at is not None and rung.dropped_at is not None:
            yield Violation("rung", subject, "同一提醒级次既已发出又已取消")
        if rung.fired_at is not None and rung.fired_at < rung.fires_at:
            yield Violation("rung", subject, "提醒早于应发时刻发出")


def _unfired(one: Deadline, rungs: Sequence[Rung], now: datetime, slack: timedelta) -> Iterator[Violation]:
    end = min(one.met_at or now, now)
    if not rungs:
        yield Violation("deadline", one.key, "已逾期而没有任何提醒级次")
    for rung in rungs:
        if rung.fired_at is None and rung.fires_at + slack < end:
            yield Violation("deadline", f"{one.key}/{rung.name}", "已逾期，应发的提醒没有发出，也没有豁免")


def _errands(errands: Sequence[Errand], now: datetime, slack: timedelta) -> Iterator[Violation]:
    for key, times in Counter(one.key for one in errands).items():
        if times > 1:
            yield Violation("errand", key, f"同一外呼登记了 {times} 次")
    for one in errands:
        if one.done_at is None and one.parked_at is None and one.due_at + slack < now:
            yield Violation("errand", one.key, "外呼逾期未办，也没有搁置给人处理")
