import itertools

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labels.linebreak import NOT_AT_END, NOT_AT_START, break_lines, may_break


def em(text: str) -> float:
    return sum(0.5 if c.isascii() else 1.0 for c in text)


HAN = st.sampled_from("政务服务邮递专档交接单王𠮷𪚥")
MARKS = st.sampled_from(sorted(NOT_AT_START | NOT_AT_END))
LATIN = st.text("abcXYZ0123456789-", min_size=1, max_size=6)
WORDS = st.lists(st.one_of(HAN, HAN, HAN, LATIN, MARKS, st.just(" ")), max_size=60).map("".join)


@settings(deadline=None)
@given(WORDS, st.integers(2, 30))
def test_broken_lines_joined_are_the_text_again(text: str, width: int) -> None:
    assert "".join(break_lines(text, width, em)) == text


@settings(deadline=None)
@given(WORDS, st.integers(2, 30))
def test_no_line_is_wider_than_the_room(text: str, width: int) -> None:
    assert all(em(line.rstrip(" ")) <= width for line in break_lines(text, width, em))


@settings(deadline=None)
@given(WORDS, st.integers(8, 30))
def test_no_line_starts_with_a_closing_or_ends_with_an_opening_mark(text: str, width: int) -> None:
    assume(_no_piece_wider_than(text, width))
    lines = break_lines(text, width, em)
    assert not [line for line in lines[1:] if line[0] in NOT_AT_START]
    assert not [line for line in lines[:-1] if line.rstrip(" ")[-1:] in NOT_AT_END]


@settings(deadline=None)
@given(WORDS, st.integers(8, 30))
def test_words_and_numbers_stay_whole(text: str, width: int) -> None:
    assume(_no_piece_wider_than(text, width))
    lines = break_lines(text, width, em)
    for line, following in itertools.pairwise(lines):
        assert not (line[-1].isascii() and line[-1].isalnum() and following[0].isascii() and following[0].isalnum())


def test_a_digest_wider_than_the_line_is_cut_rather_than_lost() -> None:
    digest = "62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a"
    lines = break_lines(f"摘要：{digest}", 20, em)
    assert "".join(lines) == f"摘要：{digest}"
    assert len(lines) == 3


def test_a_comma_takes_the_last_character_with_it_to_the_next_line() -> None:
    assert break_lines("出国留学用，跨省通办", 5, em) == ["出国留学", "用，跨省通", "办"]


def test_an_opening_bracket_goes_down_with_its_words() -> None:
    assert break_lines("政务服务（芙蓉区）", 5, em) == ["政务服务", "（芙蓉区）"]


def test_line_feeds_are_kept_as_breaks() -> None:
    assert break_lines("原件\n\n三件", 9, em) == ["原件", "", "三件"]


def _no_piece_wider_than(text: str, width: float) -> bool:
    piece = ""
    for c in text:
        if piece and piece[-1] != " " and c != " " and may_break(piece[-1], c):
            piece = ""
        piece += c
        if em(piece) > width:
            return False
    return True
