"""Where a line of Chinese and Latin text may end (避头尾): pure functions of characters."""

from collections.abc import Callable

#: Marks that must not begin a line (GB/T 15834 §5.1.10 and the usual company of closing brackets and units).
NOT_AT_START = frozenset("，。、；：？！）》」』】〕〉｝］”’…—～·・％‰℃々ー,.;:?!)]}%")
#: Marks that must not end a line.
NOT_AT_END = frozenset("（《「『【〔〈｛［“‘￥＃([{¥$#№")
_NARROW_JOINTS = frozenset("-_/@.+:*=&'")


def may_break(before: str, after: str) -> bool:
    """Whether a line may end between two neighbouring characters."""
    if after in NOT_AT_START or before in NOT_AT_END or after == " ":
        return False
    return not (_in_word(before) and _in_word(after))


def break_lines(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """The text as lines that measure at most `width`; joined again they are the text, line feeds aside.

    A space at the end of a line hangs outside the measure. Only where a single unbreakable piece is wider than the
    line (a digest, a row of brackets) is it cut inside, first where no mark suffers. Empty text is one empty line.
    """
    return [line for part in text.split("\n") for line in _break_part(part, width, measure)]


def _break_part(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    lines, line = [], ""
    for piece in _pieces(text, width, measure):
        if line and measure((line + piece).rstrip(" ")) > width:
            lines.append(line)
            line = ""
        line += piece
    return [*lines, line]


def _pieces(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    pieces, start = [], 0
    for at in range(1, len(text) + 1):
        if at == len(text) or _may_end(text[:at], text[at]):
            piece = text[start:at]
            fits = measure(piece.rstrip(" ")) <= width
            pieces += [piece] if fits else _cut(piece, width, measure)
            start = at
    return pieces


def _may_end(before: str, after: str) -> bool:
    """As `may_break`; at a space the mark that matters is the last one before it."""
    if not before.endswith(" "):
        return may_break(before[-1], after)
    last = before.rstrip(" ")[-1:]
    return after != " " and after not in NOT_AT_START and last not in NOT_AT_END


def _cut(piece: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """An unbreakable piece in parts that fit: preferably not before a closing or after an opening mark."""
    parts = []
    while len(piece) > 1 and measure(piece.rstrip(" ")) > width:
        most = max((n for n in range(1, len(piece)) if measure(piece[:n]) <= width), default=1)
        kind = (n for n in range(most, 0, -1) if piece[n] not in NOT_AT_START and piece[n - 1] not in NOT_AT_END)
        at = next(kind, most)
        parts.append(piece[:at])
        piece = piece[at:]
    return [*parts, piece]


def _in_word(character: str) -> bool:
    return (character.isascii() and character.isalnum()) or character in _NARROW_JOINTS
