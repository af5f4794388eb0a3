"""Whether memory stays flat: a million statements read, and tens of thousands stored, by one process."""

from __future__ import annotations

from pathlib import Path

from bench import house, pushes
from couriers.contract import Push
from logistics.rules.places import region_code
from logistics.services import tracking
from logistics.store import letterbox
from logistics.store.embedded import Server
from scheduler import inbox

READ = 1_000_000
ROUNDS, ENVELOPES, TURNS = 4, 600, 200


def main(running: Server) -> None:
    """Print the memory of this process before, at each quarter and after."""
    made = pushes.of_kuaidi100(TURNS, pushes.SINCE)
    _read(made, 20_000)
    said = [_resident()]
    for _ in range(4):
        _read(made, READ // 4)
        said.append(_resident())
    print(f"memory over {READ:,} statements read, with key and region: {_shown(said)}")
    for code, sent in (
        ("kuaidi100", pushes.of_kuaidi100(ENVELOPES, pushes.SINCE)),
        ("ems", pushes.of_ems(ENVELOPES, pushes.SINCE)),
    ):
        _store(running, sent)
        said = [_resident()]
        for _ in range(ROUNDS):
            _store(running, sent)
            said.append(_resident())
        print(f"memory over {ROUNDS * ENVELOPES * pushes.STEPS:,} statements stored ({code}): {_shown(said)}")


def _read(made: list[Push], events: int) -> None:
    courier = house.couriers()["kuaidi100"]
    for turn in range(events // pushes.STEPS):
        for event in courier.read_push(made[turn % len(made)]):
            if not event.natural_key or region_code(event.place) is None:
                raise SystemExit("a statement without a key")


def _store(running: Server, made: list[Push]) -> None:
    with house.copy(running) as (urls, _), house.context(urls, "system") as system:
        code = "ems" if len(made) > ENVELOPES else "kuaidi100"
        letterbox.post(system.engine, [tracking.letter_of(code, one, system.clock()) for one in made])
        if inbox.once(system, len(made)) != len(made):
            raise SystemExit("not every push was read")


def _resident() -> float:
    """Resident memory of this process now, in MiB."""
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _shown(said: list[float]) -> str:
    return f"{', '.join(f'{one:.1f}' for one in said)} MiB; {said[-1] - said[0]:+.1f} MiB"
