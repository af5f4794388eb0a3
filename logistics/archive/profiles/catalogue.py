"""归档(移交)目录: the list of a batch's packages, as the profile names its elements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from logistics.archive.profiles.shapes import Profile
from logistics.archive.profiles.writing import CHINA, sheet_xml


@dataclass(frozen=True, slots=True)
class BatchHeader:
    """The batch. `sent_at` is aware; counts and bytes are taken from the packages."""

    batch_no: str
    sent_at: datetime
    handed_over_by: str
    agency_name: str = ""
    receiver: str = ""
    fonds_no: str = ""


@dataclass(frozen=True, slots=True)
class BatchPackage:
    """One package of the batch; `location` is where it can be had, `files` how many files it holds."""

    record_no: str
    title: str
    archived_at: datetime  # aware
    size: int  # bytes
    sha256: str
    agency_name: str
    fonds_no: str
    region_code: str
    uscc: str
    category: str
    year: int
    task_code: str
    retention: str
    secrecy_words: str
    archival_code: str = ""
    task_version: str = ""
    location: str = ""
    dossier_no: str = ""
    files: int = 0


def catalogue_xml(profile: Profile, header: BatchHeader, packages: Sequence[BatchPackage]) -> bytes:
    """The catalogue. Raises `ElementMissing` where a 必选 element would be empty."""
    head = {
        **asdict(header),
        "system": profile.system,
        "system_code": profile.system_code,
        "standard": profile.standard,
        "package_count": len(packages),
        "total_bytes": sum(one.size for one in packages),
        "file_count": sum(one.files for one in packages),
    }
    return sheet_xml(profile.catalogue, head, [{**asdict(one), "seq": n} for n, one in enumerate(packages, 1)])


def catalogue_name(profile: Profile, header: BatchHeader) -> str:
    """The file name of the catalogue; its date is the day of sending in China."""
    day = header.sent_at.astimezone(CHINA).strftime("%Y%m%d")
    return profile.catalogue.file.format(batch_no=header.batch_no, date=day, system_code=profile.system_code)
