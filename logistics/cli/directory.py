"""`youdang directory`, `youdang regions`, `youdang client`: what an administrator keeps from files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from marshmallow import Schema, ValidationError, fields, post_load, validate

from logistics import world
from logistics.cli import file_faults
from logistics.config import Config
from logistics.errors import Malformed, Said, YoudangError
from logistics.rules.items import Line
from logistics.rules.regions import parse_regions_csv
from logistics.services import clients
from logistics.services import directory as verbs
from logistics.store.context import Context
from logistics.terms import Form, LaneScope, Payer, Power, Role


class _Entry(Schema):
    """A part of the file that becomes one value; unknown names are refused."""

    makes: type

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> object:
        return self.makes(**data)


def _text(longest: int = 200, **more: Any) -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, longest), **more)


class _Agency(_Entry):
    makes = verbs.AgencyEntry
    code = fields.String(required=True, validate=validate.Regexp(r"[0-9A-Z]{6,12}\Z"))
    name, short_name, address = _text(), _text(), _text()
    name_en = fields.String()
    region = fields.String(required=True, validate=validate.Regexp(r"[0-9]{6}\Z"))
    level = fields.String(required=True, validate=validate.OneOf(["province", "city", "district", "street"]))
    uscc, postcode, phone = _text(18), _text(6), _text(30)
    parent = fields.String(allow_none=True)
    receiving_hours = fields.String()
    fonds_no = fields.String(validate=validate.Regexp(r"([0-9A-Z]{4})?\Z"))
    archives_code, archives_name = fields.String(), fields.String()
    archive_category = fields.String(validate=validate.Regexp(r"[A-Z]{2}(·[A-Z]{2})?\Z"))
    archive_section = fields.String(validate=validate.Regexp(r"[0-9A-Z]{0,6}\Z"))


class _Officer(_Entry):
    makes = verbs.OfficerEntry
    login, name, agency = _text(40), _text(40), _text(12)
    roles = fields.List(fields.Enum(Role, by_value=True), required=True, validate=validate.Length(1))
    password = fields.String(validate=validate.Length(12, 200))
    email = fields.String()
    active = fields.Boolean()


class _Material(_Entry):
    makes = Line
    name = _text()
    form = fields.Enum(Form, by_value=True)
    quantity = fields.Integer(validate=validate.Range(1))
    medium, review_points = fields.String(), fields.String()
    original_wanted, e_certificate_shared, two_sealers = fields.Boolean(), fields.Boolean(), fields.Boolean()


class _Item(_Entry):
    makes = verbs.ItemEntry
    code, name = _text(60), _text()
    promised_days = fields.Integer(required=True, validate=validate.Range(1, 400))
    materials = fields.List(fields.Nested(_Material), required=True)
    retention = fields.String(validate=validate.OneOf(["Y", "D30", "D10"]))


class _Agreement(_Entry):
    makes = verbs.AgreementEntry
    no, name, sender, receiver = _text(60), _text(), _text(12), _text(12)
    items = fields.List(fields.String(), required=True, validate=validate.Length(1))
    powers = fields.List(fields.Enum(Power, by_value=True), required=True)
    payer = fields.Dict(keys=fields.Enum(LaneScope, by_value=True), values=fields.Enum(Payer, by_value=True))
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(allow_none=True)


class _Directory(_Entry):
    makes = verbs.Directory
    agencies = fields.List(fields.Nested(_Agency))
    officers = fields.List(fields.Nested(_Officer))
    items = fields.List(fields.Nested(_Item))
    agreements = fields.List(fields.Nested(_Agreement))


def read_directory(text: str) -> verbs.Directory:
    """The directory a JSON file gives. Raises `Malformed` naming every field that is wrong."""
    try:
        loaded = _Directory().load(json.loads(text))
    except json.JSONDecodeError as why:
        raise Malformed(f"文件不是 JSON：第 {why.lineno} 行。", f"Not JSON: line {why.lineno}.") from why
    except ValidationError as why:
        raise Malformed("名录文件有误，没有导入任何内容。", "The file has faults.", dict(_flat(why.messages))) from why
    assert isinstance(loaded, verbs.Directory)
    return loaded


def _flat(messages: Any, place: str = "") -> Iterator[tuple[str, list[Said]]]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _flat(inner, f"{place}/{key}".lstrip("/"))
    else:
        yield place, [file_faults.said(str(one)) for one in messages]


@contextmanager
def _system() -> Iterator[Context]:
    """The world as the system role; a fault of the file ends with its sentences and exit 1."""
    try:
        with (
            world.database(Config.from_env(os.environ), click.echo) as (config, _),
            world.context(config, "system") as ctx,
        ):
            yield ctx
    except YoudangError as refused:
        lines = [f"{refused.zh} {refused.en}"]
        if isinstance(refused, Malformed):
            lines += [
                f"  {place}: {'；'.join(' '.join(dict.fromkeys((str(one), one.en))) for one in said)}"
                for place, said in refused.fields.items()
            ]
        raise click.ClickException("\n".join(lines)) from refused


FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command()
@FILE
@click.option("--dry-run", is_flag=True, help="Find every fault, store nothing.")
def directory(file: Path, dry_run: bool) -> None:
    """Import agencies, officers, service items and agreements from a JSON FILE, all of it or nothing.

    Rows are known by agency code, log-in, item code and agreement number, so importing a file twice changes nothing.
    The form is described in docs/operations.md.
    """
    with _system() as ctx:
        count = verbs.import_directory(ctx, read_directory(file.read_text("utf-8")), dry_run=dry_run)
    click.echo(("试运行，未保存 Dry run: " if dry_run else "已导入 Imported: ") + json.dumps(count))


@click.command()
@FILE
def regions(file: Path) -> None:
    """Import region codes (GB/T 2260) from a CSV FILE with the columns code,name,valid_from,valid_to.

    Known codes take the new name and last day; nothing is removed.
    """
    with _system() as ctx:
        count = verbs.import_regions(ctx, parse_regions_csv(file.read_text("utf-8")))
    click.echo(f"已导入 {count} 条区划代码。 Imported {count} region codes.")


@click.command()
@click.argument("name")
@click.option("--officer", metavar="LOGIN", help="The officer as whom the system acts.")
@click.option("--revoke", is_flag=True, help="Shut the system out instead: its token stops working.")
def client(name: str, officer: str | None, revoke: bool) -> None:
    """Admit another system named NAME to the JSON API and print its token, once.

    The ledger names both the officer and the system. Keep the token where passwords are kept.
    """
    if revoke == bool(officer):
        raise click.UsageError("要么 --officer LOGIN，要么 --revoke。 Give either --officer LOGIN or --revoke.")
    with _system() as ctx:
        if revoke:
            ended = clients.shut_out(ctx, name)
            click.echo("令牌已失效。 Its token no longer works." if ended else "没有这个系统。 No such system.")
        elif officer:
            click.echo(clients.admit(ctx, name, officer))
