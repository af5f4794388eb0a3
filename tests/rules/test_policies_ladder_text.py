"""A ladder is written and read in plain words, and what cannot be read names its line."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.errors import Malformed
from logistics.rules.ladder_text import AUDIENCES, CHANNEL_WORDS, read_ladder, written
from logistics.rules.policies import DEFAULT_LADDER, SUPERVISION_LADDER

MOMENTS = ["用时50%", "用时75%", "到期时", "到期后1日", "到期后3日"]
lines = st.tuples(
    st.sampled_from(MOMENTS),
    st.sampled_from(list(AUDIENCES)),
    st.lists(st.sampled_from(["随时", "未确认才发", *CHANNEL_WORDS]), unique=True),
)
ladders = st.lists(lines, min_size=1, max_size=6, unique_by=lambda line: line[:2])


def test_the_shipped_ladder_comes_back_as_it_was_names_and_all() -> None:
    assert read_ladder(written(DEFAULT_LADDER)) == DEFAULT_LADDER
    assert written(DEFAULT_LADDER).splitlines()[3] == "到期后2日 督查管理 未确认才发"


def test_the_ladder_of_an_order_is_read_too() -> None:
    again = read_ladder(written(SUPERVISION_LADDER))
    assert [(one.audience, one.share, one.days_after) for one in again] == [
        (one.audience, one.share, one.days_after) for one in SUPERVISION_LADDER
    ]


@given(ladders)
def test_what_is_read_is_written_as_it_was_meant(ladder: list[tuple[str, str, list[str]]]) -> None:
    rungs = read_ladder("\n".join(" ".join([moment, who, *flags]) for moment, who, flags in ladder))
    assert read_ladder(written(rungs)) == rungs
    assert len({rung.name for rung in rungs}) == len(rungs) == len(ladder)


@given(ladders)
def test_a_ladder_in_english_is_the_same_ladder(ladder: list[tuple[str, str, list[str]]]) -> None:
    rungs = read_ladder("\n".join(" ".join([moment, who, *flags]) for moment, who, flags in ladder))
    english = written(rungs, "en")
    assert english.isascii()
    assert read_ladder(english) == rungs
    assert written(read_ladder("At 75%, Officer\n1 day after, manager, Unless acknowledged")).splitlines() == [
        "用时75% 经办人",
        "到期后1日 督查管理 未确认才发",
    ]


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Malformed):
        assert read_ladder(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1 至 12 行"),
        ("到期时 经办人\n用时0% 经办人", "第 2 行的时间“用时0%”看不懂"),
        ("到期时", "第 1 行没有说告诉谁"),
        ("到期时 局长", "第 1 行没有说告诉谁"),
        ("到期时 经办人 传真", "第 1 行的“传真”看不懂"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(text: str, said: str) -> None:
    with pytest.raises(Malformed) as wrong:
        read_ladder(text)
    assert said in wrong.value.fields["rungs"][0]
