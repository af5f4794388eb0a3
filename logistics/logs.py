"""Logs: one line a happening, JSON for machines and colour for a terminal, never a personal datum.

Exceptions are logged as their type and the places they passed, without their message: messages quote the data that
caused them.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

BLANK = "▇"
# Names of fields that hold personal data or secrets, wherever they stand in a log line.
PERSONAL = re.compile(
    r"(^|_)(name|names|phone|mobile|telephone|tel|id_number|id_no|id_card|address|email|mail|holder|applicant"
    r"|person|contact|signature|birth|passport|password|secret|token|authorization|cookie|key)$",
    re.IGNORECASE,
)
# Technical names that only look like the above.
HARMLESS = frozenset({"logger_name", "queue_name", "table_name", "constraint_name", "errand_key", "idempotency_key"})
NUMBERS = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9]\d{9}|\d{17}[0-9Xx])(?![0-9A-Za-z])")  # mobile, resident id
CHATTY = ("alembic", "apscheduler", "pikepdf", "fontTools", "urllib3")  # tell of themselves; the last of addresses
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PASSWORD_IN_URL = re.compile(r"(?<=://)[^/\s@]+@")


def configure(level: str = "info", stream: TextIO | None = None, pretty: bool | None = None) -> None:
    """From now on structlog and the standard library's loggers write to `stream` (default: standard error).

    `pretty` chooses lines for people; by default a terminal gets them and everything else gets JSON.
    """
    target = stream or sys.stderr
    people = target.isatty() if pretty is None else pretty
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_exception,
        blank_personal,
    ]
    last: Processor = (
        structlog.dev.ConsoleRenderer() if people else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level.upper())
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.root.level))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def get(name: str) -> structlog.stdlib.BoundLogger:
    """A logger; call it with a short event and facts: `log.info("dispatched", dossier=12)`."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def bind(**facts: object) -> None:
    """Every later line of this request, command or errand carries these facts, e.g. `command_id`."""
    structlog.contextvars.bind_contextvars(**facts)


def unbind() -> None:
    """The facts bound so far are forgotten; called when a request or errand ends."""
    structlog.contextvars.clear_contextvars()


def describe_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by the exception's type, its SQL state if any, and the places it passed."""
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    event.pop("exception", None)
    if not isinstance(error, BaseException):
        return event
    event["error"] = _types(error)
    origin = getattr(error, "orig", None) or error
    if getattr(origin, "sqlstate", None):
        event["sqlstate"] = getattr(origin, "sqlstate", None)
        event["constraint_name"] = getattr(getattr(origin, "diag", None), "constraint_name", None)
    frames = traceback.extract_tb(error.__traceback__)
    event["passed"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def blank_personal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blank fields known to hold personal data or secrets, and mobile, identity numbers and mail addresses in texts."""
    return {key: value if key == "logger" else _blanked(str(key), value) for key, value in event.items()}


def _blanked(key: str, value: Any) -> Any:
    if key not in HARMLESS and PERSONAL.search(key):
        return BLANK
    if isinstance(value, Mapping):
        return {str(inner): _blanked(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_blanked("", item) for item in value]
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, bool | int | float | None) and not NUMBERS.fullmatch(str(value)):
        return value
    if key.startswith("_"):  # structlog's own baggage between its stages
        return value
    return MAIL.sub(BLANK, NUMBERS.sub(BLANK, PASSWORD_IN_URL.sub(f"{BLANK}@", str(value))))


def _types(error: BaseException) -> str:
    chain: list[str] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 8:
        chain.append(f"{type(current).__module__}.{type(current).__qualname__}")
        current = current.__cause__
    return " < ".join(chain)
