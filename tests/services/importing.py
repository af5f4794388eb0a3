"""A scheduler in a process of its own that imports old ledgers and stops in the middle of a transaction, to be killed.

It reads from its input, pickled: the database's address, the folder of files, the key ring, the instant, the statement
at which it stops and how often that must have been sent. It says so by one line, and waits.
"""

from __future__ import annotations

import pickle
import sys
import time
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event

from logistics.store.context import Context, connect
from logistics.store.files import FileStore
from scheduler import old_ledgers

STOPPED = b"stopped\n"


def main() -> None:
    """Import what is due, as far as the statement."""
    url, folder, keyring, now, statement, times = pickle.load(sys.stdin.buffer)
    engine, sent = connect(url), list[str]()

    def stop(_connection: Any, _cursor: Any, words: str, *_rest: Any) -> None:
        if words.startswith(statement):
            sent.append(words)
        if len(sent) == times:
            sys.stdout.buffer.write(STOPPED)
            sys.stdout.buffer.flush()
            time.sleep(60)

    event.listen(engine, "after_cursor_execute", stop)
    files = FileStore(Path(folder))
    old_ledgers.once(Context(engine, lambda: now, keyring, Ed25519PrivateKey.generate(), files, {}))


if __name__ == "__main__":
    main()
