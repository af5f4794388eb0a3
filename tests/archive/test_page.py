"""The page is one readable file: nothing of it comes from elsewhere, and every sentence has its one home."""

from __future__ import annotations

import re
import string

import pytest

from logistics.archive import findings, page

ALL = {**findings.FAULTS, **findings.PROVEN, **findings.NOT_PROVEN}


def names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("code", ALL)
def test_both_languages_of_a_sentence_tell_the_same_values(code: str) -> None:
    chinese, english = ALL[code]
    assert names(chinese) == names(english)


def test_the_page_asks_nothing_of_anybody() -> None:
    text = page.whole().decode()
    asking = r"@import|url\(|https?:|\bfetch\(|XMLHttpRequest|WebSocket|import\(|\beval\("
    assert not re.search(asking, text)
    assert not re.search(r"""(?:src|href)=["'](?!#)""", text)
    assert text.count("<script") == text.count("<style") == 1
    assert "{{" not in text
    assert max(map(len, text.splitlines())) < 400  # nothing minified


def test_the_policy_in_the_page_names_the_digests_of_what_stands_in_it() -> None:
    text = page.whole().decode()
    assert f'content="{page.policy()}"' in text
    assert page.policy().count("sha256-") == 2


def test_the_script_writes_no_sentence_about_a_package_itself() -> None:
    """Every code the scripts name has its sentence in `findings`, and every sentence is used by them."""
    scripts = "".join((page.HERE / f"{name}.js").read_text("utf-8") for name in page.SCRIPTS)
    unused = {code for code in ALL if f'"{code.removeprefix("chain_")}"' not in scripts}
    assert unused == {
        "no_file",
        "chain_content",
    }  # a browser gives no file that is not there; what was read is canonical
