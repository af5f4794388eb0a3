"""An agency outside the tree: founded by the uppermost administrator, kept by its own from then on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session, select

from logistics.actor import Actor
from logistics.errors import Malformed, NotAllowed, NotYours
from logistics.rules.cards import Card
from logistics.services import agencies, partners, people
from logistics.store.context import Context, connect
from logistics.store.crypto import new_keyring
from logistics.store.embedded import Urls
from logistics.store.files import FileStore
from logistics.tables import Agency, DirectoryAct, Officer
from logistics.terms import Role
from tests.builders import officer as acting
from tests.web import town

CARD = Card(
    name="长沙市芙蓉区政务服务中心",
    short_name="芙蓉中心",
    name_en="",
    region_code="430102",
    level="district",
    uscc="11430000MB1Q00005U",
    address="样例街8号",
    postcode="410011",
    phone="0731-00000002",
    receiving_hours="09:00-12:00,13:30-17:30",
    fonds_no="",
    archives_code="",
    archives_name="",
)


@pytest.fixture
def ctx(database: Urls, tmp_path: Path) -> Iterator[Context]:
    engine = connect(database.app)
    town.settle(engine)
    yield Context(engine, town.Watch(), new_keyring(), Ed25519PrivateKey.generate(), FileStore(tmp_path), {})
    engine.dispose()


@pytest.fixture
def zhou(ctx: Context) -> Actor:
    """The administrator at the top of the tree."""
    with Session(ctx.engine) as session:
        return acting(session, "zhou")


def found(ctx: Context, actor: Actor, command: str = "found", code: str = "430105", **other: str) -> partners.Founded:
    said = {"login": "tan.jing", "name": "谭婧", **other}
    return partners.found(ctx, actor, command, code, CARD, said["login"], said["name"])


def test_the_partner_stands_beside_the_tree_and_its_administrator_may_enter(ctx: Context, zhou: Actor) -> None:
    made = found(ctx, zhou, login=" Tan.Jing ")
    assert (made.login, made.name) == ("tan.jing", "谭婧")
    token = people.log_in(ctx, "tan.jing", made.password)
    partner = people.actor_of(ctx, token)
    assert partner is not None
    assert (partner.agencies, partner.roles) == ((made.agency_id,), frozenset({Role.ADMINISTRATOR}))
    with Session(ctx.engine) as session:
        row = session.get_one(Agency, made.agency_id)
        assert (row.parent_id, row.path) == (None, f"{row.id}.")
        officer = session.exec(select(Officer).where(Officer.login == "tan.jing")).one()
        assert officer.password_given
        assert made.agency_id not in acting(session, "zhou").agencies


def test_the_founder_keeps_neither_the_partner_nor_its_tree(ctx: Context, zhou: Actor) -> None:
    made = found(ctx, zhou)
    with pytest.raises(NotYours):
        agencies.change(ctx, zhou, "change", made.agency_id, replace(CARD, name="别的名称"))
    with Session(ctx.engine) as session:
        partner = acting(session, "tan.jing")
    with pytest.raises(NotAllowed, match="uppermost"):
        found(ctx, partner, "another", "430111", login="somebody")


def test_the_same_command_twice_founds_one_and_tells_no_password_again(ctx: Context, zhou: Actor) -> None:
    first, again = found(ctx, zhou), found(ctx, zhou)
    assert first.password
    assert (again.agency_id, again.login, again.password) == (first.agency_id, "tan.jing", "")


def test_the_act_stands_in_the_founders_trail_without_the_password(ctx: Context, zhou: Actor) -> None:
    made = found(ctx, zhou)
    with Session(ctx.engine) as session:
        session.connection().exec_driver_sql(f"SELECT set_config('youdang.agencies', '{{{zhou.agency_id}}}', true)")
        act = session.exec(select(DirectoryAct)).one()
    assert (act.verb, act.subject, act.agency_id) == ("add_agency", "430105", zhou.agency_id)
    assert act.data == {"name": CARD.name, "administrator": "tan.jing"}
    assert made.password not in str(act.data)


def test_every_fault_is_named_at_its_field_in_both_languages(ctx: Context, zhou: Actor) -> None:
    with pytest.raises(Malformed) as refused:
        partners.found(ctx, zhou, "wrong", "x", replace(CARD, name="", uscc="1", region_code="990000"), "zhou", "")
    assert set(refused.value.fields) == {"code", "name", "uscc", "region_code", "person", "login"}
    assert all(one.en and one.en != str(one) for said in refused.value.fields.values() for one in said)
    with Session(ctx.engine) as session:
        assert session.exec(select(Agency).where(Agency.code == "x")).first() is None


@pytest.mark.parametrize("login", ["qin", "lin"])
def test_nobody_founds_without_the_role(ctx: Context, login: str) -> None:
    with Session(ctx.engine) as session:
        actor = acting(session, login)
    with pytest.raises(NotAllowed):
        found(ctx, actor)
