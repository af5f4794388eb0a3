"""No published sample lies about unread: a test names it, or it stands word for word in a case of the shared suite."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
SAMPLES = TESTS.parent / "data" / "samples"
CASES = TESTS.parent / "data" / "couriers"
SHORTEST_NAME = 7


@cache
def named() -> tuple[str, ...]:
    """Every name of a file that the other tests of couriers say; what they fill in ("answer_{name}") is a "*"."""
    sources = "\n".join(path.read_text("utf-8") for path in TESTS.glob("test_*.py") if path != Path(__file__))
    texts = (text.rpartition("/")[2] for text in re.findall(r'"([\w./{}-]+)"', sources))
    patterns = (re.sub(r"\{\w+\}", "*", text) for text in texts)
    return tuple({pattern for pattern in patterns if len(pattern.replace("*", "")) >= SHORTEST_NAME})


@cache
def spoken(code: str) -> tuple[Any, ...]:
    """Everything that the cases of one courier send, get or answer, as values."""
    cases = (json.loads(path.read_text("utf-8")) for path in (CASES / code).glob("*.json"))
    found = []
    for case in cases:
        texts = (case.get(side, {}).get("body") for side in ("reply", "push", "call"))
        found += [value for text in texts if (value := as_value(text)) is not None]
        found.append(case.get("answer", {}).get("json"))
    return tuple(found)


def as_value(text: object) -> Any:
    try:
        return without_notes(json.loads(text)) if isinstance(text, str) else None
    except ValueError:
        return text


def without_notes(value: Any) -> Any:
    return {name: one for name, one in value.items() if name[:1] != "_"} if isinstance(value, dict) else value


def is_claimed(sample: Path) -> bool:
    names = {sample.name, sample.stem}
    said = any(fnmatchcase(name, pattern) for name in names for pattern in named())
    return said or as_value(sample.read_text("utf-8")) in spoken(sample.parent.name)


@pytest.mark.parametrize("code", sorted(path.name for path in SAMPLES.iterdir() if path.is_dir()))
def test_every_published_sample_is_read_by_a_test(code: str) -> None:
    samples = sorted((SAMPLES / code).iterdir())
    assert samples
    assert [sample.name for sample in samples if not is_claimed(sample)] == []


def test_an_unread_sample_would_be_seen(tmp_path: Path) -> None:
    unread = tmp_path / "ems" / "990001_never_named_anywhere_response.json"
    unread.parent.mkdir()
    unread.write_text('{"retCode": "990001"}', "utf-8")
    assert not is_claimed(unread)
