"""Closed dossiers become archive packages as soon as a signed head covers them."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from logistics.archive.means import NOTHING, SealingMeans, SigningFailed, StampRefused
from logistics.errors import Rejected
from logistics.services import archive
from logistics.store.context import Context

log = structlog.get_logger("packages")


def once(
    ctx: Context, limit: int = 20, *, means: SealingMeans = NOTHING, going_on: Callable[[], bool] = lambda: True
) -> int:
    """Up to `limit` closed dossiers have their package, sealed by `means`; how many were sealed here.

    One that cannot be sealed does not hold up the others: all are tried, then the first fault is raised. While the
    time-stamping authority does not answer, or the certificate does not sign, those that need it wait.
    """
    sealed, fault = 0, None
    for dossier_no in archive.ready(ctx, limit):
        if not going_on():
            break
        try:
            sha256 = archive.seal_package(ctx, dossier_no, means=means)
        except StampRefused as why:
            log.warning("package_unstamped", dossier=dossier_no, why=str(why))
            continue
        except SigningFailed as why:
            log.error("package_unsigned", dossier=dossier_no, why=str(why))
            continue
        except Rejected as why:  # the directory's archival data: a person must mend them, the others go on
            log.error("package_refused", dossier=dossier_no, rule=why.rule, why=why.zh)
            continue
        except (LookupError, RuntimeError, ValueError) as why:
            log.error("package_fault", dossier=dossier_no, error=type(why).__name__)
            fault = fault or why
            continue
        log.info("package", dossier=dossier_no, sha256=sha256)
        sealed += 1
    if fault is not None:
        raise fault
    return sealed
