"""The one way a question about working time can be wrong."""

from __future__ import annotations

from logistics.errors import Malformed


class CalendarError(Malformed, ValueError):
    """A calendar, opening hours, a moment or a length of time that cannot be used. HTTP 422."""
