"""Recorded messages of all couriers, and a hundred thousand ways to spoil them, the same for the same seed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

DATA = Path(__file__).parents[1] / "data"

ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    10**400,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "\x00",
    "\ud800",
    "9" * 5000,
    "2026-02-30 25:61:61",
    "0001-01-01 00:00:00",
    "9999-12-31 23:59:59",
    "A" * 100_000,
    [],
    {},
    [[]],
    [None, 1, {}, "x"],
    {"": {"": {"": None}}},
    "{",
    "[" * 200,
    "<x/>",
)


@dataclass(frozen=True)
class Recorded:
    """One message of one courier: what it is, its headers when it is a push, and its bytes."""

    code: str
    operation: str
    headers: dict[str, str]
    body: bytes


def recorded(code: str) -> list[Recorded]:
    """Every reply and push in the courier's data folder, and every sample of its protocol as the reply to anything."""
    found = []
    for path in sorted((DATA / "couriers" / code).glob("*.json")):
        case = json.loads(path.read_text("utf-8"))
        if "reply" in case:
            found.append(Recorded(code, case["operation"], {}, case["reply"]["body"].encode("utf-8", "surrogatepass")))
        if "push" in case:
            push = case["push"]
            found.append(Recorded(code, "push", push["headers"], push["body"].encode("utf-8", "surrogatepass")))
    samples = DATA / "samples" / code
    for path in sorted(samples.iterdir()) if samples.exists() else ():
        found.append(Recorded(code, "sample", {}, path.read_bytes()))
    return found


def spoilt(message: Recorded, dice: random.Random, times: int) -> Iterator[bytes]:
    """So many spoilt copies of the message's bytes."""
    ways: tuple[Callable[[bytes, random.Random], bytes], ...] = (
        _flip,
        _cut,
        _drop,
        _repeat,
        _insert,
        _other_value,
        _other_value,
        _other_value,
        _noise,
    )
    for _ in range(times):
        yield dice.choice(ways)(message.body, dice)


def _flip(body: bytes, dice: random.Random) -> bytes:
    spoiled = bytearray(body)
    for _ in range(dice.randint(1, 8)):
        if spoiled:
            spoiled[dice.randrange(len(spoiled))] ^= 1 << dice.randrange(8)
    return bytes(spoiled)


def _cut(body: bytes, dice: random.Random) -> bytes:
    return body[: dice.randint(0, len(body))]


def _drop(body: bytes, dice: random.Random) -> bytes:
    start = dice.randint(0, len(body))
    return body[:start] + body[start + dice.randint(1, 40) :]


def _repeat(body: bytes, dice: random.Random) -> bytes:
    start = dice.randint(0, len(body))
    end = dice.randint(start, len(body))
    return body[:end] + body[start:end] + body[end:]


def _insert(body: bytes, dice: random.Random) -> bytes:
    where = dice.randint(0, len(body))
    junk = dice.choice((b"\x00", b"\xff\xfe", b'"', b"{", b"]]]", b"<!DOCTYPE x [", b"\\ud800", b"%00", b"&", b"1e999"))
    return body[:where] + junk + body[where:]


def _noise(_: bytes, dice: random.Random) -> bytes:
    return dice.randbytes(dice.randint(0, 300))


def _other_value(body: bytes, dice: random.Random) -> bytes:
    """One value of the JSON, however deep it hides in forms and texts, is another; bytes that are no JSON are cut."""
    try:
        text = body.decode()
        if text[:1] not in ("{", "["):
            pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
            name, value = dice.choice(pairs)
            other = _other_value(value.encode(), dice).decode("utf-8", "replace")
            return urlencode([(n, other if n == name else v) for n, v in pairs]).encode()
        return json.dumps(_altered(json.loads(text), dice), ensure_ascii=True).encode()
    except (ValueError, RecursionError, IndexError):
        return _cut(body, dice)


def _altered(value: Any, dice: random.Random) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.dumps(_altered(json.loads(value), dice))
        except ValueError:
            return dice.choice(ODD_VALUES)
    if isinstance(value, dict) and value and dice.random() < 0.9:
        name = dice.choice(list(value))
        if dice.random() < 0.1:
            return {key: content for key, content in value.items() if key != name}
        return {**value, name: _altered(value[name], dice)}
    if isinstance(value, list) and value and dice.random() < 0.9:
        place = dice.randrange(len(value))
        return [*value[:place], _altered(value[place], dice), *value[place + 1 :]]
    return dice.choice(ODD_VALUES)


def monsters() -> dict[str, bytes]:
    """What a hostile sender tries: huge, deep and exploding bodies, by name."""
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    event = json.dumps({"waybillNo": "1" * 13, "opTime": "2026-09-28 09:00:00", "opCode": "203"})
    return {
        "10 MB of zeros": b"\x00" * 10_000_000,
        "10 MB of brackets": b"[" * 10_000_000,
        "deep objects": b'{"a":' * 200_000,
        "deep and closed": b"[" * 100_000 + b"]" * 100_000,
        "10 MB of events": f"[{','.join([event] * 120_000)}]".encode(),
        "one 10 MB text": b'"' + b"x" * 10_000_000 + b'"',
        "a number of a million digits": b'{"retCode":' + b"9" * 1_000_000 + b"}",
        "billion laughs": f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{lol}]><x>&l9;</x>'.encode(),
        "quadratic entity": (
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + b"a" * 100_000 + b'">]><x>' + b"&a;" * 100_000 + b"</x>"
        ),
        "external entity": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        "a form of a million fields": b"a=1&" * 1_000_000,
        "a form with one huge field": b"param=" + b"%7B" * 1_000_000,
    }
