"""Characters that no font has, drawn as pictures somebody supplies: which those are while one paper is drawn.

A picture stands in the square a character takes. Read as text the paper still gives the character.
"""

import contextlib
import contextvars
import io
from collections.abc import Iterator, Mapping

from PIL import Image, UnidentifiedImageError

#: Of a character's square this share lies below the baseline.
DESCENT = 0.12
_LARGEST = 2048  # dots a side
_HEAVIEST = 512 * 1024
_SUPPLIED: contextvars.ContextVar[Mapping[str, Image.Image]] = contextvars.ContextVar("supplied")


class UnusablePicture(ValueError):
    """What was supplied for a character is no picture we can draw; the text says why."""


@contextlib.contextmanager
def supplied(pictures: Mapping[str, bytes] | None) -> Iterator[None]:
    """Within it, a character no font has is drawn as its PNG, black on white. Raises `UnusablePicture`.

    A character that a font has is drawn from the font all the same. None leaves things as they are.
    """
    if pictures is None:
        yield
        return
    token = _SUPPLIED.set({character: _read(character, data) for character, data in pictures.items()})
    try:
        yield
    finally:
        _SUPPLIED.reset(token)


def of(character: str) -> Image.Image | None:
    """The grey picture of the character, if one was supplied for the paper at hand."""
    return _SUPPLIED.get({}).get(character)


def any_supplied() -> bool:
    """Whether the paper at hand has pictures at all."""
    return bool(_SUPPLIED.get({}))


def _read(character: str, data: bytes) -> Image.Image:
    if len(character) != 1:
        raise UnusablePicture(f"「{character}」不是一个字符，一张图只能代一个字符 (one picture, one character)")
    if len(data) > _HEAVIEST:
        raise UnusablePicture(f"「{character}」的图超过 512 KB，请缩小 (the picture is too large)")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            if max(picture.size) > _LARGEST:
                raise UnusablePicture(f"「{character}」的图超过 {_LARGEST} 点见方，请缩小 (the picture is too large)")
            paper = Image.new("RGBA", picture.size, "white")
            paper.alpha_composite(picture.convert("RGBA"))
            return paper.convert("L")
    except (UnidentifiedImageError, OSError, SyntaxError) as why:
        raise UnusablePicture(f"「{character}」的图不是可读的 PNG：{why} (not a readable PNG)") from why
