"""Reports of figures: made once from the ledger as it stood, kept with what they were made of, made again to compare.

A report is never changed. Made again, it reads the entries recorded until its own moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import text
from sqlmodel import Session, col, select

from logistics.actor import Actor
from logistics.errors import NotAllowed, NotYours, Rejected
from logistics.rules import figures as rules
from logistics.rules import reporting, told, troubles
from logistics.rules.figures import Asked, Step
from logistics.rules.reporting import Difference, Line
from logistics.rules.told import Told
from logistics.rules.troubles import TOLD, Trouble
from logistics.services.reports.content import Content, Words
from logistics.services.reports.paper import paper
from logistics.services.reports.sheet import workbook
from logistics.store import figures as store
from logistics.store import ledger
from logistics.store.context import Context
from logistics.store.work import work
from logistics.tables import Agency, Officer, Report
from logistics.terms import Role

MAKERS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})


def make(ctx: Context, actor: Actor, command_id: str, asked: Asked, step: Step, words: Words) -> dict[str, Any]:
    """The report of these figures as they stand now is kept, with its XLSX and its PDF; the answer has its `report` id.

    Raises `NotAllowed`, `Rejected` (rule "too_many").
    """
    if not actor.roles & MAKERS:
        raise NotAllowed("报表由督查管理人员生成。", "Reports are made by managers.", "needs_role")
    with work(ctx, actor, "make_report", command_id) as w:
        if w.done is not None:
            return w.done
        session, as_of = w.session, w.now
        entries = told.until(_entries(session, actor.agencies, asked, as_of), as_of)
        present = [one for one in store.troubles(session, as_of) if one.kind not in TOLD]
        content = _content(session, actor, (asked, step), (entries, present), as_of, words)
        key = int(session.execute(text("SELECT nextval('report_id_seq')")).scalar_one())
        content = content.numbered(key)
        row = Report(
            id=key,
            agency_id=cast(int, actor.agency_id),
            made_by=cast(int, actor.officer_id),
            as_of=as_of,
            since=asked.since,
            until=asked.until,
            asked=reporting.plain(asked, step, actor.agencies),
            present=[reporting.plain_trouble(one) for one in troubles.wanted(present, asked)],
            lines=[list(line) for line in content.lines],
            digest=content.digest,
            entries=len(entries),
            entries_digest=content.entries_digest,
            log_size=content.log_size,
            log_root=content.log_root,
            sheet_sha256=ctx.files.put(workbook(content)),
            paper_sha256=ctx.files.put(paper(content)),
        )
        session.add(row)
        session.flush()
        return w.finish(report=key)


def _entries(session: Session, agencies: Any, asked: Asked, as_of: datetime) -> list[Told]:
    try:
        return store.told(session, agencies, asked.span[0], as_of)
    except store.TooMany:
        raise Rejected(
            "这一段时间的留痕太多，一份报表放不下。请缩短期间再试。",
            "The ledger has too many entries for one report in this period. Choose a shorter period.",
            "too_many",
        ) from None


def _content(
    session: Session,
    actor: Actor,
    asked: tuple[Asked, Step],
    of: tuple[list[Told], list[Trouble]],
    as_of: datetime,
    words: Words,
) -> Content:
    entries, present = of
    found, now, said = _reckoned(entries, present, asked, as_of)
    cases, _troubles = told.read(entries, as_of)
    head = ledger.newest_checkpoint(session)
    names = store.names(session)
    return Content(
        agency=session.get_one(Agency, actor.agency_id).name,
        made_by=actor.name,
        figures=found,
        now=now,
        lines=said,
        digest=reporting.digest(said),
        entries=entries,
        entries_digest=reporting.digest_of_entries(entries),
        cases=rules.of_period(cases, asked[0], as_of),
        present=troubles.wanted(present, asked[0]),
        log_size=head.size if head else 0,
        log_root=head.root if head else "",
        called=names.en if words.language == "en" else names.zh,
        words=words,
    )


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
