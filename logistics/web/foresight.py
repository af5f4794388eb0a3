"""What is foretold of a running clock, as pages say it: `row|foretold` for a kept row (or None) in any template.

`{% import '_foresight.html' as foresight %}`: `foresight.mark(row|foretold)` is the short figure for lists,
`foresight.basis(row|foretold)` the whole sentence with sample, interval and since when, for a clock's own place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint

from logistics.rules import foresight_words
from logistics.store.foresight import forecast
from logistics.tables import Foresight
from logistics.web.language import locale
from logistics.web.visit import now

pages = Blueprint("foresight", __name__)

_BEFORE = "先前预判很可能超时。", "It was foretold to be probably late."


@dataclass(frozen=True)
class Foretold:
    """A forecast in the reader's language. `at_risk`: it will probably be missed; `known`: something is foretold, with
    that share of a sample of `total`."""

    short: str
    basis: str
    at_risk: bool
    known: bool
    percent: str
    total: int
    reckoned_at: datetime

    @property
    def state(self) -> str:
        """How it is coloured."""
        return "attention" if self.at_risk else "quiet"


def foretold(row: Foresight | None) -> Foretold | None:
    """The kept row in words; None for none, and for a clock that is due: that one is late, not at risk."""
    if row is None or row.due_at <= now():
        return None
    found, english = forecast(row), locale() == "en"
    short, basis = foresight_words.short(found)[english], foresight_words.said(found)[english]
    if row.at_risk and not found.is_known:
        basis = f"{_BEFORE[english]}{' ' if english else ''}{basis}"
    percent = f"{found.share.value or 0.0:.0%}"
    return Foretold(short, basis, row.at_risk, found.is_known, percent, found.share.total, row.reckoned_at)


pages.add_app_template_filter(foretold, "foretold")
