"""Shapes of what is asked: every field's kind, length and closed list. Rules about them are the services'."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from logistics.api.fields import Day, Instant, Number, Part, Several, Shape, Term, Text, Yes, both, identity
from logistics.rules.receipt import Outside
from logistics.services.dossiers import NewDossier, NewOriginal, Person
from logistics.services.receipt import ExtraFound
from logistics.terms import DecisionResult, Direction, Form, Mode, Outcome, Resolution, Secrecy, SigningRole

CODE = r"^[0-9A-Za-z-]+$"
LARGEST_PAGE = 100


class Key(Shape):
    """The header that makes an act happen once."""

    key = Text(
        80,
        least=8,
        pattern=r"^[\x21-\x7e]+$",
        required=True,
        data_key="Idempotency-Key",
        metadata={"description": "Yours, fresh for every act; sent again it gives the first answer."},
    )


class Asked(Shape):
    """Which page of a list."""

    limit = Number(1, LARGEST_PAGE, load_default=50)
    cursor = Text(
        60, pattern=r"^[0-9A-Za-z_-]+$", load_default=None, metadata={"description": "`next_cursor` of the page before"}
    )


class DossiersAsked(Asked):
    """Which dossiers."""

    case_no = Text(60, load_default=None)
    since = Instant(load_default=None, metadata={"description": "Opened at or after this instant"})
    open = Yes(load_default=None, metadata={"description": "true: not closed yet; false: closed"})


class LateAsked(Shape):
    """How much of the late list."""

    limit = Number(1, LARGEST_PAGE, load_default=50)


class Nothing(Shape):
    """An act that needs no words."""


class PersonShape(Shape):
    """An applicant or the person acting for them."""

    name = Text(60, required=True)
    id_no = Text(32, least=4, pattern=r"^[0-9A-Za-z()-]+$", required=True)
    phone = Text(24, least=5, pattern=r"^[0-9+ ()-]+$", required=True)


class DossierShape(Shape):
    """A case taken in at the window."""

    agreement_id = identity(required=True)
    item_id = identity(required=True)
    case_no = Text(60, required=True)
    mode = Term(Mode, required=True)
    applicant = Part(PersonShape, required=True)
    agent = Part(PersonShape, load_default=None, allow_none=True)
    consent_sha256 = Text(64, least=64, pattern=r"^[0-9a-f]{64}$", required=True)
    consent_signed_on = Day(required=True)


def new_dossier(given: dict[str, Any]) -> NewDossier:
    """The service's value of a `DossierShape`."""
    agent = given["agent"]
    people = {"applicant": Person(**given["applicant"]), "agent": Person(**agent) if agent else None}
    return NewDossier(**{**given, **people})


class OriginalShape(Shape):
    """One document laid on the counter."""

    kind = Text(60, required=True)
    title = Text(120, required=True)
    number = Text(80, least=0, load_default="")
    issuer = Text(120, least=0, load_default="")
    holder_name = Text(60, required=True)
    pages = Number(1, 10_000, required=True)
    copies = Number(1, 1000, load_default=1)
    form = Term(Form, required=True)
    irreplaceable = Yes(required=True)
    must_return = Yes(required=True)
    secrecy = Term(Secrecy, load_default=Secrecy.NONE)
    official_document = Yes(load_default=False)
    material_id = identity(load_default=None, allow_none=True)


def new_original(given: dict[str, Any]) -> NewOriginal:
    """The service's value of an `OriginalShape`."""
    return NewOriginal(**given)


class ConsignmentShape(Shape):
    """Which way an envelope goes."""

    direction = Term(Direction, required=True)


class PackShape(Shape):
    """One original, by its code."""

    original = Text(40, pattern=CODE, required=True)


class SealShape(Shape):
    """The seal's number."""

    seal_no = Text(40, pattern=r"^[0-9A-Za-z-]+$", required=True)


class WhyShape(Shape):
    """A reason for the ledger."""

    why = Text(500, required=True)


class VoidShape(WhyShape):
    """And, of an envelope that the courier's collector had signed for, that they gave it back."""

    taken_back = Yes(
        load_default=False,
        metadata={"description": "true: its collector had signed for it and gave it back; else such a one is refused"},
    )


class DispatchShape(Shape):
    """Who carries it; `form_no` is the number of the paper form for 专人 and 机要 (courier `manual`)."""

    courier = Text(20, pattern=r"^[0-9a-z_-]+$", required=True)
    form_no = Text(40, least=0, load_default="")
    from_pool = Yes(
        load_default=False,
        metadata={
            "description": "true: the waybill is the next number of the agency's pool, at once, and its order is owed; "
            "for `manual` the next form of its book. Refused while the courier's interface works."
        },
    )
    why = Text(
        200,
        least=0,
        load_default="",
        metadata={"description": "Why another way than the proposed one, for the ledger"},
    )


class FindingShape(Shape):
    """What was found for one listed original."""

    original = Text(40, pattern=CODE, required=True)
    outcome = Term(Outcome, required=True)
    note = Text(200, least=0, load_default="", metadata={"description": "What exactly is wrong, in your own words"})


class ExtraShape(Shape):
    """A document that is not on the list; `code` when it carries the sticker of an original of this dossier."""

    title = Text(120, required=True)
    note = Text(500, least=0, load_default="")
    code = Text(40, least=0, load_default="")


class ReceiveShape(Shape):
    """The count of an envelope, and how it was before it was opened, which only the first count says."""

    seal_found = Text(
        40, least=0, required=True, metadata={"description": "The number on the seal; empty: it had none"}
    )
    seal_broken = Yes(load_default=False, metadata={"description": "true: the seal was broken when it arrived"})
    envelope_damaged = Yes(
        load_default=False, metadata={"description": "true: the envelope itself was damaged when it arrived"}
    )
    findings = Several(Part(FindingShape), load_default=list)
    extras = Several(Part(ExtraShape), load_default=list, most=50)
    empty = Yes(load_default=False)

    @validates_schema
    def _once_each(self, data: dict[str, Any], **_: Any) -> None:
        codes = [one["original"] for one in data["findings"]]
        if len(set(codes)) < len(codes):
            raise ValidationError(both("同一原件只能写一个核验结果。", "One finding for each original."), "findings")


def outside(given: dict[str, Any]) -> Outside:
    """The service's value of how the envelope arrived."""
    return Outside(given["seal_broken"], given["envelope_damaged"])


def extras(given: dict[str, Any]) -> list[ExtraFound]:
    """The service's values of the extras."""
    return [ExtraFound(**one) for one in given["extras"]]


class CorrectShape(Shape):
    """A line that was counted missing and is there."""

    original = Text(40, pattern=CODE, required=True)
    note = Text(500, required=True)


class NoteShape(Shape):
    """A note for the ledger, or none."""

    note = Text(500, least=0, load_default="")


class SettleShape(Shape):
    """How a discrepancy was settled."""

    resolution = Term(Resolution, required=True)
    note = Text(500, required=True)


class OriginalsShape(Shape):
    """Which originals pass."""

    originals = Several(Text(40, pattern=CODE), least=1, most=100, required=True)


class WrongHandBackShape(OriginalsShape):
    """Which originals were not handed back after all, and why they were recorded so."""

    why = Text(200, required=True)
    in_hand = Yes(required=True, metadata={"description": "true: the originals are at the hall, looked at just now"})
    reopen = Yes(
        load_default=False,
        metadata={"description": "true: of a closed dossier that is not archived, the closing is taken back with it"},
    )


class HandOverShape(OriginalsShape):
    """Which originals pass to which department."""

    department = Text(60, required=True)


class DecisionShape(Shape):
    """What the authority decided."""

    result = Term(DecisionResult, required=True)
    note = Text(500, least=0, load_default="")
    decided_at = Instant(load_default=None, allow_none=True)


class SignShape(Shape):
    """A signature for an envelope. `digest`: of what the signer was shown; `picture`: its bytes in base64."""

    role = Text(10, pattern="^(release|acceptance)$", required=True)
    digest = Text(64, pattern=r"^[0-9a-f]{64}$", required=True)
    picture = Text(1_000_000, required=True)
    on_paper = Yes(load_default=False)
    witness = Text(40, least=0, load_default="")

    @post_load
    def _as_term(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "role": SigningRole(data["role"])}
