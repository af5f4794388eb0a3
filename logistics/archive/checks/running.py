"""`run`: every item of the table, looked at in one package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from logistics.archive.checks.items import ITEMS, Asked
from logistics.archive.checks.report import CheckReport, Item, Link, Part, printable
from logistics.archive.checks.subject import LATER, Batch, Subject, VirusScan
from logistics.archive.profiles import Profile
from logistics.archive.report import Fault


def run(
    files: Mapping[str, bytes],
    link: Link,
    at: datetime,
    *,
    sealed: bool = True,
    batch: Batch | None = None,
    virus: VirusScan | None = None,
    folder: str = "",
    zipped: bool = False,
    container: Iterable[Fault] = (),
    profiles: Iterable[Profile] = (),
) -> CheckReport:
    """The report on a package whose files are given by their paths inside its folder. Never raises for any content.

    `sealed=False` is for the report that goes into the package: `files` then holds everything but `LATER`, which
    depends on it. `batch` is the batch it is handed over in, `virus` the word of the agency's own scanner, `folder` the
    name of the package's folder where it is known, `container` what was wrong with the ZIP, if `zipped` says there was
    one, `profiles` a city's own beside the shipped ones. `at` is aware; nothing else than these values is looked at.
    """
    if at.tzinfo is None:
        raise ValueError("the instant of a check needs its zone")
    kept = files if sealed else {path: content for path, content in files.items() if path not in LATER}
    given = Subject(
        kept, link, at.astimezone(UTC), sealed, batch, virus, zipped, tuple(container), folder, tuple(profiles)
    )
    return CheckReport(
        link=link,
        at=given.at,
        record_no=printable(given.said("record_no")),
        dossier_no=printable(given.said("dossier_no")),
        agency=printable(given.said("agency")),
        ledger_size=0 if given.checkpoint is None else given.checkpoint.size,
        ledger_root="" if given.checkpoint is None else given.checkpoint.root_hex,
        sealed=sealed,
        covered=given.covered,
        excluded=() if sealed else tuple(sorted(LATER)),
        items=tuple(_item(asked, given) for asked in ITEMS),
    )


def _item(asked: Asked, given: Subject) -> Item:
    code = f"{given.link.value.upper()}-{asked.number}"
    parts = tuple(
        Part(f"{code}.{number}", zh, en, look(given)) for number, (zh, en, look) in enumerate(asked.parts, start=1)
    )
    return Item(code, int(asked.number[0]), asked.zh, asked.en, parts)
