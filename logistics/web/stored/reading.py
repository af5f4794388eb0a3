"""The English of a stored sentence, found by its shape; what is nobody's shape stays the quotation that it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from couriers import adapters
from logistics.archive.findings import FAULTS
from logistics.rules.policies import LEG_NAMES
from logistics.rules.retold import moment
from logistics.rules.spoken import MONTHS
from logistics.terms import CallResult, ChannelKind, Outcome, SigningRole, Stage, zh
from logistics.web.dossier.wording import leg_name
from logistics.web.stored import checks, couriers, differences, ledger, outside
from logistics.web.words import english

Parts = tuple[tuple[str, bool], ...]
"""Pieces of a sentence in order; True: somebody's own words, in Chinese."""

_BLANK = re.compile(r"\{([a-z]+)\}")
_HAN = re.compile(r"[\u3400-\u9fff]")
_STOP = re.compile(r"(?<=[。；])(?!；)")
_PART = re.compile(r"；(?=[A-Z]{2}-\d)")
_NAMES = dict.fromkeys(("who", "role", "label", "code", "count", "kind"), "[^：。；]*?")
"""Blanks that hold a name or a code, and so never the beginning of another sentence."""
_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
_MOMENT = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日(?: 周([一二三四五六日]))?(?: (\d\d:\d\d))?")
_DAYS = dict(zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))


@dataclass(frozen=True)
class _Shape:
    """A Chinese sentence with blanks, and the English one with the same."""

    pattern: re.Pattern[str]
    english: tuple[str, ...]  # words and, at odd places, names of blanks
    weight: int  # letters that are not blanks: of two shapes that fit, the one that says more


def read(sentence: str) -> Parts | None:
    """The sentence in English, its first letter large; None where none of our shapes fits any of it. To be asked where
    the reader's language is English.
    """
    parts = _read(sentence)
    if parts and not parts[0][1]:
        return ((parts[0][0][:1].upper() + parts[0][0][1:], False), *parts[1:])
    return parts


def checked(told: str) -> Parts:
    """Parts of the four checks that failed, in English: each by code and name, then each file with what is wrong there.
    What the verifier found besides is a file and why.
    """
    pieces: list[tuple[str, bool]] = []
    for part in _PART.split(told):
        pieces += [("; ", False)] if pieces else []
        head, colon, rest = part.partition("：")
        code, _space, title = head.partition(" ")
        if title not in checks.TITLES:
            pieces += _fault(part)
            continue
        faults = [piece for one in rest.split("；") if one for piece in (("; ", False), *_fault(one))]
        pieces += [(f"{code} {checks.TITLES[title]}{': ' if colon else ''}", False), *faults[1:]]
    return _joined(iter(pieces))


def _fault(told: str) -> Parts:
    """One fault, behind the file that it is of where there is one; a file keeps its own name."""
    for place in (0, *(found.end() for found in re.finditer("：", told))):
        for shape in _of_checks():
            found = shape.pattern.fullmatch(told[place:])
            if found:
                file = told[: max(0, place - 1)]
                lead = [(file, bool(_HAN.search(file))), (": ", False)] if file else []
                return _joined(iter([*lead, *_filled(shape, found.groupdict())]))
    return ((told, bool(_HAN.search(told))),)


def _read(sentence: str) -> Parts | None:
    if not _HAN.search(sentence):
        return ((sentence, False),) if sentence else None
    if re.match(r"[A-Z]{2}-\d", sentence):
        return checked(sentence)
    whole = _whole(sentence)
    return whole if whole is not None else _one_by_one(sentence)


def _whole(sentence: str) -> Parts | None:
    called = _called(sentence)
    if called:
        return ((called, False),)
    for shape in _shapes():
        found = shape.pattern.fullmatch(sentence)
        if found:
            return _joined(_filled(shape, found.groupdict()))
    return None


def _one_by_one(text: str) -> Parts | None:
    """Several sentences, of which at least one is ours."""
    sentences = [one for one in _STOP.split(text) if one]
    if len(sentences) < 2:
        return None
    told = [_whole(one.removesuffix("；")) for one in sentences]
    if not any(told):
        return None
    pieces: list[tuple[str, bool]] = []
    for sentence, parts in zip(sentences, told, strict=True):
        pieces += [(" ", False)] if pieces else []
        pieces += parts if parts is not None else [(sentence.strip(), True)]
    return _joined(iter(pieces))


def _filled(shape: _Shape, blanks: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    for place, piece in enumerate(shape.english):
        if piece == "officer":  # a name is nobody's words
            yield blanks[piece], False
        elif place % 2:
            yield from _value(blanks[piece])
        else:
            yield piece, False


def _value(text: str) -> Parts:
    """What stands in a blank: a number or code as it is, our own words in English, anybody else's quoted."""
    nouns = [_noun(one) for one in text.strip().split("、")]
    if all(nouns):
        return ((", ".join(nouns), False),)
    if not _HAN.search(text):
        return ((text, False),)
    return _read(text) or ((text, True),)


def _called(text: str) -> str:
    """A noun of our sentences or a courier's name; empty for anything else."""
    return outside.WORDS.get(text) or adapters.in_english().get(text, "")


def _noun(text: str) -> str:
    """A name or noun that we know, a leg, a moment; empty for anything else."""
    called = _called(text)
    if called:
        return called
    term = next((one for one in (*Outcome, *Stage) if zh(one) == text), None)
    if term is not None:
        return english(term)
    leg = next((one for one, name in LEG_NAMES.items() if name == text), None)
    if leg is not None:
        return leg_name(leg)
    if _STAMP.fullmatch(text):
        return moment(text)
    found = _MOMENT.fullmatch(text)
    if found is None:
        return ""
    year, month, day, weekday, clock = found.groups()
    said = (_DAYS.get(weekday), day.lstrip("0"), MONTHS[int(month) - 1], year, clock)
    return " ".join(part for part in said if part)


def _joined(pieces: Iterator[tuple[str, bool]]) -> Parts:
    """Our own pieces side by side as one; a sentence behind another begins with a large letter."""
    made: list[tuple[str, bool]] = []
    for words, quoted in pieces:
        if made and made[-1][0].endswith(". ") and not quoted:
            words = words[:1].upper() + words[1:]
        if made and made[-1][1] is quoted is False:
            made[-1] = (made[-1][0] + words, False)
        elif words:
            made.append((words, quoted))
    return tuple(made)


@cache
def _shapes() -> tuple[_Shape, ...]:
    tables = (_of_terms(), couriers.SENTENCES, differences.SENTENCES, outside.SENTENCES, ledger.SENTENCES)
    return _in_order({chinese: told for table in tables for chinese, told in table.items()})


@cache
def _of_checks() -> tuple[_Shape, ...]:
    return _in_order({**dict(FAULTS.values()), **checks.SENTENCES})


def _in_order(every: Mapping[str, str]) -> tuple[_Shape, ...]:
    return tuple(sorted((_shape(*one) for one in every.items()), key=lambda shape: shape.weight, reverse=True))


def _shape(chinese: str, english_: str) -> _Shape:
    pieces = _BLANK.split(chinese)
    pattern = "".join(
        (f"(?P={one})" if one in pieces[1:place:2] else f"(?P<{one}>{_NAMES.get(one, '.*?')})")
        if place % 2
        else re.escape(one)
        for place, one in enumerate(pieces)
    )
    return _Shape(re.compile(pattern, re.DOTALL), tuple(_BLANK.split(english_)), sum(map(len, pieces[::2])))


def _of_terms() -> dict[str, str]:
    """Sentences made of a term's name."""
    made = {zh(term): english(term) for term in (*CallResult, *SigningRole)}
    for kind in ChannelKind:
        name, told = zh(kind), english(kind)
        made |= {
            f"{name}：{{words}}": f"{told}: {{words}}",
            f"{name}停用中，到时再试。": f"{told}: out of use; tried again in time.",
            f"{name}限流，稍后再送。": f"{told}: limits how often we call; sent later.",
            f"本单位没有可用的{name}。": f"{told}: this agency has none that works.",
        }
    return made
