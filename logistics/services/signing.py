"""Sign for originals on the spot: who lets an envelope go, who accepts what is in it, a witness, the applicant.

One signature is for all originals of the list it was shown. What is signed is a digest, so a list or a count that
changed in the meantime is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlmodel import col, select

from logistics.actor import Actor
from logistics.errors import NotAllowed, NotYours, Rejected
from logistics.rules import access, handing_back, signing
from logistics.rules.signing import Beside, Listed
from logistics.store import find
from logistics.store import signing as kept
from logistics.store.context import Context
from logistics.store.work import Work, reading, work
from logistics.tables import Consignment, Dossier, Officer, Signature
from logistics.terms import Direction, SignatureKind, SigningRole

APPLICANT, AGENT = "申请人", "代办人"


@dataclass(frozen=True)
class Proof:
    """What was drawn on the screen, or the scan of a countersigned slip."""

    kind: SignatureKind
    content: bytes


def sign_envelope(
    ctx: Context,
    actor: Actor,
    command_id: str,
    consignment_no: str,
    role: SigningRole,
    shown: str,
    proof: Proof,
    witness: str = "",
) -> dict[str, Any]:
    """This officer has signed for the whole envelope: RELEASE of its frozen list, or ACCEPTANCE of what was counted.

    `shown`: the digest that stood on the signer's screen (`rules.signing.digest_shown`). With `witness` it is that
    second person's signature for the same act. Returns `{"signature": seq, "statement_sha256": …}`. Raises `Rejected`:
    "other_list", "not_sealed", "not_counted", "signed", "dossier_closed"; `Malformed` at the picture or the witness.
    """
    with work(ctx, actor, "sign_envelope", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = w.consignment(consignment_no)
        _require_open(dossier)
        _require_signer(w, actor, consignment, role)
        listed = listed_of(find.whole(w.session, dossier), consignment, role)
        signing.require_shown(shown, listed, f"寄递件 {consignment.no}")
        name, signed_as = actor.name, role
        if witness:
            name, signed_as = signing.require_second_person(witness, actor.name), SigningRole.WITNESS
        given = (proof.kind, proof.content)
        row = kept.keep(w, dossier, consignment, signed_as, name, listed, given, actor.agency_id)
        return w.finish(signature=row.seq, statement_sha256=row.statement_sha256)


def sign_together(
    ctx: Context, actor: Actor, command_id: str, envelopes: Sequence[tuple[str, str]], proof: Proof
) -> dict[str, Any]:
    """This officer has accepted several envelopes that are all in order with one drawing: each that stands as it was
    shown has a signature and an entry of its own, which names the others. `envelopes`: number and digest shown.

    Returns `{"signed": [no, …], "refused": [{"consignment", "rule", "zh", "en"}, …]}`: an envelope that changed
    meanwhile is left out and does not hold up the rest. Raises `NotYours` for one that is not the reader's to see;
    `Rejected` ("none_signed") when none is left; `Malformed` at the picture.
    """
    with work(ctx, actor, "sign_together", command_id) as w:
        if w.done is not None:
            return w.done
        good, refused = _sorted(w, actor, envelopes)
        if not good:
            raise Rejected(
                "一封也没有签：" + "".join(one["zh"] for one in refused),
                "None was signed for. " + " ".join(one["en"] for one in refused),
                "none_signed",
            )
        for dossier, consignment, listed in good:
            together = _named(dossier, good) if len(good) > 1 else []
            given = (proof.kind, proof.content)
            kept.keep(
                w, dossier, consignment, SigningRole.ACCEPTANCE, actor.name, listed, given, actor.agency_id,
                together=together,
            )  # fmt: skip
        return w.finish(signed=[one.no for _dossier, one, _listed in good], refused=refused)


def _sorted(
    w: Work, actor: Actor, envelopes: Sequence[tuple[str, str]]
) -> tuple[list[tuple[Dossier, Consignment, Listed]], list[dict[str, str]]]:
    """Those that are signed for, in the order given, and why the others are not."""
    shown = dict(envelopes)
    ids = w.session.exec(select(Consignment.id).where(col(Consignment.no).in_(shown)))
    locked = {one.no: (dossier, one) for dossier, one in w.consignments([cast(int, one) for one in ids]).values()}
    if len(locked) < len(shown):
        raise NotYours("寄递件", "consignment")
    good: list[tuple[Dossier, Consignment, Listed]] = []
    refused: list[dict[str, str]] = []
    for no, digest in shown.items():
        dossier, consignment = locked[no]
        try:
            good.append((dossier, consignment, _signable(w, actor, dossier, consignment, digest)))
        except (Rejected, NotAllowed) as why:
            refused.append({"consignment": no, "rule": why.rule, "zh": why.zh, "en": why.en})
    return good, refused


def _signable(w: Work, actor: Actor, dossier: Dossier, consignment: Consignment, shown: str) -> Listed:
    """What is signed for of one among several. Raises `Rejected` or `NotAllowed`."""
    _require_open(dossier)
    _require_signer(w, actor, consignment, SigningRole.ACCEPTANCE)
    whole = find.whole(w.session, dossier)
    listed = listed_of(whole, consignment, SigningRole.ACCEPTANCE)
    signing.require_shown(shown, listed, f"寄递件 {consignment.no}")
    signing.require_in_order(consignment, whole.lines_of(consignment), whole.discrepancies)
    mine = [one for one in whole.signatures if one.consignment_id == consignment.id]
    signing.require_unsigned(mine, SigningRole.ACCEPTANCE, listed)
    return listed


def _named(dossier: Dossier, all_: Sequence[tuple[Dossier, Consignment, Listed]]) -> list[Beside]:
    """Every list of the drawing as this dossier's ledger may name it: the number only between the same two agencies."""
    parties = (dossier.sender_agency_id, dossier.receiver_agency_id)
    return [
        Beside(
            signing.digest_shown(listed),
            one.no if (other.sender_agency_id, other.receiver_agency_id) == parties else "",
        )
        for other, one, listed in all_
    ]


def listed_of(whole: find.Whole, consignment: Consignment, role: SigningRole) -> Listed:
    """What is signed for in that role, as the envelope stands. Raises `Rejected` while there is nothing to sign."""
    lines = whole.lines_of(consignment)
    if role is SigningRole.RELEASE:
        return signing.let_go(consignment, lines, whole.originals)
    return signing.found(consignment, lines, whole.originals, whole.custody)


def _require_open(dossier: Dossier) -> None:
    if dossier.closed_at is not None:
        raise Rejected(
            "专档已办结，不能再签字。签字须在办结之前。", "The dossier is closed; sign before it is.", "dossier_closed"
        )


def _require_signer(w: Work, actor: Actor, consignment: Consignment, role: SigningRole) -> None:
    """Who sealed signs the release, who counted the acceptance: the agency and the role of that act."""
    if role is SigningRole.RELEASE:
        access.require_role(actor.roles, access.role_for("seal", consignment.direction))
        access.require_agency(cast(int, actor.agency_id), consignment.from_agency_id)
        return
    agency = consignment.to_agency_id
    if consignment.received_by is not None:
        agency = w.session.get_one(Officer, consignment.received_by).agency_id
    taken_back = agency == consignment.from_agency_id
    way = Direction.RETURN if taken_back else consignment.direction
    access.require_role(actor.roles, access.role_for("receive", way))
    access.require_agency(cast(int, actor.agency_id), agency)


def sign_at_counter(
    ctx: Context,
    actor: Actor,
    command_id: str,
    dossier_no: str,
    role: SigningRole,
    shown: str,
    proof: Proof,
    by_agent: bool = False,
) -> dict[str, Any]:
    """The applicant, or with `by_agent` the person acting for them, has signed at the window: TAKEN_IN for every
    original listed so far, HANDED_BACK for every one they have again.

    The ledger says 申请人 or 代办人, never the name. Raises as `sign_envelope` does, "nothing_to_sign", "no_agent".
    """
    with work(ctx, actor, "sign_at_counter", command_id) as w:
        if w.done is not None:
            return w.done
        dossier = w.dossier(dossier_no)
        _require_open(dossier)
        verb = "take_in_original" if role is SigningRole.TAKEN_IN else "return_original"
        access.require_role(actor.roles, access.role_for(verb))
        access.require_agency(cast(int, actor.agency_id), dossier.sender_agency_id)
        listed = listed_at_counter(ctx, find.whole(w.session, dossier), role)
        signing.require_shown(shown, listed, f"专档 {dossier.no}")
        row = kept.keep(
            w,
            dossier,
            None,
            role,
            AGENT if by_agent else APPLICANT,
            listed,
            (proof.kind, proof.content),
            None,
            kept.applicants_name(ctx, dossier, by_agent),
        )
        return w.finish(signature=row.seq, statement_sha256=row.statement_sha256)


def listed_at_counter(ctx: Context, whole: find.Whole, role: SigningRole) -> Listed:
    """What the applicant's side signs for now. Raises `Rejected` ("nothing_to_sign")."""
    concerned, after = [one for one in whole.originals if not one.unlisted], 0
    if role is SigningRole.HANDED_BACK:
        concerned = [one.original for one in handing_back.handed_back(whole.originals, whole.custody, whole.entries)]
        after = handing_back.round_of([one.code for one in concerned], whole.entries)
    return signing.at_the_counter(whole.dossier.no, role, kept.manifest_lines(ctx, concerned), after)


def fetch(ctx: Context, actor: Actor, dossier_no: str, signature_id: int) -> tuple[Signature, bytes]:
    """A signature the reader may see, with its picture as it was given. Raises `NotYours`."""
    with reading(ctx.engine, actor) as session:
        dossier = find.dossier_by_no(session, dossier_no)
        row = next((one for one in kept.signatures_of(session, dossier) if one.id == signature_id), None)
        if row is None:
            raise NotYours("签字", "signature")
        session.expunge(row)
    return row, ctx.files.get(row.image_sha256)
