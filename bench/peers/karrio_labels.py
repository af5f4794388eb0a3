"""Times Karrio's published "generic" carrier making labels. Runs in an environment of its own, prints JSON.

What is measured is what its users call: a shipment created on the gateway, its label in the answer. Nothing leaves the
machine. Not imported by anything of ours.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from typing import Any

import karrio.sdk as karrio
from karrio.core.models import ShipmentRequest

COUNT = 10
FROM = {
    "person_name": "Chen Yang", "company_name": "Example Hall", "address_line1": "36 Example Avenue",
    "city": "Xianning", "postal_code": "437100", "country_code": "CN", "phone_number": "07150000001",
}  # fmt: skip
TO = {
    "person_name": "Li Shili", "company_name": "Sample Centre", "address_line1": "8 Sample Street", "city": "Changsha",
    "postal_code": "410011", "country_code": "CN", "phone_number": "07310000002",
}  # fmt: skip


def labels(gateway: Any, kind: str) -> int:
    """So many labels; the characters of the last one, as Karrio hands it out."""
    size = 0
    for n in range(COUNT):
        request = ShipmentRequest(
            service="standard_service",
            shipper=FROM,
            recipient=TO,
            parcels=[{"weight": 0.5, "weight_unit": "KG", "reference_number": f"11179055{n:05d}"}],
            label_type=kind,
        )
        details, messages = karrio.Shipment.create(request).from_(gateway).parse()
        if messages or details is None or not details.docs.label:
            raise SystemExit(f"Karrio made no label: {messages}")
        size = len(details.docs.label)
    return size


def main() -> None:
    """Prints versions, seconds a label takes in each run, and a label's base64 length, by kind."""
    runs = int(sys.argv[1])
    gateway = karrio.gateway["generic"].create({"display_name": "Generic", "custom_carrier_name": "generic"})
    times: dict[str, list[float]] = {}
    sizes: dict[str, int] = {}
    for kind in ("PDF", "ZPL"):
        sizes[kind] = labels(gateway, kind)
        for _ in range(runs):
            start = time.perf_counter()
            labels(gateway, kind)
            times.setdefault(kind, []).append((time.perf_counter() - start) / COUNT)
    versions = {name: importlib.metadata.version(name) for name in ("karrio", "karrio-generic")}
    print(json.dumps({"versions": versions, "times": times, "sizes": sizes}))


if __name__ == "__main__":
    main()
