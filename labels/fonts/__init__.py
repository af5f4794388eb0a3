"""The font chain: Noto Sans SC first, HanaMinB for what it lacks; together all 87,887 characters of GB 18030-2022.

Both fonts lie beside this file as WOFF2, with their licences. Nothing is read at import; Noto Sans SC is read at the
first drawing, HanaMinB only when a rare character is met. Reading checks the file's SHA-256. A third font that the
administrator installed (`install`) is asked last, for what neither has: the characters of the standard's amendments.
"""

import dataclasses
import functools
import hashlib
import importlib.resources
import itertools
import pathlib
import threading

from reportlab.pdfbase import pdfmetrics

from labels import pictured
from labels.fonts.embedded import EmbeddedFont, UnseenFont
from labels.fonts.truetype import TrueType
from labels.fonts.woff2 import UnreadableFont, Woff2

_LOADING = threading.Lock()


class MissingCharacter(ValueError):
    """A text holds a character that no font of the chain can show; nothing is drawn rather than an empty box."""

    def __init__(self, character: str, text: str) -> None:
        self.character, self.text = character, text
        super().__init__(
            f"字库里没有字符「{character}」(U+{ord(character):04X})，在「{text}」中，无法印到纸上。"
            "请核对是否录入有误；确是生僻字的，请改用规范字形，或提供该字的图片 (PNG) 代印。"
            f" (no font has U+{ord(character):04X})"
        )


@dataclasses.dataclass(frozen=True, slots=True)
class FontFile:
    """One font of the chain: the name it is drawn by, its file in this package and that file's SHA-256.

    Without a SHA-256 it is a file that the administrator installed, named by its whole path.
    """

    name: str
    file: str
    sha256: str


CHAIN = (
    FontFile(
        "NotoSansSC",
        "NotoSansSC-Regular.woff2",
        "e986060554441d73d651d65225554141f46d870bec163cdf3bb70b7da4c057e0",
    ),
    FontFile(
        "HanaMinB",
        "HanaMinB.woff2",
        "a1c5eaae5372f63b5caae8c8a82e2805c46c4cd4eaa0c04c58839753e18afddc",
    ),
)
MAIN = CHAIN[0]
#: Stands for a font's name at characters that are drawn as supplied pictures.
PICTURED = "Pictured"
_INSTALLED: list[FontFile] = []


def install(path: pathlib.Path | None) -> None:
    """The TrueType file at `path` is the last font of this process's chain, in place of one installed before.

    None takes it away. It is read when the first character comes that the others lack. Raises `UnreadableFont` when
    there is no such file.
    """
    if path is not None and not path.is_file():
        raise UnreadableFont(f"没有字库文件 {path} (there is no such font file)")
    _INSTALLED[:] = [] if path is None else [FontFile("Installed", str(path), "")]
    _place.cache_clear()
    _thousandths.cache_clear()


def chain() -> tuple[FontFile, ...]:
    """The fonts in the order in which they are asked."""
    return (*CHAIN, *_INSTALLED)


def load(font: FontFile) -> EmbeddedFont:
    """The font, read once in a process and registered with ReportLab. Raises `UnreadableFont`."""
    with _LOADING:
        return _read(font)


@functools.cache
def unseen() -> str:
    """The name of a font to write unpainted with: what readers read where a picture stands."""
    source = load(MAIN).source
    with _LOADING:
        pdfmetrics.registerFont(UnseenFont(PICTURED, source))
    return PICTURED


def runs(text: str) -> list[tuple[str, str]]:
    """The text cut into (font name, piece): each character in the first font that has it, or `PICTURED`.

    Raises `MissingCharacter` for one that has neither font nor supplied picture.
    """
    return [
        (name, "".join(pair[1] for pair in group))
        for name, group in itertools.groupby(((_font_of(c, text), c) for c in text), key=lambda pair: pair[0])
    ]


def width(text: str, size: float) -> float:
    """How far the text runs, in the unit of `size`. Raises `MissingCharacter`."""
    if not pictured.any_supplied():
        return _thousandths(text) * size / 1000
    return sum(_advance(c, text) for c in text) * size / 1000  # a supplied picture's width is not for other papers


@functools.lru_cache(maxsize=4096)
def _thousandths(text: str) -> float:
    """Fitting a text asks for the same widths at size after size."""
    return sum(_advance(c, text) for c in text)


def covers(character: str) -> bool:
    """Whether some font of the chain can show the character."""
    return _place(character) is not None


@functools.cache
def _read(font: FontFile) -> EmbeddedFont:
    if not font.sha256:  # the administrator's own
        loaded = EmbeddedFont(font.name, TrueType(pathlib.Path(font.file)))
    else:
        data = importlib.resources.files(__package__).joinpath(font.file).read_bytes()
        if hashlib.sha256(data).hexdigest() != font.sha256:
            raise UnreadableFont(f"字库文件 {font.file} 与登记的校验值不符，请重新安装本产品 (font file was changed)")
        loaded = EmbeddedFont(font.name, Woff2(data))
    pdfmetrics.registerFont(loaded)
    return loaded


@functools.lru_cache(maxsize=20_000)
def _place(character: str) -> tuple[str, float] | None:
    code = ord(character)
    for font in chain():
        loaded = load(font)
        if code in loaded.glyphs:
            return font.name, loaded.widths[code]
    return None


def _font_of(character: str, text: str) -> str:
    return _place_or_picture(character, text)[0]


def _advance(character: str, text: str) -> float:
    return _place_or_picture(character, text)[1]


def _place_or_picture(character: str, text: str) -> tuple[str, float]:
    place = _place(character)
    if place is not None:
        return place
    if pictured.of(character) is not None:
        return PICTURED, 1000.0
    raise MissingCharacter(character, text)
