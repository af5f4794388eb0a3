"""A hundred thousand spoilt messages and a few monsters: every reader answers with a value or one of three errors."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from couriers import adapters
from couriers.contract import Answer, Courier, CourierError, Operation, Push, Reply, TrackingEvent
from tests.couriers.mutations import DATA, Recorded, monsters, recorded, spoilt

SEED = 20260928
CODES = tuple(code for code in adapters.names() if adapters.settings_of(code))
ROUNDS = 110_000 // len(CODES)  # spoilt messages for each courier, each given to every reader it could reach
HEADERS = (
    {"Content-Type": "application/json"},
    {"Content-Type": "application/x-www-form-urlencoded"},
    {"Content-Type": "text/xml"},
    {},
)


def courier_of(code: str) -> Courier:
    return adapters.make(code, json.loads((DATA / "couriers" / code / "settings.json").read_text()))


def readers(courier: Courier) -> dict[str, Callable[[Reply], object]]:
    """Everything that reads a reply of this courier, by operation."""
    found: dict[str, Callable[[Reply], object]] = {
        name.value: service.read for name, service in courier.services.items()
    }
    core = {
        Operation.BOOK: courier.read_booking,
        Operation.CANCEL: courier.read_cancel,
        Operation.TRACK: courier.read_tracking,
    }
    return found | {name.value: read for name, read in core.items() if name in courier.offers}


def check(read: Callable[[Any], object], given: object) -> None:
    """The reader gives a value whose texts can be stored, or raises one of the couriers' errors."""
    try:
        said = read(given)
    except CourierError:
        return
    for event in said if isinstance(said, tuple) else ():
        if isinstance(event, TrackingEvent):
            assert storable(event)


def storable(event: TrackingEvent) -> bool:
    texts = (event.waybill_no, event.code, event.detail_code, event.text, event.place, event.reference, event.org_code)
    whole = all("\x00" not in text and text.encode().decode() == text for text in (*texts, event.natural_key))
    return (
        whole and len(event.natural_key) <= 300 and len(event.waybill_no) <= 40 and event.happened_at.tzinfo is not None
    )


def take_push(courier: Courier, push: Push) -> bool:
    """As our hook would: believed or not, read only when believed, answered in any case."""
    trusted = courier.trusts(push)
    assert isinstance(trusted, bool)
    if trusted:
        check(courier.read_push, push)
    assert isinstance(courier.answer(push, trusted), Answer)
    return trusted


def messages(code: str) -> Iterator[tuple[Recorded, bytes]]:
    """The courier's spoilt messages, ROUNDS of them, spread over all it has recorded."""
    dice, known = random.Random(f"{SEED}-{code}"), recorded(code)
    each = ROUNDS // len(known) + 1
    for message in known:
        for body in spoilt(message, dice, each):
            yield message, body


@pytest.mark.parametrize("code", CODES)
def test_spoilt_messages_are_read_or_refused_and_never_believed(code: str) -> None:
    courier, cases = courier_of(code), 0
    reading, dice = readers(courier), random.Random(SEED)
    pushes = Operation.PUSH in courier.offers
    for message, body in messages(code):
        cases += 1
        if message.operation == "push":
            if not pushes:
                continue
            believed = take_push(courier, Push(message.headers, body))
            same = body == message.body or _proof_is_elsewhere(code)
            assert same or not believed or _says_nothing_new(courier, message.headers, body)
        else:
            chosen = reading.get(message.operation) or dice.choice(list(reading.values()))
            check(chosen, Reply(dice.choice((200, 200, 200, 400, 404, 500)), {}, body))
    assert cases >= ROUNDS


def _proof_is_elsewhere(code: str) -> bool:
    """SF signs nothing: its proof is the token in the registered address, which arrives as a header."""
    return code == "sf"


def _true(courier: Courier) -> list[tuple[TrackingEvent, ...]]:
    """What the recorded pushes that are to be believed say."""
    told = []
    for one in recorded(courier.code):
        push = Push(one.headers, one.body)
        if one.operation == "push" and courier.trusts(push):
            with suppress(CourierError):
                told.append(courier.read_push(push))
    return told


def _says_nothing_new(courier: Courier, headers: dict[str, str], body: bytes) -> bool:
    """A spoilt push that is believed says what a true one says (the change lay outside what is proved), or nothing."""
    try:
        told = courier.read_push(Push(headers, body))
    except CourierError:
        return True  # nothing is stored of it
    return told in _true(courier)


@pytest.mark.parametrize("name", sorted(monsters()))
@pytest.mark.parametrize("code", CODES)
def test_a_monster_does_no_harm(code: str, name: str) -> None:
    body, courier = monsters()[name], courier_of(code)
    for read in readers(courier).values():
        check(read, Reply(200, {}, body))
    if Operation.PUSH in courier.offers:
        for headers in HEADERS:
            assert not take_push(courier, Push(headers, body))
