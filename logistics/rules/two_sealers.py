"""Sealing by two (双人封装): which contents ask for a second officer, who that may be, and what waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from logistics.decision import Fact, Json
from logistics.errors import Rejected
from logistics.tables import Consignment, Material, Original
from logistics.terms import Secrecy, Stage, zh


@dataclass(frozen=True)
class Demand:
    """Why two people must seal, in words."""

    zh: str
    en: str


def demand(originals: Sequence[Original], materials: Iterable[Material]) -> Demand | None:
    """Why these contents are sealed by two: one has a secrecy class, or the checklist says so; None where one may."""
    secret = next((one for one in originals if one.secrecy is not Secrecy.NONE), None)
    if secret is not None:
        return Demand(f"“{secret.title}”是{zh(secret.secrecy)}", f"'{secret.title}' is classified")
    asked = {one.id for one in materials if one.two_sealers}
    found = next((one for one in originals if one.material_id in asked), None)
    if found is None:
        return None
    return Demand(f"材料清单要求“{found.title}”双人封装", f"The checklist asks for two to seal '{found.title}'")


def confirm(consignment: Consignment, second: int, at_the_desk: bool) -> Fact:
    """The second officer has seen list, contents and seal, and says so. `at_the_desk`: on the first one's screen.

    Raises `Rejected`: "not_sealed", "same_person", "confirmed".
    """
    if consignment.stage is not Stage.SEALED:
        raise Rejected(
            f"寄递件 {consignment.no} 现为「{zh(consignment.stage)}」，没有等待复核的封装。请刷新页面看现状。",
            f"Consignment {consignment.no} is {consignment.stage.value}; no seal waits for a second officer.",
            "not_sealed",
        )
    if consignment.sealed_by == second:
        raise Rejected(
            "复核封装须是另一位经办人，不能由封装人自己复核。请同事登录确认。",
            "The second officer must be somebody else than the one who sealed. Ask a colleague.",
            "same_person",
        )
    if consignment.confirmed_by is not None:
        raise Rejected("这次封装已经有人复核过。", "This seal was confirmed already.", "confirmed")
    data: dict[str, Json] = {
        "consignment": consignment.no,
        "seal": consignment.seal_no,
        "manifest_sha256": consignment.manifest_sha256,
        "sealed_by": consignment.sealed_by,
        "confirmed_by": second,
        "where": "same_desk" if at_the_desk else "own_screen",
    }
    return Fact("consignment:seal_confirmed", "双人封装", data)


def require_confirmed(consignment: Consignment, asked: Demand | None) -> None:
    """Returns when nobody else need look at the seal. Raises `Rejected` ("second_sealer")."""
    if asked is None or consignment.confirmed_by is not None or consignment.stage is not Stage.SEALED:
        return
    raise Rejected(
        f"寄递件 {consignment.no} 须双人封装：{asked.zh}。请另一位经办人核对封签和清单后确认，再寄出。",
        f"Consignment {consignment.no} must be sealed by two. {asked.en}. A second officer confirms before it leaves.",
        "second_sealer",
    )
