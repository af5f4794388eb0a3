"""The report as the JSON of the paper `check_sheet` (docs/papers.md), for whoever draws it."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Literal

from logistics.archive.checks.report import CheckReport, Item, Part
from logistics.archive.checks.written import report_xml

KIND = "check_sheet"
_GROUPS = {1: "authenticity", 2: "completeness", 3: "usability", 4: "safety"}
_LONGEST = 400  # signs of a sentence on paper; the XML has it whole
_UNKNOWN = "（读不出）"


def sheet_json(
    report: CheckReport, number: str, printed_at: datetime, *, language: Literal["zh", "zh-en"] = "zh"
) -> bytes:
    """The paper's JSON. `number` is the paper's own; `printed_at` is aware."""
    digest = hashlib.sha256(report_xml(report)).hexdigest()
    link = report.link.value.upper()
    plain = {
        "number": number,
        "link": link,
        "record_no": report.record_no or _UNKNOWN,
        "dossier_no": report.dossier_no or _UNKNOWN,
        "agency": report.agency or _UNKNOWN,
        "checked_at": report.at.isoformat(),
        "passed": report.passed,
        "sealed": report.sealed,
        "file_count": len(report.covered),
        "volume": f"{sum(one.size for one in report.covered):,}",
        "lines": [_line(item, part) for item in report.items for part in item.parts],
        "report_sha256": digest,
        "ledger_root": report.ledger_root,
        "ledger_size": report.ledger_size,
        "printed_at": printed_at.isoformat(),
        "qr_text": f"YD1|4|{link}|{digest[:16]}",
        "language": language,
    }
    return json.dumps(plain, ensure_ascii=False, indent=1).encode()


def _line(item: Item, part: Part) -> dict[str, str]:
    return {
        "code": part.code,
        "group": _GROUPS[item.group],
        "item": item.zh,
        "item_en": item.en,
        "name": part.zh,
        "name_en": part.en,
        "result": part.outcome.result.value,
        "note": _cut(part.outcome.zh, "……（全文见 XML 报告）"),
        "note_en": _cut(part.outcome.en, " … (the XML has all of it)"),
    }


def _cut(text: str, mark: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - len(mark)] + mark
