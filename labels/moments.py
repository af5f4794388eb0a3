"""How papers write instants: in Beijing time, to the minute."""

import datetime as dt
import zoneinfo

BEIJING = zoneinfo.ZoneInfo("Asia/Shanghai")


def minute(instant: dt.datetime) -> str:
    """2026-10-10 09:05"""
    return instant.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def day(instant: dt.datetime) -> str:
    """2026年10月10日"""
    local = instant.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日"
