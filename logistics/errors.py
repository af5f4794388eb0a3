"""Errors by whose fault they are; edges turn each family into one HTTP answer (house §9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Said(str):
    """A sentence in both languages: it is the Chinese one, and `en` says the same in English."""

    en: str

    def __new__(cls, zh: str, en: str) -> Said:
        """Keep both."""
        said = super().__new__(cls, zh)
        said.en = en
        return said

    def sentence(self, locale: str) -> str:
        """The sentence in the reader's language (`zh…` or anything else for English)."""
        return str(self) if locale.startswith("zh") else self.en


Wrong = dict[str, list[Said]]
"""What is wrong, by the name of the field at which it is said."""


class YoudangError(Exception):
    """Any error the product raises on purpose. `zh` and `en` are sentences a person may read."""

    status = 500

    def __init__(self, zh: str, en: str, rule: str = "") -> None:
        """Keep both sentences and the stable English name of the rule that spoke."""
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.rule = rule

    def sentence(self, locale: str) -> str:
        """The sentence in the reader's language (`zh…` or anything else for English)."""
        return self.zh if locale.startswith("zh") else self.en


class Malformed(YoudangError):
    """Input has the wrong shape; `fields` maps a field's name to its sentences, each in both languages.
    HTTP 422.
    """

    status = 422

    def __init__(self, zh: str, en: str, fields: Mapping[str, Sequence[Said]] | None = None) -> None:
        """Keep the sentences by field beside the summary."""
        super().__init__(zh, en, "malformed")
        self.fields = dict(fields or {})


class Rejected(YoudangError):
    """A business rule says no; nothing was changed. HTTP 409."""

    status = 409


class NotYours(YoudangError):
    """The thing does not exist for this reader; says the same whether it exists at all. HTTP 404."""

    status = 404

    def __init__(self, what_zh: str = "内容", what_en: str = "item") -> None:
        """Name the kind of thing that was looked for, never the thing."""
        super().__init__(
            f"没有找到这个{what_zh}。可能编号有误，或不属于本单位；请核对编号后重试。",
            f"No such {what_en} for your agency. Check the number and try again.",
            "not_found",
        )


class NotAllowed(YoudangError):
    """The officer lacks the role, or the agreement lacks the power. HTTP 403."""

    status = 403
