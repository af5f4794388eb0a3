"""The one way a question about working time can be wrong."""

from __future__ import annotations


class CalendarError(ValueError):
    """A calendar, opening hours or a length of time that cannot be used; the message is for a person, in Chinese."""
