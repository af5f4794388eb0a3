"""All differences that nobody has settled yet, of the agencies this reader sees."""

from __future__ import annotations

from flask import Blueprint, Response
from flask_babel import lazy_gettext

from logistics.store import differences
from logistics.terms import Role
from logistics.web.dossier.telling import difference_words
from logistics.web.dossier.view import is_loss
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import for_roles, look

pages = Blueprint("differences", __name__)
READERS = (Role.WINDOW, Role.RECEIVER, Role.MANAGER)
ENTRIES = [Entry("differences.show", lazy_gettext("差异"), frozenset(READERS), place=40)]


@pages.get("/discrepancies")
@for_roles(*READERS)
def show() -> Response:
    """The oldest first; each leads to where it is settled."""
    with look() as session:
        found = differences.open_ones(session)
    losses = sum(is_loss(one.row) for one in found)
    return page("dossier/differences.html", found=found, losses=losses, is_loss=is_loss, words=difference_words)
