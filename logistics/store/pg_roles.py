"""The database roles of the product and their passwords: who owns, who is bound by row security, who is not."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from psycopg import sql

from logistics.store.pg_binaries import EmbeddedPostgresError

OWNER = "youdang_owner"  # owns the schema and runs migrations
APP = "youdang_app"  # web and API: bound by row-level security
SYSTEM = "youdang_system"  # scheduler: neither owner nor superuser; passes by policies that name it
DATABASE = "youdang"
SUPERUSER = "postgres"
ROLES = (OWNER, APP, SYSTEM)


@dataclass(frozen=True)
class Urls:
    """SQLAlchemy URLs of one database, one for each role."""

    app: str
    system: str
    owner: str

    @classmethod
    def over_socket(cls, passwords: Mapping[str, str], sockets: Path, port: int, database: str = DATABASE) -> Urls:
        """URLs over a Unix socket; passwords and path hold no letters that a URL would escape."""
        return cls(
            *(
                f"postgresql+psycopg://{role}:{passwords[role]}@/{database}?host={sockets}&port={port}"
                for role in (APP, SYSTEM, OWNER)
            )
        )

    def of_database(self, name: str) -> Urls:
        """The same roles in another database of the same server."""
        return replace(self, **{role: _renamed(url, name) for role, url in vars(self).items()})


def _renamed(url: str, name: str) -> str:
    place, _, query = url.partition("?")
    return f"{place.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


def read_or_make_passwords(file: Path, data_exists: bool) -> dict[str, str]:
    """The passwords kept in `file` (0600, in a 0700 folder); made when there is neither file nor data."""
    if file.exists():
        kept: dict[str, str] = json.loads(file.read_text(encoding="ascii"))
        return kept
    if data_exists:
        raise EmbeddedPostgresError(
            f"缺少数据库密码文件 {file}：请从备份恢复它，它与数据目录必须一同保存。 "
            f"The database password file {file} is gone; restore it from the backup taken with the data folder."
        )
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = {role: secrets.token_urlsafe(32) for role in (SUPERUSER, *ROLES)}
    unfinished = file.with_name(file.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as target:
        json.dump(made, target, indent=1)
        target.flush()
        os.fsync(target.fileno())
    unfinished.rename(file)
    return made


def furnish(connection: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    """The three roles and the product's database exist afterwards; what is there already is left as it is."""
    for role in ROLES:
        if not _exists(connection, sql.SQL("pg_roles WHERE rolname"), role):
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(passwords[role])
                )
            )
    if not _exists(connection, sql.SQL("pg_database WHERE datname"), DATABASE):
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(DATABASE), sql.Identifier(OWNER)
            )
        )
    admit(connection, DATABASE)


def admit(connection: psycopg.Connection, database: str) -> None:
    """Only the product's roles may connect to `database`."""
    name = sql.Identifier(database)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    roles = sql.SQL(", ").join(map(sql.Identifier, (APP, SYSTEM)))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, roles))


def _exists(connection: psycopg.Connection, where: sql.SQL, name: str) -> bool:
    found = connection.execute(sql.SQL("SELECT 1 FROM {} = {}").format(where, sql.Literal(name))).fetchone()
    return found is not None
