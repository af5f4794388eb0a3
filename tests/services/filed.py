"""A dossier that went out, was decided, came back and was closed; its envelopes were carried by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlmodel import select

from logistics.actor import Actor
from logistics.demo.pens import pen
from logistics.rules.signing import digest_shown
from logistics.services import dispatch, dossiers, papers, receipt, signing
from logistics.store import find
from logistics.store.work import reading
from logistics.tables import Consignment, Dossier
from logistics.terms import DecisionResult, Direction, Outcome, SignatureKind, SigningRole
from tests import builders
from tests.builders import House


def closed(
    house: House,
    originals: int = 1,
    more: Sequence[str] = (),
    look: Callable[[str], object] | None = None,
    arrived: Callable[[str], object] | None = None,
) -> str:
    """Its number. It has a slip and a cover, and of each kind in `more` another paper; `look` as in `sealed`; `arrived`
    is called with the number of each envelope before it is opened.
    """
    envelope = builders.sealed(house, originals, look)
    no, codes = envelope.dossier_no, envelope.originals
    papers.make_slip(house.web, house.window, house.command(), envelope.no)
    papers.make_cover(house.web, house.window, house.command(), no)
    for kind in more:
        subject = envelope.no if papers.KINDS[kind].of == "consignment" else no
        papers.make_paper(house.web, house.window, house.command(), kind, subject)
    _carried(house, house.window, house.receiver, envelope.no, codes, arrived)
    dossiers.decide(house.web, house.receiver, house.command(), no, DecisionResult.APPROVED, "准予")
    started = dispatch.start_consignment(house.web, house.receiver, house.command(), no, Direction.RETURN)
    back = str(started["consignment"])
    for code in codes:
        dispatch.pack(house.web, house.receiver, house.command(), back, code)
    dispatch.seal(house.web, house.receiver, house.command(), back, f"FR{back[-8:]}")
    _carried(house, house.receiver, house.window, back, codes, arrived)
    dossiers.give_to_applicant(house.web, house.window, house.command(), no, tuple(codes))
    dossiers.close(house.web, house.window, house.command(), no)
    return no


def _carried(
    house: House,
    sender: Actor,
    receiver: Actor,
    no: str,
    codes: list[str],
    arrived: Callable[[str], object] | None,
) -> None:
    _signed(house, sender, no, SigningRole.RELEASE)
    dispatch.dispatch(house.web, sender, house.command(), no, dispatch.MANUAL, f"ZR-{no[-8:].replace('-', '')}")
    if arrived is not None:
        arrived(no)
    found = dict.fromkeys(codes, Outcome.RECEIVED)
    receipt.receive(house.web, receiver, house.command(), no, house.consignment(no).seal_no, found)
    _signed(house, receiver, no, SigningRole.ACCEPTANCE)


def _signed(house: House, actor: Actor, no: str, role: SigningRole) -> None:
    with reading(house.web.engine, actor) as session:
        consignment = session.exec(select(Consignment).where(Consignment.no == no)).one()
        whole = find.whole(session, session.get_one(Dossier, consignment.dossier_id))
        shown = digest_shown(signing.listed_of(whole, consignment, role))
    proof = signing.Proof(SignatureKind.PEN, pen(f"{actor.name}{role}"))
    signing.sign_envelope(house.web, actor, house.command(), no, role, shown, proof)
