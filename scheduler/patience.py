"""How long to wait before trying again, and when to stop and ask a person. Pure: the caller brings the dice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from logistics.rules.breaker import LONGEST_RETRY_AFTER


@dataclass(frozen=True)
class Patience:
    """Waits double from `first` to `longest` seconds; after `limit` attempts a person is asked, after
    `unreadable_limit` where the answer could not be read. The defaults try for about seven hours."""

    first: float = 10.0
    longest: float = 1800.0
    limit: int = 20
    unreadable_limit: int = 5

    def wait(self, attempts: int, dice: float, retry_after_seconds: int | None = None) -> timedelta:
        """The wait after so many attempts (from 1). `dice`, 0 to 1, spreads it over its upper half, so that what failed
        together does not come back together. A courier's Retry-After is obeyed, up to LONGEST_RETRY_AFTER."""
        full = min(self.first * 2 ** min(attempts - 1, 30), self.longest)
        ours = timedelta(seconds=full * (0.5 + dice / 2))
        asked = timedelta(seconds=retry_after_seconds or 0)
        return max(ours, min(asked, LONGEST_RETRY_AFTER))


USUAL = Patience()
