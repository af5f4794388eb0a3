"""Every mangling of a package is found, and the file it happened to is named."""

from __future__ import annotations

import io
import json
import random
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.archive import bag, container, evidence
from logistics.archive.contents import ConsignmentRecord, ListedRecord
from logistics.archive.means import SealingMeans
from logistics.archive.package import build
from logistics.archive.report import CONTAINER
from logistics.archive.verify import verify_bytes
from logistics.rules import chain
from tests.archive import made_up

LEDGER = "data/ledger.jsonl"
PATHS = sorted(made_up.contents())
ENTRIES = len(made_up.entries())


def named(data: bytes, exit_code: int = 1) -> set[str]:
    """The files the verifier names; it must find fault and give each a reason in both languages."""
    report = verify_bytes(data)
    assert not report.ok
    assert report.exit_code == exit_code
    assert report.proven == ()
    assert all(fault.file and fault.reason_zh and fault.reason_en for fault in report.faults)
    return {fault.file for fault in report.faults}


def rezipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """As ordinary tools write a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for path, content in files.items():
            archive.writestr(f"{made_up.TOP}/{path}", content)
    return out.getvalue()


@pytest.mark.parametrize("zipper", [made_up.packed, rezipped])
@pytest.mark.parametrize("path", PATHS)
def test_a_changed_shortened_lengthened_removed_or_renamed_file_is_named(path, zipper):
    files = made_up.contents()
    content = files[path]
    place = len(content) // 2
    for spoilt in (
        content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :],
        content[:-1],
        content + b"\n",
        b"",
    ):
        assert path in named(zipper({**files, path: spoilt}))
    rest = {name: value for name, value in files.items() if name != path}
    assert path in named(zipper(rest))
    assert {path, path + "x"} <= named(zipper({**rest, path + "x": content}))
    upper = path.upper()
    if upper != path:
        assert {path, upper} & named(zipper({**rest, upper: content}))


@pytest.mark.parametrize(
    "path",
    [
        "stray.txt",
        "data/stray",
        "data/过程文件/more.pdf",
        "data/events/raw/" + "0" * 64,
        "evidence/x",
        "fetch.txt",
        "data/a/b/c",
    ],
)
@pytest.mark.parametrize(
    "zipper", [made_up.packed, made_up.rebagged, lambda files: made_up.resigned(files, made_up.KEY)]
)
def test_an_added_file_is_named_even_when_every_manifest_lists_it(path, zipper):
    assert path in named(zipper({**made_up.contents(), path: b"added"}))


@pytest.mark.parametrize("path", [path for path in PATHS if path.startswith("data/")])
def test_a_changed_file_with_all_manifests_made_to_fit_fails_for_want_of_the_key(path):
    files = made_up.contents()
    faults = named(made_up.rebagged({**files, path: files[path][:-2] + b"?\n"}))
    assert evidence.SIGNATURE in faults


def lines() -> list[bytes]:
    return made_up.contents()[LEDGER].splitlines(keepends=True)


def swapped(rows: list[bytes], i: int) -> list[bytes]:
    j = (i + 1) % len(rows)
    rows[i], rows[j] = rows[j], rows[i]
    return rows


MANGLINGS = {
    "change a letter": lambda rows, i: [
        *rows[:i],
        rows[i].replace("按流程".encode(), "按流成".encode()),
        *rows[i + 1 :],
    ],
    "remove": lambda rows, i: rows[:i] + rows[i + 1 :],
    "repeat": lambda rows, i: [*rows[: i + 1], rows[i], *rows[i + 1 :]],
    "swap": swapped,
    "cut here": lambda rows, i: rows[:i],
    "garble": lambda rows, i: [*rows[:i], rows[i][:-5] + b"\n", *rows[i + 1 :]],
}


@pytest.mark.parametrize("how", MANGLINGS)
@pytest.mark.parametrize("sealed", ["as is", "rebagged", "resigned with our own key", "resigned with another key"])
def test_every_mangled_ledger_entry_is_found_even_with_all_manifests_made_to_fit(how, sealed):
    zipper = {
        "as is": made_up.packed,
        "rebagged": made_up.rebagged,
        "resigned with our own key": lambda files: made_up.resigned(files, made_up.KEY),
        "resigned with another key": lambda files: made_up.resigned(files, made_up.OTHER_KEY),
    }[sealed]
    for i in range(ENTRIES):
        rows = MANGLINGS[how](lines(), i)
        try:
            data = zipper({**made_up.contents(), LEDGER: b"".join(rows)})
        except ValueError:  # a line that is no JSON has no head to re-sign
            data = made_up.packed({**made_up.contents(), LEDGER: b"".join(rows)})
        assert LEDGER in named(data)


@pytest.mark.parametrize("place", [0, 7, ENTRIES - 2])
def test_a_chain_rewritten_from_one_entry_on_is_not_in_the_log(place):
    rows = made_up.entries()
    prev = rows[place].prev_hash
    for i in range(place, ENTRIES):
        why = "改写" if i == place else rows[i].why
        fields = {
            name: getattr(rows[i], name)
            for name in ("dossier_no", "seq", "at", "actor", "actor_name", "agency", "what", "facts")
        }
        rows[i] = chain.link(prev, why=why, **fields)
        prev = rows[i].hash
    assert chain.verify(rows) == []
    text = b"".join(chain.line(row) + b"\n" for row in rows)
    report = verify_bytes(made_up.resigned({**made_up.contents(), LEDGER: text}, made_up.KEY))
    assert {f"entry {i + 1}: it is not in the log the checkpoint signs" for i in range(place, ENTRIES)} <= {
        fault.reason_en for fault in report.faults if fault.file == LEDGER
    }


def test_a_checkpoint_or_proof_of_another_package_is_named():
    own = made_up.entries(extra=((made_up.at(800), "note:added", {"n": 1}),))
    with_more = build(made_up.given(own=own), made_up.KEY)
    other = {name.removeprefix(made_up.TOP + "/"): content for name, _, content in container.walk(with_more)}
    assert verify_bytes(with_more).ok
    for path in evidence.FILES:
        if path == evidence.PUBLIC_KEY:
            continue  # the same key
        for zipper in (made_up.packed, made_up.rebagged) if path != evidence.STATEMENT else (made_up.packed,):
            assert path in named(zipper({**made_up.contents(), path: other[path]}))


def test_a_package_signed_anew_by_another_key_is_sound_only_for_who_does_not_know_the_key():
    forged = build(made_up.given(made_up.OTHER_KEY), made_up.OTHER_KEY)
    ours = str(verify_bytes(made_up.sound()).facts["key_fingerprint"])
    assert verify_bytes(forged).ok
    assert "Whose key signed is not checked" in verify_bytes(forged).not_proven[0].en
    report = verify_bytes(forged, pinned=ours)
    assert {fault.file for fault in report.faults} == {evidence.PUBLIC_KEY}
    pinned = verify_bytes(made_up.sound(), pinned=ours)
    assert pinned.ok
    assert ours in pinned.proven[0].en
    assert not any("--key" in sentence.en for sentence in pinned.not_proven)


# ---- the ZIP itself


def test_every_flipped_bit_of_400_places_is_found():
    data = made_up.sound()
    for place in random.Random(20261010).sample(range(len(data)), 400):
        spoilt = bytearray(data)
        spoilt[place] ^= 1 << place % 8
        named(bytes(spoilt))


def test_a_flip_of_any_byte_of_the_zips_own_headers_is_found():
    data = made_up.sound()
    starts = [offset for _, offset, _ in container.walk(data)]
    directory = data.index(b"PK\x01\x02")
    for place in {
        *range(starts[3], starts[3] + 60),
        *range(directory, directory + 120),
        *range(len(data) - 60, len(data)),
    }:
        spoilt = bytearray(data)
        spoilt[place] ^= 0xFF
        named(bytes(spoilt))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, len(made_up.sound()) - 1))
def test_a_cut_tail_is_found_wherever_it_is_cut_and_the_file_named(size):
    data = made_up.sound()
    records = [(name, offset) for name, offset, _ in container.walk(data)]
    where = [name for name, offset in records if offset < size][-1]
    directory = data.index(b"PK\x01\x02")
    whole = [name for name, _, content in container.walk(data[:size]) if content is not None]
    files = named(data[:size], exit_code=1 if whole else 2)
    if size < directory and where not in whole:
        assert files & {where.removeprefix(made_up.TOP + "/"), CONTAINER}
    if size >= directory:
        assert files == {CONTAINER}


@pytest.mark.parametrize(
    ("mangle", "reason"),
    [
        (lambda data: b"MZ" + data, "before"),
        (lambda data: data + b"x", "bytes added"),
        (lambda data: data + data, "bytes added"),
        (lambda data: data[:-2] + b"\x05\x00hello", "comment"),
        (lambda data: data.replace(b"PK\x01\x02", b"xxPK\x01\x02", 1), "directory"),
    ],
)
def test_bytes_around_or_between_the_members_are_found(mangle, reason):
    report = verify_bytes(mangle(made_up.sound()))
    assert report.exit_code == 1
    assert any(reason in fault.reason_en for fault in report.faults)


def test_members_in_another_order_are_found():
    files = dict(reversed(made_up.contents().items()))
    named(rezipped(files, zipfile.ZIP_STORED))


def test_a_package_zipped_again_by_ordinary_tools_is_said_to_be_so():
    report = verify_bytes(rezipped(made_up.contents()))
    assert len(report.faults) == 1
    assert "not in canonical form" in report.faults[0].reason_en
    with_folders = rezipped({"": b"", "data/": b"", **made_up.contents()})
    assert named(with_folders) == {f"{made_up.TOP}/", "data/"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_named():
    out = io.BytesIO(made_up.sound())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(f"{made_up.TOP}/data/custody.json", b"{}")
    assert "data/custody.json" in named(out.getvalue())


@pytest.mark.parametrize(
    "name",
    ["../evil", "/evil", f"{made_up.TOP}/../evil", f"{made_up.TOP}/data\\evil", "C:/evil", f"{made_up.TOP}/data/"],
)
@pytest.mark.parametrize("canonical", [True, False])
def test_a_path_that_leads_out_of_the_folder_is_refused(name, canonical):
    members = {f"{made_up.TOP}/{path}": content for path, content in made_up.contents().items()} | {name: b""}
    if canonical:
        data = container.write(members)
    else:
        out = io.BytesIO(made_up.sound())
        with zipfile.ZipFile(out, "a") as archive:
            archive.writestr(name, b"")
        data = out.getvalue()
    assert {name, name.removeprefix(made_up.TOP + "/")} & named(data)


def test_a_link_is_refused():
    out = io.BytesIO(made_up.sound())
    info = zipfile.ZipInfo(f"{made_up.TOP}/data/link")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(info, "/etc/passwd")
    assert "data/link" in named(out.getvalue())


def test_a_bomb_is_named_and_not_unpacked():
    out = io.BytesIO(made_up.sound())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{made_up.TOP}/data/bomb", bytes(50_000_000))
    report = verify_bytes(out.getvalue())
    assert any(fault.file == "data/bomb" and "bomb" in fault.reason_en for fault in report.faults)


@given(st.binary(max_size=300))
def test_what_is_no_zip_is_unreadable(data):
    named(data, exit_code=2)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PATHS), st.binary(max_size=200))
def test_any_content_of_any_file_is_answered_not_crashed_on(path, content):
    assert path in named(made_up.packed({**made_up.contents(), path: content}))
    if path != evidence.STATEMENT and "manifest" not in path:  # those are made anew by who makes all fit
        assert {path, evidence.SIGNATURE} & named(made_up.rebagged({**made_up.contents(), path: content}))


# ---- one story


def retold(path: str, change) -> set[str]:
    """The sentences about `path` when its JSON is changed by somebody who holds our key."""
    files = made_up.contents()
    value = json.loads(files[path])
    change(value)
    data = made_up.resigned({**files, path: json.dumps(value, ensure_ascii=False).encode()}, made_up.KEY)
    return {fault.reason_en for fault in verify_bytes(data).faults if fault.file == path}


def said(sentences: set[str], words: str) -> bool:
    return any(words in sentence for sentence in sentences)


CUSTODY = [
    (
        lambda v: v["originals"][1]["handovers"][1].update({"from": v["originals"][1]["handovers"][0]["from"]}),
        "does not start where",
    ),
    (lambda v: v["originals"][1]["handovers"][3]["to"].update(name="别人"), "contradicts entry"),
    (lambda v: v["originals"][0]["handovers"].pop(1), "leaves a gap"),
    (lambda v: v["originals"][0]["handovers"][1].update(at="2026-09-28T02:40:00.000000Z"), "contradicts entry"),
    (lambda v: v["originals"][0]["handovers"][1].update(entry=1), "no entry of the ledger"),
    (lambda v: v["originals"][0]["handovers"].clear(), "has no handover"),
    (lambda v: v["originals"].append(v["originals"][0]), "no entry of the ledger"),
    (lambda v: v.pop("originals"), "malformed"),
]


@pytest.mark.parametrize(("change", "words"), CUSTODY)
def test_custody_that_differs_from_the_ledger_is_found_even_when_signed(change, words):
    assert said(retold("data/custody.json", change), words)


DOSSIER = [
    (lambda v: v["consignments"][0]["counts"].update(received=3), "listed = received"),
    (lambda v: v["consignments"][0]["lines"].pop(), "listed = received"),
    (lambda v: v["consignments"][0]["lines"][0].update(outcome="unchecked"), "listed = received"),
    (lambda v: v["consignments"][0]["lines"][0].update(original="other"), "originals the dossier does not have"),
    (lambda v: v["consignments"][2].update(stage="received"), "listed = received"),
    (lambda v: v["originals"].pop(), "not those the ledger hands over"),
    (lambda v: v["papers"].append(v["papers"][0]), "unfit or listed twice"),
    (lambda v: v.update(dossier_no="other"), "not the ledger's"),
    (lambda v: v.update(record_no="other"), "not the name of the folder"),
    (lambda v: v.update(retention="D20"), "none of Y, D30, D10"),
    (lambda v: v.pop("secrecy"), "malformed"),
    (lambda v: v["metadata"].append(v["papers"][0]["path"]), "listed twice"),
    (lambda v: v["metadata"].append("data/custody.json"), "unfit"),
    (lambda v: v["metadata"].append("bagit.txt"), "unfit"),
]


@pytest.mark.parametrize(("change", "words"), DOSSIER)
def test_counts_that_do_not_balance_are_found_even_when_signed(change, words):
    assert said(retold("data/dossier.json", change), words)


def test_a_file_that_dossier_json_gives_no_place_or_that_is_not_in_its_place_is_found_even_when_signed():
    files = made_up.contents()
    told = json.loads(files["data/dossier.json"])
    gone = told["metadata"].pop()
    listed = json.dumps(told, ensure_ascii=False).encode()
    assert gone in named(made_up.resigned({**files, "data/dossier.json": listed}, made_up.KEY))
    rest = {path: content for path, content in files.items() if path != gone}
    assert gone in named(made_up.resigned(rest, made_up.KEY))


def test_a_package_of_another_format_is_said_to_be_so_and_nothing_else():
    files = made_up.contents()
    older = files[evidence.STATEMENT].replace(b"youdang-package/2", b"youdang-package/1")
    report = verify_bytes(made_up.packed({**files, evidence.STATEMENT: older}))
    assert [(fault.file, fault.code) for fault in report.faults] == [(evidence.STATEMENT, "other_format")]
    assert "youdang-package/1" in report.faults[0].reason_en


def test_a_folder_of_another_name_is_found_even_though_every_file_is_as_it_was():
    renamed = container.write({f"{made_up.NO}/{path}": content for path, content in made_up.contents().items()})
    assert named(renamed) == {evidence.STATEMENT, "data/dossier.json"}


def test_an_sm3_manifest_is_written_on_demand_and_held_to():
    data = build(made_up.given(), made_up.KEY, SealingMeans(sm3_manifest=True))
    assert verify_bytes(data).ok
    files = {name.removeprefix(made_up.TOP + "/"): content or b"" for name, _, content in container.walk(data)}
    content = files[bag.SM3_MANIFEST]
    assert content.count(b"\n") == sum(path.startswith("data/") for path in files)
    wrong = content[:64].translate(bytes.maketrans(b"0123", b"3210")) + content[64:]
    spoilt = made_up.rebagged({**files, bag.SM3_MANIFEST: wrong})  # signed by nobody who holds the key
    assert bag.SM3_MANIFEST in named(spoilt)


def test_events_without_their_raw_message_are_found_even_when_signed():
    name = "data/events/events.json"
    assert said(retold(name, lambda v: v["events"][3].update(raw_sha256="0" * 64)), "no raw message")


def test_a_paper_the_ledger_does_not_know_or_that_is_absent_is_found_even_when_signed():
    given = made_up.given()
    slip = given.papers[1]
    other = build(
        replace(given, papers=[*given.papers[:1], replace(slip, content=b"%PDF other"), given.papers[2]]), made_up.KEY
    )
    assert named(other) == {slip.path, LEDGER}
    absent = build(replace(given, papers=given.papers[:2]), made_up.KEY)
    assert named(absent) == {LEDGER}


@pytest.mark.parametrize(
    ("outcome", "missing", "sound"),
    [("wrong", 0, True), ("wrong", 1, True), ("missing", 0, False), ("missing", 1, True)],
)
def test_a_wrong_document_counts_as_received_or_missing_and_a_missing_one_as_missing(outcome, missing, sound):
    given = made_up.given()
    rows = [ListedRecord(made_up.CODES[0], outcome)]
    one = ConsignmentRecord("J9", "outbound", "received", rows, 1 - missing, missing, 0)
    assert verify_bytes(build(replace(given, consignments=[one]), made_up.KEY)).ok == sound


ODD = st.sampled_from(
    [None, True, -1, 0, 2**70, 1.5, "", "\ud800", "\x1b[2J", [], {}, [None], [[]], {"": {}}, "0" * 64]
)
JSONS = [path for path in PATHS if path.endswith(".json")]


def odd_places(value: object, draw: st.DataObject) -> None:
    """Walk into the value at random and put something odd somewhere."""
    while isinstance(value, (dict, list)) and value:
        key = draw.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
        inner = value[key]
        if not isinstance(inner, (dict, list)) or not inner or draw.draw(st.integers(0, 3)) == 0:
            value[key] = draw.draw(ODD)
            return
        value = inner


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(JSONS), st.data())
def test_odd_values_in_any_file_signed_by_a_stranger_are_answered_not_crashed_on(path, draw):
    files = made_up.contents()
    value = json.loads(files[path])
    odd_places(value, draw)
    spoilt = {**files, path: json.dumps(value).encode()}
    reports = [verify_bytes(made_up.packed(spoilt))]
    if path != evidence.STATEMENT:
        reports.append(verify_bytes(made_up.resigned(spoilt, made_up.OTHER_KEY)))
    for report in reports:
        assert not report.ok


def test_a_printed_root_without_its_proof_is_found_even_when_signed():
    name = evidence.WITNESSES
    files = made_up.contents()
    size, witnesses = evidence.read_witnesses_file(files[name])
    for spoilt in (witnesses[:1], [witnesses[0], replace(witnesses[1], path=witnesses[0].path)]):
        data = made_up.resigned({**files, name: evidence.witnesses_file(size, spoilt)}, made_up.KEY)
        assert any(fault.file == name and "printed root" in fault.reason_en for fault in verify_bytes(data).faults)


def test_an_act_after_the_closing_is_found_even_when_signed():
    rows = made_up.entries()
    late = chain.link(
        rows[-1].hash,
        dossier_no=made_up.NO, seq=len(rows) + 1, at=made_up.at(901), actor="officer:12", actor_name="窗口甲",
        agency="咸宁市政务服务大厅", what="consignment:started", why="", facts={},
    )  # fmt: skip
    text = made_up.contents()[LEDGER] + chain.line(late) + b"\n"
    report = verify_bytes(made_up.resigned({**made_up.contents(), LEDGER: text}, made_up.KEY))
    assert any("does not end by being closed" in fault.reason_en for fault in report.faults)
