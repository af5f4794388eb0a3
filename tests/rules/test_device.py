"""What a device says of an act made without network: its clock is a claim beside ours, its count one digest."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.errors import Rejected
from logistics.rules import device
from logistics.terms import Outcome

NOW = datetime(2026, 11, 22, 9, 40, tzinfo=UTC)
SEEN = device.Seen("XN-004512", "a" * 64)
codes = st.lists(st.from_regex(r"[0-9A-Z-]{1,20}", fullmatch=True), min_size=1, max_size=6, unique=True)


@given(st.integers(-86_400, 86_400), st.integers(0, 86_400))
def test_a_clock_that_is_off_moves_what_it_says_and_not_when_the_act_was_made(off: int, before: int) -> None:
    made = NOW - timedelta(seconds=before)
    said = device.Stated(made + timedelta(seconds=off), NOW + timedelta(seconds=off))
    assert said.ahead(NOW) == off
    assert said.made_by_our_clock(NOW) == made
    fact = device.stated("421200-2026-000001-1", "receive", said, NOW)
    assert fact.data["accepted_at"] == "2026-11-22T09:40:00.000000Z"


@given(codes, st.sampled_from([Outcome.RECEIVED, Outcome.DAMAGED, Outcome.MISSING]), st.text(max_size=20))
def test_the_digest_is_the_one_that_a_browser_makes_of_the_same_count(
    lines: list[str], outcome: Outcome, title: str
) -> None:
    made = device.count_sha256("N-1", SEEN, "XN-004512", dict.fromkeys(lines, outcome), [("", title)])
    document = {
        "consignment": "N-1",
        "extras": [{"code": "", "title": title}],
        "format": "youdang-device-count-1",
        "lines": [{"original": code, "outcome": outcome.value} for code in sorted(lines)],
        "manifest_sha256": SEEN.manifest_sha256,
        "seal": SEEN.seal_no,
        "seal_found": "XN-004512",
    }
    assert made == sha256(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def test_a_signature_is_for_the_count_that_is_sent_with_it_or_for_none() -> None:
    device.require_signed_count("b" * 64, "b" * 64, "N-1")
    with pytest.raises(Rejected, match="not of this count"):
        device.require_signed_count("b" * 64, "c" * 64, "N-1")
