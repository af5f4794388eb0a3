"""One world behind all desks: what was ordered at one courier is seen through the others, each in its own words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from couriers import adapters, transport
from couriers.contract import (
    Aggregates,
    BookingRequest,
    Busy,
    Call,
    Courier,
    Milestone,
    Operation,
    Push,
    Reason,
    Reply,
    Subscribes,
    TrackingEvent,
)
from couriers.sandbox import desk, faults
from couriers.sandbox.account import wall_time
from couriers.sandbox.desk import Asked, Owed
from couriers.sandbox.journeys import JOURNEYS
from couriers.sandbox.parcels import NumberTaken
from couriers.sandbox.pusher import hook_of
from couriers.sandbox.scans import Kind
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from couriers.waybills import candidates
from tests.couriers.conftest import wait_for
from tests.couriers.fault_stage import AT, DATA, DAY, PHONE, RECEIVER, SENDER, START

CODES = [code for code in desk.codes() if (DATA / code / "settings.json").exists()]
CARRIERS = ["ems", "jdl", "sf"]


def settings_of(*codes: str) -> dict[str, str]:
    return {
        name: value
        for code in codes or CODES
        for name, value in json.loads((DATA / code / "settings.json").read_text("utf-8")).items()
    }


@pytest.fixture
def clock() -> list[datetime]:
    return [AT]


@pytest.fixture
def world(tmp_path: Path, clock: list[datetime]) -> Iterator[World]:
    made = World(tmp_path / "world.sqlite", clock=lambda: clock[0], first_number=11)
    yield made
    made.close()


@pytest.fixture
def everybody(world: World) -> Iterator[Sandbox]:
    with Sandbox(world, settings_of()) as running:
        yield running


def courier_at(sandbox: Sandbox, code: str) -> Courier:
    return adapters.make(code, sandbox.settings)


def booked(sandbox: Sandbox, carrier: str, reference: str = "YD-1") -> str:
    """A parcel of that carrier, ordered at its desk where that takes orders."""
    courier = courier_at(sandbox, carrier)
    if Operation.BOOK not in courier.offers:
        return sandbox.world.book(carrier, reference, "", SENDER, RECEIVER)[0].waybill_no
    return courier.read_booking(transport.send(courier.ask_booking(request(reference), AT), 5)).waybill_no


def request(reference: str) -> BookingRequest:
    return BookingRequest(reference, SENDER, RECEIVER, 120, 3, AT)


def seen(courier: Courier, waybill_no: str, carrier: str) -> tuple[TrackingEvent, ...]:
    call = courier.ask_tracking(waybill_no, AT)
    if isinstance(courier, Aggregates):
        call = courier.ask_tracking_of(waybill_no, courier.carrier_code(carrier), AT, PHONE)
    return courier.read_tracking(transport.send(call, 5))


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_parcel_is_seen_through_every_aggregator_scan_by_scan(everybody: Sandbox, carrier: str) -> None:
    number = booked(everybody, carrier)
    everybody.world.play(number, "delivered", START, DAY)
    own = seen(courier_at(everybody, carrier), number, carrier)
    assert own[-1].milestone is Milestone.DELIVERED
    for code in CODES:
        courier = courier_at(everybody, code)
        if isinstance(courier, Aggregates) and courier.carrier_code(carrier):
            through = seen(courier, number, carrier)
            assert [event.happened_at for event in through] == [event.happened_at for event in own], code
            assert through[-1].milestone is Milestone.DELIVERED
            assert {event.courier for event in through} == {code}


@pytest.mark.parametrize("code", ["kuaidi100", "kdniao"])
def test_a_parcel_that_an_aggregator_ordered_is_the_carriers_too(everybody: Sandbox, code: str) -> None:
    order, _ = everybody.world.book(code, "YD-1", "ems", SENDER, RECEIVER)
    everybody.world.tell(order.waybill_no, "accepted", START, "sender office")
    assert [event.code for event in seen(courier_at(everybody, "ems"), order.waybill_no, "ems")] == ["203"]
    assert everybody.world.order("ems", "YD-1") is None, "the reference is the aggregator's customer's"


def test_each_carriers_numbers_have_its_format_and_are_never_shared(world: World) -> None:
    numbers = {
        world.book(carrier, f"{carrier}-{count}", "", SENDER, RECEIVER)[0].waybill_no: carrier
        for carrier in CARRIERS
        for count in range(20)
    }
    assert len(numbers) == 60
    for number, carrier in numbers.items():
        found = guessed(number)
        assert found[carrier] in ("ok", "none"), (number, found)


def guessed(number: str) -> dict[str, str]:
    """Each courier that the number could be from, with what its check digit says in the likeliest format."""
    return {one.courier: one.check_digit for one in reversed(candidates(number))}


def test_a_number_is_one_parcels_for_ever_and_one_reference_is_one_accounts(world: World) -> None:
    world.book("ems", "YD-1", waybill_no="1199000000001")
    with pytest.raises(NumberTaken):
        world.book("kuaidi100", "YD-1", "ems", waybill_no="1199000000001")
    assert world.book("kuaidi100", "YD-1", "ems")[1] is True
    assert world.book("ems", "YD-1", waybill_no="1199000000009")[0].waybill_no == "1199000000001"


def test_a_parcel_that_was_collected_before_its_order_keeps_its_scans(world: World) -> None:
    world.collect("ems", "1000000000100")
    world.tell("1000000000100", "accepted", START, "sender office")
    order, new = world.book("ems", "YD-1", waybill_no="1000000000100")
    assert (new, order.reference, world.collect("ems", "1000000000100").reference) == (True, "YD-1", "YD-1")
    assert [scan.reference for scan in world.scans("1000000000100")] == ["YD-1"]
    with pytest.raises(NumberTaken):
        world.book("ems", "YD-2", waybill_no="1000000000100")


def test_a_throttled_caller_is_told_when_to_come_back(everybody: Sandbox) -> None:
    everybody.world.set_fault("throttled", 1800, "ems")
    with pytest.raises(Busy) as busy:
        booked(everybody, "ems")
    assert busy.value.retry_after_seconds == 1800
    assert [code for _, code in everybody.calls] == ["ems"]


def test_a_scan_in_one_couriers_own_code_has_its_meaning_for_the_others(world: World) -> None:
    number = world.book("ems", "YD-1")[0].waybill_no
    told = [
        ("203", {}),
        ("704", {"deliverCode": "50"}),
        ("743", {}),
        ("705", {"attemptDeliveryCode": "7"}),
        ("Z99", {}),
    ]
    for count, (code, more) in enumerate(told):
        world.tell(number, code, START + timedelta(hours=count), **more)
    assert [scan.kind for scan in world.scans(number)] == [
        Kind.ACCEPTED,
        Kind.INTO_LOCKER,
        Kind.DELIVERY_TAKEN_BACK,
        Kind.ATTEMPT_FAILED,
        Kind.UNKNOWN,
    ]


def test_every_kind_of_scan_is_said_and_read_by_every_courier(everybody: Sandbox) -> None:
    for carrier in CARRIERS:
        number = booked(everybody, carrier)
        for count, kind in enumerate(Kind):
            everybody.world.tell(number, kind, START + timedelta(minutes=count))
        for code in CODES:
            courier = courier_at(everybody, code)
            if code == carrier or isinstance(courier, Aggregates):
                events = seen(courier, number, carrier)
                assert [event.happened_at for event in events] == [
                    START + timedelta(minutes=count) for count in range(len(Kind))
                ], code


def test_a_return_goes_on_under_a_new_number_only_where_the_carrier_gives_one(world: World) -> None:
    for carrier in CARRIERS:
        number = world.book(carrier, "YD-1", "", SENDER, RECEIVER)[0].waybill_no
        world.play(number, "returned", START, DAY)
        kinds = [scan.kind for scan in world.scans(number)]
        back = next((one for one in world.parcels.orders() if one.returns == number), None)
        assert (back is not None) is desk.carrier(carrier).returns_anew
        if back is None:
            assert kinds == [step.kind for step in JOURNEYS["returned"]]
        else:
            assert kinds[-1] is Kind.RETURNING
            assert world.scans(number)[-1].other_waybill_no == back.waybill_no
            assert [scan.kind for scan in world.scans(back.waybill_no)] == [Kind.ARRIVED, Kind.ARRIVED, Kind.SIGNED]
            assert (back.sender, back.receiver) == (RECEIVER, SENDER)


# faults


def test_a_fault_of_one_account_is_not_anothers_and_its_own_value_goes_before_that_of_all(everybody: Sandbox) -> None:
    control = everybody.root + "/_control"
    assert requests.post(control, json={"account": "sf", "faults": {"5xx": 502}}, timeout=5).status_code == 200
    assert (everybody.world.fault("5xx", "sf"), everybody.world.fault("5xx", "ems")) == (502, None)
    state = requests.post(control, json={"faults": {"5xx": 503, "slow": 0.01}}, timeout=5).json()
    assert state["faults"] == {"5xx": 503, "slow": 0.01}
    assert state["account_faults"] == {"sf": {"5xx": 502}}
    assert everybody.world.faults.held("sf") == {"5xx": 502, "slow": 0.01}
    wrong: list[dict[str, Any]] = [
        {"account": "nobody", "faults": {"slow": 1}},
        {"faults": {"slow": "soon"}},
        {"faults": {"random": {"rate": 2}}},
        {"faults": {"random": {"of": ["fire"]}}},
        {"faults": {"random": 1}},
        {"faults": {"5xx": 200}},
        {"faults": {"half_answer": "much"}},
        {"faults": {"duplicate": "yes"}},
        {"notify": {"waybill_no": "1", "notice": {}}},
    ]
    for wish in wrong:
        assert requests.post(control, json=wish, timeout=5).status_code == 422, wish


@given(seed=st.integers(0, 1000), what=st.sampled_from(["call", "push", "order"]), count=st.integers(0, 1000))
def test_the_same_seed_throws_the_same(seed: int, what: str, count: int) -> None:
    dice = {"seed": seed, "rate": 0.5, "of": [*faults.CALL_FAULTS, "duplicate", "lost"]}
    thrown = faults.thrown(dice, what, "ems", count)
    assert thrown == faults.thrown(dice, what, "ems", count)
    assert faults.thrown({**dice, "rate": 0}, what, "ems", count) == {}
    assert len(faults.thrown({**dice, "rate": 1}, what, "ems", count)) == 1
    assert set(thrown) <= {"call": set(faults.CALL_FAULTS), "push": {"duplicate"}, "order": {"lost"}}[what]


def test_a_wrong_clock_shows_in_answers_and_in_journeys_that_begin_under_it_and_changes_nothing_said(
    tmp_path: Path,
) -> None:
    world = World(tmp_path / "w.sqlite", clock=lambda: AT, lapse_seconds=100)
    before = world.book("ems", "YD-1")[0].waybill_no
    world.set_fault("clock_skew", 3600, "ems")
    during = world.book("ems", "YD-2")[0].waybill_no
    assert world.account("ems").wall_time() == wall_time(AT + timedelta(hours=1))
    assert world.account("sf").wall_time() == wall_time(AT)
    world.set_fault("clock_skew", None, "ems")
    world.advance(5000)
    late = [
        theirs.happened_at - ours.happened_at
        for ours, theirs in zip(world.scans(before), world.scans(during), strict=True)
    ]
    assert set(late) == {timedelta(hours=1)}
    world.close()


# pushes


def test_the_hook_of_each_courier() -> None:
    codes = ("ems", "sf")
    assert hook_of("http://127.0.0.1:1/hooks/ems", "sf", codes) == "http://127.0.0.1:1/hooks/sf"
    assert hook_of("http://127.0.0.1:1/hooks/", "sf", codes) == "http://127.0.0.1:1/hooks/sf"
    assert hook_of("http://127.0.0.1:1/{code}?x=1", "sf", codes) == "http://127.0.0.1:1/sf?x=1"
    assert hook_of("http://127.0.0.1:1/all", "sf", codes) == "http://127.0.0.1:1/all"


def test_a_strangers_address_in_a_subscription_is_never_called(everybody: Sandbox) -> None:
    number = everybody.world.book("ems", "YD-1")[0].waybill_no
    aggregator = courier_at(everybody, "kuaidi100")
    assert isinstance(aggregator, Subscribes)
    wish = aggregator.ask_subscription(number, "ems", "https://stranger.example/hook", PHONE, AT)
    aggregator.read_subscription(transport.send(wish, 5))
    everybody.world.tell(number, "accepted", START)
    owed = [one for one in everybody.world.owed({"kuaidi100": None}) if one.account == "kuaidi100"]
    assert len(owed) == 1
    everybody.hook_url = "http://127.0.0.1:9/hooks/ems"
    wait_for(lambda: everybody.world.owed({"kuaidi100": None}) == [] or _attempts(everybody.world) > 0)
    assert _attempts(everybody.world) > 0, "it was tried at the sandbox's own hook"


def _attempts(world: World) -> int:
    return max((row.attempts for row in world.pushes.waiting(world.now().timestamp())), default=0)


def test_whoever_subscribes_late_is_told_everything(world: World) -> None:
    number = world.book("ems", "YD-1")[0].waybill_no
    world.play(number, "delivered", START, DAY)
    world.subscribe("kuaidi100", number, "ems")
    world.subscribe("kuaidi100", number, "ems")
    [one] = [one for one in world.owed({"kuaidi100": None}) if one.account == "kuaidi100"]
    assert len(one.scans) == len(one.all_scans) == len(JOURNEYS["delivered"])
    [stands] = world.pushes.subscriptions(number)
    world.pushes.unsubscribe(stands)
    assert [one.account for one in world.owed()] == ["ems"]


# one timeline, whatever happens on the way

ACTS = st.lists(st.sampled_from(["scan", "push", "refuse", "twice", "ask", "restart"]), min_size=5, max_size=40)


def answered(code: str, door: desk.Desk, call: Call, world: World) -> Reply:
    """What the desk says to a call, without a wire between."""
    where = urlsplit(call.url)
    body = urlencode(call.form).encode() if call.form is not None else call.body or b""
    said = door.handle(
        Asked(call.method, where.path, where.query, call.headers, body, "http://127.0.0.1"), world.account(code)
    )
    return Reply(said.status, {"Content-Type": said.content_type}, said.body)


class Timeline:
    """What our side knows of one parcel, and the courier's side, closed and opened as often as one likes."""

    def __init__(self, code: str, path: Path) -> None:
        known = settings_of(code)
        self.code, self.path = code, path
        self.door = desk.desks(known)[code]
        self.courier = adapters.make(code, {**known, **self.door.addresses("http://127.0.0.1")})
        self.carrier = code if code in CARRIERS else "ems"
        self.steps = list(JOURNEYS["returned"] if self.carrier != "sf" else JOURNEYS["corrected"])
        self.world = self.open()
        self.number = self._booked()
        if isinstance(self.courier, Subscribes):
            wish = self.courier.ask_subscription(self.number, self._carrier(), "http://127.0.0.1/hooks", PHONE, AT)
            self.courier.read_subscription(self._said(wish))
        self.known: dict[str, TrackingEvent] = {}
        self.count = 0

    def open(self) -> World:
        return World(self.path, clock=lambda: AT, first_number=11)

    def _booked(self) -> str:
        if Operation.BOOK in self.courier.offers:
            wish = self.courier.ask_booking(request("YD-1"), AT)
            return self.courier.read_booking(self._said(wish)).waybill_no
        return self.world.book(self.code, "YD-1", "", SENDER, RECEIVER)[0].waybill_no

    def _said(self, call: Call) -> Reply:
        return answered(self.code, self.door, call, self.world)

    def _carrier(self) -> str:
        return self.courier.carrier_code(self.carrier) if isinstance(self.courier, Aggregates) else ""

    def scan(self) -> None:
        if self.steps:
            step = self.steps.pop(0)
            more = {"reason": step.reason} if step.reason else {}
            self.world.tell(self.number, step.kind, START + timedelta(hours=self.count), step.place, **more)
            self.count += 1

    def push(self, times: int = 1, taken: bool = True) -> bool:
        owed = [one for one in self.world.owed({self.code: self.door.at_once}) if one.account == self.code]
        for one in owed[:1]:
            for _ in range(times):
                self._deliver(one)
            if taken:
                self.world.pushed(one)
            else:
                self.world.push_failed(one, 0)
        return bool(owed)

    def _deliver(self, owed: Owed) -> None:
        for call in self.door.push_calls("http://127.0.0.1/hooks", owed, self.world.account(self.code)):
            token = dict(part.split("=") for part in urlsplit(call.url).query.split("&") if "=" in part)
            body = urlencode(call.form).encode() if call.form is not None else call.body or b""
            push = Push({**call.headers, **({"X-Push-Token": token["token"]} if "token" in token else {})}, body)
            assert self.courier.trusts(push)
            self.learn(self.courier.read_push(push))

    def ask(self) -> tuple[TrackingEvent, ...]:
        call = self.courier.ask_tracking(self.number, AT)
        if isinstance(self.courier, Aggregates):
            call = self.courier.ask_tracking_of(self.number, self._carrier(), AT, PHONE)
        events = self.courier.read_tracking(self._said(call))
        self.learn(events)
        return events

    def learn(self, events: tuple[TrackingEvent, ...]) -> None:
        self.known.update({event.natural_key: event for event in events if event.waybill_no in ("", self.number)})

    def restart(self) -> None:
        self.world.close()
        self.world = self.open()


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=15, deadline=None)
@given(acts=ACTS)
def test_any_interleaving_of_scans_pushes_questions_and_restarts_gives_one_timeline(
    code: str, tmp_path_factory: pytest.TempPathFactory, acts: list[str]
) -> None:
    play = Timeline(code, tmp_path_factory.mktemp("timeline") / "world.sqlite")
    does: dict[str, Callable[[], object]] = {
        "scan": play.scan,
        "push": play.push,
        "refuse": lambda: play.push(taken=False),
        "twice": lambda: play.push(times=2),
        "ask": play.ask,
        "restart": play.restart,
    }
    for act in acts:
        does[act]()
    while Operation.PUSH in play.courier.offers and play.push():
        pass
    truth = play.ask()
    assert [event.happened_at for event in truth] == [START + timedelta(hours=n) for n in range(play.count)]
    assert {event.happened_at for event in play.known.values()} == {event.happened_at for event in truth}
    assert set(play.known) >= {event.natural_key for event in truth}
    if code != "kdniao":  # which says the state of a list's last step only, so that an older list says it of another
        assert set(play.known) == {event.natural_key for event in truth}
    play.world.close()


def test_what_cannot_be_told_is_refused_and_leaves_nothing(everybody: Sandbox) -> None:
    number = everybody.world.book("ems", "YD-1")[0].waybill_no
    told = {"waybill_no": number, "code": "attempt_failed", "op_time": "2026-09-28T10:00:00+08:00"}
    wrong: list[dict[str, Any]] = [
        {"reason": "weather"},
        {"place": "moon office"},
        {"operator": 7},
        {"waybill_no": "1"},
    ]
    for change in wrong:
        wish = {"tell": {**told, **change}}
        assert requests.post(everybody.root + "/_control", json=wish, timeout=5).status_code == 422, change
    assert everybody.world.scans(number) == []
    wish = {"tell": {**told, "reason": "refused"}}
    assert requests.post(everybody.root + "/_control", json=wish, timeout=5).status_code == 200
    assert [event.reason for event in seen(courier_at(everybody, "ems"), number, "ems")] == [Reason.REFUSED]


def test_a_sandbox_has_the_desks_that_are_set_up_and_no_other(world: World) -> None:
    with Sandbox(world, settings_of("ems", "sf")) as running:
        assert set(running.desks) == {"ems", "sf"}
    with pytest.raises(ValueError, match="COURIER_"):
        Sandbox(world, {})
    with pytest.raises(KeyError, match="COURIER_SF_CHECKWORD"):
        Sandbox(world, {"COURIER_SF_PARTNER_ID": "X"})
