"""Old ledgers under import: dry runs that are ordered, imports that are confirmed; each goes on after a crash."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from logistics import logs
from logistics.services.old_ledger_runs import LEASE, Interrupted, Run
from logistics.store import old_ledgers
from logistics.store.context import Context
from logistics.store.files import FileAltered, FileLost
from logistics.store.leases import Lease
from logistics.terms import OldLedgerState

log = logs.get("old_ledgers")


def once(ctx: Context, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Every import with long work owed that nobody works on has been brought to its next stop; how many."""
    done = 0
    while going_on():
        held = old_ledgers.claim(ctx.engine, ctx.clock(), LEASE)
        if held is None:
            break
        done += _run(ctx, held, going_on)
    return done


def _run(ctx: Context, held: Lease, going_on: Callable[[], bool]) -> int:
    run = Run(ctx, held, going_on)
    try:
        came = run.check() if held.state is OldLedgerState.CHECKING else run.take_over()
    except Interrupted:
        log.info("old_ledger_left", old_ledger=held.id)
        return 0
    except (FileLost, FileAltered) as why:
        run.give_back(
            "存放的文件有误，读不出来。请重新上传。", "The stored file is faulty and cannot be read. Upload it anew."
        )
        log.error("old_ledger_file", old_ledger=held.id, error=type(why).__name__)
        return 0
    except DBAPIError:
        raise  # the database's trouble: when the lease ends somebody begins anew
    except Exception:  # a fault of ours with one file must not be met again every two minutes, nor pass in silence
        run.give_back(
            "系统没能读完这个文件，什么也没有导入。请另存一份再上传；仍不行时请告诉系统管理人员。",
            "The system could not read this file to its end; nothing was imported. Save it anew and upload that.",
        )
        log.exception("old_ledger_fault", old_ledger=held.id)
        return 0
    log.info("old_ledger", old_ledger=held.id, state=held.state.value, came=came)
    return 1
