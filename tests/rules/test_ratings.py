"""What applicants' ratings come to."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from logistics.rules import ratings
from logistics.rules.ratings import BAD, GOOD, OF, Asked, Rated

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
RATED = st.builds(
    Rated,
    st.just("D-1"),
    st.integers(1, 3),
    st.just("学历"),
    st.integers(1, 5),
    st.lists(st.sampled_from(["slow", "manners"]), unique=True),
    st.booleans(),
    st.just(AT),
)
ASKED = Asked(date(2026, 11, 1), date(2026, 11, 30))


@given(st.lists(RATED))
def test_halls_and_grades_part_the_ratings_and_kinds_are_counted_as_they_are_asked_for(every: list[Rated]) -> None:
    whole = ratings.summary(every)
    halls = ratings.by_hall(every)
    assert sum(known.count for _hall, known in halls) == sum(n for _grade, n in ratings.by_grade(every)) == len(every)
    for grade, expected in ((GOOD, whole.good), (BAD, whole.bad)):
        narrowed = Asked(ASKED.since, ASKED.until, grade=grade)
        assert len([one for one in every if narrowed.wants(one)]) == expected
    for reason, count in ratings.by_reason(every):
        narrowed = Asked(ASKED.since, ASKED.until, reason=reason)
        assert len([one for one in every if narrowed.wants(one)]) == count


@given(st.lists(RATED))
def test_no_share_is_told_of_fewer_than_five_ratings(every: list[Rated]) -> None:
    share = ratings.summary(every).share
    assert (share is None) == (len(every) < 5)
    if share is not None:
        assert (share.hits, share.total) == (len([one for one in every if one.stars >= 3]), len(every))


def test_of_the_five_grades_the_last_two_are_bad() -> None:
    assert OF[BAD] == {1, 2}
    assert OF[GOOD] | OF[BAD] == set(ratings.GRADES)
