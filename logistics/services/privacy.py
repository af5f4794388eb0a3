"""Personal data: masked by default; each unmasking asks a reason and is a ledger entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session

from labels.masking import mask_name, mask_phone
from logistics.actor import Actor
from logistics.decision import Fact
from logistics.errors import NotAllowed, NotYours, Rejected
from logistics.rules.inquiry import ANSWERED
from logistics.store import inquiry
from logistics.store.context import Context
from logistics.store.work import work
from logistics.tables import Dossier, Original
from logistics.terms import Role

SHORTEST_REASON = 4


@dataclass(frozen=True)
class Shown:
    """A dossier's persons as a page shows them: masked, or in clear after an unmasking. `agent_*` are None without
    an agent. `words`: what the applicant wrote without a log-in, by its key; only in clear, for the hall's managers.
    """

    applicant_name: str
    applicant_id: str
    applicant_phone: str
    agent_name: str | None
    agent_id: str | None
    agent_phone: str | None
    words: Mapping[str, str] = field(default_factory=dict)


def mask_id(number: str) -> str:
    """An identity number: first three and last two characters stay."""
    return number[:3] + "*" * max(len(number) - 5, 1) + number[-2:] if len(number) > 5 else "*" * len(number)


def _open(ctx: Context, dossier: Dossier, column: str) -> str | None:
    sealed = getattr(dossier, f"{column}_sealed")
    return None if sealed is None else ctx.keyring.unseal(sealed, f"dossier:{dossier.no}:{column}")


def masked(ctx: Context, dossier: Dossier) -> Shown:
    """The dossier's persons, masked by the rules of GB/T 41833."""
    clear = _clear(ctx, dossier)
    return Shown(
        mask_name(clear.applicant_name),
        mask_id(clear.applicant_id),
        mask_phone(clear.applicant_phone),
        None if clear.agent_name is None else mask_name(clear.agent_name),
        None if clear.agent_id is None else mask_id(clear.agent_id),
        None if clear.agent_phone is None else mask_phone(clear.agent_phone),
    )


def _clear(ctx: Context, dossier: Dossier) -> Shown:
    return Shown(
        _open(ctx, dossier, "applicant_name") or "",
        _open(ctx, dossier, "applicant_id") or "",
        _open(ctx, dossier, "applicant_phone") or "",
        _open(ctx, dossier, "agent_name"),
        _open(ctx, dossier, "agent_id"),
        _open(ctx, dossier, "agent_phone"),
    )


def original_number(ctx: Context, original: Original) -> str:
    """The document's number in clear, for those who must compare it with the paper in hand."""
    return ctx.keyring.unseal(original.number_sealed, f"original:{original.code}:number")


def original_holder(ctx: Context, original: Original) -> str:
    """The masked name of the person the document belongs to."""
    return mask_name(ctx.keyring.unseal(original.holder_name_sealed, f"original:{original.code}:holder_name"))


def unmask(ctx: Context, actor: Actor, command_id: str, dossier_no: str, reason: str) -> Shown:
    """The persons in clear, once, for this officer; who looked and why stands in the ledger first.

    Raises `Rejected` without a reason, `NotAllowed` for an administrator who handles no cases.
    """
    with work(ctx, actor, "unmask", command_id) as w:
        dossier = w.dossier(dossier_no)
        if not actor.roles & {Role.WINDOW, Role.RECEIVER, Role.MANAGER}:
            raise NotAllowed("查看个人信息须由经办或督查人员进行。", "Only those who handle cases may look.", "role")
        if actor.agency_id is None:
            raise NotYours("专档", "dossier")
        if len(reason.strip()) < SHORTEST_REASON:
            raise Rejected(
                "查看完整个人信息须写明事由（至少 4 个字），事由会记入留痕。",
                "Give a reason; it is recorded.",
                "reason",
            )
        words = _words(ctx, w.session, actor, dossier)
        if w.done is None:
            data: dict[str, Any] = {"shown": "applicant"} | ({"words": sorted(words)} if words else {})
            w.record(dossier, Fact("person:unmasked", reason.strip(), data))
            w.finish(dossier=dossier.no)
        return replace(_clear(ctx, dossier), words=words)


def _words(ctx: Context, session: Session, actor: Actor, dossier: Dossier) -> dict[str, str]:
    """The applicant's own words, which are for the managers of the hall alone."""
    if Role.MANAGER not in actor.roles or dossier.sender_agency_id not in actor.agencies:
        return {}
    return {
        one.key: ctx.keyring.unseal(one.words_sealed, inquiry.place_of(dossier.no, one.key))
        for one in inquiry.said(session, dossier.id or 0)
        if one.words_sealed and not one.key.startswith(ANSWERED)
    }
