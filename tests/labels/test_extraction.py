"""What was put on paper is what others copy from it: a fixed set of hard texts, by pdfium and by poppler."""

import dataclasses

import pytest

from labels.draw import draw
from labels.fonts import MissingCharacter
from tests.labels.examples import slip
from tests.labels.reading import poppler_text, squeezed, text

#: The first and the last character of each extension from A to F, as far as GB 18030-2022 goes.
EDGES = "㐀䶵𠀀𪛖𪜀𫜴𫝀𫠝𫠠𬺡𬺰𮯠"
HARD = (
    "王𠮷𪚥䶮㛃",
    EDGES,
    "（《“全角标点”》），。：；？！—…·〔〕【】￥",
    "Ａｂ１２Ⅻ①㎡々〇〡",
    "买买提·吐尔逊",
    "卡洛斯 José Ñandú-Müller ß",
)
#: Scripts of which no font of the chain has a letter: Tibetan, Mongolian, Arabic (Uyghur), Yi.
OTHER_SCRIPTS = ("བསྟན", "ᠪᠠᠲᠤ", "مەمەت", "ꆈꌠ")


@pytest.mark.parametrize("words", HARD)
def test_the_text_comes_back_whole(words: str) -> None:
    drawn = draw(dataclasses.replace(slip(), item_name=words))
    assert squeezed(words) in text(drawn)
    assert squeezed(words) in poppler_text(drawn)


@pytest.mark.parametrize("words", OTHER_SCRIPTS)
def test_a_name_in_a_script_without_a_font_is_refused_by_its_first_letter(words: str) -> None:
    with pytest.raises(MissingCharacter) as refused:
        draw(dataclasses.replace(slip(), item_name=words))
    assert refused.value.character == words[0]
