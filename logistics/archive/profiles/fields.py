"""The fields of ours that a profile may name, sheet by sheet, with the type of their values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

Value = str | int | datetime
Values = Mapping[str, Value]

_OF_DOSSIER = (
    "record_no", "archival_code", "region_code", "task_code", "system", "system_code", "standard", "archives_code",
    "archives_name", "agency_name", "department", "fonds_no", "uscc", "category", "retention", "retention_words",
    "secrecy", "secrecy_words", "dossier_no", "case_no", "task_name", "task_version", "task_type", "title",
    "mode_words", "applicant", "applicant_kind", "receiver_agency", "receiver_uscc", "result", "result_code", "remarks",
)  # fmt: skip

BASIC: dict[str, type] = dict.fromkeys(_OF_DOSSIER, str) | {
    "year": int, "number": int, "file_count": int, "total_bytes": int,
    "archived_at": datetime, "accepted_at": datetime, "decided_at": datetime, "closed_at": datetime,
}  # fmt: skip
"""Of the dossier: the head of basic information, process information and 归档配置表."""

FILE: dict[str, type] = dict.fromkeys(
    ("letter", "code", "folder", "title", "name", "kind", "format", "file_name", "path", "sha256"), str
) | {"seq": int, "size": int, "made_at": datetime}
"""Of each file in the material folders; `code` is such as `B02`, `name` the file's name without its ending."""

STEP: dict[str, type] = dict.fromkeys(
    ("step", "node", "who", "agency", "opinion", "original", "released_by", "accepted_by", "what"), str
) | {"seq": int, "entry": int, "at": datetime}
"""Of each step of the process; `step` is the profile's own code for it, `entry` its number in the ledger."""

FOLDER: dict[str, type] = {"letter": str, "folder": str, "seq": int}
"""Of each material folder."""

BATCH: dict[str, type] = dict.fromkeys(
    ("system_code", "system", "standard", "batch_no", "handed_over_by", "agency_name", "receiver", "fonds_no"), str
) | {"package_count": int, "total_bytes": int, "file_count": int, "sent_at": datetime}
"""Of a batch."""

PACKAGE: dict[str, type] = dict.fromkeys(
    (
        "record_no", "archival_code", "fonds_no", "agency_name", "region_code", "uscc", "category", "task_code",
        "task_version", "title", "location", "sha256", "retention", "secrecy_words", "dossier_no",
    ),
    str,
) | {"seq": int, "year": int, "size": int, "archived_at": datetime}  # fmt: skip
"""Of each package in a batch."""

KINDS: dict[str, type] = {"字符型": str, "数值型": int, "日期型": datetime, "日期时间型": datetime}
