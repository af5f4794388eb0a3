"""Who may take originals at the counter (领取、代领), told by the identity document they show."""

from __future__ import annotations

from logistics.errors import Malformed, Rejected, Said

APPLICANT, AGENT, MANDATED = "申请人", "代办人", "代领人"
BY_MANDATE, BY_NUMBER, BY_SIGHT = "凭委托书，已核对身份证件", "证件号码与登记一致", "已核对领取人身份证件"
"""By what whoever took them was known."""

NOBODYS = Said(
    "号码与申请人、代办人登记的都不同。请再扫一次；别人代领的，填代领人姓名并收下委托书。",
    "The number is neither the applicant's nor the agent's. Scan again; for somebody else, give their name and keep "
    "the mandate.",
)


def who(scanned: bool, kept_of: str | None, by_agent: bool, mandated: str, signed: bool) -> str:
    """What the person at the counter is called in the ledger. `scanned`: a number was given; `kept_of`: whose it is.

    Raises `Malformed` (field "id_no") for a number that is nobody's when no mandate is shown, `Rejected` ("unsigned")
    when somebody with a mandate has not signed.
    """
    if kept_of is not None:
        return kept_of
    if not scanned and not mandated:
        return AGENT if by_agent else APPLICANT
    if not mandated or not scanned:
        raise Malformed(
            "还没有交还：领取人的证件与登记的不一致。",
            "Nothing handed back: the identity document is not the one on file.",
            {"id_no": [NOBODYS]},
        )
    if not signed:
        raise Rejected(
            "还没有交还：代领人须签字。请代领人在下面签字后再交。",
            "Nothing handed back: whoever collects with a mandate must sign.",
            "unsigned",
        )
    return MANDATED


def basis(taker: str, checked: bool, compared: bool) -> str:
    """Why custody ends with the applicant, as the ledger says it."""
    if taker == MANDATED:
        return f"退还{MANDATED}，{BY_MANDATE}"
    said = f"退还{taker}"
    if compared:
        return f"{said}，{BY_NUMBER}"
    return f"{said}，{BY_SIGHT}" if checked else said


def told(said: str) -> tuple[str, str]:
    """Who took it, and by what they were known, out of a `basis`; two empty texts for any other."""
    taker, _comma, proof = said.removeprefix("退还").partition("，")
    return (taker, proof) if taker in (APPLICANT, AGENT, MANDATED) else ("", "")
