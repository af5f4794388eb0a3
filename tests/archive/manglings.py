"""Ways in which a package comes to harm, drawn by chance: what the two verifiers must agree about."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

from logistics.archive import bag, container, evidence, sm, timestamps
from logistics.archive.means import SealingMeans
from logistics.archive.package import build
from tests.archive import made_up
from tests.archive.test_sm import private_pem
from tests.authorities import Centre
from tests.tsa import Tsa

LEDGER = "data/ledger.jsonl"
Files = dict[str, bytes]
ODD: list[Any] = [
    None, True, False, -1, 0, 1, 2, 7, 2**53, 2**70, 1.5, 1e3, "", "\ud800", "𠮷", "\x1b[2J", "0" * 64, "00" * 32, [],
    {}, [None], [[]], {"": {}}, "2026-02-29T01:00:00.000000Z", "2026-09-28T02:40:00.000000Z",
]  # fmt: skip


@cache
def other() -> Files:
    """The files of another sound package of the same dossier, signed with the same key."""
    own = made_up.entries(extra=((made_up.at(800), "note:added", {"n": 1}),))
    return unpacked(build(made_up.given(own=own), made_up.KEY))


@cache
def centre() -> Centre:
    """Whose root the time stamps of `countersigned` are under."""
    return Centre()


@cache
def countersigned() -> bytes:
    """A sound package with an SM3 manifest, time stamps and an SM2 signature; other bytes in each run."""
    tsa = Tsa(centre(), centre().issue("示例时间戳 Example TSA", stamps=True), at=made_up.at(930))
    means = SealingMeans(
        stamp=lambda content: tsa.answer(timestamps.ask(content)), sm2=sm.load(private_pem()), sm3_manifest=True
    )
    return build(made_up.given(), made_up.KEY, means)


def unpacked(whole: bytes) -> Files:
    """Its files by path in the bag."""
    return {name.removeprefix(made_up.TOP + "/"): content or b"" for name, _, content in container.walk(whole)}


@cache
def forged() -> bytes:
    """A package that is sound, under a key that is not ours."""
    return build(made_up.given(made_up.OTHER_KEY), made_up.OTHER_KEY)


def rezipped(files: Files, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """As ordinary tools write a ZIP, the same bytes every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for path, content in files.items():
            info = zipfile.ZipInfo(f"{made_up.TOP}/{path}", (2026, 11, 22, 8, 30, 0))
            info.external_attr = 0o600 << 16
            archive.writestr(info, content, compression)
    return out.getvalue()


def mangled(chance: Random) -> tuple[str, bytes]:
    """One package, harmed or (seldom) not, and what was done to it."""
    how = chance.choice(WAYS)
    return how.__name__, how(chance)


def a_byte_flipped(chance: Random) -> bytes:
    return _flipped(chance, _sound(chance))


def bytes_flipped_in_the_zips_headers(chance: Random) -> bytes:
    data = _sound(chance)
    starts = [offset for _, offset, _ in container.walk(data)]
    directory = data.index(b"PK\x01\x02")
    start = chance.choice([*starts, directory, chance.randrange(directory, len(data)), len(data) - 40])
    return _flipped(chance, data, start, min(start + 60, len(data)))


def zipped_again_and_a_byte_flipped(chance: Random) -> bytes:
    return _flipped(chance, _whole(chance))


def zipped_again_and_the_directory_harmed(chance: Random) -> bytes:
    data = _whole(chance)
    return _flipped(chance, data, data.index(b"PK\x01\x02"), len(data))


def zipped_again(chance: Random) -> bytes:
    files = _files(chance)
    files = dict(chance.sample(sorted(files.items()), len(files)))
    folders = {"": b"", "data/": b""} if chance.random() < 0.3 else {}
    return rezipped({**folders, **files}, chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2]))


def cut(chance: Random) -> bytes:
    data = chance.choice([_sound(chance), rezipped(_files(chance))])
    return data[: chance.choice([chance.randrange(len(data)), len(data) - chance.randrange(1, 100)])]


def bytes_added(chance: Random) -> bytes:
    data = _sound(chance)
    more = chance.randbytes(chance.randrange(1, 40))
    place = chance.choice([0, len(data), data.index(b"PK\x01\x02"), chance.randrange(len(data))])
    comment = data[:-2] + len(more).to_bytes(2, "little") + more
    return chance.choice([data[:place] + more + data[place:], comment, data + data])


def a_file_changed(chance: Random) -> bytes:
    files = _files(chance)
    path = chance.choice(sorted(files))
    content, place = files[path], chance.randrange(len(files[path]))
    spoilt = [_flipped(chance, content), content[:place], content + b"\n", b"", content[:place] + content[place + 1 :]]
    return _sealed(chance, {**files, path: chance.choice(spoilt)})


def a_file_removed(chance: Random) -> bytes:
    files = _files(chance)
    gone = set(chance.sample(sorted(files), chance.choice([1, 1, 2, 5])))
    return _sealed(chance, {path: content for path, content in files.items() if path not in gone})


def a_file_renamed(chance: Random) -> bytes:
    files = _files(chance)
    path = chance.choice(sorted(files))
    new = chance.choice(
        [path + "x", path.upper(), path.replace("data/", "data/x/"), "data/过程文件/" + path[-3:], "ß%0A.txt"]
    )
    return _sealed(chance, {**{one: content for one, content in files.items() if one != path}, new: files[path]})


def files_exchanged(chance: Random) -> bytes:
    files = _files(chance)
    one, two = chance.sample(sorted(files), 2)
    return _sealed(chance, {**files, one: files[two], two: files[one]})


def a_file_added(chance: Random) -> bytes:
    names = [
        "stray.txt", "data/stray", "data/过程文件/more.pdf", "data/events/raw/" + "0" * 64, "evidence/x", "fetch.txt",
        "data/a/b/c", "../evil", "data\\evil", "DATA/custody.json", "data/\x1b[2J", "data/\u202ex",
        "data/过程文件/ſ.pdf", "data/Σς.txt", "data//x", "data/a\u0301.txt", "data/ ", "data/过程文件/ı.pdf", "",
        "data/%.pdf", "data/过程文件/a\nb.pdf", "/x",
    ]  # fmt: skip
    return _sealed(chance, {**_files(chance), chance.choice(names): chance.choice([b"", b"added"])})


def evidence_of_another_package(chance: Random) -> bytes:
    paths = chance.sample([*evidence.FILES, *bag.MANIFESTS, *bag.TAG_MANIFESTS, LEDGER], chance.choice([1, 1, 2, 3]))
    return _sealed(chance, {**_files(chance), **{path: other()[path] for path in paths}})


def ledger_entries_harmed(chance: Random) -> bytes:
    files = _files(chance)
    rows = files[LEDGER].splitlines(keepends=True)
    i, j = chance.sample(range(len(rows)), 2)
    row = rows[i]
    several = [
        [*rows[:i], row.replace("按流程".encode(), "按流成".encode()), *rows[i + 1 :]],
        [*rows[:i], row.replace(b'"seq":', b'"seq": '), *rows[i + 1 :]],
        [*rows[:i], row.replace(b'"command_id":null', b'"command_id":1'), *rows[i + 1 :]],
        [*rows[:i], row.replace(b'"hash":"', b'"hash":"0', 1), *rows[i + 1 :]],
        [*rows[:i], row.replace(b"07Z", b"08Z"), *rows[i + 1 :]],
        [*rows[:i], row.replace(b"2026-", b"2026-1"), *rows[i + 1 :]],
        rows[:i] + rows[i + 1 :],
        [*rows[: i + 1], row, *rows[i + 1 :]],
        [rows[j] if n == i else rows[i] if n == j else one for n, one in enumerate(rows)],
        rows[:i],
        [*rows[:i], row[:-5] + b"\n", *rows[i + 1 :]],
        [*rows[:-1], rows[-1][:-1]],
        [*rows, b"\n"],
        [],
    ]
    return _sealed(chance, {**files, LEDGER: b"".join(chance.choice(several))})


def values_changed_in_a_record(chance: Random) -> bytes:
    files = _files(chance)
    path = chance.choice([path for path in sorted(files) if path.endswith(".json")])
    value = json.loads(files[path])
    for _ in range(chance.choice([1, 1, 2])):
        _put_somewhere(chance, value)
    written = json.dumps(value, ensure_ascii=chance.random() < 0.5, indent=1, sort_keys=True) + "\n"
    try:
        return _sealed(chance, {**files, path: written.encode()})
    except UnicodeEncodeError:  # half a surrogate pair, not escaped
        return _sealed(chance, {**files, path: json.dumps(value).encode()})


def manifest_lines_harmed(chance: Random) -> bytes:
    files = _files(chance)
    path = chance.choice([*bag.MANIFESTS, *bag.TAG_MANIFESTS, "bag-info.txt"])
    lines = files[path].splitlines(keepends=True)
    i = chance.randrange(len(lines))
    several = [
        lines[:i] + lines[i + 1 :],
        [*lines, lines[i]],
        [*lines[:i], lines[i].replace(b"  ", b" \x1f"), *lines[i + 1 :]],
        [*lines[:i], lines[i].replace(b"  ", b"  \xef\xbb\xbf"), *lines[i + 1 :]],
        [*lines[:i], lines[i].upper(), *lines[i + 1 :]],
        [*lines[:i], lines[i].replace(b"/", b"\x0c"), *lines[i + 1 :]],
        [*lines[:i], lines[i].replace(b"d", b"\xff\xc3(", 1), *lines[i + 1 :]],
        list(reversed(lines)),
        [line.replace(b"\n", b"\r\n") for line in lines],
    ]
    return chance.choice([made_up.packed, rezipped])({**files, path: b"".join(chance.choice(several))})


def unharmed(chance: Random) -> bytes:
    return chance.choice([_sound(chance), forged(), made_up.packed(other())])


WAYS: list[Callable[[Random], bytes]] = [
    a_byte_flipped, a_byte_flipped, bytes_flipped_in_the_zips_headers, zipped_again_and_a_byte_flipped,
    zipped_again_and_the_directory_harmed, zipped_again, cut, bytes_added, a_file_changed, a_file_removed,
    a_file_renamed, files_exchanged, a_file_added, evidence_of_another_package, ledger_entries_harmed,
    ledger_entries_harmed, values_changed_in_a_record, values_changed_in_a_record, manifest_lines_harmed, unharmed,
]  # fmt: skip


def _sound(chance: Random) -> bytes:
    return chance.choice([*[made_up.sound()] * 3, countersigned()])


def _files(chance: Random) -> Files:
    return unpacked(_sound(chance))


def _flipped(chance: Random, data: bytes, start: int = 0, end: int | None = None) -> bytes:
    spoilt = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2])):
        spoilt[chance.randrange(start, len(data) if end is None else end)] ^= chance.choice([1, 4, 32, 128, 255])
    return bytes(spoilt)


def _whole(chance: Random) -> bytes:
    return rezipped(_files(chance), chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))


def _sealed(chance: Random, files: Files) -> bytes:
    """In a ZIP: as the files are, or with manifests, statement and signature made to fit as far as they can be."""
    how = chance.choice(["as is", "zipped", "rebagged", "our key", "another key"])
    if how == "zipped":
        return rezipped(files)
    try:
        if how == "rebagged":
            return made_up.rebagged(files)
        if how != "as is":
            return made_up.resigned(files, made_up.KEY if how == "our key" else made_up.OTHER_KEY)
    except (ValueError, KeyError):  # nothing that a statement could be made to fit
        pass
    return made_up.packed(files)


def _put_somewhere(chance: Random, value: Any) -> None:
    """Walk into the value and put something odd, or a neighbour, somewhere."""
    while isinstance(value, (dict, list)) and value:
        key = chance.choice(sorted(value) if isinstance(value, dict) else range(len(value)))
        inner = value[key]
        if not isinstance(inner, (dict, list)) or not inner or chance.random() < 0.2:
            value[key] = deepcopy(chance.choice([*ODD, *(value.values() if isinstance(value, dict) else value)]))
            return
        value = inner


def restated(**changes: Any) -> bytes:
    """The package with a statement that is changed and signed again by who holds our key."""
    statement = evidence.read_statement(made_up.contents()[evidence.STATEMENT])
    files = {**made_up.contents(), **evidence.sign(made_up.KEY, replace(statement, **changes))}
    return made_up.packed({**files, **bag.tag_manifests(files)})
