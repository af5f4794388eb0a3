"""The embedded PostgreSQL: who finds it, who stops it, what survives a kill, who may connect."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from logistics.store import embedded, pg_binaries
from logistics.store.embedded import EmbeddedPostgresError, Server, Urls, ensure

HOLDER = """
import sys, time
from pathlib import Path
from logistics.store.embedded import ensure
with ensure(Path(sys.argv[1]), fsync=False) as server:
    print(server.pid(), server.started_here, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder like a checkout's `var`, that the server's account may pass."""
    folder = Path(tempfile.mkdtemp(prefix="youdang-ground-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@contextlib.contextmanager
def another_process(data: Path) -> Iterator[tuple[subprocess.Popen[str], int, bool]]:
    """A process that holds the server until its input ends, the server's pid, and whether it started it."""
    command = [sys.executable, "-c", HOLDER, str(data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        pid, started = process.stdout.readline().split()
        yield process, int(pid), started == "True"


def lives(server: Server) -> bool:
    return server.is_alive()


def test_the_last_one_who_leaves_stops_the_server(var: Path) -> None:
    first = ensure(var / "postgres", fsync=False)
    second = ensure(var / "postgres", fsync=False)
    assert (first.started_here, second.started_here) == (True, False)
    first.close()
    assert lives(second)
    second.close()
    assert not lives(second)
    second.close()  # closing twice is no error


def test_a_second_process_finds_the_running_server_and_may_outlive_the_first(var: Path) -> None:
    first = ensure(var / "postgres", fsync=False)
    with another_process(var / "postgres") as (_, pid, started):
        assert (pid, started) == (first.pid(), False)
        first.close()
        assert lives(first)
    assert not lives(first)


def test_a_killed_server_and_a_reused_process_id_keep_a_committed_row(var: Path) -> None:
    with ensure(var / "postgres") as server:
        with contextlib.closing(server.connect("youdang")) as connection:
            connection.execute("CREATE TABLE kept (word text)")
            connection.execute("INSERT INTO kept VALUES ('原件')")
        pid = server.pid()
        assert pid
        note = (server.cluster.data / "postmaster.pid").read_text()
        os.kill(pid, signal.SIGKILL)
        # As after a restart of the machine: the note names a living process that is not ours to end.
        _wait_until(lambda: not server.cluster._residents())
        (server.cluster.data / "postmaster.pid").write_text(note.replace(str(pid), str(os.getpid()), 1))
        assert server.revive()
        assert not server.revive()
        with contextlib.closing(server.connect("youdang")) as connection:
            assert connection.execute("SELECT word FROM kept").fetchall() == [("原件",)]
            assert connection.execute("SHOW fsync").fetchone() == ("on",)


def test_a_server_whose_starter_was_killed_is_found_and_stopped_by_the_next(var: Path) -> None:
    with another_process(var / "postgres") as (process, pid, started):
        assert started
        process.kill()
        process.wait()
    with ensure(var / "postgres", fsync=False) as server:
        assert (server.pid(), server.started_here) == (pid, False)
    assert not lives(server)


def test_two_processes_starting_at_once_share_one_server(var: Path) -> None:
    with another_process(var / "postgres") as (_, one, _first), another_process(var / "postgres") as (_, two, _second):
        assert one == two


def test_an_interrupted_creation_is_made_anew(var: Path) -> None:
    (var / "postgres.unfinished").mkdir()
    (var / "postgres.unfinished" / "PG_VERSION").write_text("18\n")
    with ensure(var / "postgres", fsync=False) as server:
        assert lives(server)
    assert not (var / "postgres.unfinished").exists()


def test_a_long_path_gets_a_short_socket_folder(var: Path) -> None:
    data = var / ("很长 的目录" * 12) / "postgres"
    with ensure(data, fsync=False) as server:
        assert len(os.fsencode(server.cluster.sockets)) < 80
        assert lives(server)
    assert not server.cluster.sockets.exists()


def test_lost_passwords_are_named_and_nothing_is_overwritten(var: Path) -> None:
    ensure(var / "postgres", fsync=False).close()
    (var / "secrets" / "postgres.json").unlink()
    with pytest.raises(EmbeddedPostgresError, match=r"postgres\.json"):
        ensure(var / "postgres", fsync=False)
    assert not (var / "secrets" / "postgres.json").exists()


def test_secrets_and_sockets_are_closed_to_others_and_there_is_no_tcp(postgres: Server) -> None:
    data = postgres.cluster.data
    assert (data.parent / "secrets").stat().st_mode & 0o777 == 0o700
    assert (data.parent / "secrets" / "postgres.json").stat().st_mode & 0o777 == 0o600
    assert postgres.cluster.sockets.stat().st_mode & 0o777 == 0o700
    with contextlib.closing(postgres.connect()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can drop to another account")
def test_as_root_the_server_runs_as_nobody(postgres: Server) -> None:
    pid = postgres.pid()
    assert pid
    assert Path(f"/proc/{pid}").stat().st_uid == postgres.cluster.account.uid != 0


def test_a_wrong_password_is_refused(postgres: Server) -> None:
    wrong = postgres.urls.app.replace("+psycopg", "").replace(postgres.passwords["youdang_app"], "x" * 20)
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(wrong)


def test_the_roles_are_plain_and_the_settings_are_the_house_s(empty_database: Urls) -> None:
    for role in ("app", "system", "owner"):
        engine = create_engine(getattr(empty_database, role), poolclass=NullPool)
        with engine.connect() as connection:
            row = connection.execute(
                text(
                    "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, current_setting('TimeZone'),"
                    " current_setting('server_encoding'), 'B' < 'a' FROM pg_roles WHERE rolname = current_user"
                )
            ).one()
        assert tuple(row) == (f"youdang_{role}", False, False, False, False, "UTC", "UTF8", True)


def test_only_the_owner_may_make_tables(empty_database: Urls) -> None:
    for role, may in (("app", False), ("system", False), ("owner", True)):
        engine = create_engine(getattr(empty_database, role), poolclass=NullPool)
        with engine.connect() as connection:
            asked = "SELECT has_schema_privilege('public', 'CREATE')"
            assert connection.execute(text(asked)).scalar_one() is may


def test_an_old_server_is_not_taken(tmp_path: Path) -> None:
    for name in ("postgres", "initdb", "pg_ctl"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.9'\n")
        (tmp_path / name).chmod(0o755)
    with pytest.raises(EmbeddedPostgresError, match=r"seen: 15\.9"):
        pg_binaries.find(tmp_path)


def test_data_are_opened_only_by_the_version_that_made_them() -> None:
    newest = pg_binaries.find()
    assert newest.major >= 16
    with pytest.raises(EmbeddedPostgresError, match="PostgreSQL 99"):
        pg_binaries.find(wanted_major=99)


@pytest.mark.skipif(os.geteuid() != 0, reason="a plain user's server can enter wherever the user can")
def test_data_of_root_go_where_the_server_can_enter(monkeypatch: pytest.MonkeyPatch, var: Path) -> None:
    closed = var / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(embedded, "SHELTER", var / "shelter")
    said: list[str] = []
    with ensure(closed / "postgres", fsync=False, log=said.append) as server:
        assert server.cluster.data.is_relative_to(var / "shelter")
        assert (closed / "postgres").resolve() == server.cluster.data
    assert str(var / "shelter") in said[0]
    with ensure(closed / "postgres", fsync=False) as again:
        assert again.cluster.data == server.cluster.data

    shutil.rmtree(closed)  # the checkout is thrown away and made again at the same place
    closed.mkdir(mode=0o700)
    with ensure(closed / "postgres", fsync=False) as other:
        assert other.cluster.data != server.cluster.data
    shutil.rmtree(var / "shelter")
    with pytest.raises(EmbeddedPostgresError, match="is gone"):
        ensure(closed / "postgres", fsync=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="a plain user's server can read whatever the user can")
def test_programs_in_a_closed_folder_are_copied_for_the_server(var: Path) -> None:
    found = pg_binaries.find()
    package = found.folder.parents[1]
    if package.name != pg_binaries.WHEEL:
        pytest.skip("this machine's own PostgreSQL is used, which is open to all")
    closed = var / "closed"
    closed.mkdir(mode=0o700)
    pg_binaries._copy_wheel(package, found.folder.parent.name, closed / "site")
    inside = closed / "site" / package.name / found.folder.parent.name / "bin"
    with ensure(var / "postgres", fsync=False, binaries=inside) as server:
        assert server.cluster.binaries.folder.is_relative_to(var / f"postgresql-{found.version}")
        assert lives(server)


def test_a_temporary_server_leaves_nothing_behind() -> None:
    with embedded.temporary() as server:
        folder = server.cluster.data.parent
        assert lives(server)
    assert not folder.exists()


def _wait_until(true: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
