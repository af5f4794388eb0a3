"""`youdang calendar`: read a notice of days off in, see first what it moves; show a year."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import click
from sqlmodel import Session, col, select

from logistics import world
from logistics.actor import SYSTEM
from logistics.config import Config
from logistics.errors import YoudangError
from logistics.rules.workdays import (
    CHINA,
    Calendar,
    CalendarError,
    DayKind,
    Hours,
    parse_days,
    read_announcement,
    state_calendar,
)
from logistics.services import calendars
from logistics.store import calendars as at_rest
from logistics.store.context import Context
from logistics.tables import Agency, CalendarMove, Deadline, Dossier
from scheduler.calendars import once

_WEEKDAYS = "一二三四五六日"


@click.group("calendar", short_help="Read a notice of days off in; show a year.")
def calendar() -> None:
    """工作日历：导入放假通知，查看某一年。 The working calendar: import a notice, show a year."""


@calendar.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--year", type=click.IntRange(1992, 2060), help="The year a CSV settles (date,kind,name,follows).")
@click.option("--region", default="", metavar="CODE", help="GB/T 2260 code: a region's own days, a line each.")
@click.option("--dry-run", is_flag=True, help="Only list what would move; nothing is kept.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_notice(file: Path, year: int | None, region: str, dry_run: bool, as_json: bool) -> None:
    """把 FILE（国务院办公厅通知原文，或 CSV）导入日历，列出并改动受影响的时限。

    Import FILE, the notice's own words or CSV. Every open deadline that it moves is listed; with --dry-run that is all.

    Exit status: 0 done, 2 the file cannot be used.
    """
    try:
        with _system() as ctx:
            done = calendars.draft_states(ctx, SYSTEM, None, file.read_text("utf-8-sig"), region, year)
            notice = int(done["notice"])
            calendars.list_moves(ctx, notice)
            rows = list(_listed(ctx, notice))
            if dry_run:
                calendars.withdraw(ctx, SYSTEM, f"dry-run-{notice}", notice)
            else:
                calendars.confirm(ctx, SYSTEM, None, notice)
                once(ctx)
    except UnicodeDecodeError as fault:
        raise click.UsageError("文件不是 UTF-8 文本 (the file is not UTF-8 text)") from fault
    except (CalendarError, YoudangError) as fault:
        raise click.UsageError(f"{fault.zh}\n{fault.en}") from fault
    if as_json:
        click.echo(json.dumps({**done, "applied": not dry_run, "moves": rows}, ensure_ascii=False))
        return
    for row in rows:
        settled = "（不再暂定）" if row["provisional_before"] and not row["provisional_after"] else ""
        click.echo(f"{row['dossier']}  {row['key']}  {row['due_before']} → {row['due_after']}{settled}")
    said = "（只列出，未改动）" if dry_run else ""
    click.echo(f"{done['year']} 年，{done['days']} 天；改动时限 {len(rows)} 项{said}")


@calendar.command("show")
@click.argument("year", type=click.IntRange(1992, 2060))
@click.option("--agency", "agency_code", default="", metavar="CODE", help="As this agency works; needs the database.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(year: int, agency_code: str, as_json: bool) -> None:
    """列出 YEAR 年与平常周不同的日子及其出处。 List the days of YEAR that depart from the plain week, and why."""
    shown = agencys(agency_code)[0] if agency_code else state_calendar()
    days = [day for day in shown.special.values() if day.day.year == year]
    notice = shown.notices.get(year)
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    worked = sum(shown.is_workday(first + timedelta(days=n)) for n in range((after - first).days))
    if as_json:
        click.echo(
            json.dumps(
                {
                    "year": year,
                    "version": shown.version,
                    "provisional": notice is None,
                    "source": notice.title if notice else None,
                    "number": notice.number if notice else None,
                    "workdays": worked,
                    "days": at_rest.plain_days(sorted(days)),
                },
                ensure_ascii=False,
            )
        )
        return
    source = f"{notice.title} {notice.number}".strip() if notice else "放假通知尚未录入，暂按周末和法定节日（暂定）"
    click.echo(f"{year} 年 · {source} · 工作日 {worked} 天 · 版本 {shown.version}")
    for day in sorted(days):
        kind = f"上班（按周{_WEEKDAYS[(day.follows or 1) - 1]}）" if day.kind is DayKind.OPENED else "休息"
        click.echo(f"{day.day:%m-%d} 周{_WEEKDAYS[day.day.weekday()]}  {kind}  {day.name}")


def read_file(file: Path) -> Calendar:
    """The state calendar with the notice in the file over it; CSV settles the year most of its days lie in.

    Raises `CalendarError`.
    """
    text = file.read_text("utf-8-sig")
    if not text.startswith("date,"):
        return state_calendar().with_notice(*read_announcement(text))
    return state_calendar().with_days("CN-file", parse_days(text))


def agencys(code: str) -> tuple[Calendar, Hours]:
    """The calendar and the hours of the agency of that code, from the database. Raises `click.UsageError`."""
    with _system() as ctx, Session(ctx.engine) as session:
        found = session.exec(select(Agency).where(Agency.code == code)).first()
        if found is None:
            raise click.UsageError(f"没有代码为 {code} 的单位 (there is no agency {code})")
        return at_rest.in_force(session, found), Hours.parse(found.receiving_hours)


def _listed(ctx: Context, notice: int) -> Iterator[dict[str, object]]:
    with Session(ctx.engine) as session:
        rows = session.exec(
            select(CalendarMove, Deadline.key, Dossier.no)
            .join(Deadline, col(Deadline.id) == CalendarMove.deadline_id)
            .join(Dossier, col(Dossier.id) == CalendarMove.dossier_id)
            .where(CalendarMove.notice_id == notice)
            .order_by(col(CalendarMove.deadline_id))
        )
        for move, key, no in rows:
            yield {
                "dossier": no,
                "key": key,
                "due_before": move.due_before.astimezone(CHINA).isoformat(timespec="minutes"),
                "due_after": move.due_after.astimezone(CHINA).isoformat(timespec="minutes"),
                "provisional_before": move.provisional_before,
                "provisional_after": move.provisional_after,
            }


@contextmanager
def _system() -> Iterator[Context]:
    config = Config.from_env(os.environ)
    with (
        world.database(config, lambda line: click.echo(line, err=True)) as (found, _server),
        world.context(found, "system") as ctx,
    ):
        yield ctx
