"""The figures of a report reckoned once more from its exported rows alone, by other means than the product's.

Nothing of the product is imported. Everything is text, plain dictionaries and counting.
"""

from __future__ import annotations

import io
import json
import math
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from openpyxl import load_workbook

Row = dict[str, Any]
EIGHT = timedelta(hours=8)  # Beijing
COURIERS = ("booked_to_picked_up", "transit", "return_transit")
OF_ENVELOPES = (*COURIERS, "delivered_to_received", "received_to_checked", "dispatch_to_received")
WAY = (
    "accept_to_dispatch", "booked_to_picked_up", "transit", "delivered_to_received", "received_to_checked",
    "checked_to_decision", "decision_to_return", "return_transit", "return_to_acknowledged",
)  # fmt: skip


def sheets(content: bytes) -> list[list[list[Any]]]:
    """The rows of each sheet, heads left out: figures, definitions, clocks, entries, present."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    return [[list(row) for row in page.iter_rows(min_row=2, values_only=True)] for page in book.worksheets]


def said(content: bytes) -> dict[str, int | None]:
    """The figures the file states."""
    return {str(place): value for place, value, _unit in sheets(content)[0]}


def recounted(content: bytes) -> dict[str, int | None]:
    """The same figures from the file's entries."""
    _figures, definitions, _clocks, entries, present = sheets(content)
    asked = {str(name): value for name, value in (row[:2] for row in definitions) if name}
    as_of = _moment(asked["as_of"])
    clocks, envelopes, open_ = _replay(entries)
    rows = [_state(clock, as_of, envelopes) for clock in clocks.values()]
    found: dict[str, int | None] = {}
    _now(found, asked, rows, envelopes, open_, present)
    begin, end = date.fromisoformat(asked["since"]), date.fromisoformat(asked["until"])
    wanted = [row for row in rows if begin <= (row["start"] + EIGHT).date() <= end and _narrowed(asked, row)]
    leg = asked["leg"] or "dispatch_to_received"
    measured = [row for row in wanted if row["leg"] == leg]
    _say(found, "whole", measured)
    allowed = sorted(int((row["due"] - row["start"]).total_seconds()) for row in measured if row["took"] is not None)
    found["allowed"] = _least(allowed, 0.5) if allowed else None
    for place, group in _groups(measured, lambda row: f"lane/{row['lane']}").items():
        _say(found, place, group)
    for day in _begins(begin, end, asked["step"]):
        group = [row for row in measured if _begin_of((row["start"] + EIGHT).date(), begin, asked["step"]) == day]
        _say(found, f"trend/{day.isoformat()}", group)
    _bars(found, [row for row in measured if row["took"] is not None])
    for place, group in _groups(wanted, lambda row: f"cell/{row['lane']}/{row['leg']}").items():
        _say(found, place, group)
    for place, group in _groups([row for row in wanted if row["leg"] in WAY], _split).items():
        _say(found, place, group)
    return found


def _replay(entries: list[list[Any]]) -> tuple[dict[Any, Row], dict[Any, Row], dict[Any, Row]]:
    clocks: dict[Any, Row] = {}
    envelopes: dict[Any, Row] = defaultdict(lambda: {"courier": "", "stage": "packing", "direction": "outbound"})
    open_: dict[Any, Row] = {}
    for dossier, sender, receiver, _seq, _recorded, what, facts in sorted(entries, key=lambda row: (row[0], row[3])):
        given = json.loads(facts)
        kind, verb = what.split(":")
        if kind == "deadline":
            name = dossier, given["key"]
            if verb == "started":
                clocks[name] = {"dossier": dossier, "sender": sender, "receiver": receiver}
            clocks[name] |= _told(verb, given)
        elif kind == "consignment":
            envelopes[dossier, given["consignment"]] |= _moved(verb, given)
        elif verb == "settled":
            open_.pop((dossier, given["key"]), None)
        else:
            open_[dossier, given["key"]] = {"dossier": dossier, "kind": verb, "lane": (sender, receiver)}
    return clocks, envelopes, open_


def _told(verb: str, given: Row) -> Row:
    """What an entry says of its clock; what it does not say stays."""
    if verb == "started":
        return {"met_at": None, "still": False, "free": False, **given}
    told = {name: given[name] for name in ("due_at", "met_at", "started_at") if given.get(name)}
    if verb in ("met", "met_late", "resumed"):
        return {**told, "still": False}
    if verb == "reopened":
        return {"met_at": None}
    return {"paused": {"still": True}, "waived": {"free": True}}.get(verb, told)


def _moved(verb: str, given: Row) -> Row:
    match verb:
        case "started":
            return {"direction": given["direction"]}
        case "dispatched":
            return {"courier": given["courier"], "stage": "booking"}
        case "moved":
            return {"stage": given["to"]}
        case "voided":
            return {"stage": "voided"}
    return {"stage": "received"}


def _state(clock: Row, as_of: datetime, envelopes: dict[Any, Row]) -> Row:
    start, due = _moment(clock["started_at"]), _moment(clock["due_at"])
    met = _moment(clock["met_at"]) if clock["met_at"] else None
    no = clock["key"].split("#")[0].split("/")[-1]
    known = clock["leg"] in OF_ENVELOPES and (clock["dossier"], no) in envelopes
    row = {
        "dossier": clock["dossier"], "leg": clock["leg"], "owner": clock["owner"], "start": start, "due": due,
        "lane": f"{clock['sender']}-{clock['receiver']}", "envelope": no, "took": None,
        "courier": envelopes[clock["dossier"], no]["courier"] if known else "",
        "side": "courier" if clock["leg"] in COURIERS else
                "sender" if clock["owner"] == clock["sender"] else "receiver",
    }  # fmt: skip
    if clock["free"]:
        return {**row, "is": "waived"}
    if met is None:
        return {**row, "is": "late" if not clock["still"] and as_of > due else "open"}
    if met < start:
        return {**row, "is": "odd"}
    return {**row, "is": "missed" if met > due else "kept", "took": math.floor((met - start).total_seconds())}


def _narrowed(asked: Row, row: Row, leg: str = "") -> bool:
    return (
        asked["lane"] in (None, "", row["lane"])
        and asked["courier"] in (None, "", row["courier"])
        and str(asked["agency_id"] or row["owner"]) == str(row["owner"])
        and leg in ("", row.get("leg"))
    )


def _now(
    found: Row, asked: Row, rows: list[Row], envelopes: dict[Any, Row], open_: dict[Any, Row], present: list[Any]
) -> None:
    dossiers: dict[str, set[str]] = defaultdict(set)
    leg = asked["leg"] or ""
    late = [row for row in rows if row["is"] == "late"]
    dossiers["late"] = {row["dossier"] for row in late if _narrowed(asked, row, leg)}
    for (dossier, key), one in open_.items():
        no = key.split(":")[1]
        envelope = envelopes[dossier, no]
        ends = one["lane"] if envelope["direction"] == "outbound" else one["lane"][::-1]
        row = {"courier": envelope["courier"], "lane": f"{one['lane'][0]}-{one['lane'][1]}"}
        if one["kind"] == "silent" and _narrowed(asked, {**row, "owner": ends[0]}):
            dossiers["silent"].add(dossier)
        if one["kind"] != "silent" and _narrowed(asked, {**row, "owner": ends[1]}):
            dossiers["disputed"].add(dossier)
    for row in late:
        envelope = envelopes[row["dossier"], row["envelope"]]
        if row["leg"] == "delivered_to_received" and envelope["stage"] == "delivered":
            ends = row["lane"].split("-")
            owner = int(ends[1] if envelope["direction"] == "outbound" else ends[0])
            if _narrowed(asked, {**row, "owner": owner}):
                dossiers["disputed"].add(row["dossier"])
    for kind, dossier, *_rest in present:
        dossiers[kind].add(dossier)
    for kind in ("late", "risk", "silent", "disputed", "parked"):
        found[f"now/{kind}"] = len(dossiers[kind])


def _say(found: Row, place: str, rows: list[Row]) -> None:
    def count(*names: str) -> int:
        return len([row for row in rows if row["is"] in names])

    took = [row["took"] for row in rows if row["took"] is not None]
    decided = count("kept", "missed", "late")
    values: dict[str, int | None] = {
        "started": len(rows), "closed": count("kept", "missed"), "open": count("open", "late"), "late": count("late"),
        "waived": count("waived"), "odd": count("odd"), "kept": count("kept"), "decided": decided, "total": sum(took),
        "median": _least(took, 0.5) if len(took) >= 5 else None, "p80": _least(took, 0.8) if len(took) >= 5 else None,
        "p95": _least(took, 0.95) if len(took) >= 20 else None,
    }  # fmt: skip
    if decided:
        low, high = _wilson(count("kept") / decided, decided)
        values |= {"share": round(10_000 * count("kept") / decided), "low": round(10_000 * low),
                   "high": round(10_000 * high)}  # fmt: skip
    else:
        values |= {"share": None, "low": None, "high": None}
    found.update({f"{place}/{name}": value for name, value in values.items()})


def _least(sample: list[int], part: float) -> int:
    """The smallest value of the sample that at least that part of it does not exceed."""
    return min(one for one in sample if sum(other <= one for other in sample) >= part * len(sample) - 1e-9)


def _wilson(share: float, count: int) -> tuple[float, float]:
    """The two shares p of which the found one is 1.96 standard errors away: roots of a quadratic."""
    z2 = 1.959963984540054**2
    a, b, c = 1 + z2 / count, -(2 * share + z2 / count), share * share
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    return max(0.0, min((-b - root) / (2 * a), share)), min(1.0, max((-b + root) / (2 * a), share))


def _bars(found: Row, closed: list[Row]) -> None:
    if not closed:
        return
    longest = max(row["took"] for row in closed)
    hours = next((width for width in (1, 2, 3, 6, 12, 24, 48, 72, 168, 336) if longest < 24 * width * 3600), 720)
    for low in range(0, longest + 1, hours * 3600):
        high = low + hours * 3600
        for name in ("kept", "missed"):
            inside = [row for row in closed if low <= row["took"] < high and row["is"] == name]
            found[f"bar/{low}-{high}/{name}"] = len(inside)


def _split(row: Row) -> str:
    return f"split/{row['leg']}/{row['side']}"


def _groups(rows: list[Row], place: Any) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[place(row)].append(row)
    return groups


def _begin_of(day: date, begin: date, step: str) -> date:
    """The first day of the week or month, or of the period where that is later."""
    first = day.replace(day=1) if step == "month" else day - timedelta(days=day.isoweekday() - 1)
    return max(first, begin)


def _begins(begin: date, end: date, step: str) -> list[date]:
    days = [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    return sorted({_begin_of(day, begin, step) for day in days})


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
