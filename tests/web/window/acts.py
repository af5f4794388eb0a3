"""Acts at the window, told by the forms an officer sends."""

from __future__ import annotations

import re
from typing import Any

from sqlmodel import Session

from logistics.demo.seed import PASSWORD
from logistics.services import dossiers, receipt
from logistics.terms import DecisionResult, Outcome
from tests.builders import officer as acting
from tests.web.window.conftest import Officer
from tests.web.window.hall import Hall, citizen_number

DOSSIER = "421200-2026-000001"
ENVELOPE, BACK = f"{DOSSIER}-1", f"{DOSSIER}-2"


def pick(window: Officer, item: str = "学历学位公证", receiver: str = "长沙市芙蓉区") -> str:
    """The value of an item in the form's list."""
    page = window.get("/dossiers/new").text
    only = re.search(r'name="what" value="([\d-]+)"', page)
    if only:
        return only[1]
    group = re.search(rf'<optgroup label="[^"]*{receiver}.*?</optgroup>', page, re.DOTALL)
    assert group, page
    found = re.search(rf'<option value="([\d-]+)"[^>]*>{item}', group[0])
    assert found, group[0]
    return found[1]


def case(window: Officer, item: str = "学历学位公证", **other: Any) -> dict[str, Any]:
    """A form without a fault."""
    return {
        "what": pick(window, item),
        "case_no": "BJ4212002026110001",
        "mode": "accept_elsewhere",
        "applicant_name": "王𠮷",
        "applicant_kind": "resident",
        "applicant_id": citizen_number(),
        "applicant_phone": "13800000000",
        "consent_on_paper": "true",
        "consent_signed_on": "2026-11-20",
        **other,
    }


def opened(window: Officer, item: str = "学历学位公证") -> str:
    """A dossier's number."""
    answer = window.send("/dossiers/new", **case(window, item))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].split("/")[2]


def rows(window: Officer, dossier_no: str = DOSSIER) -> list[str]:
    """The prefixes of the checklist's rows on the page, `m12` and so on."""
    return re.findall(r'name="(m\d+)-take"', window.get(f"/dossiers/{dossier_no}/originals").text)


def row(prefix: str, **other: str) -> dict[str, str]:
    """One row of the originals form."""
    values = {
        "take": "true",
        "title": f"证书 {prefix}",
        "number": f"NO-{prefix}",
        "issuer": "示例大学",
        "holder": "王𠮷",
        "pages": "1",
        "copies": "1",
        "form": "original",
        "secrecy": "none",
        "irreplaceable": "true",
        "must_return": "true",
        **other,
    }
    return {f"{prefix}-{name}": value for name, value in values.items() if value}


def listed(window: Officer, item: str = "学历学位公证", then: str = "pack", **other: str) -> str:
    """A dossier whose wanted originals are all listed, and with `then=pack` packed."""
    no = opened(window, item)
    fields = {name: value for prefix in rows(window, no) for name, value in row(prefix, **other).items()}
    answer = window.send(f"/dossiers/{no}/originals", then=then, extras="1", **fields)
    assert answer.status_code == 303, answer.text
    return no


def codes(count: int = 3, dossier_no: str = DOSSIER) -> list[str]:
    """The codes of the first originals."""
    return [f"{dossier_no}-Y{seq:02d}" for seq in range(1, count + 1)]


def receive(desk: Hall, login: str, no: str, seal: str) -> None:
    """Somebody opens the envelope and everything is there."""
    with Session(desk.system.engine) as session:
        who = acting(session, login)
    found = dict.fromkeys(codes(), Outcome.RECEIVED)
    receipt.receive(desk.ctx, who, f"receive {no}", no, seal, found)


def receive_and_return(window: Officer, desk: Hall) -> None:
    """The authority counts, decides and sends everything back by its own pages; the hall has counted it."""
    receive(desk, "fr-receiver", ENVELOPE, "XN-0001")
    with Session(desk.system.engine) as session:
        authority = acting(session, "fr-receiver")
    dossiers.decide(desk.ctx, authority, "decide", DOSSIER, DecisionResult.APPROVED, "准予")
    receiver = Officer(window.client.application)
    receiver.log_in("fr-receiver", PASSWORD)
    started = receiver.send(f"/dossiers/{DOSSIER}/consignments")
    assert started.headers["Location"] == f"/consignments/{BACK}"
    assert "封套里 3 件，扫描封签" in receiver.follow(started)
    receiver.send(f"/consignments/{BACK}/pack", inside=codes(), code="FR-0001", then="send")
    desk.errands()
    receive(desk, "xn-window", BACK, "FR-0001")
