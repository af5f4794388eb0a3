"""The people of the demo sign, with pens of their own, for what their screens show."""

from __future__ import annotations

from logistics.actor import Actor
from logistics.demo.pens import pen
from logistics.rules.signing import digest_shown
from logistics.services import signing
from logistics.services.signing import Proof
from logistics.store import find
from logistics.store.context import Context
from logistics.store.work import reading
from logistics.terms import SignatureKind, SigningRole


def sign(app: Context, who: Actor, command_id: str, envelope: str, role: SigningRole, witness: str = "") -> None:
    """This officer, or with `witness` the second person beside them, has signed for the whole envelope."""
    with reading(app.engine, who) as session:
        dossier, consignment = find.consignment_by_no(session, envelope)
        shown = digest_shown(signing.listed_of(find.whole(session, dossier), consignment, role))
    proof = Proof(SignatureKind.PEN, pen(witness or who.name))
    signing.sign_envelope(app, who, command_id, envelope, role, shown, proof, witness)


def sign_at_counter(app: Context, who: Actor, command_id: str, dossier_no: str, role: SigningRole, name: str) -> None:
    """The applicant of that name has signed at the window."""
    with reading(app.engine, who) as session:
        whole = find.whole(session, find.dossier_by_no(session, dossier_no))
    shown = digest_shown(signing.listed_at_counter(app, whole, role))
    proof = Proof(SignatureKind.PEN, pen(name))
    signing.sign_at_counter(app, who, command_id, dossier_no, role, shown, proof)
