"""A share with what it is worth: the Wilson score interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054
"""The normal deviate of a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`, with the bounds between which the true share lies 95 times of 100. All between 0 and 1.

    `value` is None for an empty sample, whose bounds are 0 and 1: nothing is known.
    """

    hits: int
    total: int
    value: float | None
    low: float
    high: float


def wilson(hits: int, total: int, z: float = Z95) -> Share:
    """The share of `hits` in `total` with its Wilson score interval (E. B. Wilson, 1927).

    Unlike the plain normal interval it stays inside 0 and 1 and is honest at 100 %: 5 of 5 may well be 57 %.
    Raises ValueError unless 0 <= hits <= total.
    """
    if not 0 <= hits <= total:
        raise ValueError(f"no share: {hits} of {total}")
    if total == 0:
        return Share(0, 0, None, 0.0, 1.0)
    share, weight = hits / total, z * z / total
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * sqrt(share * (1 - share) / total + weight / (4 * total))
    # rounding must not push a bound past the share itself or past what a share can be
    return Share(hits, total, share, max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share)))
