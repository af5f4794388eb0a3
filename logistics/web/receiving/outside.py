"""Photos of an envelope and of its seal, kept as they are taken: before it is opened, or after."""

from __future__ import annotations

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from logistics.errors import Malformed
from logistics.web.forms import FormShape, here, read, redraws, said
from logistics.web.receiving import photos
from logistics.web.receiving.desk import DESK, envelope
from logistics.web.visit import for_roles
from logistics.web.window.onward import onward

pages = Blueprint("outside", __name__)


@pages.post("/receive/<no>/photos")
@for_roles(*DESK)
@redraws(envelope)
def add(no: str) -> Response:
    """The photos are the envelope's; nothing else of it has changed."""
    kept = photos.keep(no, read(FormShape)["command_id"])
    if not kept and not photos.given():
        why = {"seal_photos": [here(_("请先拍照，或选择照片。"))]}
        raise Malformed("没有照片，什么都没有保存。", "No photo came; nothing was kept.", why)
    if kept:
        said(ngettext("已保存 %(num)s 张照片。", "已保存 %(num)s 张照片。", kept))
    else:
        said(_("这些照片先前已经保存过。"))
    return onward(url_for("receiving.envelope", no=no))
