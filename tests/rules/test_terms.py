"""Every word a person may meet has its Chinese word."""

from __future__ import annotations

import inspect
from enum import Enum

import pytest

from logistics import (
    agreement_terms,
    channel_terms,
    inquiry_terms,
    keeping_terms,
    old_ledger_terms,
    supervision_terms,
    terms,
    window_terms,
)

MODULES = [
    one.__name__
    for one in (
        terms,
        agreement_terms,
        channel_terms,
        inquiry_terms,
        keeping_terms,
        old_ledger_terms,
        supervision_terms,
        window_terms,
    )
]
LISTS = [
    one for _, one in inspect.getmembers(terms, inspect.isclass) if issubclass(one, Enum) and one.__module__ in MODULES
]


@pytest.mark.parametrize("words", LISTS, ids=lambda words: words.__name__)
def test_every_term_has_a_chinese_word_of_its_own(words: type[Enum]) -> None:
    chinese = [terms.zh(term) for term in words]
    assert all(any("一" <= letter <= "鿿" for letter in word) for word in chinese)
    assert len(set(chinese)) == len(chinese), "two terms of one list share a word"


def test_the_chinese_words_name_no_term_that_is_gone() -> None:
    assert set(terms.ZH) == set(LISTS)
    assert all(set(terms.ZH[words]) == set(words) for words in LISTS)


def test_a_verb_never_passes_for_a_courier_word() -> None:
    assert not any(isinstance(verb, str) for verb in terms.Verb)
