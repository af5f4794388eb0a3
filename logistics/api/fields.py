"""Kinds of field, with sentences for people: what is wrong, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

REQUIRED = {"required": "缺少这一项。", "null": "这一项不能为空。"}
FIRST_YEAR, LAST_YEAR = 1949, 2100
LARGEST_ID = 2**53 - 1  # what every JSON reader keeps exactly
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Signs that no paper can print, and those that turn the direction of reading so that a line shows what it is not."""


class Shape(Schema):
    """The shape of a request; unknown fields are refused."""

    class Meta:
        """Unknown fields are an error."""

        unknown = RAISE

    error_messages = {"unknown": "没有这一项。请对照 /api/v1/openapi.json。", "type": "这里应是一个 JSON 对象。"}  # noqa: RUF012


class Text(fields.String):
    """Words of `least` to `longest` characters, without blanks around them and without control characters."""

    default_error_messages = {  # noqa: RUF012
        **REQUIRED,
        "invalid": "应是文字。",
        "control": "含有不可见的控制字符，请去掉后重填。",
    }

    def __init__(self, longest: int, *, least: int = 1, pattern: str = "", **more: Any) -> None:
        """Keep the limits where the API's description finds them."""
        checks: list[validate.Validator] = [
            validate.Length(min=least, max=longest, error=f"应有 {least} 至 {longest} 个字符。")
        ]
        if pattern:
            checks.append(validate.Regexp(pattern, error="格式不对，应符合 {regex}。"))
        super().__init__(validate=checks, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more).strip()
        if _UNSEEN.search(text):
            raise self.make_error("control")
        return str(text)


class Number(fields.Integer):
    """A whole number between `least` and `most`."""

    default_error_messages = {**REQUIRED, "invalid": "应是整数。", "too_large": "数字太大。"}  # noqa: RUF012

    def __init__(self, least: int, most: int, **more: Any) -> None:
        """Keep the limits where the API's description finds them."""
        span = validate.Range(min=least, max=most, error=f"应在 {least} 与 {most} 之间。")
        super().__init__(validate=span, **more)


def identity(**more: Any) -> Number:
    """A row's own number."""
    return Number(1, LARGEST_ID, **more)


class Yes(fields.Boolean):
    """True or false."""

    default_error_messages = {**REQUIRED, "invalid": "应是 true 或 false。"}  # noqa: RUF012


class Term(fields.Enum[Enum]):
    """One word of a closed list."""

    default_error_messages = {**REQUIRED, "unknown": "应是下列之一：{choices}。"}  # noqa: RUF012

    def __init__(self, words: type[Enum], **more: Any) -> None:
        """The words are the English ones."""
        super().__init__(words, by_value=True, **more)


class Day(fields.Date):
    """A calendar day, such as 2026-11-21."""

    default_error_messages = {**REQUIRED, "invalid": "应是日期，例如 2026-11-21。"}  # noqa: RUF012

    def __init__(self, **more: Any) -> None:
        """ISO 8601 only."""
        super().__init__(format="iso", validate=_within_years, **more)


class Instant(fields.AwareDateTime):
    """An instant with its offset, such as 2026-11-21T09:30:00+08:00."""

    default_error_messages = {  # noqa: RUF012
        **REQUIRED,
        "invalid": "应是带时区的时间，例如 2026-11-21T09:30:00+08:00。",
        "invalid_awareness": "时间要写明时区，例如 2026-11-21T09:30:00+08:00。",
    }

    def __init__(self, **more: Any) -> None:
        """ISO 8601 only."""
        super().__init__(format="iso", validate=_within_years, **more)


class Several(fields.List[Any]):
    """A list of `least` to `most` entries."""

    default_error_messages = {**REQUIRED, "invalid": "应是一个列表。"}  # noqa: RUF012

    def __init__(self, of: fields.Field[Any], *, least: int = 0, most: int = 200, **more: Any) -> None:
        """Keep the limits where the API's description finds them."""
        span = validate.Length(min=least, max=most, error=f"应有 {least} 至 {most} 项。")
        super().__init__(of, validate=span, **more)


class Part(fields.Nested):
    """An object inside."""

    default_error_messages = {**REQUIRED, "type": "这里应是一个 JSON 对象。"}  # noqa: RUF012


def _within_years(value: date | datetime) -> None:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(f"年份应在 {FIRST_YEAR} 与 {LAST_YEAR} 之间。")
