"""A report as a paper: PDF/A through the same pipeline as every other paper."""

from __future__ import annotations

from collections.abc import Iterable

from labels.draw import draw
from labels.papers import FigureReport, ReportColumn, ReportTable
from logistics.rules.figures import Summary
from logistics.rules.troubles import Kind
from logistics.services.reports.content import Content, notes

_TIMES = ("中位数", "八成不超过", "九成五不超过")


def paper(it: Content) -> bytes:
    """The report as PDF/A-2u."""
    return draw(
        FigureReport(
            number=it.number,
            agency=it.agency,
            made_by=it.made_by,
            facts=tuple(it.facts),
            tables=tuple(table for table in _tables(it) if table.rows),
            notes=notes(it.words),
            figures_sha256=it.digest,
            entries_sha256=it.entries_digest,
            ledger_root=it.log_root,
            ledger_size=it.log_size,
            printed_at=it.figures.as_of,
            qr_text=f"YD1|T|{it.number}|{it.digest[:16]}",
            language="zh" if it.words.language == "zh" else "zh-en",
        )
    )


def _tables(it: Content) -> Iterable[ReportTable]:
    found = it.figures
    now = tuple((it.words.kinds[kind], str(it.now[kind])) for kind in Kind)
    yield ReportTable("现在", (ReportColumn("现在", 138), ReportColumn("份专档", 40, True)), now)
    yield ReportTable("总计", _columns("环节"), ((it.words.legs[found.asked.measured], *_cells(found.whole, it)),))
    yield ReportTable(
        "各线路", _columns("线路"), tuple((it.lane(one.lane), *_cells(one.known, it)) for one in found.lanes)
    )
    days = tuple((f"{one.since:%m-%d}–{one.until:%m-%d}", *_cells(one.known, it)) for one in found.trend)
    yield ReportTable("趋势", _columns("起算于"), days)
    yield ReportTable("用时分布", _BARS, tuple(
        (f"{length(bar.low, it)}–{length(bar.high, it)}", str(bar.kept), str(bar.missed)) for bar in found.bars
    ))  # fmt: skip
    hours = sum(known.total for _leg, _side, known in found.split)
    yield ReportTable("时间花在谁手里", _SPLIT, tuple(
        (it.words.legs[leg], it.words.sides[side], str(known.closed), length(known.mean, it), length(known.median, it),
         _percent(known.total / hours if hours else None))
        for leg, side, known in found.split
    ))  # fmt: skip


def _columns(first: str) -> tuple[ReportColumn, ...]:
    widths = ("已了", 13), *((name, 18) for name in _TIMES), ("按时率", 15), ("区间", 18), ("未按时", 15), ("未了", 13)
    return ReportColumn(first, 50), *(ReportColumn(name, width, True) for name, width in widths)


_BARS = ReportColumn("用时", 98), ReportColumn("按时", 40, True), ReportColumn("未按时", 40, True)
_SPLIT = (
    ReportColumn("环节", 58), ReportColumn("谁的时间", 30), ReportColumn("已了", 18, True),
    ReportColumn("平均", 24, True), ReportColumn("中位数", 24, True), ReportColumn("占全部用时", 24, True),
)  # fmt: skip


def _cells(known: Summary, it: Content) -> tuple[str, ...]:
    share = known.share
    interval = "—" if share.value is None else f"{100 * share.low:.0f}–{100 * share.high:.0f}%"
    return (
        str(known.closed), length(known.median, it), length(known.p80, it), length(known.p95, it),
        _percent(share.value), interval, str(known.decided - known.kept), str(known.open),
    )  # fmt: skip


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.0f}%"


def length(seconds: int | None, it: Content) -> str:
    """A length of time in one unit, as the page says it."""
    if seconds is None:
        return "—"
    zh = it.words.language == "zh"
    if seconds < 3600:
        return f"{seconds // 60} {'分钟' if zh else 'min'}"
    if seconds < 48 * 3600:
        return f"{round(seconds / 3600)} {'小时' if zh else 'h'}"
    return f"{seconds / 86400:.1f}".removesuffix(".0") + (" 天" if zh else " d")
