"""Papers: made, and fetched as bytes."""

from __future__ import annotations

from typing import Any

from flask import Response

from logistics.api import answers
from logistics.api.document import acts, file, gives_bytes
from logistics.api.tokens import caller, world
from logistics.services import papers

_ENDINGS = {"application/pdf": "pdf", "application/zip": "zip"}


@acts("/consignments/<number:no>/label", answers.PaperMade, status=201)
def make_label(command: str, _given: dict[str, Any], no: str) -> dict[str, Any]:
    """The courier's sticker is made, or made again."""
    return papers.make_label(world(), caller(), command, no)


@acts("/consignments/<number:no>/slip", answers.PaperMade, status=201)
def make_slip(command: str, _given: dict[str, Any], no: str) -> dict[str, Any]:
    """The transfer slip of a sealed envelope is made, or made again."""
    return papers.make_slip(world(), caller(), command, no)


@acts("/dossiers/<number:no>/cover", answers.PaperMade, status=201)
def make_cover(command: str, _given: dict[str, Any], no: str) -> dict[str, Any]:
    """The dossier's first page is made, or made again."""
    return papers.make_cover(world(), caller(), command, no)


@gives_bytes("/papers/<number:no>", tuple(_ENDINGS))
def show_paper(no: str) -> Response:
    """The bytes of a paper, or of the archive package, exactly as they were kept."""
    row, content = papers.fetch(world(), caller(), no)
    return file(content, row.media_type, f"{row.no}.{_ENDINGS[row.media_type]}")
