"""The applicant's signed consent to mail originals: a scan kept by its digest, or the paper kept at the window."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

from logistics.web.visit import me, world

FIELD = "consent_file"
KEPT = "consent_kept"
LARGEST = 20_000_000  # bytes
_STARTS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


@dataclass(frozen=True)
class Scan:
    """A consent whose bytes are in the file store; `name` is what the officer's file was called."""

    sha256: str
    name: str

    @property
    def ticket(self) -> str:
        """What the form carries on, so that a refused form need not be given the file again; only this officer's."""
        return _serializer().dumps([me().id, self.sha256, self.name])


def received() -> tuple[Scan | None, str | None]:
    """The scan given with this form, or with an earlier try of it; and what is wrong with it, as a sentence."""
    upload = request.files.get(FIELD)
    if upload is None or not upload.filename:
        return earlier(), None
    content = upload.read(LARGEST + 1)
    if len(content) > LARGEST:
        return earlier(), _("文件超过 20 MB，没有保存。请缩小后再选一次。")
    if not content.startswith(_STARTS):
        return earlier(), _("只收 PDF、JPEG、PNG 文件。请改用其中一种后再选一次。")
    return Scan(world().files.put(content), upload.filename[-80:]), None


def earlier() -> Scan | None:
    """The scan this officer gave with an earlier try of the form; None without one or with a forged ticket."""
    try:
        officer, sha256, name = _serializer().loads(request.form.get(KEPT, ""))
    except (BadSignature, ValueError):
        return None
    return Scan(sha256, name) if officer == me().id else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="consent")
