"""What answers are made of: instants, words of closed lists, agencies, pages, problems."""

from __future__ import annotations

from enum import Enum as AnyEnum

from marshmallow import Schema
from marshmallow.fields import AwareDateTime, Dict, Enum, Integer, List, String


def when() -> AwareDateTime:
    return AwareDateTime(allow_none=True)


def word(words: type[AnyEnum]) -> Enum[AnyEnum]:
    return Enum(words, by_value=True)


def maybe(words: type[AnyEnum]) -> Enum[AnyEnum]:
    return Enum(words, by_value=True, allow_none=True)


class Problem(Schema):
    """An RFC 9457 problem document."""

    type = String(required=True)
    title = String(required=True)
    status = Integer(required=True)
    detail = String(required=True)
    instance = String()
    rule = String(required=True)
    zh = String(required=True)
    en = String(required=True)
    errors = Dict(keys=String(), values=List(String()), required=True)


class AgencyAnswer(Schema):
    """An agency."""

    id = Integer(required=True)
    name = String(required=True)
    region = String(required=True)


class PageAnswer(Schema):
    """What every page ends with."""

    next_cursor = String(allow_none=True, required=True)
