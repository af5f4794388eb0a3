"""Reports of figures that somebody asked for; each is begun anew after a crash and says the same."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from logistics import logs
from logistics.report_terms import ReportState
from logistics.services.reports import LEASE, TOO_MANY, Making
from logistics.store import leases
from logistics.store.context import Context
from logistics.store.figures import TooMany
from logistics.store.leases import Interrupted
from logistics.tables import ReportOrder

log = logs.get("reports")


def once(ctx: Context, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Every report asked for that nobody works on is made, or says why it cannot be; how many were made."""
    done = 0
    while going_on():
        held = leases.claim(ctx.engine, ReportOrder, [ReportState.MAKING], ctx.clock(), LEASE)
        if held is None:
            break
        done += _make(Making(ctx, held, going_on))
    return done


def _make(making: Making) -> int:
    key = making.held.id
    try:
        making.make()
    except Interrupted:
        log.info("report_left", report=key)
        return 0
    except TooMany:
        making.give_up(*TOO_MANY)
        log.warning("report_too_long", report=key)
        return 0
    except DBAPIError:
        raise  # the database's trouble: when the lease ends somebody begins anew
    except Exception:  # a fault of ours with one report must not be met again every two minutes, nor pass in silence
        making.give_up(
            "系统没能做完这份报表，什么也没有保存。请再生成一次；仍不行时请告诉系统管理人员。",
            "The system could not finish this report; nothing was kept. Ask for it again; if that fails, tell your "
            "administrator.",
        )
        log.exception("report_fault", report=key)
        return 0
    log.info("report_made", report=key)
    return 1
