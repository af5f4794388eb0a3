"""Sends what is owed to the hooks until they take it: twice, reworded, out of order or not, as the faults say."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from couriers import transport
from couriers.contract import CourierError
from couriers.sandbox.desk import Desk, Owed
from couriers.sandbox.world import World

PUSH_SECONDS = 5.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def hook_of(hook_url: str, code: str, codes: tuple[str, ...]) -> str:
    """The hook of one courier: `{code}` filled in, or the last part of the path replaced where it is a courier's code
    or empty; any other address stands for all.
    """
    if "{code}" in hook_url:
        return hook_url.replace("{code}", code)
    front, _, last = hook_url.rpartition("/")
    return f"{front}/{code}" if last == "" or last in codes else hook_url


class Pusher(threading.Thread):
    """Runs until `stopping` is set. `hook_url` may be changed while it runs; None: nothing is pushed to hooks."""

    def __init__(
        self,
        world: World,
        desks: Mapping[str, Desk],
        hook_url: str | None,
        stopping: threading.Event,
        retry_seconds: tuple[float, ...],
    ) -> None:
        super().__init__(name="sandbox-pusher", daemon=True)
        self.hook_url = hook_url
        self._world = world
        self._desks = desks
        self._stopping = stopping
        self._retry = retry_seconds
        self._at_once = {code: one.at_once for code, one in desks.items()}

    def run(self) -> None:
        """Looks for what is owed twenty times a second, and at once again while there was something."""
        pause = 0.05
        while not self._stopping.wait(pause):
            pause = 0.05
            for owed in self._world.owed(self._at_once) if self.hook_url else ():
                url = self._address(owed)
                if url and not self._stopping.is_set():
                    self._push(url, owed)
                    pause = 0

    def _address(self, owed: Owed) -> str:
        """Where it goes: the subscription's own address if it is on this machine or the hook's, else the hook."""
        if owed.account not in self._desks or not self.hook_url:
            return ""
        hook = hook_of(self.hook_url, owed.account, tuple(self._desks))
        wished = owed.subscription.callback if owed.subscription else ""
        near = (*_LOOPBACK, urlsplit(hook).hostname)
        return wished if wished and urlsplit(wished).hostname in near else hook

    def _push(self, url: str, owed: Owed) -> None:
        held = self._world.faults.met("push", owed.account)
        wait = self._retry[min(owed.attempts, len(self._retry) - 1)]
        if "out_of_order" in held and not self._world.fault("out_of_order", owed.account) and owed.attempts == 0:
            self._world.push_failed(owed, wait, failed=False)  # the dice: others go first
        elif "silent" in held:
            self._world.push_failed(owed, wait, failed=False)
        elif self._send(url, owed) and all(self._send(url, one) for one in self._repeats(owed, held)):
            self._world.pushed(owed)
        else:
            self._world.push_failed(owed, wait)

    def _repeats(self, owed: Owed, held: Mapping[str, object]) -> list[Owed]:
        """What is sent after it, because of faults."""
        repeats = [owed] if "duplicate" in held else []
        if "reworded" in held and owed.scans:
            again = tuple(scan.said_again() for scan in owed.scans)
            both = (*owed.all_scans, *(scan.said_again() for scan in owed.all_scans))
            repeats.append(replace(owed, scans=again, all_scans=tuple(sorted(both, key=lambda one: one.happened_at))))
        if "out_of_order" in held and self._at_once[owed.account] is None and len(owed.all_scans) > 1:
            repeats.append(replace(owed, all_scans=owed.all_scans[:-1]))
        return repeats

    def _send(self, url: str, owed: Owed) -> bool:
        desk = self._desks[owed.account]
        account = self._world.account(owed.account, self._world.faults.held(owed.account))
        try:
            for call in desk.push_calls(url, owed, account):
                if not desk.acknowledged(transport.send(call, PUSH_SECONDS)):
                    return False
        except CourierError:
            return False
        return True
