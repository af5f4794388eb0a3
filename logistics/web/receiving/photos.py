"""Photos of an envelope and of its seal, as a form of the receiving desk brings them."""

from __future__ import annotations

from uuid import UUID, uuid5

from flask import request

from logistics.errors import Malformed, Said, Wrong
from logistics.rules.photographs import FIELD
from logistics.services import pictures
from logistics.services.pictures import File
from logistics.terms import PictureOf
from logistics.web.visit import me, world

FIELDS = {"seal_photos": PictureOf.SEAL, "envelope_photos": PictureOf.ENVELOPE}
"""What the files of each field of the form show."""


def keep(no: str, command_id: str) -> int:
    """The photos that came with this request are the envelope's; how many were new. Those of a field are kept together.

    Raises `Malformed` with a sentence at the field whose file is no picture, and what `keep_of_envelope` raises.
    """
    kept = 0
    for field, shows in FIELDS.items():
        files = _files(field)
        if files:
            command = str(uuid5(UUID(command_id), field))
            kept += len(pictures.keep_of_envelope(world(), me(), command, no, files, shows)["papers"])
    return kept


def given() -> bool:
    """Whether any photo came with this request."""
    return any(one.filename for field in FIELDS for one in request.files.getlist(field))


def _files(field: str) -> list[File]:
    most = world().picture_megabytes * 1_000_000 + 1
    given = [one for one in request.files.getlist(field) if one.filename]
    files = [File(one.read(most), (one.filename or "")[-60:]) for one in given]
    wrong: list[Said] = []
    for file in files:
        try:
            pictures.look_at(world(), file)
        except Malformed as why:
            wrong += why.fields[FIELD]
    if wrong:
        at: Wrong = {field: wrong}
        raise Malformed("照片没有保存：请看标红的地方。", "No photo was kept: see the marked place.", at)
    return files
