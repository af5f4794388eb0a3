"""A report of figures as the tests draw it."""

from __future__ import annotations

from labels.papers import FigureReport, ReportColumn, ReportTable
from labels.papers.parts import PaperLanguage
from tests.labels.examples import PRINTED


def figure_report(rows: int = 30, language: PaperLanguage = "zh") -> FigureReport:
    """A report with so many lanes."""
    widths = (("已了", 20.0), ("中位数", 28.0), ("按时率", 20.0), ("区间", 20.0))
    columns = (ReportColumn("线路", 90), *(ReportColumn(name, width, True) for name, width in widths))
    lane = "湘西土家族苗族自治州吉首市乾州街道便民服务中心（政务服务驿站） → 咸宁市政务服务大厅"
    return FigureReport(
        number="TJ-20261120-7",
        agency="咸宁市政务服务大厅",
        made_by="吴建平",
        facts=(("截至", "2026-11-20 12:00:00"), ("起算于", "2026-08-24 – 2026-11-20"), ("筛选", "全部")),
        tables=(ReportTable("各线路", columns, ((lane, "31", "2.5 天", "94%", "79–98%"),) * rows),),
        notes=("期间：按起算日归入。", "按时率：按时完成的，除以已有结果的。"),
        figures_sha256="a" * 64,
        entries_sha256="b" * 64,
        ledger_root="c" * 64,
        ledger_size=1200,
        printed_at=PRINTED,
        qr_text="YD1|T|TJ-20261120-7|aaaaaaaaaaaaaaaa",
        language=language,
    )
