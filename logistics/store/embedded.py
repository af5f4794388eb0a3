"""The PostgreSQL the product brings along: found or started for whoever needs it, stopped by the last who leaves.

No TCP port, a password for every role, fsync on. Any number of processes may hold one data folder at once: each
keeps a shared lock while it works, and the one that leaves last stops the server. Locks die with their process, so
SIGKILL leaves at worst a running server, which the next process finds and, leaving last, stops.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO

import psycopg

from logistics.store import pg_binaries, pg_roles
from logistics.store.pg_binaries import Account, EmbeddedPostgresError
from logistics.store.pg_cluster import PORT, Cluster
from logistics.store.pg_roles import SUPERUSER, Urls

__all__ = ["EmbeddedPostgresError", "Server", "Urls", "ensure", "temporary"]

LONGEST_SOCKET_PATH = 100  # bytes; systems stop at 104 or 108
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")  # safe in a URL, in a list of folders and in a shell word
SHELTER = Path("/var/lib/youdang")  # where data go when root's server account cannot enter the folder asked for


def _silent(_sentence: str) -> None:
    return None


@dataclass
class Server:
    """A running server that this process counts on until `close`."""

    cluster: Cluster
    passwords: dict[str, str]
    started_here: bool
    _users: IO[str] = field(repr=False)
    _gate: Path = field(repr=False)
    _fsync: bool = True

    @property
    def urls(self) -> Urls:
        """URLs of the product's database for the three roles."""
        return Urls.over_socket(self.passwords, self.cluster.sockets, PORT)

    @property
    def superuser_url(self) -> str:
        """For creating and dropping databases in tests; the product never uses it."""
        word = self.passwords[SUPERUSER]
        return f"postgresql+psycopg://{SUPERUSER}:{word}@/postgres?host={self.cluster.sockets}&port={PORT}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A superuser connection, each statement committed by itself."""
        return self.cluster.connect(database)

    def pid(self) -> int | None:
        """Process id of the server."""
        return self.cluster.pid()

    def is_alive(self) -> bool:
        """True when the server answers a real connection now."""
        return self.cluster.is_answering()

    def revive(self) -> bool:
        """The server answers afterwards; True when it had died and was started again."""
        with _locked(self._gate):
            if self.cluster.is_running():
                return False
            self.cluster.start(self._fsync)
            return True

    def close(self) -> None:
        """Give up this process's share; the server is stopped when nobody else holds one."""
        if self._users.closed:
            return
        with _locked(self._gate), self._users:
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:  # somebody else still works with it
                return
            self.cluster.stop()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def ensure(
    data_dir: Path,
    *,
    fsync: bool = True,
    binaries: Path | None = None,
    secrets_dir: Path | None = None,
    log: Callable[[str], None] = _silent,
) -> Server:
    """A server on `data_dir` answers afterwards, with the product's database and roles in it.

    Finds the running one or starts it; makes the data first when there are none. `binaries` is a folder of PostgreSQL
    programs to use instead of searching; passwords are kept in `secrets_dir` (default: `secrets` beside the data).
    `log` gets a sentence for each thing that takes long. Raises EmbeddedPostgresError.
    """
    data_dir = Path(os.path.abspath(data_dir))
    secrets_dir = secrets_dir or data_dir.parent / "secrets"
    if not data_dir.parent.exists():
        data_dir.parent.mkdir(parents=True)
        data_dir.parent.chmod(0o711)  # the server's account must pass, not look
    gate = data_dir.with_name(data_dir.name + ".lock")
    with _locked(gate):
        users = _open_own(data_dir.with_name(data_dir.name + ".users"))
        try:
            fcntl.flock(users, fcntl.LOCK_SH)  # at most waits for one that is about to stop the server
            cluster, passwords = _prepare(data_dir, secrets_dir, binaries, fsync, log)
            started = not cluster.is_running()
            if started:
                log("正在启动数据库…… Starting PostgreSQL …")
                cluster.start(fsync)
            with contextlib.closing(cluster.connect()) as connection:
                pg_roles.furnish(connection, passwords)
        except BaseException:
            users.close()
            raise
    return Server(cluster, passwords, started, users, gate, fsync)


@contextlib.contextmanager
def temporary(*, fsync: bool = False, log: Callable[[str], None] = _silent) -> Iterator[Server]:
    """A server of its own in a temporary folder, gone with all its data at the end."""
    folder = Path(tempfile.mkdtemp(prefix="youdang-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        with ensure(folder / "postgres", fsync=fsync, log=log) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(
    data_dir: Path, secrets_dir: Path, override: Path | None, fsync: bool, log: Callable[[str], None]
) -> tuple[Cluster, dict[str, str]]:
    """The cluster that lives, or will live, at `data_dir`; its data folder exists afterwards."""
    account = Account.for_data(data_dir)
    data = _place(data_dir, account, log)
    _refuse_foreign(data)
    version = data / "PG_VERSION"
    exists = version.exists()
    found = pg_binaries.find(override, int(version.read_text()) if exists else None)
    passwords = pg_roles.read_or_make_passwords(secrets_dir / "postgres.json", exists)
    programs = pg_binaries.reachable(found, account, data.parent)
    cluster = Cluster(data, account, programs, _socket_folder(data), passwords[SUPERUSER])
    if not exists:
        log(f"正在建立数据库（PostgreSQL {found.version}）…… Creating the database (PostgreSQL {found.version}) …")
        cluster.create(fsync)
    return cluster, passwords


def _place(data_dir: Path, account: Account, log: Callable[[str], None]) -> Path:
    """Where the data really lie: `data_dir`, or a folder in SHELTER to which it becomes a link.

    As root the server runs under another account, which cannot enter, say, a checkout in /root.
    """
    if data_dir.is_symlink() and not data_dir.resolve().parent.exists():
        raise EmbeddedPostgresError(
            f"{data_dir} 指向的 {data_dir.resolve()} 不存在：请从备份恢复；若要从头开始，请删除该链接和 secrets。 "
            f"{data_dir} points to {data_dir.resolve()}, which is gone. Restore it; or remove link and secrets."
        )
    if data_dir.is_symlink() or data_dir.exists():
        return data_dir.resolve()
    if account.can_enter(data_dir.parent):
        return data_dir
    # A name never used before: the data of a deleted checkout at the same path are not ours to open.
    home = SHELTER / f"{_digest(data_dir)[:8]}-{secrets.token_hex(4)}"
    home.mkdir(parents=True)
    SHELTER.chmod(0o711)
    home.chmod(0o711)
    data_dir.symlink_to(home / data_dir.name)
    log(
        f"数据库帐户无法进入 {data_dir.parent}，数据改存 {home}。 "
        f"The database account cannot enter {data_dir.parent}; the data are kept in {home}."
    )
    return home / data_dir.name


def _refuse_foreign(data: Path) -> None:
    """Data made by root belong to another account, and an ordinary user cannot use them."""
    if data.exists() and os.geteuid() not in (0, owner := data.stat().st_uid):
        raise EmbeddedPostgresError(
            f"{data} 属于 uid={owner}（很可能由 root 建立）。请用原来的帐户运行，或用 YOUDANG_VAR 指定另一个目录。 "
            f"{data} belongs to uid={owner}, most likely made by root. "
            "Run as before, or name another folder in YOUDANG_VAR."
        )


def _socket_folder(data: Path) -> Path:
    """Beside the data when its path is short and plain, else a folder in /tmp named by the data's path."""
    beside = data.with_name("run")
    if PLAIN_PATH.fullmatch(str(beside)) and len(str(beside / f".s.PGSQL.{PORT}.lock")) <= LONGEST_SOCKET_PATH:
        return beside
    return Path(f"/tmp/youdang-{_digest(data)[:16]}")  # noqa: S108


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()


@contextlib.contextmanager
def _locked(gate: Path) -> Iterator[None]:
    """Only one process at a time is between start and stop."""
    with _open_own(gate) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _open_own(path: Path) -> IO[str]:
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")
    except PermissionError as error:
        raise EmbeddedPostgresError(
            f"无权写入 {path}（很可能由 root 建立）。请用原来的帐户运行，或用 YOUDANG_VAR 指定另一个目录。 "
            f"No right to write {path}, most likely made by root. Run as before, or name another folder in YOUDANG_VAR."
        ) from error
