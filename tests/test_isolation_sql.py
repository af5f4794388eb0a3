"""Whoever is not a party reads and changes nothing of a dossier by SQL of the app role; what was recorded stays."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, CursorResult, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from logistics.store.embedded import Server
from logistics.store.migrations.policies import (
    APPEND_ONLY,
    APPEND_ONLY_2,
    APPEND_ONLY_6,
    CHILDREN,
    CHILDREN_2,
    CHILDREN_5,
    CHILDREN_6,
    CHILDREN_8,
    CHILDREN_11,
    CHILDREN_12,
    CHILDREN_13,
    CHILDREN_14,
    CHILDREN_16,
    OF_AGENCY_2,
    OF_AGENCY_4,
    OF_AGENCY_10,
    OF_AGENCY_17,
    OF_AGREEMENT_12,
    OF_BATCH_6,
    OF_OFFICER_10,
    OF_PAPER_6,
    OPEN,
    OPEN_2,
    OPEN_3,
    OPEN_6,
    OPEN_7,
    OPEN_8,
    OPEN_15,
    OPEN_16,
)
from logistics.store.migrations.policies_desks import (
    CHILDREN_18,
    CHILDREN_19,
    OF_AGENCY_20,
    OF_AGENCY_21,
    OF_AGENCY_22,
    OF_AGENCY_26,
    OF_AGREEMENT_25,
    OPEN_21,
)
from tests.conftest import _new_database
from tests.secret_town import Town, mine, secret_town


@pytest.fixture(scope="module")
def town(postgres: Server, migrated_template: str) -> Iterator[Town]:
    """A dossier under way, with strangers around it."""
    with _new_database(postgres, migrated_template) as urls, secret_town(urls) as made:
        yield made


@pytest.fixture(scope="module")
def app_role(town: Town) -> Iterator[Engine]:
    """Somebody with the web's own password and psql."""
    engine = create_engine(town.house.urls.app)
    yield engine
    engine.dispose()


@pytest.fixture(params=["nobody", "the third agency", "the third agency's officer"])
def thief(request: pytest.FixtureRequest, town: Town, app_role: Engine) -> Iterator[Connection]:
    """A connection of the app role: without settings, or with those of an agency that is no party."""
    with app_role.connect() as connection:
        if request.param != "nobody":
            officer = town.third[1] if "officer" in request.param else 0
            words = text("SELECT set_config('youdang.agencies', :a, false), set_config('youdang.officer', :o, false)")
            connection.execute(words, {"a": f"{{{town.third[0]}}}", "o": str(officer)})
            connection.commit()
        yield connection
        connection.rollback()


def given(connection: Connection, table: str) -> list[str]:
    """The table's columns that a row brings: not those the database reckons itself."""
    words = "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:t AS regclass) AND attnum > 0"
    rows = connection.execute(text(f"{words} AND NOT attisdropped AND attgenerated = ''"), {"t": table})
    return list(rows.scalars())


def tables(connection: Connection) -> dict[str, bool]:
    """Every table, and whether row-level security binds it."""
    rows = connection.execute(
        text(
            "SELECT t.table_name, c.relrowsecurity FROM information_schema.tables t "
            "JOIN pg_class c ON c.oid = format('public.%I', t.table_name)::regclass "
            "WHERE t.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
        )
    )
    return {row.table_name: row.relrowsecurity for row in rows}


def attempt(connection: Connection, statement: str) -> CursorResult[Any] | None:
    """What the statement did; None when the database refused it, for the right reason."""
    try:
        return connection.execute(text(statement))
    except DBAPIError as refused:
        connection.rollback()
        if not any(why in str(refused) for why in ("permission denied", "append-only")):
            raise
        return None


def everything(town: Town) -> dict[str, bool]:
    """As `tables`, with the owner's eyes: a table without any grant is a table too."""
    engine = create_engine(town.house.urls.owner)
    with engine.connect() as connection:
        found = tables(connection)
    engine.dispose()
    return found


def test_a_table_is_bound_to_parties_or_listed_as_open(town: Town) -> None:
    found = everything(town)
    assert {name for name, bound in found.items() if not bound} == {
        *OPEN, *OPEN_2, *OPEN_3, *OPEN_6, *OPEN_7, *OPEN_8, *OPEN_15, *OPEN_16, *OPEN_21,
        "alembic_version",
    }  # fmt: skip
    bound = {
        *CHILDREN,
        *CHILDREN_2,
        *CHILDREN_5,
        *OF_AGENCY_2,
        *OF_AGENCY_4,
        *OF_AGENCY_17,
        *OF_AGENCY_20,
        *OF_AGENCY_21,
        *OF_AGENCY_22,
        *OF_AGENCY_26,
        *OF_AGENCY_10,
        *OF_OFFICER_10,
        *CHILDREN_6,
        *CHILDREN_8,
        *CHILDREN_11,
        *CHILDREN_12,
        *OF_AGREEMENT_12,
        *OF_AGREEMENT_25,
        *CHILDREN_13,
        *CHILDREN_14,
        *CHILDREN_16,
        *CHILDREN_18,
        *CHILDREN_19,
        *OF_BATCH_6,
        *OF_PAPER_6,
    }
    assert bound < set(found)


def test_no_open_table_and_no_view_has_a_dossiers_words(town: Town, app_role: Engine) -> None:
    with app_role.connect() as connection:
        for table in (*OPEN, *OPEN_2, *OPEN_3, *OPEN_6, *OPEN_7, *OPEN_8, *OPEN_15, *OPEN_16, *OPEN_21):
            read = attempt(connection, f"SELECT to_jsonb(t)::text FROM {table} t")
            shown = "\n".join(read.scalars().all()) if read else ""
            assert {word for word in town.secrets if word in shown} == set(), table
        views = text("SELECT table_name FROM information_schema.views WHERE table_schema = 'public'")
        assert connection.execute(views).all() == []


def test_the_app_role_reads_no_row_of_the_dossier(town: Town, thief: Connection) -> None:
    for table, bound in everything(town).items():
        if not bound:
            continue
        with Session(town.house.system.engine) as session:
            there = session.execute(text(f"SELECT count(*) FROM {table} WHERE {mine(town, table)}")).scalar_one()
        assert there > 0, f"{table} has no row of the dossier: this test would prove nothing"
        assert thief.execute(text(f"SELECT count(*) FROM {table} WHERE {mine(town, table)}")).scalar_one() == 0, table


def test_the_app_role_changes_no_row_of_the_dossier(town: Town, thief: Connection) -> None:
    for table, bound in everything(town).items():
        if not bound:
            continue
        column = {
            "agreement": "no",
            "agreement_consent": "withdrawn_why",
            "dossier": "no",
            "command": "verb",
            "policy_version": "leg",
            "transfer_batch": "name",
        }.get(table, "sha256" if table in OF_PAPER_6 else "dossier_id")
        of_agency = (*OF_AGENCY_4, *OF_AGENCY_10, *OF_OFFICER_10, *OF_AGENCY_17)
        of_agency = (*of_agency, *OF_AGENCY_20, *OF_AGENCY_21, *OF_AGENCY_22, *OF_AGENCY_26)
        column = "courier" if table in OF_AGENCY_2 else "agency_id" if table in of_agency else column
        for statement in (
            f"UPDATE {table} SET {column} = {column} WHERE {mine(town, table)}",
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table} WHERE {mine(town, table)}",
        ):
            done = attempt(thief, statement)
            assert done is None or done.rowcount == 0 or statement.endswith(column), statement
            thief.rollback()


def test_the_app_role_slips_no_row_into_the_dossier(town: Town, thief: Connection) -> None:
    for table, bound in everything(town).items():
        if not bound:
            continue
        with Session(town.house.system.engine) as session:
            row = session.execute(
                text(f"SELECT to_jsonb(t) FROM {table} t WHERE {mine(town, table)} LIMIT 1")
            ).scalar_one()
        row["id"] = f"forged-{secrets.token_hex(4)}" if table == "command" else 900_000_000
        names = ", ".join(given(thief, table))
        forge = (
            f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE "
            f"SELECT {names} FROM jsonb_populate_record(NULL::{table}, :row)"
        )
        with pytest.raises(DBAPIError, match=r"row-level security|permission denied"):
            thief.execute(text(forge), {"row": json.dumps(row)})
        thief.rollback()


def test_raw_pushes_are_unreadable_for_the_app_role(town: Town, app_role: Engine) -> None:
    for column in ("body", "headers", "*", "body_sha256"):
        with app_role.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text(f"SELECT {column} FROM inbox"))


@pytest.mark.parametrize("role", ["app", "system", "owner"])
def test_what_was_recorded_stays_as_it_was_whoever_asks(town: Town, role: str) -> None:
    engine = create_engine(getattr(town.house.urls, role))
    with engine.connect() as connection:
        since = (*APPEND_ONLY_2, *CHILDREN_5, *APPEND_ONLY_6, *OPEN_7, *CHILDREN_11, *CHILDREN_16, *OF_AGENCY_17)
        for table in (*APPEND_ONLY, *since, *OF_AGENCY_20, *OPEN_21):
            column = {"log_node": "idx", "log_leaf": "leaf", "checkpoint": "size", "checkpoint_stamp": "size"}.get(
                table, "id"
            )
            for statement in (
                f"UPDATE {table} SET {column} = {column}",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
            ):
                with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
                    connection.execute(text(statement))
                connection.rollback()
    engine.dispose()
