"""Reports of figures: made once from the ledger as it stood, kept with what they were made of, made again to compare.

A report is asked for at once and made by the scheduler, which may take its time; it is of the moment it was asked for.
It is never changed. Made again, it reads the entries recorded until its own moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import text
from sqlmodel import Session, col, select

from logistics.actor import SYSTEM, Actor
from logistics.errors import NotAllowed, NotYours, Rejected
from logistics.report_terms import ReportState
from logistics.rules import figures as rules
from logistics.rules import reporting, told, troubles
from logistics.rules.figures import Asked, Step
from logistics.rules.reporting import Difference, Line
from logistics.rules.told import Told
from logistics.rules.troubles import TOLD, Trouble
from logistics.services.reports.content import Content, Words, words_of
from logistics.services.reports.paper import paper
from logistics.services.reports.sheet import workbook
from logistics.store import figures as store
from logistics.store import leases, ledger
from logistics.store.context import Context
from logistics.store.leases import Interrupted, Lease
from logistics.store.work import work
from logistics.tables import Agency, Officer, Report, ReportOrder
from logistics.terms import Role

MAKERS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})
LEASE = timedelta(minutes=2)  # renewed with every word about progress
TOO_MANY = (
    "这一段时间的留痕太多，一份报表放不下。请缩短期间再试。",
    "The ledger has too many entries for one report in this period. Choose a shorter period.",
)


def order(ctx: Context, actor: Actor, command_id: str, asked: Asked, step: Step, words: Words) -> dict[str, Any]:
    """The report of these figures as they stand now is owed; the answer has the `report` id it will have.

    What no ledger tells is noted at once, so that the report is of this moment whenever it is made. Raises
    `NotAllowed`.
    """
    if not actor.roles & MAKERS:
        raise NotAllowed("报表由督查管理人员生成。", "Reports are made by managers.", "needs_role")
    with work(ctx, actor, "order_report", command_id) as w:
        if w.done is not None:
            return w.done
        session = w.session
        present = [one for one in store.troubles(session, w.now) if one.kind not in TOLD]
        key = int(session.execute(text("SELECT nextval('report_id_seq')")).scalar_one())
        row = ReportOrder(
            id=key,
            agency_id=cast(int, actor.agency_id),
            ordered_by=cast(int, actor.officer_id),
            ordered_at=w.now,
            asked=reporting.plain(asked, step, actor.agencies),
            present=[reporting.plain_trouble(one) for one in troubles.wanted(present, asked)],
            words=words.plain(),
            state=ReportState.MAKING,
        )
        session.add(row)
        session.flush()
        return w.finish(report=key)


@dataclass
class Making:
    """One report that was asked for, in hand."""

    ctx: Context
    held: Lease
    going_on: Callable[[], bool]

    def make(self) -> None:
        """The report is kept, with its XLSX and its PDF. Raises `Interrupted`, `store.TooMany`."""
        with Session(self.ctx.engine) as session:
            order = session.get_one(ReportOrder, self.held.id)
            content = _content(session, order)
        self._say(0, len(content.entries))
        sheet = workbook(content, lambda done: self._say(done, len(content.entries)))
        self._say(len(content.entries), len(content.entries))
        self._keep(content, sheet, paper(content))

    def _keep(self, content: Content, sheet: bytes, paper_bytes: bytes) -> None:
        files = self.ctx.files
        with work(self.ctx, SYSTEM, "report_made") as w:
            order = leases.still_ours(w.session, ReportOrder, self.held)
            if order is None:
                raise Interrupted
            asked = content.figures.asked
            row = Report(
                id=order.id,
                agency_id=order.agency_id,
                made_by=order.ordered_by,
                as_of=order.ordered_at,
                since=asked.since,
                until=asked.until,
                asked=order.asked,
                present=order.present,
                lines=[list(line) for line in content.lines],
                digest=content.digest,
                entries=len(content.entries),
                entries_digest=content.entries_digest,
                log_size=content.log_size,
                log_root=content.log_root,
                sheet_sha256=files.put(sheet),
                paper_sha256=files.put(paper_bytes),
            )
            order.state, order.ended_at, order.lease_until = ReportState.MADE, self.ctx.clock(), None
            w.session.add_all([row, order])

    def give_up(self, zh: str, en: str) -> None:
        """Nothing came of it; whoever asked is told why."""
        with work(self.ctx, SYSTEM, "report_failed") as w:
            order = leases.still_ours(w.session, ReportOrder, self.held)
            if order is not None:
                order.state, order.ended_at, order.lease_until = ReportState.FAILED, self.ctx.clock(), None
                order.fault = {"zh": zh, "en": en}
                w.session.add(order)

    def _say(self, done: int, total: int) -> None:
        until = self.ctx.clock() + LEASE
        self.held = leases.go_on(self.ctx.engine, ReportOrder, self.held, self.going_on, until, done, total)


def _entries(session: Session, agencies: Iterable[int], asked: Asked, as_of: datetime) -> list[Told]:
    try:
        return store.told(session, agencies, asked.span[0], as_of)
    except store.TooMany:
        raise Rejected(*TOO_MANY, "too_many") from None


def _content(session: Session, order: ReportOrder) -> Content:
    """What the ledger told of the reader's agencies until the report was asked for; nothing of anybody else's."""
    stored: dict[str, Any] = order.asked
    (asked, step), as_of = reporting.read(stored), order.ordered_at
    present = [reporting.read_trouble(one) for one in order.present]
    entries = told.until(store.told(session, stored["agencies"], asked.span[0], as_of), as_of)
    found, now, said = _reckoned(entries, present, (asked, step), as_of)
    cases, _troubles = told.read(entries, as_of)
    head = ledger.newest_checkpoint(session)
    names, words = store.names(session), words_of(order.words)
    return Content(
        agency=session.get_one(Agency, order.agency_id).name,
        made_by=session.get_one(Officer, order.ordered_by).name,
        figures=found,
        now=now,
        lines=said,
        digest=reporting.digest(said),
        entries=entries,
        entries_digest=reporting.digest_of_entries(entries),
        cases=rules.of_period(cases, asked, as_of),
        present=present,
        log_size=head.size if head else 0,
        log_root=head.root if head else "",
        called=names.en if words.language == "en" else names.zh,
        words=words,
    ).numbered(order.id or 0)


def _reckoned(
    entries: list[Told], present: list[Trouble], asked: tuple[Asked, Step], as_of: datetime
) -> tuple[rules.Figures, Mapping[troubles.Kind, int], list[Line]]:
    cases, standing = told.read(entries, as_of)
    found = rules.figures(cases, asked[0], as_of, asked[1])
    now = troubles.numbers(troubles.wanted([*standing, *present], asked[0]))
    return found, now, reporting.lines(found, now)


@dataclass(frozen=True)
class Again:
    """A report made again. `differs`: lines that are not what they were, none where ledger and program are what they
    were. `added`: entries of before its moment that were stored after it. `later`: lines that facts told since then
    change, for the same moment; `told_since`: how many entries came since.
    """

    differs: list[Difference]
    added: int
    later: list[Difference]
    told_since: int

    @property
    def is_equal(self) -> bool:
        """Whether it says what it said."""
        return not self.differs and not self.added


def again(session: Session, actor: Actor, report: Report, now: datetime) -> Again:
    """The report made again: for its own moment, and with what was told since. Raises `NotAllowed` where the reader
    sees fewer agencies than it was made of.
    """
    stored: dict[str, Any] = report.asked
    if not set(stored["agencies"]) <= set(actor.agencies):
        raise NotAllowed(
            "这份报表包含您看不到的单位，请制表单位的督查管理人员重新计算。",
            "This report is of agencies you do not see. Ask a manager of the agency that made it.",
            "needs_agencies",
        )
    asked = reporting.read(stored)
    everything = _entries(session, stored["agencies"], asked[0], now)
    until_then = told.until(everything, report.as_of)
    present = [reporting.read_trouble(one) for one in report.present]
    said: list[Line] = [(place, value) for place, value in report.lines]
    _found, numbers, lines = _reckoned(until_then, present, asked, report.as_of)
    cases, _standing = told.read(everything, now)
    known = rules.figures(reporting.as_known_later(cases, report.as_of), asked[0], report.as_of, asked[1])
    since_told = [line for line in reporting.lines(known, numbers) if not line[0].startswith("now/")]
    return Again(
        reporting.differences(said, lines),
        len(until_then) - report.entries,
        reporting.differences([line for line in said if not line[0].startswith("now/")], since_told),
        len(everything) - len(until_then),
    )


def one(session: Session, report_id: int) -> Report:
    """That report. Raises `NotYours`."""
    found = session.get(Report, report_id)
    if found is None:
        raise NotYours("报表", "report")
    return found


def ordered(session: Session, report_id: int) -> ReportOrder | None:
    """What is known of the making of that report; None for one that was made before they were ordered."""
    return session.get(ReportOrder, report_id)


def under_way(session: Session) -> list[tuple[ReportOrder, str]]:
    """Reports asked for that the reader may see and that are not made, newest first, each with who asked."""
    rows = session.exec(
        select(ReportOrder, Officer.name)
        .join(Officer, col(Officer.id) == ReportOrder.ordered_by)
        .where(col(ReportOrder.state) == ReportState.MAKING)
        .order_by(col(ReportOrder.id).desc())
    )
    return [(order, by) for order, by in rows]


def saw(ctx: Context, actor: Actor, report_id: int) -> None:
    """Whoever asked for the report has seen what became of it: it waits for them no longer."""
    with work(ctx, actor, "report_seen") as w:
        order = w.session.get(ReportOrder, report_id)
        if order is not None and order.ordered_by == actor.officer_id and order.seen_at is None and order.ended_at:
            order.seen_at = w.now
            w.session.add(order)


def kept(session: Session, limit: int = 200) -> list[tuple[Report, str, str, str]]:
    """The reports the reader may see, newest first, with who made it and the agency's names."""
    rows = session.exec(
        select(Report, Officer.name, Agency.short_name, Agency.name_en)
        .join(Officer, col(Officer.id) == Report.made_by)
        .join(Agency, col(Agency.id) == Report.agency_id)
        .order_by(col(Report.id).desc())
        .limit(limit)
    )
    return [(report, by, zh, en or zh) for report, by, zh, en in rows]
