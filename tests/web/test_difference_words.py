"""Differences are noted in Chinese; an English reader is told the same from what names them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask, g

from logistics.rules import registering
from logistics.tables import Consignment
from logistics.terms import Direction, DiscrepancyKind, Stage
from logistics.web.dossier.telling import difference_words

NO, POOL, OTHER = "YD-421200-20261120-0001-1", "1000000000100", "1100000000011"
ENVELOPE = Consignment(
    dossier_id=1,
    seq=1,
    no=NO,
    direction=Direction.OUTBOUND,
    from_agency_id=1,
    to_agency_id=2,
    stage=Stage.BOOKED,
    created_at=datetime(2026, 11, 20, 2, 0, tzinfo=UTC),
    created_by=1,
)
SECOND = registering.answered(ENVELOPE, POOL, OTHER, False, 1).discrepancies[0]
REFUSED = registering.refused(ENVELOPE, POOL, "B00012", "收件人电话不完整", 2).discrepancies[0]


@pytest.mark.parametrize(
    ("kind", "key", "note", "told"),
    [
        (SECOND.kind, SECOND.key, SECOND.note, [NO, OTHER, "Only one may stay"]),
        (REFUSED.kind, REFUSED.key, REFUSED.note, [NO, POOL, "“B00012 收件人电话不完整”"]),
        (DiscrepancyKind.SILENT, f"silent:{NO}:dispatched", "没有动向", [NO, "has not moved"]),
        (DiscrepancyKind.SOURCES_DISAGREE, f"sources:{NO}:ems:kuaidi100:7", "两方", [NO, "contradict each other"]),
    ],
)
def test_an_english_reader_is_told_what_differs(kind: DiscrepancyKind, key: str, note: str, told: list[str]) -> None:
    with Flask(__name__).app_context():
        g.locale = "en"
        words = difference_words(kind.value, key, note, "")
        assert [one for one in told if one not in words] == []
        g.locale = "zh"
        assert difference_words(kind.value, key, note, "") == note
