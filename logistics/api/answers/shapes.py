"""What answers are made of: instants, words of closed lists, agencies, pages, problems."""

from __future__ import annotations

from enum import Enum as AnyEnum

from marshmallow import Schema
from marshmallow.fields import AwareDateTime, Dict, Enum, Integer, List, Nested, String
from marshmallow.validate import OneOf

from logistics import terms


def when() -> AwareDateTime:
    return AwareDateTime(allow_none=True)


def word(words: type[AnyEnum]) -> Enum[AnyEnum]:
    return Enum(words, by_value=True)


def maybe(words: type[AnyEnum]) -> Enum[AnyEnum]:
    return Enum(words, by_value=True, allow_none=True)


class PlaceAnswer(Schema):
    """Where somebody acts: `no` is the number of that kind of thing."""

    kind = String(required=True)
    no = String(required=True)


class BlockerAnswer(Schema):
    """One thing that keeps a dossier from closing. `agency_id` null: the system's own administrators."""

    kind = String(required=True, validate=OneOf([one.value for one in terms.BlockerKind]))
    zh = String(required=True)
    en = String(required=True)
    agency_id = Integer(required=True, allow_none=True)
    role = String(required=True, validate=OneOf([one.value for one in terms.Role]))
    place = Nested(PlaceAnswer, required=True)


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
    blockers = List(Nested(BlockerAnswer))  # rule open_matters only


class AgencyAnswer(Schema):
    """An agency."""

    id = Integer(required=True)
    name = String(required=True)
    region = String(required=True)


class PageAnswer(Schema):
    """What every page ends with."""

    next_cursor = String(allow_none=True, required=True)
