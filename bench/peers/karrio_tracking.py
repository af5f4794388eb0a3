"""Times Karrio's published packages reading tracking answers. Runs in an environment of its own, prints JSON.

Its carriers' HTTP is replaced by a local function, so that what is measured is request, proxy and parse, as its users
call them; nothing leaves the machine. Not imported by anything of ours.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from datetime import datetime, timedelta
from typing import Any

import karrio.mappers.canadapost.proxy as canadapost_proxy
import karrio.mappers.dhl_universal.proxy as dhl_proxy
import karrio.sdk as karrio
from karrio.core.models import TrackingRequest

FIRST = datetime(2026, 9, 28, 9, 0)  # noqa: DTZ001 - the wire's local time


def canada_post(events: int) -> str:
    """An answer in Canada Post's XML with that many occurrences, newest first."""
    rows = []
    for n in reversed(range(events)):
        moment = FIRST + timedelta(minutes=30 * n)
        rows.append(
            "<occurrence><event-identifier>1496</event-identifier>"
            f"<event-date>{moment:%Y-%m-%d}</event-date><event-time>{moment:%H:%M:%S}</event-time>"
            "<event-time-zone>EST</event-time-zone><event-description>Item processed at postal facility"
            "</event-description><signatory-name></signatory-name><event-site>MISSISSAUGA</event-site>"
            "<event-province>ON</event-province><event-retail-location-id></event-retail-location-id>"
            "<event-retail-name></event-retail-name></occurrence>"
        )
    return (
        '<answer><tracking-detail xmlns="http://www.canadapost.ca/ws/track"><pin>1371134583769923</pin>'
        "<active-exists>1</active-exists><changed-expected-date/><destination-postal-id>G1K4M7</destination-postal-id>"
        "<expected-delivery-date>2026-10-02</expected-delivery-date><service-name>Xpresspost</service-name>"
        f"<significant-events>{''.join(rows)}</significant-events></tracking-detail></answer>"
    )


def dhl(events: int) -> str:
    """An answer in DHL Universal's JSON with that many events, newest first."""
    rows = [
        {
            "timestamp": f"{FIRST + timedelta(minutes=30 * n):%Y-%m-%dT%H:%M:%S}",
            "location": {"address": {"addressLocality": "Hamburg - DE"}},
            "statusCode": "transit",
            "status": "In transit",
            "description": "The shipment has been processed in the parcel center",
        }
        for n in reversed(range(events))
    ]
    shipment = {
        "id": "00340434292135100124",
        "service": "ecommerce",
        "origin": {"address": {"addressLocality": "Bonn"}},
        "destination": {"address": {"addressLocality": "Hamburg"}},
        "status": rows[0],
        "details": {"product": {"productName": "Paket"}},
        "events": rows,
    }
    return json.dumps({"shipments": [shipment]})


def gateways() -> dict[str, Any]:
    """The two carriers with invented credentials."""
    return {
        "canadapost": karrio.gateway["canadapost"].create(
            {"username": "u", "password": "p", "customer_number": "1", "contract_id": "1"}
        ),
        "dhl_universal": karrio.gateway["dhl_universal"].create({"consumer_key": "k", "consumer_secret": "s"}),
    }


def full_call(gateway: Any, number: str, events: int) -> None:
    """Request, proxy and parse; fails when not every event was read."""
    details, messages = karrio.Tracking.fetch(TrackingRequest(tracking_numbers=[number])).from_(gateway).parse()
    if messages or len(details[0].events) != events:
        raise SystemExit(f"karrio read {messages} {details}")


def main() -> None:
    """One JSON line: seconds of each run, by carrier and events; and the versions."""
    runs, reply = int(sys.argv[1]), {"body": ""}
    canadapost_proxy.lib.request = lambda **_: reply["body"]
    dhl_proxy.http = lambda **_: reply["body"]
    made, times = gateways(), {}
    cases = {
        "canadapost": ("1371134583769923", canada_post),
        "dhl_universal": ("00340434292135100124", dhl),
    }
    for carrier, (number, answer) in cases.items():
        for events, calls in ((10, 40), (200, 8)):
            reply["body"] = answer(events)
            full_call(made[carrier], number, events)
            taken = []
            for _ in range(runs):
                start = time.perf_counter()
                for _ in range(calls):
                    full_call(made[carrier], number, events)
                taken.append((time.perf_counter() - start) / calls)
            times[f"{carrier}/{events}"] = taken
    names = ("karrio", "karrio_canadapost", "karrio_dhl_universal")
    print(json.dumps({"versions": {name: importlib.metadata.version(name) for name in names}, "times": times}))


if __name__ == "__main__":
    main()
