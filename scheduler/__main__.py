"""The scheduler process: `youdang scheduler`, or `python -m scheduler` with the same settings."""

from __future__ import annotations

import faulthandler
import os
import queue
import signal
import threading

from logistics import logs, world
from logistics.config import Config
from logistics.sealing import Sealing
from logistics.store.context import Context
from scheduler import outbox
from scheduler.mail import Post
from scheduler.timetable import Pace, Timetable

log = logs.get("scheduler")


def run(
    ctx: Context,
    tick_seconds: float,
    checkpoint_seconds: float,
    lease_seconds: float,
    smtp_url: str | None = None,
    mail_from: str | None = None,
    sealing: Sealing | None = None,
) -> None:
    """Work until SIGTERM or SIGINT; then finish what is held and return. `ctx` connects as the system role.

    To be called in the main thread of a process. Any number of processes may run this on one database.
    """
    # a handler runs inside whatever the main thread is doing: an Event's own lock could be held there, and never end
    told: queue.SimpleQueue[int] = queue.SimpleQueue()
    before = {
        number: signal.signal(number, lambda caught, _frame: told.put(caught))
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    post = Post(smtp_url, mail_from) if smtp_url and mail_from else None
    timetable = Timetable(ctx, Pace(tick_seconds, checkpoint_seconds, lease_seconds), post, sealing)
    timetable.start()
    log.info("started", tick_seconds=tick_seconds, couriers=sorted(ctx.couriers), mail_server=post is not None)
    try:
        told.get()
    finally:
        _finish(timetable, lease_seconds + outbox.LONGEST_CALL)
        log.info("stopped")
        for number, handler in before.items():
            signal.signal(number, handler)


def _finish(timetable: Timetable, seconds: float) -> None:
    """What is under way has ended. After `seconds` without an end the process goes all the same, and says where it was.

    By then every lease it held has lapsed: others take up what it leaves, as they do after a crash.
    """
    finishing = threading.Thread(target=timetable.stop, name="finishing", daemon=True)
    finishing.start()
    finishing.join(seconds)
    if finishing.is_alive():
        log.error("left_unfinished", waited_seconds=seconds)
        faulthandler.dump_traceback(all_threads=True)
        os._exit(0)


def main() -> None:
    """Work with the settings of the environment."""
    config = Config.from_env(os.environ)
    logs.configure(config.log_level)
    with world.database(config, print) as (config, _server), world.context(config, "system") as ctx:
        run(
            ctx,
            config.tick_seconds,
            config.checkpoint_seconds,
            config.lease_seconds,
            config.smtp_url,
            config.mail_from,
            config.sealing,
        )


if __name__ == "__main__":
    main()
