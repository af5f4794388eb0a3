"""People at work while everything around them dies: an act is repeated with its command id until acknowledged."""

from __future__ import annotations

import base64
import random
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from logistics.demo.pens import pen
from tests.journeys.town import RECEIVER, WINDOW, Answer, Town

LONGEST_ACT = 60.0  # seconds until somebody gives up
LONGEST_WAY = 90.0


@dataclass
class Acknowledged:
    """What the web said was done."""

    command: str
    path: str
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

    def act(self, who: str, path: str, may_refuse: str = "", **given: Any) -> dict[str, Any] | None:
        """The act is acknowledged; None when it was refused by the rule that may refuse it."""
        command = secrets.token_hex(12)
        end = time.monotonic() + LONGEST_ACT
        while True:
            answer = self._once(who, path, command, given)
            if answer is not None and answer[0] in (200, 201):
                self.done.append(Acknowledged(command, path, who, answer[1]))
                return answer[1]
            if answer is not None and answer[0] < 500:
                assert answer[1]["rule"] in may_refuse.split(), (path, given, answer)
                return None
            assert time.monotonic() < end, (path, answer)
            self.repeats += 1
            time.sleep(0.1)

    def read(self, who: str, path: str, good: Callable[[dict[str, Any]], bool] = lambda _: True) -> dict[str, Any]:
        """What stands there, once it is good."""
        end = time.monotonic() + LONGEST_WAY
        answer = None
        while time.monotonic() < end:
            answer = self._once(who, path)
            if answer is not None and answer[0] == 200 and good(answer[1]):
                return answer[1]
            time.sleep(0.25)
        raise AssertionError(f"{path} stays at {answer}")

    def _once(self, who: str, path: str, key: str = "", given: dict[str, Any] | None = None) -> Answer | None:
        try:
            return self.town.ask(who, path, key, given)
        except (OSError, HTTPException, ValueError):
            return None

    def _story(self, dice: random.Random) -> None:
        no = self._opened()
        codes = [self._listed(no, n) for n in range(dice.randint(1, 3))]
        out, seal = self._send(no, "outbound", WINDOW, codes, dice)
        missing = codes[0] if dice.random() < 0.3 else ""
        self.act(WINDOW, f"/consignments/{out}/slip")
        self._count(out, seal, RECEIVER, codes, missing)
        self._sign(out, RECEIVER)
        self.act(RECEIVER, f"/dossiers/{no}/hand-over", originals=codes, department="审批科")
        self.act(RECEIVER, f"/dossiers/{no}/decision", result="approved")
        self.act(RECEIVER, f"/dossiers/{no}/take-back", originals=codes)
        back, seal = self._send(no, "return", RECEIVER, codes, dice)
        self._count(back, seal, WINDOW, codes, "")
        self.act(WINDOW, f"/dossiers/{no}/give-to-applicant", originals=codes)
        self._close(no)
        self.closed.append(no)

    def _opened(self) -> str:
        [agreement] = [one for one in self.read(WINDOW, "/agreements")["agreements"] if one["no"] == "XN-FR-2026-01"]
        item = self.read(WINDOW, f"/agreements/{agreement['id']}/items")["items"][0]
        opened = self.act(
            WINDOW,
            "/dossiers",
            agreement_id=agreement["id"],
            item_id=item["id"],
            case_no=f"BJ{secrets.token_hex(6)}",
            mode="accept_elsewhere",
            applicant={"name": "李样例", "id_no": "42120019900101001X", "phone": "13900000000"},
            consent_sha256="0" * 64,
            consent_signed_on="2026-09-08",
        )
        assert opened is not None
        return str(opened["dossier"])

    def _listed(self, no: str, number: int) -> str:
        listed = self.act(
            WINDOW,
            f"/dossiers/{no}/originals",
            kind="毕业证书",
            title=f"证书{number}",
            number="EX-0001",
            issuer="示例大学",
            holder_name="李样例",
            pages=1,
            form="original",
            irreplaceable=True,
            must_return=True,
        )
        assert listed is not None
        return str(listed["original"])

    def _close(self, no: str) -> None:
        """A void envelope that the postman carries on with leaves differences, which somebody must explain first."""
        end = time.monotonic() + LONGEST_WAY
        while self.act(WINDOW, f"/dossiers/{no}/close", may_refuse="open_matters") is None:
            assert time.monotonic() < end, f"{no} does not close"
            for one in self.read(RECEIVER, f"/dossiers/{no}")["discrepancies"]:
                if one["settled_at"] is None:
                    self._explain(no, one["id"])
            time.sleep(0.3)

    def _explain(self, no: str, difference: int) -> None:
        path = f"/dossiers/{no}/discrepancies/{difference}/settle"
        self.act(RECEIVER, path, may_refuse="settled", resolution="explained", note="作废件已由邮局追回")

    def _send(self, no: str, direction: str, who: str, codes: list[str], dice: random.Random) -> tuple[str, str]:
        """An envelope is delivered; one in four is first voided once it is booked, if the postman is not faster."""
        started = self.act(who, f"/dossiers/{no}/consignments", direction=direction)
        assert started is not None
        consignment = str(started["consignment"])
        here = f"/consignments/{consignment}"
        for code in codes:
            self.act(who, f"{here}/pack", original=code)
        seal = f"FQ{secrets.token_hex(6)}".upper()
        self.act(who, f"{here}/seal", seal_no=seal)
        self.act(who, f"{here}/dispatch", courier="ems")
        if dice.random() < 0.25:
            self.read(who, here, lambda seen: seen["stage"] != "booking")
            if self.act(who, f"{here}/void", may_refuse="picked_up stage", why="演练作废") is not None:
                self.voided.append(consignment)
                return self._send(no, direction, who, codes, dice)
        self.read(who, here, lambda seen: seen["stage"] == "delivered")
        return consignment, seal

    def _count(self, consignment: str, seal: str, who: str, codes: list[str], missing: str) -> None:
        here = f"/consignments/{consignment}"
        found = [{"original": code, "outcome": "missing" if code == missing else "received"} for code in codes]
        self.act(who, f"{here}/receive", seal_found=seal, findings=found)
        if missing:
            self.act(who, f"{here}/correct", original=missing, note="夹在封套内层")

    def _sign(self, consignment: str, who: str) -> None:
        """The slip was printed: without this signature the dossier would never close."""
        here = f"/consignments/{consignment}/sign"
        digest = self.read(who, f"{here}ing")["acceptance"]["digest"]
        signed = self.act(who, here, role="acceptance", digest=digest, picture=base64.b64encode(pen("柳岸")).decode())
        assert signed is not None
