"""Shapes of what is answered, as the description tells them. Personal data only masked."""

from logistics.api.answers.directory import AgreementPage, ItemList
from logistics.api.answers.dossiers import ConsignmentAnswer, DossierAnswer, DossierPage
from logistics.api.answers.records import LateList, LedgerPage, TrackingPage
from logistics.api.answers.results import Counted, Done, Listed, Opened, PaperMade, Started
from logistics.api.answers.shapes import Problem
from logistics.api.answers.signing import Missing, Signed, SigningAnswer

__all__ = [
    "AgreementPage",
    "ConsignmentAnswer",
    "Counted",
    "Done",
    "DossierAnswer",
    "DossierPage",
    "ItemList",
    "LateList",
    "LedgerPage",
    "Listed",
    "Missing",
    "Opened",
    "PaperMade",
    "Problem",
    "Signed",
    "SigningAnswer",
    "Started",
    "TrackingPage",
]
