"""A report of the four checks with realistic sentences and lengths."""

import datetime as dt

from labels.papers import CheckGroup, CheckLine, CheckResult, CheckSheet
from labels.papers.parts import PaperLanguage
from tests.labels.examples import MANIFEST, PRINTED, ROOT, XIANNING

_GROUPS: tuple[tuple[CheckGroup, str, str], ...] = (
    ("authenticity", "来源真实性", "authentic origin"),
    ("completeness", "数据总量", "totals"),
    ("usability", "内容可打开、格式合格", "contents open in good formats"),
    ("safety", "载体与多余文件", "medium and foreign files"),
)
_FAILED = (
    "data/申报文件/A01-专档封面.pdf：与专档所列不符或缺少；data/过程文件/B07-😀.pdf：留痕中没有制作或收存这份单据的记录"
)


def check_sheet(parts: int = 40, failed: int = 0, language: PaperLanguage = "zh") -> CheckSheet:
    """A report on so many parts; the first `failed` of them failed, the last of each group was not looked at."""
    lines = tuple(_line(number, number < failed, parts) for number in range(parts))
    return CheckSheet(
        number="421200-2026-000123-GD", link="GD", record_no="421200-0077-XK0101-2026-D30-000123",
        dossier_no="421200-2026-000123", agency=XIANNING, checked_at=dt.datetime(2026, 10, 20, 1, 5, tzinfo=dt.UTC),
        passed=not failed, sealed=False, file_count=47, volume="224,997", lines=lines, report_sha256=MANIFEST,
        ledger_root=ROOT, ledger_size=20481, printed_at=PRINTED, qr_text="YD1|4|GD|e0e6f6e5ba85a720", language=language,
    )  # fmt: skip


def _line(number: int, failed: bool, parts: int) -> CheckLine:
    group, item, item_en = _GROUPS[number * len(_GROUPS) // parts]
    place = number % max(1, parts // len(_GROUPS))
    left = not failed and place == parts // len(_GROUPS) - 1
    result: CheckResult = "fail" if failed else "not_applicable" if left else "pass"
    note = (
        _FAILED if failed else "由本馆防病毒系统完成：没有给出其检测结果" if left else f"第 {number} 点：逐个核对，相符"
    )
    code = f"GD-{_GROUPS.index((group, item, item_en)) + 1}-{1 + place // 9}.{1 + place % 9}"
    return CheckLine(code, group, item, "数字摘要", result, note, item_en, "digests", f"point {number}: it agrees")
