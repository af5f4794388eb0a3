"""Who may do what: the role an officer needs, and the power (授权) the agreement must grant the accepting agency.

The powers are those of the 2021 Xianning plan, clause 8 (授信体系); each verb that uses one names it here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import cast

from logistics.actor import Actor
from logistics.errors import NotAllowed
from logistics.tables import Consignment
from logistics.terms import Direction, Power, Role, zh

W, R, M, A = Role.WINDOW, Role.RECEIVER, Role.MANAGER, Role.ADMINISTRATOR

ROLE_FOR: Mapping[str, Role] = {
    "open_dossier": W,
    "list_original": W,
    "verify_original": W,
    "take_in_original": W,
    "notify_once": W,
    "create_consignment": W,
    "pack": W,
    "unpack": W,
    "seal": W,
    "reopen": W,
    "dispatch": W,
    "void": W,
    "deliver_result": W,
    "return_original": W,
    "acknowledge": W,
    "answer_discrepancy": W,
    "close_dossier": W,
    "receive": R,
    "correct": R,
    "hand_over": R,
    "record_decision": R,
    "settle_discrepancy": R,
    "waive_deadline": M,
    "order_supervision": M,
    "chase": M,
    "view_reports": M,
    "map_code": M,
    "try_account": A,
    "manage_printers": A,
    "manage_channels": A,
    "manage_officers": A,
    "manage_agreements": A,
    "manage_items": A,
    "manage_agencies": A,
}
"""The role for each verb on the outbound way; `role_for` knows the way back too."""

_WITH_THE_ENVELOPE = frozenset(
    {"create_consignment", "pack", "unpack", "seal", "reopen", "dispatch", "void", "answer_discrepancy"}
)
_AT_ITS_OPENING = frozenset({"receive", "correct"})

POWER_FOR: Mapping[str, Power] = {
    "open_dossier": Power.ACCEPT,  # 收件受理: to take the case in at all
    "list_original": Power.FORMAL_REVIEW,  # 形式审查: to say that a material is complete and in due form
    "verify_original": Power.VERIFY_ORIGINALS,  # 原件核验: to vouch that the document shown is the original
    "notify_once": Power.NOTIFY_ONCE,  # 一次性告知: to tell the applicant all that is wanting, once
    "deliver_result": Power.DELIVER_RESULT,  # 审批结果送达: to hand the authority's result to the applicant
}
"""Verbs of the accepting agency that stand in for the authority. Mailing, receiving, returning a person's own papers
and acknowledging are each party's own acts and need no grant."""


def role_for(verb: str, direction: Direction = Direction.OUTBOUND) -> Role:
    """The role a verb needs. On the way back the authority's receiver packs, and the hall's window opens.

    Raises `KeyError` for a verb without a row: no verb is free by oversight.
    """
    role = ROLE_FOR[verb]
    if direction is Direction.RETURN:
        if verb in _WITH_THE_ENVELOPE:
            return Role.RECEIVER
        if verb in _AT_ITS_OPENING:
            return Role.WINDOW
    return role


def may_settle(roles: Collection[str], agency_id: int | None, sender_agency_id: int, receiver_agency_id: int) -> bool:
    """Whether an officer may settle a difference: the hall's window, or the authority's receiver."""
    if agency_id == sender_agency_id:
        return Role.WINDOW in roles
    return agency_id == receiver_agency_id and ROLE_FOR["settle_discrepancy"] in roles


def require_role(roles: Collection[str], role: Role) -> None:
    """Returns when the officer holds `role`. Raises `NotAllowed` (rule "role")."""
    if role in roles:
        return
    raise NotAllowed(
        f"此操作须由「{zh(role)}」办理，您没有这一角色。请转交本单位有此角色的经办人，或请系统管理员授予。",
        f"This act needs the role {role.value}. Pass it to an officer who has it, or ask your administrator.",
        rule="role",
    )


def require_power(powers: Collection[str], verb: str, agreement_no: str = "") -> None:
    """Returns when the agreement grants what `verb` needs. Raises `NotAllowed` (rule "power") naming what is missing.

    Raises `KeyError` for a verb that has no row in `ROLE_FOR`.
    """
    ROLE_FOR[verb]
    power = POWER_FOR.get(verb)
    if power is None or power in powers:
        return
    agreement_zh = f"通办协议「{agreement_no}」" if agreement_no else "本专档所依据的通办协议"
    agreement_en = f"Agreement {agreement_no}" if agreement_no else "The agreement of this dossier"
    raise NotAllowed(
        f"{agreement_zh}没有授予「{zh(power)}」，不能办理此操作（授信条款）。请与受理属地单位补签授权，或由其直接办理。",
        f"{agreement_en} does not grant {power.value}. Have the power added, or let the authority act itself.",
        rule="power",
    )


def keeps_item(agencies: Collection[int], keeper_id: int | None) -> bool:
    """Whether an administrator of these agencies keeps an item that this agency keeps."""
    return keeper_id in agencies


def require_item_keeper(agencies: Collection[int], keeper_id: int | None) -> None:
    """Returns when the administrator keeps the item. Raises `NotAllowed` (rule "item_keeper")."""
    if not keeps_item(agencies, keeper_id):
        raise NotAllowed(
            "这个事项由另一个单位维护，这里只能查看。需要改动时，请联系维护单位的系统管理人员。",
            "Another agency keeps this item; here it can only be read. Ask its administrator to change it.",
            rule="item_keeper",
        )


def require_agency(officer_agency_id: int, wanted_agency_id: int) -> None:
    """Returns when the officer acts for the agency whose turn it is. Raises `NotAllowed` (rule "agency")."""
    if officer_agency_id == wanted_agency_id:
        return
    raise NotAllowed(
        "此操作应由本专档的另一方单位办理，您所在单位不能代办。请联系对方单位经办人。",
        "This act belongs to the other agency of the dossier. Contact its officer.",
        rule="agency",
    )


def require_receiver(actor: Actor, consignment: Consignment) -> None:
    """Returns for an officer whose envelope it is to open: the addressee's, or, of one that came back, the sender's.

    Raises `NotAllowed` ("role", "agency").
    """
    taking_back = actor.agency_id == consignment.from_agency_id
    require_role(actor.roles, role_for("receive", Direction.RETURN if taking_back else consignment.direction))
    if not taking_back:
        require_agency(cast(int, actor.agency_id), consignment.to_agency_id)
