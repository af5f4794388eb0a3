"""Where a dossier stands on its way into the archive: read from its own entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from logistics.store.find import Whole


@dataclass(frozen=True)
class Filed:
    """`state` and `words` say where it stands, `at` since when; `code` is its 档号, `package` the number of its package
    ("" before it is sealed).
    """

    state: str
    words: str
    at: datetime | None = None
    code: str = ""
    package: str = ""


def filed(whole: Whole) -> Filed:
    """Open, waiting to be sealed and for what, sealed, or handed over to the archive."""
    if whole.dossier.closed_at is None:
        return Filed("quiet", str(_("办结后自动封存归档信息包")))
    by_what = {entry.what: entry for entry in whole.entries}
    sealed, handed = by_what.get("package:sealed"), by_what.get("package:transferred")
    if sealed is None:
        if not whole.sender.fonds_no:
            return Filed("attention", str(_("不能封存：立档单位没有全宗号")), whole.dossier.closed_at)
        return Filed("moving", str(_("已办结，几分钟内封存")), whole.dossier.closed_at)
    code, package = str(sealed.facts.get("archival_code", "")), str(sealed.facts.get("package", ""))
    if handed is not None:
        return Filed("done", str(_("已移交档案馆")), handed.at, code, package)
    return Filed("done", str(_("已封存归档信息包")), sealed.at, code, package)
