"""`youdang deadline`: when something is due, and why, by the state calendar."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import click

from logistics.cli import calendar
from logistics.rules.workdays import (
    CHINA,
    USUAL_HOURS,
    Calendar,
    CalendarError,
    Due,
    Hours,
    add_natural_hours,
    add_working_days,
    add_working_minutes,
    state_calendar,
)

_LENGTH = re.compile(r"(\d{1,6})(wd|wh|nh)")


@click.command("deadline")
@click.option(
    "--start",
    "start_text",
    required=True,
    metavar="ISO",
    help="Start, ISO 8601. Without an offset: China Standard Time.",
)
@click.option(
    "--add",
    "length_text",
    required=True,
    metavar="LENGTH",
    help="3wd working days, 12wh working hours, 48nh natural hours.",
)
@click.option(
    "--hours",
    "hours_text",
    default=str(USUAL_HOURS),
    show_default=True,
    metavar="PERIODS",
    help="Opening hours; several periods separated by commas.",
)
@click.option("--natural", is_flag=True, help="LENGTH without a unit counts natural hours, day and night.")
@click.option("--calendar", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
              help="A notice's words or CSV over the carried calendar.")  # fmt: skip
@click.option("--agency", "agency_code", default="", metavar="CODE",
              help="The hours and the calendar of this agency; needs the database.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: due_at, provisional, explanation.")
def deadline(
    start_text: str,
    length_text: str,
    hours_text: str,
    natural: bool,
    file: Path | None,
    agency_code: str,
    as_json: bool,
) -> None:
    """Say when a deadline ends and why. 计算时限并说明理由。

    A working day's deadline ends at that day's last working minute, counted from the day after the start. Working hours
    count minutes inside the periods. Make-up workdays count, holidays do not. Exit code 2: the input cannot be used.
    """
    try:
        working, hours = _by(file, agency_code, hours_text)
        length = f"{length_text}nh" if natural and length_text.strip().isdigit() else length_text
        due = _add(working, hours, _read_start(start_text), length)
        answer = {
            "due_at": due.due_at.astimezone(CHINA).isoformat(),
            "provisional": due.provisional,
            "explanation": list(due.explanation),
        }
    except CalendarError as fault:
        raise click.UsageError(f"{fault.zh}\n{fault.en}") from fault
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else "\n".join(due.explanation))


def _by(file: Path | None, agency_code: str, hours_text: str) -> tuple[Calendar, Hours]:
    """Whose working time: the given hours by the carried calendar, by a file's, or all as an agency has it."""
    if agency_code:
        return calendar.agencys(agency_code)
    return (calendar.read_file(file) if file else state_calendar()), Hours.parse(hours_text)


def _read_start(text: str) -> datetime:
    try:
        start = datetime.fromisoformat(text.strip())
    except ValueError:
        raise CalendarError(
            f"--start “{text}” 无法识别，应为 ISO 时刻，如 2026-09-30T10:00+08:00",
            f'--start "{text}" is no ISO moment, such as 2026-09-30T10:00+08:00',
        ) from None
    return start if start.tzinfo is not None else start.replace(tzinfo=CHINA)


def _add(working: Calendar, hours: Hours, start: datetime, length_text: str) -> Due:
    matched = _LENGTH.fullmatch(length_text.strip())
    if matched is None:
        raise CalendarError(
            f"--add “{length_text}” 无法识别，应如 3wd（工作日）、12wh（工作小时）、48nh（自然小时）",
            f'--add "{length_text}" is no length, such as 3wd, 12wh or 48nh',
        )
    length = int(matched[1])
    if matched[2] == "wd":
        return add_working_days(working, hours, start, length)
    if matched[2] == "wh":
        return add_working_minutes(working, hours, start, length * 60)
    return add_natural_hours(working, hours, start, length)
