"""Two scans of one second that a courier gives the same code and place are told apart by their words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from couriers.contract import TrackingEvent


def told_apart(events: Iterable[TrackingEvent]) -> tuple[TrackingEvent, ...]:
    """The events, of which no two with different words have the same key.

    Of those that would, the first keeps its key and each later one gets a mark of its words behind its `org_code`: so
    an event is the same one whether or not another of its second comes after it. A mere repeat stays a repeat.
    """
    first_words: dict[tuple[str, datetime, str, str, str], str] = {}
    apart = []
    for event in events:
        # As the natural key, but cheaper; without a code that has the words in it already.
        key = (event.waybill_no, event.happened_at, event.code, event.org_code or event.place, event.detail_code)
        same = not event.code or first_words.setdefault(key, event.text) == event.text
        apart.append(event if same else replace(event, org_code=f"{event.org_code}#{_mark(event.text)}"))
    return tuple(apart)


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
