"""Open a dossier, list its originals, hand them on inside the house, decide the case, close."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from logistics.actor import Actor
from logistics.decision import Decision, Fact, Holder
from logistics.errors import NotYours, Rejected
from logistics.rules import access, agreements, closing, custody, dossiers, handing_back, signing
from logistics.rules.regions import lane_scope
from logistics.rules.workdays import china_date
from logistics.store import find, numbers
from logistics.store import signing as kept
from logistics.store.agreements import modes_of
from logistics.store.closing import matters
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import (
    Agency,
    Agreement,
    Custody,
    DossierCounter,
    Original,
)
from logistics.tables import Dossier as DossierRow
from logistics.terms import DecisionResult, Form, HolderKind, Mode, Secrecy, SignatureKind, SigningRole


@dataclass(frozen=True)
class Person:
    """An applicant or the person acting for them, in clear; sealed before it is stored."""

    name: str
    id_no: str
    phone: str


@dataclass(frozen=True)
class NewDossier:
    """What the window knows when it accepts a case. `consent_sha256` is the digest of the signed consent to mail
    originals.
    """

    agreement_id: int
    item_id: int
    case_no: str
    mode: Mode
    applicant: Person
    agent: Person | None
    consent_sha256: str
    consent_signed_on: date


@dataclass(frozen=True)
class NewOriginal:
    """One physical document laid on the counter."""

    kind: str
    title: str
    number: str
    issuer: str
    holder_name: str
    pages: int
    copies: int
    form: Form
    irreplaceable: bool
    must_return: bool
    secrecy: Secrecy
    official_document: bool
    material_id: int | None = None


def open_dossier(ctx: Context, actor: Actor, command_id: str, new: NewDossier) -> dict[str, Any]:
    """A dossier with the agency's next number exists; its clock runs. Returns `{"dossier": no}`.

    Raises `NotAllowed` for a missing role or power, `Rejected` when the agreement does not cover item or day.
    """
    with work(ctx, actor, "open_dossier", command_id) as w:
        if w.done is not None:
            return w.done
        access.require_role(actor.roles, access.role_for("open_dossier"))
        agreement = w.session.get(Agreement, new.agreement_id)
        if agreement is None or agreement.sender_agency_id != actor.agency_id:
            raise NotYours("通办协议", "agreement")
        access.require_power(agreement.powers, "open_dossier", agreement.no)
        items = {item.id for item in find.items_of(w.session, new.agreement_id)}
        today = china_date(w.now)
        dossiers.may_open(agreement, cast("set[int]", items), new.item_id, actor.agency_id, today)
        agreements.require_mode(agreement.no, modes_of(w.session, new.agreement_id, new.item_id), new.mode)
        if new.consent_signed_on > today:
            raise Rejected(
                "同意书的签署日期在今天之后，请核对日期。",
                "The consent is dated in the future; check it.",
                "consent_date",
            )
        sender = w.session.get_one(Agency, agreement.sender_agency_id)
        receiver = w.session.get_one(Agency, agreement.receiver_agency_id)
        number = _next_number(w, agreement.sender_agency_id, today.year)
        no = dossiers.dossier_no(sender.code, today.year, number)
        row = DossierRow(
            no=no,
            year=today.year,
            number=number,
            sender_agency_id=cast(int, sender.id),
            receiver_agency_id=cast(int, receiver.id),
            agreement_id=new.agreement_id,
            item_id=new.item_id,
            case_no=new.case_no,
            mode=new.mode,
            scope=lane_scope(sender.region_code, receiver.region_code),
            consent_sha256=new.consent_sha256,
            consent_signed_on=new.consent_signed_on,
            opened_at=w.now,
            opened_by=cast(int, actor.officer_id),
            **_sealed(ctx, no, new),
        )
        w.session.add(row)
        w.session.flush()
        data = {
            "case_no": new.case_no,
            "agreement": agreement.no,
            "item": new.item_id,
            "mode": new.mode.value,
            "scope": row.scope.value,
            "sender": sender.id,
            "receiver": receiver.id,
            "consent_sha256": new.consent_sha256,
            "acted_for": new.agent is not None,
        }
        w.record(row, Fact("dossier:opened", "窗口受理，申请人已签署原件寄递同意书", cast("dict[str, Any]", data)))
        return w.finish(dossier=no)


def _next_number(w: Work, agency_id: int, year: int) -> int:
    """The agency's next number of the year; the row stays locked until commit, so a rolled-back number is given
    again.
    """
    statement = insert(DossierCounter).values(agency_id=agency_id, year=year, last=1)
    statement = statement.on_conflict_do_update(
        index_elements=["agency_id", "year"], set_={"last": col(DossierCounter.last) + 1}
    )
    return int(w.session.execute(statement.returning(col(DossierCounter.last))).scalar_one())


def _sealed(ctx: Context, no: str, new: NewDossier) -> dict[str, Any]:
    ring = ctx.keyring

    def seal(column: str, text: str | None) -> str | None:
        return None if text is None else ring.seal(text, f"dossier:{no}:{column}")

    agent = new.agent
    return {
        "applicant_name_sealed": seal("applicant_name", new.applicant.name),
        "applicant_name_digest": ring.digest(new.applicant.name, "applicant_name"),
        "applicant_id_sealed": seal("applicant_id", new.applicant.id_no),
        "applicant_id_digest": ring.digest(new.applicant.id_no, "applicant_id"),
        "applicant_phone_sealed": seal("applicant_phone", new.applicant.phone),
        "agent_name_sealed": seal("agent_name", agent.name if agent else None),
        "agent_id_sealed": seal("agent_id", agent.id_no if agent else None),
        "agent_phone_sealed": seal("agent_phone", agent.phone if agent else None),
    }


def list_original(ctx: Context, actor: Actor, command_id: str, dossier_no: str, new: NewOriginal) -> dict[str, Any]:
    """One original is listed and this officer holds it: the applicant handed it over the counter. Returns
    `{"original": code}`.

    Raises `Rejected` when the item does not want this original (an e-certificate is shared, so it is 免寄).
    """
    with work(ctx, actor, "list_original", command_id) as w:
        if w.done is not None:
            return w.done
        dossier = w.dossier(dossier_no)
        access.require_role(actor.roles, access.role_for("list_original"))
        access.require_agency(cast(int, actor.agency_id), dossier.sender_agency_id)
        agreement = w.session.get_one(Agreement, dossier.agreement_id)
        access.require_power(agreement.powers, "list_original", agreement.no)
        access.require_power(agreement.powers, "verify_original", agreement.no)
        _refuse_unwanted(w, dossier, new)
        listed = w.session.exec(select(Original.seq).where(Original.dossier_id == dossier.id)).all()
        seq = max(listed, default=0) + 1
        code = dossiers.original_code(dossier.no, seq)
        row = Original(
            dossier_id=cast(int, dossier.id),
            seq=seq,
            code=code,
            material_id=new.material_id,
            kind=new.kind,
            title=new.title,
            number_sealed=ctx.keyring.seal(new.number, f"original:{code}:number"),
            number_digest=numbers.digest_of(ctx.keyring, new.number),
            issuer=new.issuer,
            holder_name_sealed=ctx.keyring.seal(new.holder_name, f"original:{code}:holder_name"),
            pages=new.pages,
            copies=new.copies,
            form=new.form,
            irreplaceable=new.irreplaceable,
            must_return=new.must_return,
            secrecy=new.secrecy,
            official_document=new.official_document,
            listed_at=w.now,
        )
        w.session.add(row)
        w.session.flush()
        facts: dict[str, Any] = {
            "original": row.id,
            "code": code,
            "kind": new.kind,
            "title": new.title,
            "issuer": new.issuer,
            "pages": new.pages,
            "copies": new.copies,
            "form": new.form.value,
            "irreplaceable": new.irreplaceable,
            "must_return": new.must_return,
            "secrecy": new.secrecy.value,
            "official_document": new.official_document,
        }
        applicant = Holder(HolderKind.APPLICANT, "申请人")
        taken = custody.hand_over(None, cast(int, row.id), officer(actor), "窗口收取原件", first_from=applicant)
        w.carry_out(Decision(facts=(Fact("original:listed", "", facts),), handovers=(taken,)), dossier)
        return w.finish(original=code)


def _refuse_unwanted(w: Work, dossier: DossierRow, new: NewOriginal) -> None:
    if dossier.closed_at is not None:
        raise Rejected("专档已办结，不能再登记原件。", "The dossier is closed; no more originals.", "dossier_closed")
    if new.material_id is None:
        return
    wanted = find.materials_of(w.session, dossier.item_id, dossier.opened_at)
    material = next((one for one in wanted if one.id == new.material_id), None)
    if material is None:
        raise NotYours("材料", "material")
    if material.e_certificate_shared or not material.original_wanted:
        why = "电子证照已共享" if material.e_certificate_shared else "本事项不需要原件"
        raise Rejected(
            f"“{material.name}”免寄：{why}，不必收取原件。",
            f"'{material.name}' need not be mailed; do not take the original.",
            "not_wanted",
        )


def officer(actor: Actor) -> Holder:
    """This officer as a holder."""
    return Holder(HolderKind.OFFICER, actor.name, actor.agency_id, actor.officer_id)


def hand_to_department(
    ctx: Context, actor: Actor, command_id: str, dossier_no: str, department: str, codes: tuple[str, ...]
) -> dict[str, Any]:
    """The named originals are with a department of the holder's agency; each hop is a link of its chain."""
    return _pass_on(
        ctx,
        actor,
        command_id,
        "hand_to_department",
        dossier_no,
        codes,
        Holder(HolderKind.DEPARTMENT, department, actor.agency_id),
        f"移交{department}",
    )


def take_back(ctx: Context, actor: Actor, command_id: str, dossier_no: str, codes: tuple[str, ...]) -> dict[str, Any]:
    """The named originals are with this officer again: a department, or a colleague, gave them back."""
    return _pass_on(ctx, actor, command_id, "take_back", dossier_no, codes, officer(actor), "科室交回")


def give_to_applicant(
    ctx: Context,
    actor: Actor,
    command_id: str,
    dossier_no: str,
    codes: tuple[str, ...],
    identity_checked: bool = False,
    signature: tuple[SignatureKind, bytes] | None = None,
    by_agent: bool = False,
    id_no: str = "",
    mandated: str = "",
) -> dict[str, Any]:
    """The named originals are back with the applicant (or the person acting for them): custody ends where it began.

    `identity_checked`: the officer says that they compared the identity document; the ledger says it too. With `id_no`
    its number is compared with those kept: it must be the applicant's or the agent's (who is then `by_agent`), or that
    of `mandated`, whom the applicant sent with a written mandate and who signs. With `signature` the person at the
    counter has signed for these very ones. Raises `Malformed` ("id_no"), `Rejected` ("unsigned") beside `_pass_on`'s.
    """
    applicant = Holder(HolderKind.APPLICANT, "申请人")
    taker = "申请人" if not by_agent else "代办人"

    def look(dossier: DossierRow) -> str:
        nonlocal by_agent, taker
        kept_of = kept.whose_number(ctx, dossier, id_no) if id_no else None
        taker = handing_back.who(bool(id_no), kept_of, by_agent, mandated, signature is not None)
        by_agent = taker == handing_back.AGENT
        return handing_back.basis(taker, identity_checked or bool(id_no), kept_of is not None)

    def sign(w: Work, dossier: DossierRow, given: list[Original]) -> None:
        if signature is not None:
            lines = kept.manifest_lines(ctx, given)
            after = handing_back.round_of([one.code for one in given], find.whole(w.session, dossier).entries)
            listed = signing.at_the_counter(dossier.no, SigningRole.HANDED_BACK, lines, after)
            named = f"{mandated} {id_no}"
            full = named if taker == handing_back.MANDATED else kept.applicants_name(ctx, dossier, by_agent)
            kept.keep(w, dossier, None, SigningRole.HANDED_BACK, taker, listed, signature, None, full)

    return _pass_on(ctx, actor, command_id, "give_to_applicant", dossier_no, codes, applicant, look, sign)


def _pass_on(
    ctx: Context,
    actor: Actor,
    command_id: str,
    verb: str,
    dossier_no: str,
    codes: tuple[str, ...],
    to: Holder,
    basis: str | Callable[[DossierRow], str],
    then: Callable[[Work, DossierRow, list[Original]], None] | None = None,
) -> dict[str, Any]:
    with work(ctx, actor, verb, command_id) as w:
        if w.done is not None:
            return w.done
        dossier = w.dossier(dossier_no)
        whole = find.whole(w.session, dossier)
        _require_custodian(actor, verb, dossier)
        last = whole.last_custody()
        by_code = {original.code: original for original in whole.originals}
        said = basis if isinstance(basis, str) else basis(dossier)
        if not codes or any(code not in by_code for code in codes):
            raise NotYours("原件", "original")
        handovers = tuple(
            custody.hand_over(
                _held_by(actor, last.get(cast(int, by_code[code].id)), by_code[code]),
                cast(int, by_code[code].id),
                to,
                said,
            )
            for code in codes
        )
        in_envelope = {line.original_id for line in whole.packed if line.open}
        for code in codes:
            if by_code[code].id in in_envelope:
                raise Rejected(
                    f"原件 {code} 还在未拆的封套清单里，不能移交。请先拆封或作废该寄递件。",
                    f"Original {code} is on the list of an unopened envelope.",
                    "in_envelope",
                )
        w.carry_out(Decision(handovers=handovers), dossier)
        if then is not None:
            then(w, dossier, [by_code[code] for code in codes])
        return w.finish(dossier=dossier.no, originals=list(codes))


def _require_custodian(actor: Actor, verb: str, dossier: DossierRow) -> None:
    """The receiver passes originals on in the authority, the window in the hall; only the hall gives them to the
    applicant.
    """
    if verb == "give_to_applicant":
        access.require_role(actor.roles, access.role_for("return_original"))
        access.require_agency(cast(int, actor.agency_id), dossier.sender_agency_id)
    elif actor.agency_id == dossier.sender_agency_id:
        access.require_role(actor.roles, access.role_for("take_in_original"))
    else:
        access.require_role(actor.roles, access.role_for("hand_over"))


def _held_by(actor: Actor, last: Custody | None, original: Original) -> Custody:
    if last is None or last.to_agency_id != actor.agency_id:
        raise Rejected(
            f"原件 {original.code} 现由{last.to_name if last else '无人'}保管，不在本单位，不能移交。",
            f"Original {original.code} is not held by your agency.",
            "not_held",
        )
    return last


def decide(
    ctx: Context,
    actor: Actor,
    command_id: str,
    dossier_no: str,
    result: DecisionResult,
    note: str,
    decided_at: datetime | None = None,
) -> dict[str, Any]:
    """The authority's decision on the case is recorded once."""
    with work(ctx, actor, "decide", command_id) as w:
        if w.done is not None:
            return w.done
        dossier = w.dossier(dossier_no)
        access.require_role(actor.roles, access.role_for("record_decision"))
        access.require_agency(cast(int, actor.agency_id), dossier.receiver_agency_id)
        if dossier.decision is not None:
            raise Rejected("审批结果已登记，不能重复登记。", "The decision is already recorded.", "decided")
        if not any(link.to_agency_id == dossier.receiver_agency_id for link in find.whole(w.session, dossier).custody):
            raise Rejected("原件尚未签收，不能登记审批结果。", "No original has been received yet.", "nothing_received")
        decided_at = decided_at or w.now
        if not dossier.opened_at <= decided_at <= w.now:
            raise Rejected(
                "审批时间须在受理之后、现在之前，请核对。", "A decision lies between opening and now.", "decision_time"
            )
        dossier.decision, dossier.decision_note, dossier.decided_at = result, note, decided_at
        w.session.add(dossier)
        w.record(dossier, Fact("dossier:decided", note, {"result": result.value}))
        return w.finish(dossier=dossier.no)


def close(ctx: Context, actor: Actor, command_id: str, dossier_no: str) -> dict[str, Any]:
    """The sender's closing acknowledgement: nothing is open any more, the chain ends with it. Raises `StillOpen` with
    all that is, who must act and where.
    """
    with work(ctx, actor, "close", command_id) as w:
        if w.done is not None:
            return w.done
        dossier = w.dossier(dossier_no)
        access.require_role(actor.roles, access.role_for("close_dossier"))
        access.require_agency(cast(int, actor.agency_id), dossier.sender_agency_id)
        if dossier.closed_at is not None:
            raise Rejected("专档已办结。", "The dossier is closed already.", "closed")
        closing.require_closable(matters(w.session, ctx, find.whole(w.session, dossier), w.now))
        dossier.closed_at, dossier.closed_by = w.now, actor.officer_id
        w.session.add(dossier)
        w.record(dossier, Fact("dossier:acknowledged", "原件已全部收回，寄出单位确认"))
        w.record(
            dossier,
            Fact(
                "dossier:closed", "寄出单位确认办结", {"decision": dossier.decision.value if dossier.decision else None}
            ),
        )
        return w.finish(dossier=dossier.no)
