"""People at work while everything around them dies: an act is repeated with its command id until acknowledged."""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from tests.journeys.town import Town

LONGEST_ACT = 60.0  # seconds until somebody gives up
LONGEST_WAY = 90.0
WINDOW, RECEIVER = "xn-window", "fr-receiver"


@dataclass
class Acknowledged:
    """What the web said was done."""

    command: str
    verb: str
    who: str
    result: dict[str, Any]


@dataclass
class Crew:
    """Workers that live through one story after another until `enough`, then finish the one they are in."""

    town: Town
    dice: random.Random
    enough: threading.Event = field(default_factory=threading.Event)
    done: list[Acknowledged] = field(default_factory=list)
    repeats: int = 0
    closed: list[str] = field(default_factory=list)
    voided: list[str] = field(default_factory=list)

    def work(self) -> None:
        """The life of one worker."""
        while not self.enough.is_set():
            self._story(random.Random(self.dice.random()))

    def act(self, verb: str, who: str, may_refuse: str = "", **said: Any) -> dict[str, Any] | None:
        """The act is acknowledged; None when it was refused by the rule that may refuse it."""
        command = secrets.token_hex(12)
        end = time.monotonic() + LONGEST_ACT
        while True:
            answer = self._once(verb, {"command": command, "who": who, **said})
            if answer is not None and answer[0] == 200:
                self.done.append(Acknowledged(command, verb, who, answer[1]))
                return answer[1]
            if answer is not None and answer[0] == 409:
                assert answer[1]["rule"] in may_refuse.split(), (verb, said, answer)
                return None
            assert time.monotonic() < end, (verb, answer)
            self.repeats += 1
            time.sleep(0.1)

    def _once(self, verb: str, said: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        try:
            return self.town.ask(f"/{verb}", said)
        except (OSError, HTTPException, ValueError):
            return None

    def wait_for(self, consignment: str, who: str, good: Callable[[str], bool]) -> str:
        """The consignment's stage, once it is good."""
        end = time.monotonic() + LONGEST_WAY
        answer = None
        while time.monotonic() < end:
            answer = self._once("stage", {"who": who, "consignment": consignment})
            if answer is not None and answer[0] == 200 and good(answer[1]["stage"]):
                return str(answer[1]["stage"])
            time.sleep(0.25)
        raise AssertionError(f"{consignment} stays at {answer}")

    def _story(self, dice: random.Random) -> None:
        opened = self.act("open", WINDOW, case=f"BJ{secrets.token_hex(6)}")
        assert opened is not None
        no = str(opened["dossier"])
        codes = []
        for n in range(dice.randint(1, 3)):
            listed = self.act("list", WINDOW, dossier=no, title=f"证书{n}")
            assert listed is not None
            codes.append(str(listed["original"]))
        out, seal = self._send(no, "outbound", WINDOW, codes, dice)
        missing = codes[0] if dice.random() < 0.3 else ""
        self._count(out, seal, RECEIVER, codes, missing)
        self.act("hand", RECEIVER, dossier=no, originals=codes)
        self.act("decide", RECEIVER, dossier=no)
        self.act("take_back", RECEIVER, dossier=no, originals=codes)
        back, seal = self._send(no, "return", RECEIVER, codes, dice)
        self._count(back, seal, WINDOW, codes, "")
        self.act("give", WINDOW, dossier=no, originals=codes)
        self._close(no)
        self.closed.append(no)

    def _close(self, no: str) -> None:
        """A void envelope that the postman carries on with leaves differences, which somebody must explain first."""
        end = time.monotonic() + LONGEST_WAY
        while self.act("close", WINDOW, may_refuse="open_matters", dossier=no) is None:
            assert time.monotonic() < end, f"{no} does not close"
            answer = self._once("differences", {"who": RECEIVER, "dossier": no})
            for one in answer[1].get("open", []) if answer is not None else []:
                self.act("settle", RECEIVER, may_refuse="settled", dossier=no, discrepancy=one)
            time.sleep(0.3)

    def _send(self, no: str, direction: str, who: str, codes: list[str], dice: random.Random) -> tuple[str, str]:
        """An envelope is delivered; one in four is first voided once it is booked, if the postman is not faster."""
        started = self.act("start", who, dossier=no, direction=direction)
        assert started is not None
        consignment = str(started["consignment"])
        for code in codes:
            self.act("pack", who, consignment=consignment, original=code)
        seal = f"FQ{secrets.token_hex(6)}".upper()
        self.act("seal", who, consignment=consignment, seal=seal)
        self.act("dispatch", who, consignment=consignment)
        if dice.random() < 0.25:
            self.wait_for(consignment, who, lambda stage: stage != "booking")
            if self.act("void", who, may_refuse="picked_up stage", consignment=consignment) is not None:
                self.voided.append(consignment)
                return self._send(no, direction, who, codes, dice)
        self.wait_for(consignment, who, lambda stage: stage == "delivered")
        return consignment, seal

    def _count(self, consignment: str, seal: str, who: str, codes: list[str], missing: str) -> None:
        found = {code: "missing" if code == missing else "received" for code in codes}
        self.act("receive", who, consignment=consignment, seal=seal, found=found)
        if missing:
            self.act("correct", who, consignment=consignment, original=missing)
