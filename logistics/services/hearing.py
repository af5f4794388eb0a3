"""The hall hears what an applicant said without a log-in, and answers for an original that did not come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from logistics.actor import Actor
from logistics.decision import Fact
from logistics.errors import Malformed, NotAllowed, Rejected, Said
from logistics.rules import inquiry
from logistics.rules.inquiry import ANSWERED, NOT_RECEIVED
from logistics.store import find
from logistics.store import inquiry as stored
from logistics.store.context import Context
from logistics.store.find import Whole
from logistics.store.work import work
from logistics.tables import ApplicantWord, Original
from logistics.terms import RatingReason

WORDS = 300
"""So many letters an answer may have."""


@dataclass(frozen=True)
class Heard:
    """One word of the applicant's: a rating, or that an original did not come back (`seq`: its number in the list).
    `own`: it has words of the applicant's own. `waits`: neither an answer nor a difference stands for it.
    """

    key: str
    said_at: datetime
    stars: int | None
    reasons: list[RatingReason]
    own: bool
    seq: int
    title: str
    waits: bool
    answered_at: datetime | None
    answer: str


def heard(ctx: Context, session: Session, whole: Whole) -> list[Heard]:
    """What the applicant said, oldest first, without their own words: those are `privacy.Shown.words`."""
    words = {one.key: one for one in stored.said(session, whole.dossier.id or 0)}
    stands = {one.key for one in whole.discrepancies}
    return [_heard(ctx, whole, one, words, stands) for one in words.values() if not one.key.startswith(ANSWERED)]


def _heard(ctx: Context, whole: Whole, one: ApplicantWord, words: dict[str, ApplicantWord], stands: set[str]) -> Heard:
    seq = int(one.key.removeprefix(NOT_RECEIVED)) if one.key.startswith(NOT_RECEIVED) else 0
    answer = words.get(f"{ANSWERED}{seq}")
    said = ctx.keyring.unseal(answer.words_sealed, stored.place_of(whole.dossier.no, answer.key)) if answer else ""
    return Heard(
        one.key,
        one.said_at,
        one.stars,
        [RatingReason(reason) for reason in one.reasons],
        bool(one.words_sealed),
        seq,
        _listed(whole)[seq - 1].title if seq else "",
        bool(seq) and answer is None and f"applicant:{one.key}" not in stands,
        answer.said_at if answer else None,
        said,
    )


def _listed(whole: Whole) -> list[Original]:
    """The list that the applicant's page counts by."""
    return [one for one in whole.originals if not one.unlisted]


def answer(ctx: Context, actor: Actor, command_id: str, dossier_no: str, seq: int, words: str) -> dict[str, Any]:
    """What the hall found out about the original, by its number in the list, stands on the applicant's page, once.

    Raises `NotYours`, `NotAllowed` for others than the hall's window and managers, `Malformed` (field
    "answered-" and the number), `Rejected` ("nothing_to_answer") when nothing waits for one: a
    difference is settled instead.
    """
    with work(ctx, actor, "answer_applicant", command_id) as w:
        if w.done is not None:
            return w.done
        dossier = w.dossier(dossier_no)
        if not inquiry.may_answer(actor.roles, actor.agency_id, dossier.sender_agency_id):
            raise NotAllowed(
                "申请人由收取原件的大厅答复，请转给该单位的窗口经办或督查管理人员。",
                "The hall that took the originals in answers its applicant. Pass it to its window or its managers.",
                "role",
            )
        whole = find.whole(w.session, dossier)
        if not any(one.seq == seq and one.waits for one in heard(ctx, w.session, whole)):
            raise Rejected(
                "这份原件没有等着答复的申诉：已经答复过，或有差异记录，请在差异里了结。",
                "Nothing waits for an answer here: it was answered, or a difference stands for it; settle that.",
                "nothing_to_answer",
            )
        _require_words(words, f"answered-{seq}")
        key = f"{ANSWERED}{seq}"
        sealed = ctx.keyring.seal(words.strip(), stored.place_of(dossier.no, key))
        w.session.add(
            ApplicantWord(dossier_id=dossier.id or 0, key=key, reasons=[], words_sealed=sealed, said_at=w.now)
        )
        w.session.flush()
        w.record(dossier, Fact("applicant:answered", "", {"original": _listed(whole)[seq - 1].code}))
        return w.finish(dossier=dossier.no)


def _require_words(words: str, field: str) -> None:
    if not words.strip():
        why = Said("请写查到了什么、申请人该怎么办。", "Say what you found, and what the applicant should do.")
    elif len(words) > WORDS:
        why = Said(f"最多 {WORDS} 个字。", f"{WORDS} characters at most.")
    else:
        return
    raise Malformed("还没有答复：请看标出的栏目。", "Not answered yet: please see the marked field.", {field: [why]})
