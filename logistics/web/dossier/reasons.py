"""Why an entry was made: the system's own sentences in the reader's language, what people wrote quoted in theirs."""

from __future__ import annotations

from collections.abc import Iterable

from logistics.rules.retold import retold
from logistics.web.dossier.wording import full_width
from logistics.web.language import locale
from logistics.web.stored.reading import Parts, checked, read


class Telling(str):
    """A sentence with somebody's own words in it, which stay in their language: `lead`, if any, then `quote`; or its
    `parts` in order, of which those marked True are the quotations.
    """

    lead: str
    quote: str
    parts: Parts

    def __new__(cls, lead: str, quote: str, parts: Parts = ()) -> Telling:
        """Keep all; as a whole it reads with quotation marks."""
        parts = parts or (((f"{lead}: ", False),) if lead else ()) + ((quote, True),)
        said = super().__new__(cls, "".join(f"“{words}”" if quoted else words for words, quoted in parts))
        said.lead, said.quote, said.parts = lead, quote, parts
        return said


def reason(why: str) -> str:
    """Why, as a page says it: our own words translated, somebody's quoted on a page in another language (`Telling`)."""
    return with_reason("", why)


def with_reason(lead: str, why: str, after: str = "") -> str:
    """What happened and why, in the reader's language; `after`: what is to be said besides."""
    if locale() == "zh" or not _is_chinese(why):
        return " · ".join(filter(None, (lead, full_width(why), after)))
    parts = read(why)
    if parts is None:
        return Telling(" · ".join(filter(None, (lead, after))), why)
    return _told(((f"{lead} · ", False),) * bool(lead) + parts + ((f" · {after}", False),) * bool(after))


def clock_lines(sentences: Iterable[str]) -> list[str]:
    """How a clock came to its end, a line each: as it is kept, or as `rules.retold` has it in English."""
    return [full_width(one) if locale() == "zh" else _clock_line(one) for one in sentences]


def _clock_line(sentence: str) -> str:
    told = retold(sentence)
    if told is None:
        return Telling("", sentence)
    return Telling(told.words, told.quote) if told.quote else told.words


def happened(sentence: str) -> str:
    """A stored sentence of what failed or waits, ours or a courier's, in the reader's language (`Telling`)."""
    if locale() == "zh" or not _is_chinese(sentence):
        return full_width(sentence)
    parts = read(sentence)
    return Telling("", sentence) if parts is None else _told(parts)


def failed(part: str) -> str:
    """A part of the four checks that an archive package did not pass, in the reader's language (`Telling`)."""
    return full_width(part) if locale() == "zh" else _told(checked(part))


def _told(parts: Parts) -> str:
    """One sentence of the parts; what it leads with, and the first quotation, stand beside it."""
    quotes = [words for words, quoted in parts if quoted]
    lead = "" if parts[0][1] else parts[0][0].rstrip(" :(")
    return Telling(lead, quotes[0], parts) if quotes else "".join(words for words, _quoted in parts)


def _is_chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)
