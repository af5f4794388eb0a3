"""What stands at a field is in the reader's language: every form's shape is given everything that may be wrong."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from flask import Flask, g
from marshmallow import fields

import logistics.web
from logistics.errors import Malformed
from logistics.web.forms import FormShape, read

CHINESE = re.compile(r"[\u3400-\u9fff]")
WRONG = ("", "甲", "x" * 20_000, "-1", "999999999999999999999", "1.5", "nan", "2026-02-30", "25:61", "a b/c")


def _shapes() -> list[type[FormShape]]:
    for found in pkgutil.walk_packages(logistics.web.__path__, "logistics.web."):
        importlib.import_module(found.name)
    # Pages that other tests add have shapes, too.
    ours = (shape for shape in _below(FormShape) if shape.__module__.startswith("logistics."))
    return sorted(ours, key=lambda shape: f"{shape.__module__}.{shape.__name__}")


def _below(shape: type[FormShape]) -> Iterator[type[FormShape]]:
    for one in shape.__subclasses__():
        yield one
        yield from _below(one)


def _given(shape: type[FormShape]) -> Iterator[dict[str, str | list[str]]]:
    """Nothing at all, and every field with each wrong value at once."""
    yield {"no_such_field": "1"}
    known = shape().fields
    for value in WRONG:
        yield {name: [value, value] if isinstance(field, fields.List) else value for name, field in known.items()}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_shape_says_what_is_wrong_in_the_readers_language(site: Flask, language: str) -> None:
    wrong: dict[str, str] = {}
    shapes = _shapes()
    assert len(shapes) > 60
    for shape in shapes:
        for given in _given(shape):
            with site.test_request_context("/", method="POST", data=given):
                g.locale = language
                try:
                    read(shape)
                except Malformed as why:
                    said = [(name, one.sentence(language)) for name, found in why.fields.items() for one in found]
                    wrong |= {
                        one: f"{shape.__module__}.{shape.__name__}.{name}"
                        for name, one in said
                        if bool(CHINESE.search(one)) != (language == "zh")
                    }
    assert wrong == {}
