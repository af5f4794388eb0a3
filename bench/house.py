"""A PostgreSQL of the benchmark's own, fsync on, with thousands of envelopes on their way; a copy for each run."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql

from bench.answers import DATA
from couriers import adapters
from couriers.contract import Booking
from logistics import logs
from logistics.demo import seed
from logistics.services import dispatch
from logistics.store import embedded, pg_roles
from logistics.store.context import Context, connect, wall_clock
from logistics.store.crypto import new_keyring
from logistics.store.embedded import Server, Urls
from logistics.store.files import FileStore
from logistics.store.migrate import upgrade
from tests import builders

READY = "bench_ready"
_CLONES = {
    "dossier": "jsonb_build_object('id', r.id + n, 'no', r.no || '-' || n, 'number', r.number + n)",
    "consignment": "jsonb_build_object('id', r.id + n, 'dossier_id', r.dossier_id + n, 'no', r.no || '-' || n, "
    "'waybill_no', '11' || lpad(n::text, 11, '0'), 'courier', CASE WHEN n %% 2 = 0 THEN 'ems' ELSE 'kuaidi100' END)",
    "deadline": "jsonb_build_object('id', r.id + n * 1000, 'dossier_id', r.dossier_id + n, 'consignment_id', "
    "r.consignment_id + n, 'key', regexp_replace(r.key, '/(.*)$', '/\\1-' || n))",
    "rung": "jsonb_build_object('id', r.id + n * 1000, 'dossier_id', r.dossier_id + n, 'deadline_id', "
    "r.deadline_id + n * 1000)",
}
"""What is different in the n-th copy of the one dossier that went through the verbs."""


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """A running server with nothing but the template of `copy` in it."""
    logs.configure("error")
    with embedded.temporary(fsync=True) as running:
        yield running


def empty(running: Server, name: str = READY) -> Urls:
    """A database of that name with the product's tables and nothing in them."""
    with contextlib.closing(running.connect()) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(pg_roles.OWNER)
            )
        )
        pg_roles.admit(connection, name)
    urls = running.urls.of_database(name)
    upgrade(urls.owner)
    return urls


def furnish(running: Server, envelopes: int) -> None:
    """The template has the demo's directory and so many envelopes with a waybill: odd ones kuaidi100's, even EMS's."""
    urls = empty(running)
    with TemporaryDirectory() as folder:
        keys = new_keyring(), Ed25519PrivateKey.generate(), FileStore(Path(folder))
        system = Context(connect(urls.system), wall_clock, *keys, couriers())
        seed.seed(system)
        system.engine.dispose()
        house = builders.house(urls, Path(folder), couriers())
        envelope = builders.dispatched(house)
        dispatch.record_booking(house.system, envelope.no, Booking("1100000000000", "长沙 01-02"))
        house.close()
    with contextlib.closing(running.connect(READY)) as connection:
        for table, different in _CLONES.items():
            connection.execute(
                f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(r, {different})).* "
                f"FROM {table} r, generate_series(1, %s) n",
                [envelopes],
            )
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        connection.execute(
            "INSERT INTO subscription (dossier_id, consignment_id, courier, carrier, waybill_no, asked_at, "
            "stands_since, last_error) SELECT dossier_id, id, courier, 'ems', waybill_no, now(), now(), '' "
            "FROM consignment WHERE courier = 'kuaidi100'"
        )
        connection.execute("VACUUM ANALYZE")


def couriers() -> dict[str, adapters.Courier]:
    """EMS and 快递100 with the invented settings of their tests."""
    return {
        code: adapters.make(code, json.loads((DATA / code / "settings.json").read_text()))
        for code in ("ems", "kuaidi100")
    }


@contextlib.contextmanager
def copy(running: Server) -> Iterator[tuple[Urls, str]]:
    """A database like the template: URLs and name; gone afterwards."""
    name = f"bench_{secrets.token_hex(4)}"
    with contextlib.closing(running.connect()) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                *map(sql.Identifier, (name, pg_roles.OWNER, READY))
            )
        )
        pg_roles.admit(connection, name)
        connection.execute("CHECKPOINT")
        try:
            yield running.urls.of_database(name), name
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def context(urls: Urls, role: str) -> Iterator[Context]:
    """The world as a process of the product has it."""
    with TemporaryDirectory() as folder:
        engine = connect(urls.app if role == "app" else urls.system)
        made = Context(
            engine, wall_clock, new_keyring(), Ed25519PrivateKey.generate(), FileStore(Path(folder)), couriers()
        )
        try:
            yield replace(made)
        finally:
            engine.dispose()


def version(running: Server) -> str:
    """PostgreSQL's version, and what it promises about a commit."""
    with contextlib.closing(running.connect()) as connection:
        shown = [_shown(connection, name) for name in ("server_version", "fsync", "synchronous_commit")]
    return "PostgreSQL {}, fsync {}, synchronous_commit {}".format(*shown)


def _shown(connection: psycopg.Connection, name: str) -> str:
    row = connection.execute(sql.SQL("SHOW {}").format(sql.Identifier(name))).fetchone()
    assert row is not None
    return str(row[0])
