"""Closed dossiers become archive packages as soon as a signed head covers them."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from logistics.services import archive
from logistics.store.context import Context

log = structlog.get_logger("packages")


def once(ctx: Context, limit: int = 20, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Up to `limit` closed dossiers have their package; how many were sealed here."""
    sealed = 0
    for dossier_no in archive.ready(ctx, limit):
        if not going_on():
            break
        sha256 = archive.seal_package(ctx, dossier_no)
        log.info("package", dossier=dossier_no, sha256=sha256)
        sealed += 1
    return sealed
