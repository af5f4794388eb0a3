"""`youdang administrator`: the first person who can keep everything else on pages."""

from __future__ import annotations

import click
from sqlmodel import Session, select

from logistics.cli.directory import _system
from logistics.rules.administering import new_password, require_sound
from logistics.services import directory as verbs
from logistics.store.context import Context
from logistics.tables import Agency, Officer
from logistics.terms import Role

LEVELS = ("province", "city", "district", "street")


@click.command()
@click.option("--login", prompt="登录名 Log-in", help="2 to 32 small letters, digits or . _ -.")
@click.option("--name", prompt="姓名 Name", help="The administrator's name.")
@click.option("--agency", prompt="单位代码 Agency code", help="The code of an agency that is there, or of a new one.")
def administrator(login: str, name: str, agency: str) -> None:
    """Make an administrator, with the agency when it is new, and print a password, once.

    The rest is done on pages: they log in, choose their own password, and find under 设置 › 总览 what is still
    missing. For a log-in that is there already, it gives a new password and adds the role.
    """
    with _system() as ctx:
        require_sound(login, name, [Role.ADMINISTRATOR])
        agencies = () if _is_there(ctx, agency) else (_asked(agency),)
        password = new_password()
        roles = sorted({*_roles(ctx, login), Role.ADMINISTRATOR})
        officer = verbs.OfficerEntry(login, name, agency, roles, password, password_given=True)
        verbs.import_directory(ctx, verbs.Directory(agencies=agencies, officers=(officer,)))
    click.echo(f"登录名 Log-in: {login}\n密码 Password: {password}")
    click.echo("密码只显示这一次，第一次登录后须自己改。 Shown once; to be changed at the first log-in.")


def _is_there(ctx: Context, code: str) -> bool:
    with Session(ctx.engine) as session:
        return session.exec(select(Agency.id).where(Agency.code == code)).first() is not None


def _roles(ctx: Context, login: str) -> list[Role]:
    with Session(ctx.engine) as session:
        found = session.exec(select(Officer.roles).where(Officer.login == login)).first()
        return [Role(role) for role in found or ()]


def _asked(code: str) -> verbs.AgencyEntry:
    """The new agency, asked for line by line."""
    click.echo(f"单位 {code} 还没有，请填写它的资料。 There is no agency {code} yet; describe it.")
    return verbs.AgencyEntry(
        code=code,
        name=click.prompt("单位全称 Full name"),
        short_name=click.prompt("简称 Short name"),
        region=click.prompt("行政区划代码 Region code", default=code[:6]),
        level=click.prompt("层级 Level", type=click.Choice(LEVELS), default="city"),
        uscc=click.prompt("统一社会信用代码 Unified social credit code"),
        address=click.prompt("收件地址 Address"),
        postcode=click.prompt("邮编 Postcode"),
        phone=click.prompt("电话 Telephone"),
    )
