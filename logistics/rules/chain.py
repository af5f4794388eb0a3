"""The ledger chain of one dossier (留痕): each entry holds the hash of the one before it.

The hash of an entry is SHA-256 over its body, the RFC 8785 canonical JSON of every field but the hash itself. Anyone
with a JSON library can therefore compute it again, in any language, without this program.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, cast

import rfc8785

JSON: TypeAlias = "bool | int | str | Sequence[JSON] | Mapping[str, JSON] | None"

_WHAT = re.compile(r"[a-z][a-z0-9_]*(:[a-z][a-z0-9_]*)+")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


class NotCanonicalError(ValueError):
    """A value without one single written form (a float, a naive time, a key that is no text) cannot enter."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, as the ledger keeps it. `seq` counts from 1 in the dossier; `at` is aware UTC, to the microsecond."""

    dossier_no: str
    seq: int
    at: datetime
    actor: str  # stable id: 'officer:12', 'courier:ems', 'system'
    actor_name: str
    agency: str
    what: str  # 'original:handed_over'
    why: str
    facts: Mapping[str, JSON]
    command_id: str | None
    prev_hash: str  # 64 lower-case hex digits
    hash: str  # 64 lower-case hex digits


_FIELDS = frozenset(field.name for field in fields(Entry))

_LARGEST = 2**53 - 1  # the whole numbers that RFC 8785 knows
_PLAINLY = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


BREAKS = {  # every way an entry can fail its chain: the sentences, with names for what was found
    "number": ("序号应为 {wanted}，实为 {found}", "its number should be {wanted} and is {found}"),
    "other_dossier": ("属于另一份专档", "it belongs to another dossier"),
    "joint": ("与上一条不衔接", "it does not join the entry before it"),
    "content": ("内容不规范：{why}", "its content is not canonical: {why}"),
    "hash": ("内容与其哈希不符", "its content does not match its hash"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at one entry of a chain; `seq` is the number the entry should have at that place.

    `code` is a key of `BREAKS`; `values` fill in its sentences.
    """

    seq: int
    code: str
    values: Mapping[str, str | int]

    @property
    def reason_zh(self) -> str:
        """What is wrong, in Chinese."""
        return BREAKS[self.code][0].format_map(self.values)

    @property
    def reason_en(self) -> str:
        """What is wrong, in English."""
        return BREAKS[self.code][1].format_map(self.values)


def genesis(dossier_no: str) -> str:
    """What stands as `prev_hash` in entry 1: bound to the dossier, so that no chain passes for another's."""
    return hashlib.sha256(b"youdang ledger of dossier\n" + dossier_no.encode()).hexdigest()


def body(entry: Entry) -> bytes:
    """The bytes that are hashed: canonical JSON of all fields but `hash`. Raises `NotCanonicalError`."""
    return _canonical(_plain(entry))


def leaf(entry: Entry) -> bytes:
    """What the Merkle log takes in for this entry: the 32 bytes of its hash, which covers everything else."""
    return bytes.fromhex(entry.hash)


def line(entry: Entry) -> bytes:
    """The entry as one line of `ledger.jsonl` without the line end: canonical JSON of all fields."""
    return _canonical({**_plain(entry), "hash": entry.hash})


def link(
    prev_hash: str,
    *,
    dossier_no: str,
    seq: int,
    at: datetime,
    actor: str,
    actor_name: str,
    agency: str,
    what: str,
    why: str,
    facts: Mapping[str, JSON],
    command_id: str | None = None,
) -> Entry:
    """The entry that follows the one whose hash is `prev_hash` (`genesis(dossier_no)` for entry 1).

    The facts are copied, so a later change of the caller's mapping cannot change the entry. Raises `NotCanonicalError`.
    """
    if not _HEX64.fullmatch(prev_hash):
        raise NotCanonicalError("prev_hash: 64 lower-case hexadecimal digits are wanted")
    if seq < 1 or not _WHAT.fullmatch(what):
        raise NotCanonicalError(f"seq counts from 1 and what reads 'noun:verb'; got {seq!r}, {what!r}")
    own = {name: _owned(value) for name, value in facts.items()}
    draft = Entry(dossier_no, seq, at, actor, actor_name, agency, what, why, own, command_id, prev_hash, "")
    found = hashlib.sha256(body(draft)).hexdigest()
    return Entry(dossier_no, seq, at, actor, actor_name, agency, what, why, own, command_id, prev_hash, found)


def read(text: bytes) -> Entry:
    """The entry written by `line`. Raises `NotCanonicalError` unless the bytes are exactly what `line` would write."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as why:
        raise NotCanonicalError("not JSON") from why
    if not isinstance(raw, dict) or raw.keys() != _FIELDS:
        raise NotCanonicalError("the fields of an entry are " + ", ".join(sorted(_FIELDS)))
    entry = _typed(raw)
    if line(entry) != text:
        raise NotCanonicalError("not in canonical form (RFC 8785)")
    return entry


def verify(entries: Iterable[Entry]) -> list[Fault]:
    """Every place where the chain does not hold, first entry first; empty when it is whole.

    A tail that was cut off leaves a shorter chain that is whole: only the Merkle log (`rules.merkle`) shows that.
    """
    faults: list[Fault] = []
    prev: Entry | None = None
    for seq, entry in enumerate(entries, start=1):
        faults.extend(Fault(seq, code, values) for code, values in _breaks(prev, seq, entry))
        prev = entry
    return faults


def _breaks(prev: Entry | None, seq: int, entry: Entry) -> list[tuple[str, dict[str, str | int]]]:
    found: list[tuple[str, dict[str, str | int]]] = []
    if entry.seq != seq:
        found.append(("number", {"wanted": seq, "found": entry.seq}))
    if prev is not None and entry.dossier_no != prev.dossier_no:
        found.append(("other_dossier", {}))
    wanted = genesis(entry.dossier_no) if prev is None else prev.hash
    if entry.prev_hash != wanted:
        found.append(("joint", {}))
    try:
        own = hashlib.sha256(body(entry)).hexdigest()
    except NotCanonicalError as why:
        return [*found, ("content", {"why": str(why)})]
    if entry.hash != own:
        found.append(("hash", {}))
    return found


def stamp(at: datetime) -> str:
    """An instant as the ledger writes it: `2026-10-10T01:02:03.000004Z`. Raises `NotCanonicalError` unless UTC."""
    if at.utcoffset() != timedelta(0):
        raise NotCanonicalError("at: an aware instant in UTC is wanted")
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant(text: str) -> datetime:
    """The instant that `stamp` wrote. Raises `NotCanonicalError`."""
    if not _AT.fullmatch(text):
        raise NotCanonicalError("at: YYYY-MM-DDThh:mm:ss.ffffffZ is wanted")
    try:
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    except ValueError as why:
        raise NotCanonicalError(f"at: {why}") from why


def _plain(entry: Entry) -> dict[str, JSON]:
    return {
        "dossier_no": entry.dossier_no,
        "seq": entry.seq,
        "at": stamp(entry.at),
        "actor": entry.actor,
        "actor_name": entry.actor_name,
        "agency": entry.agency,
        "what": entry.what,
        "why": entry.why,
        "facts": dict(entry.facts),
        "command_id": entry.command_id,
        "prev_hash": entry.prev_hash,
    }


def _typed(raw: dict[str, object]) -> Entry:
    texts = {name: raw[name] for name in _FIELDS - {"seq", "facts", "command_id"}}
    if not all(isinstance(value, str) for value in texts.values()):
        raise NotCanonicalError("text is wanted in " + ", ".join(sorted(texts)))
    seq, facts, command_id = raw["seq"], raw["facts"], raw["command_id"]
    if not isinstance(seq, int) or isinstance(seq, bool) or not isinstance(facts, dict):
        raise NotCanonicalError("seq is a whole number and facts an object")
    if command_id is not None and not isinstance(command_id, str):
        raise NotCanonicalError("command_id is text or null")
    if not all(_HEX64.fullmatch(str(texts[name])) for name in ("prev_hash", "hash")):
        raise NotCanonicalError("prev_hash and hash are 64 lower-case hexadecimal digits")
    own = {name: str(value) for name, value in texts.items() if name != "at"}
    return Entry(seq=seq, at=instant(str(texts["at"])), facts=facts, command_id=command_id, **own)


def _canonical(value: Mapping[str, JSON]) -> bytes:
    try:
        own = _owned(value)
        # The same bytes, many times sooner: where all keys are ASCII, order by code point is order by UTF-16 unit.
        return _PLAINLY.encode(own).encode() if _is_plain(own) else rfc8785.dumps(own)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as why:
        raise NotCanonicalError(str(why)) from why


def _is_plain(value: JSON) -> bool:
    """Whether Python's own encoder writes it as RFC 8785 wants. `value` is as `_owned` returns it."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return -_LARGEST <= cast(int, value) <= _LARGEST
    if kind is dict:
        return all(key.isascii() and _is_plain(inner) for key, inner in cast("dict[str, JSON]", value).items())
    return kind is list and all(map(_is_plain, cast("list[JSON]", value)))


def _owned(value: object) -> JSON:
    """A copy made of dict, list, str, int, bool and None alone; anything else is refused.

    A float is written differently by different programs: weights and amounts enter as whole grams and fen.
    """
    if type(value) is str:
        return value
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [_owned(inner) for inner in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {str(key): _owned(inner) for key, inner in value.items()}
    raise NotCanonicalError(f"cannot enter the ledger: {value!r}")
