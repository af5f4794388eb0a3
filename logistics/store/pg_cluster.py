"""One PostgreSQL data folder on this machine: made, started, found running, stopped."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from logistics.store.pg_binaries import Account, Binaries, EmbeddedPostgresError
from logistics.store.pg_roles import SUPERUSER

PORT = 5432  # only names the socket file: nothing listens on TCP
LONGEST_WAIT = 60.0  # seconds; also for crash recovery and for a server on its way down

# Written once into postgresql.conf, where an administrator may tune them.
FIRST_SETTINGS = {
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",  # seven files, each overwritten a week later
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    # The server's log is no place for personal data: no row contents, no statement texts, no parameters.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True)
class Cluster:
    """A data folder, the account that owns it, the programs of its version and the folder of its socket."""

    data: Path
    account: Account
    binaries: Binaries
    sockets: Path
    password: str

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection as the superuser, each statement committed by itself."""
        return psycopg.connect(
            host=str(self.sockets),
            port=PORT,
            user=SUPERUSER,
            password=self.password,
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )

    def is_answering(self) -> bool:
        """Tried with a real connection. A refused password is an error of its own: the secrets belong elsewhere."""
        try:
            self.connect().close()
        except psycopg.OperationalError as error:
            if "authentication failed" in str(error):
                raise EmbeddedPostgresError(
                    "数据库密码与数据目录不符：var/secrets/postgres.json 与 var/postgres 必须一同备份和恢复。 "
                    "The stored password does not fit this data folder: postgres.json in the secrets "
                    f"folder and the data folder must be backed up and restored together ({self.data})."
                ) from error
            return False
        return True

    def is_running(self) -> bool:
        """True once the server answers; False when nothing lives in the data folder (leftovers then are cleared).

        Waits for a server that is starting, recovering or stopping, at most LONGEST_WAIT seconds.
        """
        end = time.monotonic() + LONGEST_WAIT
        while True:
            if self.is_answering():
                return True
            residents = self._residents()
            if not residents:
                self._clear_leftovers()
                return False
            if time.monotonic() > end:
                raise EmbeddedPostgresError(
                    f"数据目录 {self.data} 被进程 {residents} 占用，但数据库没有应答；请结束这些进程后重试。 "
                    f"Processes {residents} hold {self.data} but no server answers; end them and try again."
                )
            time.sleep(0.05)

    def create(self, fsync: bool) -> None:
        """Make the data folder; interrupted half-made ones of earlier attempts are thrown away."""
        unfinished = self.data.with_name(self.data.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self.account.give(unfinished)
        told = self.data.with_name(self.data.name + ".password")
        told.unlink(missing_ok=True)
        descriptor = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(self.password + "\n")
        self.account.give(told)
        try:
            words = [*_initdb_words(self.binaries.major), *([] if fsync else ["--no-sync"])]
            self._do("initdb", *words, "--pwfile", told, "-D", unfinished)
        finally:
            told.unlink(missing_ok=True)
        unfinished.rename(self.data)

    def start(self, fsync: bool) -> None:
        """Start the server and wait until it accepts connections."""
        self._make_socket_folder()
        options = {"listen_addresses": "", "unix_socket_directories": str(self.sockets), "port": str(PORT)}
        options |= {"unix_socket_permissions": "0700"}
        if not fsync:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        words = shlex.join(f"--{name}={value}" for name, value in options.items())
        log = self.data / "start.log"
        self._do("pg_ctl", "start", "-w", "-t", LONGEST_WAIT, "-D", self.data, "-l", log, "-o", words, log=log)

    def stop(self) -> None:
        """Stop the server: sessions are ended, everything committed is on disk. No error when it is down already."""
        if self._residents():
            self._do("pg_ctl", "stop", "-m", "fast", "-w", "-t", LONGEST_WAIT, "-D", self.data)
        with contextlib.suppress(OSError):  # a socket folder in /tmp would outlive data that are thrown away
            self.sockets.rmdir()

    def pid(self) -> int | None:
        """Process id from the server's own note, None when there is none."""
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _residents(self) -> list[int]:
        """Ids of processes at work in the data folder: a server and its helpers keep it as working folder."""
        if not Path("/proc/self/cwd").exists():
            pid = self.pid()
            return [pid] if pid is not None and _is_alive(pid) else []
        data = os.path.realpath(self.data)
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and _working_folder(entry) == data:
                found.append(int(entry.name))
        return sorted(found)

    def _clear_leftovers(self) -> None:
        """After SIGKILL or power loss: the notes name a process id that may belong to anybody now."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (self.sockets / name).unlink(missing_ok=True)

    def _make_socket_folder(self) -> None:
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        if self.sockets.is_symlink() or found.st_uid not in (os.geteuid(), self.account.uid):
            raise EmbeddedPostgresError(
                f"{self.sockets} 属于别人（uid={found.st_uid}），请删除后重试。 "
                f"{self.sockets} belongs to somebody else (uid={found.st_uid}); remove it and try again."
            )
        self.account.give(self.sockets)
        self.sockets.chmod(0o700)

    def _do(self, program: str, *words: object, log: Path | None = None) -> None:
        done = self.account.run([self.binaries.program(program), *map(str, words)], LONGEST_WAIT * 3)
        if done.returncode == 0:
            return
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log and log.exists() else ""
        raise EmbeddedPostgresError(
            f"PostgreSQL 的 {program} 失败。 {program} of PostgreSQL failed (exit {done.returncode}): "
            f"{done.stderr.strip() or done.stdout.strip()} {tail}".rstrip()
        )


def _initdb_words(major: int) -> list[str]:
    """UTF-8, ordered by code point on every machine; passwords asked even on the socket, TCP refused."""
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] if major >= 17 else ["--locale=C"]
    words = ["--username", SUPERUSER, "--encoding=UTF8", *locale, "--data-checksums"]
    words += ["--auth-local=scram-sha-256", "--auth-host=reject"]
    return words + [f"--set={name}={value}" for name, value in FIRST_SETTINGS.items()]


def _working_folder(process: Path) -> str | None:
    try:
        return os.readlink(process / "cwd")
    except OSError:  # gone in the meantime, or another account's process, which cannot be ours
        return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
