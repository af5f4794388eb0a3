"""Kinds of field, with sentences for people: what is wrong, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

BETWEEN = "\x1e"
"""Stands between the Chinese and the English of a message, which marshmallow keeps as one text."""


def both(zh: str, en: str) -> str:
    """One message in both languages; who answers takes the caller's (`problems`)."""
    return f"{zh}{BETWEEN}{en}"


REQUIRED = {
    "required": both("缺少这一项。", "This field is missing."),
    "null": both("这一项不能为空。", "This field must not be null."),
}
FIRST_YEAR, LAST_YEAR = 1949, 2100
LARGEST_ID = 2**53 - 1  # what every JSON reader keeps exactly
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Signs that no paper can print, and those that turn the direction of reading so that a line shows what it is not."""


AN_OBJECT = both("这里应是一个 JSON 对象。", "This must be a JSON object.")


class Shape(Schema):
    """The shape of a request; unknown fields are refused."""

    class Meta:
        """Unknown fields are an error."""

        unknown = RAISE

    error_messages = {  # noqa: RUF012
        "unknown": both("没有这一项。请对照 /api/v1/openapi.json。", "No such field. Compare /api/v1/openapi.json."),
        "type": AN_OBJECT,
    }


class Text(fields.String):
    """Words of `least` to `longest` characters, without blanks around them and without control characters."""

    default_error_messages = {  # noqa: RUF012
        **REQUIRED,
        "invalid": both("应是文字。", "This must be text."),
        "control": both("含有不可见的控制字符，请去掉后重填。", "It holds unseen control characters. Take them out."),
    }

    def __init__(self, longest: int, *, least: int = 1, pattern: str = "", **more: Any) -> None:
        """Keep the limits where the API's description finds them."""
        checks: list[validate.Validator] = [
            validate.Length(
                min=least,
                max=longest,
                error=both(f"应有 {least} 至 {longest} 个字符。", f"{least} to {longest} characters."),
            )
        ]
        if pattern:
            checks.append(
                validate.Regexp(
                    pattern, error=both("格式不对，应符合 {regex}。", "Wrong shape; it must match {regex}.")
                )
            )
        super().__init__(validate=checks, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more).strip()
        if _UNSEEN.search(text):
            raise self.make_error("control")
        return str(text)


class Number(fields.Integer):
    """A whole number between `least` and `most`."""

    default_error_messages = {  # noqa: RUF012
        **REQUIRED,
        "invalid": both("应是整数。", "This must be a whole number."),
        "too_large": both("数字太大。", "The number is too large."),
    }

    def __init__(self, least: int, most: int, **more: Any) -> None:
        """Keep the limits where the API's description finds them."""
        sentence = both(f"应在 {least} 与 {most} 之间。", f"Between {least} and {most}.")
        span = validate.Range(min=least, max=most, error=sentence)
        super().__init__(validate=span, **more)


def identity(**more: Any) -> Number:
    """A row's own number."""
    return Number(1, LARGEST_ID, **more)


class Yes(fields.Boolean):
    """True or false."""

    default_error_messages = {**REQUIRED, "invalid": both("应是 true 或 false。", "true or false.")}  # noqa: RUF012


class Term(fields.Enum[Enum]):
    """One word of a closed list."""

    default_error_messages = {  # noqa: RUF012
        **REQUIRED,
        "unknown": both("应是下列之一：{choices}。", "One of: {choices}."),
    }

    def __init__(self, words: type[Enum], **more: Any) -> None:
        """The words are the English ones."""
        super().__init__(words, by_value=True, **more)


class Day(fields.Date):
    """A calendar day, such as 2026-11-21."""

    default_error_messages = {  # noqa: RUF012
        **REQUIRED,
        "invalid": both("应是日期，例如 2026-11-21。", "A date, such as 2026-11-21."),
    }

    def __init__(self, **more: Any) -> None:
        """ISO 8601 only."""
        super().__init__(format="iso", validate=_within_years, **more)


class Instant(fields.AwareDateTime):
    """An instant with its offset, such as 2026-11-21T09:30:00+08:00."""

    default_error_messages = {  # noqa: RUF012
        **REQUIRED,
        "invalid": both(
            "应是带时区的时间，例如 2026-11-21T09:30:00+08:00。", "An instant, such as 2026-11-21T09:30:00+08:00."
        ),
        "invalid_awareness": both(
            "时间要写明时区，例如 2026-11-21T09:30:00+08:00。", "With its offset, such as 2026-11-21T09:30:00+08:00."
        ),
    }

    def __init__(self, **more: Any) -> None:
        """ISO 8601 only."""
        super().__init__(format="iso", validate=_within_years, **more)


class Several(fields.List[Any]):
    """A list of `least` to `most` entries."""

    default_error_messages = {**REQUIRED, "invalid": both("应是一个列表。", "This must be a list.")}  # noqa: RUF012

    def __init__(self, of: fields.Field[Any], *, least: int = 0, most: int = 200, **more: Any) -> None:
        """Keep the limits where the API's description finds them."""
        span = validate.Length(
            min=least, max=most, error=both(f"应有 {least} 至 {most} 项。", f"{least} to {most} entries.")
        )
        super().__init__(of, validate=span, **more)


class Part(fields.Nested):
    """An object inside."""

    default_error_messages = {**REQUIRED, "type": AN_OBJECT}  # noqa: RUF012


def _within_years(value: date | datetime) -> None:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(
            both(f"年份应在 {FIRST_YEAR} 与 {LAST_YEAR} 之间。", f"The year is between {FIRST_YEAR} and {LAST_YEAR}.")
        )
