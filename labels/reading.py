"""A paper from JSON, for other systems: every field is known, typed and named; docs/papers.md says what each means."""

import dataclasses
import datetime as dt
import json
import types
import typing

from labels.papers import (
    ArrivalReceipt,
    Catalogue,
    CheckSheet,
    DossierCover,
    GuidePage,
    HandoverSheet,
    IntakeReceipt,
    IrregularityNotice,
    OriginalSticker,
    Paper,
    RemarksSheet,
    SealSticker,
    TransferRegister,
    TransferSlip,
    WaybillLabel,
)

#: The kinds of paper by the names other systems call them.
KINDS: dict[str, type[Paper]] = {
    "label": WaybillLabel,
    "seal": SealSticker,
    "original": OriginalSticker,
    "slip": TransferSlip,
    "cover": DossierCover,
    "catalogue": Catalogue,
    "remarks": RemarksSheet,
    "handover": HandoverSheet,
    "intake": IntakeReceipt,
    "receipt": ArrivalReceipt,
    "notice": IrregularityNotice,
    "guide": GuidePage,
    "register": TransferRegister,
    "check_sheet": CheckSheet,
}
#: Texts that may be left out or empty, by the name of their class. `secrecy` is none of them: whoever leaves it out may
#: have forgotten it, and the law asks.
OPTIONAL: dict[str, frozenset[str]] = {
    "WaybillLabel": frozenset(("route_code", "destination_mark", "package_name", "seal_no")),
    "LabelParty": frozenset(("person", "phone")),
    "SealSticker": frozenset(("sealed_by",)),
    "OriginalSticker": frozenset(("holder",)),
    "SlipItem": frozenset(("number", "holder", "note")),
    "TransferSlip": frozenset(("waybill_no", "seal_no", "released_by", "ledger_root")),
    "DossierCover": frozenset(("agreement_no", "ledger_root")),
    "CatalogueItem": frozenset(("number", "author", "date")),
    "Catalogue": frozenset(("archival_code", "ledger_root")),
    "Remark": frozenset(("noted_by",)),
    "RemarksSheet": frozenset(("archival_code", "situation", "compiled_by", "checked_by", "ledger_root")),
    "TakenItem": frozenset(("number",)),
    "IntakeReceipt": frozenset(
        ("dossier_no", "applicant_phone", "agent", "promised", "inquiry_place", "received_by", "ledger_root")
    ),
    "ArrivedItem": frozenset(("number",)),
    "ArrivalReceipt": frozenset(
        (
            "courier_name",
            "waybill_no",
            "seal_expected",
            "seal_found",
            "received_by",
            "checked_by",
            "notice_no",
            "ledger_root",
        )
    ),
    "IrregularItem": frozenset(("number", "expected", "found")),
    "PhotoReference": frozenset(),
    "IrregularityNotice": frozenset(
        (
            "courier_name",
            "waybill_no",
            "seal_expected",
            "seal_found",
            "weight_expected",
            "weight_found",
            "witness",
            "ledger_root",
        )
    ),
    "GuideMaterial": frozenset(("why", "review_points")),
    "GuideDeadline": frozenset(),
    "Contact": frozenset(),
    "GuidePage": frozenset(("agreement_no", "ledger_root")),
    "HandoverItem": frozenset(("seal_no",)),
    "HandoverSheet": frozenset(("pickup", "collector", "staff_no", "list_sha256", "signature_sha256")),
    "CheckLine": frozenset(),
    "CheckSheet": frozenset(("report_sha256", "ledger_root")),
    "RegisterItem": frozenset(("archival_code", "carrier_no")),
    "TransferRegister": frozenset(("description", "carriers", "found_carrier", "filled_by", "ledger_root")),
}
_MAY_BE_EMPTY = frozenset(("secrecy",))
_LONGEST = 2000
MOST_IN_A_BATCH = 10_000
_MISSING = object()


class MalformedPaper(ValueError):
    """The JSON is not a paper of this kind. `faults` has one sentence for each field that is wrong."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("；".join(faults))


def read_paper(kind: str, text: str | bytes) -> Paper:
    """The paper of this kind (a key of `KINDS`) that the JSON object describes. Raises `MalformedPaper`."""
    faults: list[str] = []
    made = _known(kind, "", faults)
    paper = _object(made, _given(text), "", faults) if made is not None else None
    if faults:
        raise MalformedPaper(faults)
    return typing.cast(Paper, paper)


def read_batch(text: str | bytes) -> tuple[Paper, ...]:
    """The papers of a JSON list whose entries are `{"kind": …, "paper": {…}}`, in order. Raises `MalformedPaper`.

    Faults of all entries are told at once, each with its place, counted from 0.
    """
    given = _given(text)
    if not isinstance(given, list) or not 0 < len(given) <= MOST_IN_A_BATCH:
        raise MalformedPaper([f"应为 1 到 {MOST_IN_A_BATCH} 项的数组 […] (must be a list of papers)"])
    faults: list[str] = []
    papers = [_entry(one, f"[{number}]", faults) for number, one in enumerate(given)]
    if faults:
        raise MalformedPaper(faults)
    return typing.cast(tuple[Paper, ...], tuple(papers))


def _entry(given: object, path: str, faults: list[str]) -> object:
    if not isinstance(given, dict) or set(given) != {"kind", "paper"}:
        faults.append(f"{path} 应为对象，只有 kind 和 paper 两个字段 (must have kind and paper, nothing else)")
        return None
    made = _known(given["kind"], f"{path}.kind ", faults)
    return _object(made, given["paper"], f"{path}.paper.", faults) if made is not None else None


def _known(kind: object, path: str, faults: list[str]) -> type[Paper] | None:
    made = KINDS.get(kind) if isinstance(kind, str) else None
    if made is None:
        faults.append(f"{path}没有「{kind}」这种纸张，只有 {'、'.join(KINDS)} (unknown kind of paper)")
    return made


def _given(text: str | bytes) -> object:
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as why:
        raise MalformedPaper([f"不是有效的 JSON：{why} (not valid JSON)"]) from why


def _no_constant(name: str) -> typing.NoReturn:
    raise ValueError(f"{name} 不是 JSON 的数")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"字段 {next(name for name in names if names.count(name) > 1)} 写了两次")
    return found


def _object(made: type, given: object, path: str, faults: list[str]) -> object:
    """An instance of the dataclass, or None when a fault was noted."""
    if not isinstance(given, dict):
        faults.append(f"{path or '最外层'} 应为对象 {{…}} (must be an object)")
        return None
    fields = {field.name: field for field in dataclasses.fields(made)}
    before = len(faults)
    faults += [f"{path}{name} 是不认识的字段，请核对拼写 (unknown field)" for name in given if name not in fields]
    types_of = typing.get_type_hints(made)
    values = {}
    for name, field in fields.items():
        value = given.get(name, _MISSING)
        if value is _MISSING and field.default is not dataclasses.MISSING:
            continue
        values[name] = _field(made, name, types_of[name], value, path, faults)
    if len(faults) > before:
        return None
    try:
        return made(**values)
    except ValueError as why:  # what the paper's own class refuses
        faults.append(f"{path}{why}")
        return None


def _field(made: type, name: str, wanted: typing.Any, value: object, path: str, faults: list[str]) -> object:
    optional = name in OPTIONAL.get(made.__name__, ()) or _default(made, name) == ""
    if value == [] and _default(made, name) == ():
        return ()
    if value is _MISSING and optional:
        value = ""
    if value is _MISSING and type(None) in typing.get_args(wanted):
        value = None
    if value is _MISSING:
        faults.append(f"缺少字段 {path}{name} (missing field)")
        return None
    if value == "" and wanted is str and not optional and name not in _MAY_BE_EMPTY:
        faults.append(f"{path}{name} 不能为空 (must not be empty)")
        return None
    return _value(wanted, value, path + name, faults)


def _default(made: type, name: str) -> object:
    """What the field is when nobody says; MISSING when somebody must."""
    return next(field.default for field in dataclasses.fields(made) if field.name == name)


def _value(wanted: typing.Any, value: object, path: str, faults: list[str]) -> object:
    """The value as the type wants it; notes what is wrong."""
    origin = typing.get_origin(wanted)
    if isinstance(wanted, types.UnionType):  # an instant or none
        return None if value is None else _value(typing.get_args(wanted)[0], value, path, faults)
    if origin is tuple:
        return _many(typing.get_args(wanted)[0], value, path, faults)
    if dataclasses.is_dataclass(wanted):
        return _object(typing.cast(type, wanted), value, f"{path}.", faults)
    fault = None
    if origin is typing.Literal:
        choices = typing.get_args(wanted)
        fault = None if value in choices else f"只能是 {'、'.join(choices)} 之一 (must be one of these)"
    elif wanted is dt.datetime:
        return _instant(value, path, faults)
    elif wanted is str:
        fault = _text_fault(value)
    elif wanted is bool:
        fault = None if isinstance(value, bool) else "应为 true 或 false (must be true or false)"
    elif not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**9:
        fault = "应为不带引号的整数，不小于 0 (must be a whole number)"
    if fault:
        faults.append(f"{path} {fault}")
    return value


def _text_fault(value: object) -> str | None:
    if not isinstance(value, str):
        return "应为带引号的文字 (must be text)"
    if len(value) > _LONGEST:
        return f"超过 {_LONGEST} 字 (too long)"
    if any(sign < " " or sign == "\x7f" for sign in value):
        return "含有控制字符，如换行或制表符，请去掉 (contains control characters)"
    return None


def _many(wanted: typing.Any, value: object, path: str, faults: list[str]) -> tuple[object, ...]:
    if not isinstance(value, list) or not value:
        faults.append(f"{path} 应为数组 […]，至少一项 (must be a list of at least one)")
        return ()
    return tuple(_value(wanted, one, f"{path}[{number}]", faults) for number, one in enumerate(value))


def _instant(value: object, path: str, faults: list[str]) -> dt.datetime | None:
    try:
        instant = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        faults.append(f"{path} 应为带时区的时刻，如 2026-09-28T09:05:00+08:00 (must be an instant with its zone)")
    return instant
