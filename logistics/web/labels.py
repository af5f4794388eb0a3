"""What the fields of a drawn page are called, read from the page itself: so that a refusal can name them."""

from __future__ import annotations

from html.parser import HTMLParser

PREFIX = "f-"  # ids of fields


def labels_in(drawn: str) -> dict[str, str]:
    """The words of every field's label or legend, by the field's name; what a label says softly is left out."""
    reader = _Labels()
    reader.feed(drawn)
    reader.close()
    return reader.found


class _Labels(HTMLParser):
    """Listens inside `<label>` and `<legend>`; a label belongs to its `for`, else to the field inside it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._group = ""  # the field that the fieldset or the list's line at hand belongs to
        self._field = ""
        self._heading = ""  # the element listened to: label, legend, or none
        self._soft = 0  # how many spans deep in words that only explain
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A heading begins, or the field it belongs to is met."""
        given = {name: value or "" for name, value in attrs}
        if tag in {"fieldset", "li"}:
            self._group = _name(given.get("id", "")) or self._group
        elif tag in {"label", "legend"}:
            self._heading, self._words, self._soft = tag, [], 0
            own = given.get("for") or given.get("id", "")
            self._field = self._group if tag == "legend" else _name(own)
        elif self._heading and tag == "span":
            self._soft += 1 if self._soft or "soft" in given.get("class", "").split() else 0
        elif self._heading and not self._field:
            self._field = _name(given.get("id", ""))

    def handle_endtag(self, tag: str) -> None:
        """A heading ends: the field has its name."""
        if tag == "span" and self._soft:
            self._soft -= 1
        elif tag == "fieldset":
            self._group = ""
        elif tag == self._heading:
            words = " ".join("".join(self._words).split())
            if self._field and words:
                self.found.setdefault(self._field, words)
            self._heading = ""

    def handle_data(self, data: str) -> None:
        """Words of a heading."""
        if self._heading and not self._soft:
            self._words.append(data)


def _name(identity: str) -> str:
    return identity.removeprefix(PREFIX) if identity.startswith(PREFIX) else ""
