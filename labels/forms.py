"""What the A4 papers have in common: page, grid of named fields, boxes to sign in, witness lines and foot.

Every name and fixed sentence has its English beside it where the paper's language asks for it.
"""

import dataclasses
import datetime as dt

from labels import moments, words
from labels.papers.parts import PaperLanguage
from labels.surface import POINTS_A_MM, Surface, fit_lines, lines_at, text_width
from labels.table import Cell

WIDTH, HEIGHT = 210.0, 297.0
LEFT, RIGHT = 16.0, 194.0
INNER = RIGHT - LEFT
TOP, BOTTOM = 15.0, 282.0
_NAME_WIDTH: dict[PaperLanguage, float] = {"zh": 20.0, "zh-en": 27.0}
_SIZE, _SENTENCE, _LEADING = 8.5, 8.0, 1.35
_GAP = 4.0
TOTAL_HEIGHT = 8.5


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """A name and its value on a form; an empty value shows as a dash, so that nobody writes into it later."""

    name: str
    value: str


@dataclasses.dataclass(frozen=True, slots=True)
class Signature:
    """A box to sign in: the role, who it is if that is known, how and on which day it was signed already.

    `seal` leaves room for one.
    """

    role: str
    name: str = ""
    signed: str = ""
    day: str = ""
    seal: bool = True


def draw_title(
    sheet: Surface, title: str, number: str, qr_text: str, language: PaperLanguage = "zh", badge: str = ""
) -> float:
    """The head of a first page: title, its variant in a box, number and QR code; returns the y below them."""
    both = words.english(title, language)
    brand = "政务服务 · 邮递专档"
    sheet.text(LEFT, 21, brand, 9, ink=0.2)
    if both:
        sheet.text(LEFT + text_width(brand, 9) + 3, 21, words.english(brand, language), 7.5, ink=0.2)
        sheet.fitted(LEFT, 37.4, both, (9.5, 7), INNER - 42)
    base = 31.8 if both else 34.0
    sheet.text(LEFT, base, title, 26, bold=True)
    if badge:
        _badge(sheet, LEFT + text_width(title, 26) + 5, base, badge, words.english(badge, language))
    sheet.fitted(LEFT, 42.8 if both else 42, f"{words.both('编号', language)} {number}", (11, 7), INNER - 40)
    sheet.qr(RIGHT - 34, 15, qr_text, 34, align="right")
    return 47.0


def _badge(sheet: Surface, x: float, base: float, words_zh: str, english: str) -> None:
    wide = 8 + text_width(words_zh, 12) + (text_width(english, 7.5) + 2 if english else 0)
    sheet.box(x, base - 7.4, wide, 8.6, weight=0.5)
    sheet.text(x + 4, base - 1.4, words_zh, 12, bold=True)
    if english:
        sheet.text(x + wide - 4, base - 1.6, english, 7.5, align="right")


def draw_further(sheet: Surface, title: str, number: str, language: PaperLanguage = "zh", badge: str = "") -> float:
    """The head of each later page; returns the y below it."""
    more = f"{badge}，续" if badge else "续"
    sheet.text(LEFT, 20, f"{title}（{more}）", 12, bold=True)
    if language == "zh-en":
        left = LEFT + text_width(f"{title}（{more}）", 12) + 2
        sheet.fitted(left, 20, f"{words.english(title, language)}, continued", (7.5, 5), INNER * 0.55 - left + LEFT)
    sheet.fitted(RIGHT, 20, f"{words.both('编号', language)} {number}", (9, 6), INNER * 0.42, align="right")
    return 25.0


def draw_fields(
    sheet: Surface, y: float, rows: tuple[tuple[Field, ...], ...], height: float, sizes: tuple[float, float],
    inset: float = 0, language: PaperLanguage = "zh",
) -> float:  # fmt: skip
    """Rows of one or two fields over the width less `inset` on each side; returns the y below them."""
    left, inner, beside = LEFT + inset, INNER - 2 * inset, _NAME_WIDTH[language]
    for row in rows:
        share = inner / len(row)
        for number, field in enumerate(row):
            x = left + number * share
            sheet.fill(x, y, beside, height, ink=0.94)
            sheet.box(x, y, beside, height)
            sheet.box(x + beside, y, share - beside, height)
            _name(sheet, x, y + height / 2, field.name, beside, language)
            centred(sheet, x + beside + 2, y, field.value or "—", sizes, (share - beside - 4, height))
        y += height
    sheet.box(left, y - height * len(rows), inner, height * len(rows), weight=0.4)
    return y


def _name(sheet: Surface, x: float, middle: float, name: str, room: float, language: PaperLanguage) -> None:
    english = words.english(name, language)
    if not english:
        sheet.text(x + room / 2, middle + 1.15, name, 9, align="centre")
        return
    sheet.text(x + room / 2, middle + 0.1, name, 8.5, align="centre")
    sheet.fitted(x + room / 2, middle + 2.7, english, (6, 4.5), room - 1.5, align="centre")


def centred(
    sheet: Surface, x: float, y: float, words: str, sizes: tuple[float, float], room: tuple[float, float]
) -> None:
    """A paragraph in the middle of the height of its box. A number shrinks to stay on one line rather than be cut."""
    _, height = room
    inside = (room[0], height - 1.5)
    if words.isascii() and " " not in words:
        sizes = (max(sizes[1], min(sizes[0], room[0] / max(text_width(words, 1), 1e-9))), sizes[1])
    size, lines = fit_lines(words, sizes, inside, 1.25)
    used = len(lines) * size * 1.25 / POINTS_A_MM
    sheet.paragraph(x, y + (height - used) / 2, words, sizes, inside, leading=1.25)


def sentence_lines(sentence: str, language: PaperLanguage, room: float = INNER) -> list[tuple[str, float]]:
    """A fixed sentence broken into lines with their sizes, Chinese first, its English smaller below."""
    lines = [(line, _SENTENCE) for line in lines_at(sentence, _SENTENCE, room)]
    english = words.english(sentence, language)
    return lines + ([(line, _SENTENCE - 1.5) for line in lines_at(english, _SENTENCE - 1.5, room)] if english else [])


def sentences_height(sentences: tuple[str, ...], language: PaperLanguage, room: float = INNER) -> float:
    """Millimetres that `draw_sentences` takes."""
    return sum(_step(size) for one in sentences for _, size in sentence_lines(one, language, room))


def draw_sentences(
    sheet: Surface, y: float, sentences: tuple[str, ...], language: PaperLanguage, x: float = LEFT, room: float = INNER
) -> float:
    """Fixed sentences one below the other; returns the y below them."""
    for one in sentences:
        for line, size in sentence_lines(one, language, room):
            y += _step(size)
            sheet.text(x, y - _step(size) * 0.28, line.rstrip(" "), size)
    return y


def _step(size: float) -> float:
    return size * _LEADING / POINTS_A_MM


def draw_signatures(
    sheet: Surface, y: float, height: float, boxes: tuple[Signature, ...], language: PaperLanguage = "zh"
) -> float:
    """Boxes side by side over the whole width; returns the y below them."""
    width = (INNER - (len(boxes) - 1) * _GAP) / len(boxes)
    for number, box in enumerate(boxes):
        _signature(sheet, (LEFT + number * (width + _GAP), y), (width, height), box, language)
    return y + height


def _signature(
    sheet: Surface, corner: tuple[float, float], room: tuple[float, float], box: Signature, language: PaperLanguage
) -> None:
    (x, y), (width, height) = corner, room
    sheet.fill(x, y, width, 7, ink=0.92)
    sheet.box(x, y, width, height, weight=0.35)
    sheet.text(x + 3, y + 5, box.role, 10, bold=True)
    taken = text_width(box.role, 10) + 5
    english = words.english(box.role, language)
    if english:
        sheet.text(x + taken, y + 5, english, 6.5)
        taken += text_width(english, 6.5) + 2
    beside = width - taken - 4
    if text_width(box.name, 6) <= beside:
        sheet.fitted(x + width - 3, y + 5, box.name, (8.5, 6), beside, align="right")
    else:  # a long name has a line of its own
        sheet.fitted(x + 3, y + 10.5, box.name, (8.5, 4.5), width - 6)
    start = x + 5 + text_width(words.both("签名", language), _SIZE)
    for word, at in (("签名", min(19.0, height * 0.55)), ("日期", height - 4.0)):
        sheet.text(x + 3, y + at, words.both(word, language), _SIZE)
        sheet.line(start, y + at + 0.6, x + width - 3, y + at + 0.6, 0.2)
        written = box.signed if word == "签名" else box.day
        if written:
            sheet.fitted(start + 1, y + at - 0.6, written, (9, 4.5), x + width - 4 - start)
    if box.seal:
        middle = y + (min(19.0, height * 0.55) + height) / 2
        sheet.text(x + width - 4, middle, "（单位印章）", 7.5, align="right", ink=0.55)


def draw_witness(sheet: Surface, y: float, lines: tuple[tuple[str, str], ...], language: PaperLanguage = "zh") -> float:
    """Names and digests in small print between two rules; returns the y below them."""
    sheet.line(LEFT, y, RIGHT, y, 0.2, ink=0.4)
    for name, value in lines:
        y += 4.2
        beside = 38 if language == "zh" else 58
        sheet.fitted(LEFT, y, words.both(name, language), (7.5, 5), beside - 2)
        sheet.fitted(LEFT + beside, y, value, (7.5, 5.5), INNER - beside)
    return y + 2


def witness_top(lines: int) -> float:
    """Where so many witness lines begin, so that they end above the foot."""
    return BOTTOM - 2.4 - 4.2 * lines


def ledger_lines(root: str, size: int) -> tuple[tuple[str, str], ...]:
    """The last checkpoint of the ledger, which every paper witnesses."""
    return (("留痕检查点根", root or "尚无检查点"), ("检查点条目数", str(size)))


def draw_foot(
    sheet: Surface, number: str, printed_at: dt.datetime, copy_no: int, page: int, pages: int,
    language: PaperLanguage = "zh",
) -> None:  # fmt: skip
    """Number, time and count of printing on the left, page on the right."""
    sheet.line(LEFT, 286, RIGHT, 286, 0.2, ink=0.4)
    left, right = f"{number} · {moments.minute(printed_at)} 打印 · 第 {copy_no} 次", f"第 {page} 页 共 {pages} 页"
    if language == "zh-en":
        left, right = f"{left} · printed, copy {copy_no}", f"{right} · page {page} of {pages}"
    beside = text_width(right, 8) + 4
    sheet.fitted(LEFT, 290, left, (8, 5), INNER - beside)
    sheet.text(RIGHT, 290, right, 8, align="right", ink=0.15)


def titled(title: str, number: str) -> Cell:
    """A cell with a document's title and below it its number."""
    return (title, number) if number else (title,)


def worded(word: str, language: PaperLanguage) -> Cell:
    """A cell with a word of a closed list and, on a bilingual paper, its English below."""
    english = words.english(word, language)
    return (word, english) if english else (word,)


def worded_if_known(word: str, language: PaperLanguage) -> Cell:
    """As `worded`, for a word the caller chose freely: its English stands below where we know it."""
    return worded(word, language) if word in words.ENGLISH else (word,)


def draw_total(sheet: Surface, y: float, total: str, english: str, note: str, language: PaperLanguage = "zh") -> float:
    """The line under a table: the total on the left, how to fill the table in on the right; returns the y below it."""
    room = INNER - 6 - (90 if note else 0)
    sheet.box(LEFT, y, INNER, TOTAL_HEIGHT, weight=0.35)
    if language == "zh":
        sheet.fitted(LEFT + 3, y + 5.7, total, (10.5, 7), room, bold=True)
        sheet.text(RIGHT - 3, y + 5.7, note, 8, align="right")
        return y + TOTAL_HEIGHT
    sheet.fitted(LEFT + 3, y + 4.2, total, (9.5, 6.5), room, bold=True)
    sheet.fitted(LEFT + 3, y + 7.2, english, (6.5, 4.5), room)
    if note:
        sheet.text(RIGHT - 3, y + 4.0, note, 7.5, align="right")
        sheet.text(RIGHT - 3, y + 7.2, words.english(note, language), 6, align="right")
    return y + TOTAL_HEIGHT
