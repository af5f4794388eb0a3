"""The page verify.html in a real browser, opened from a file: it says of every package what the command says."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from random import Random
from tempfile import NamedTemporaryFile
from time import monotonic
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from logistics.archive import evidence, findings, page
from logistics.archive.checkpoints import fingerprint, raw_public, verify_signature
from logistics.archive.report import Report
from logistics.archive.verify import verify_bytes
from logistics.rules import chain
from tests.archive import made_up
from tests.archive.manglings import LEDGER, forged, mangled, other, restated, rezipped
from tests.archive.test_verify import CUSTODY, DOSSIER

CASES = 1000
UNSPOKEN = {
    code for code, (zh, _) in findings.FAULTS.items() if "{why}" in zh
}  # the technical part is each program's own

VERIFY = """async ([sizes, options]) => {
  const [file] = document.getElementById("of-the-test").files;
  const found = [];
  let start = 0;
  for (const size of sizes) {
    const data = new Uint8Array(await file.slice(start, start + size).arrayBuffer());
    found.push(await youdang.verifyPackage(data, options));
    start += size;
  }
  return found;
}"""


@pytest.fixture(scope="module")
def opened(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page opened from a file, in a browser without network."""
    file = tmp_path_factory.mktemp("page") / "verify.html"
    file.write_bytes(page.whole())
    context = browser.new_context(offline=True, locale="zh-CN")
    made = context.new_page()
    faults: list[str] = []
    made.on("pageerror", lambda error: faults.append(str(error)))
    made.on("console", lambda said: faults.append(said.text))
    made.on("request", lambda asked: None if asked.url.startswith("file:") else faults.append(asked.url))
    made.goto(file.as_uri())
    made.evaluate(
        """() => {
          const input = Object.assign(document.createElement("input"), { type: "file", id: "of-the-test" });
          document.body.append(input);
        }"""
    )
    yield made
    context.close()
    assert not faults


def answers(opened: Page, packages: list[bytes], **options: object) -> list[dict[str, Any]]:
    """What the page's verifier says of each package; they are handed over in one file."""
    with NamedTemporaryFile() as whole:
        whole.write(b"".join(packages))
        whole.flush()
        opened.set_input_files("#of-the-test", whole.name)
        return opened.evaluate(VERIFY, [[len(one) for one in packages], options])  # type: ignore[no-any-return]


def said(report: Report) -> dict[str, Any]:
    """The command's report in the page's shape."""
    return {
        "exit": report.exit_code,
        "faults": [(one.file, one.code, *_words(one.code, one.reason_zh, one.reason_en)) for one in report.faults],
        "proven": [(one.zh, one.en) for one in report.proven],
        "not_proven": [(one.zh, one.en) for one in report.not_proven],
        "facts": {name: str(value) for name, value in report.facts.items()},
    }


def heard(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "exit": answer["exit"],
        "faults": [
            (one["file"], one["code"], *_words(one["code"], one["reason_zh"], one["reason_en"]))
            for one in answer["faults"]
        ],
        "proven": [(one["zh"], one["en"]) for one in answer["proven"]],
        "not_proven": [(one["zh"], one["en"]) for one in answer["not_proven"]],
        "facts": {name: str(value) for name, value in answer["facts"].items()},
    }


def _words(code: str, zh: str, en: str) -> tuple[str, str]:
    return ("", "") if code in UNSPOKEN else (zh, en)


def test_a_thousand_harmed_packages_get_the_same_findings_from_page_and_command(opened: Page) -> None:
    cases = [mangled(Random(20261122 + case)) for case in range(CASES)]
    reports = [verify_bytes(data) for _, data in cases]
    for (how, _), report, answer in zip(cases, reports, answers(opened, [data for _, data in cases]), strict=True):
        assert heard(answer) == said(report), how
    sound = sum(report.ok for report in reports)
    codes = {fault.code for report in reports for fault in report.faults}
    assert 10 < sound < 100
    assert len(codes) > 50


def agreed(opened: Page, packages: list[bytes], pinned: str | None = None) -> list[set[str]]:
    """The codes of each package's faults, once page and command have been found to agree."""
    reports = [verify_bytes(one, pinned) for one in packages]
    assert [heard(one) for one in answers(opened, packages, pinned=pinned)] == [said(one) for one in reports]
    return [{fault.code for fault in report.faults} for report in reports]


def test_each_file_changed_removed_or_renamed_each_cut_and_each_swap_is_found_by_both(opened: Page) -> None:
    files, whole, chance, packages = made_up.contents(), made_up.sound(), Random(4), list[bytes]()
    for path, content in files.items():
        rest = {one: other for one, other in files.items() if one != path}
        place = chance.randrange(len(content))
        spoilt = content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]
        packages += [made_up.packed(one) for one in (rest, {**files, path: spoilt}, {**rest, f"{path}x": content})]
    for place in range(0, len(whole), len(whole) // 60):
        packages.append(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
    packages += [whole[:-end] for end in (1, 2, 21, 22, 23, 100, 4000, len(whole) // 2)]
    packages += [whole + b"\n", b"\n" + whole, made_up.packed({**files, "data/more.pdf": b"%PDF"})]
    packages.append(rezipped(dict(reversed(files.items())), zipfile.ZIP_STORED))  # the same files in another order
    packages += [
        made_up.packed({**files, path: other()[path]}) for path in evidence.FILES if path != evidence.PUBLIC_KEY
    ]
    assert all(agreed(opened, packages))


def test_the_packages_made_up_and_built_are_sound_by_both_and_quickly(opened: Page) -> None:
    assert agreed(opened, [made_up.sound(), forged()]) == [set(), set()]
    start = monotonic()
    answers(opened, [made_up.sound()])
    spent = monotonic() - start
    assert spent < 1  # second, on a busy machine; a hundredth on an idle one


def test_records_that_contradict_each_other_are_named_alike_even_when_signed(opened: Page) -> None:
    files, packages = made_up.contents(), []
    for path, changes in (("data/custody.json", CUSTODY), ("data/dossier.json", DOSSIER)):
        for change, _ in changes:
            value = json.loads(files[path])
            change(value)
            content = json.dumps(value, ensure_ascii=False).encode()
            packages.append(made_up.resigned({**files, path: content}, made_up.KEY))
    codes = set().union(*agreed(opened, packages))
    wanted = {
        "balance",
        "unknown_originals",
        "no_handover",
        "link_gap",
        "link_start",
        "link_contradicts",
        "handover_absent",
    }
    assert wanted <= codes


def test_statements_that_the_key_holder_wrote_wrongly_are_named_alike(opened: Page) -> None:
    files = made_up.contents()
    statement = evidence.read_statement(files[evidence.STATEMENT])
    foreign = made_up.entries(dossier_no="other")
    changes: list[dict[str, Any]] = [
        {"dossier_no": "other"}, {"key_id": "0" * 64}, {"entries": 3}, {"head": "x"}, {"checkpoint_size": 2**53 - 1},
        {"checkpoint_root": "0"}, {"files": {**statement.files, "data/x": "0"}},
    ]  # fmt: skip
    packages = [restated(**change) for change in changes]
    ledger = b"".join(chain.line(row) + b"\n" for row in [*made_up.entries()[:4], *foreign[4:]])
    packages.append(made_up.resigned({**files, LEDGER: ledger}, made_up.KEY))
    codes = set().union(*agreed(opened, packages))
    assert {"several_dossiers", "statement_key", "other_checkpoint", "chain_other_dossier", "not_as_stated"} <= codes


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_hostile_zips_are_named_alike(opened: Page) -> None:
    def added(name: str, content: bytes = b"", attributes: int = 0o100644, method: int = zipfile.ZIP_STORED) -> bytes:
        out = io.BytesIO(made_up.sound())
        with zipfile.ZipFile(out, "a") as archive:
            info = zipfile.ZipInfo(name)
            info.external_attr, info.compress_type = attributes << 16, method
            archive.writestr(info, content)
        return out.getvalue()

    top = made_up.TOP
    packages = [
        added(f"{top}/data/custody.json", b"{}"), added(f"{top}/data/link", b"/etc/passwd", 0o120777), added("../evil"),
        added(f"{top}/data/bomb", bytes(5_000_000), method=zipfile.ZIP_DEFLATED), added("outside"), added("/x"),
        added(f"{top}/data/bz2", b"x" * 99, method=zipfile.ZIP_BZIP2), added(f"{top}/DATA/CUSTODY.json"),
        added(f"{top}/{'n' * 1100}"), b"", b"no zip", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), bytes(100),
        rezipped(made_up.contents(), zipfile.ZIP_BZIP2), made_up.sound()[:200],
    ]  # fmt: skip
    codes = set().union(*agreed(opened, packages))
    wanted = {"name_twice", "no_plain_file", "bomb", "outside_folder", "odd_compression", "same_but_case", "zip_unfit"}
    assert wanted <= codes


def test_the_key_that_the_reader_knows_must_have_signed(opened: Page) -> None:
    ours = fingerprint(raw_public(made_up.KEY))
    assert agreed(opened, [made_up.sound(), forged()], pinned=ours) == [set(), {"not_the_pinned_key"}]


SIGNS = st.text(max_size=12) | st.sampled_from(
    ["\u2028", "\x7f", "𠮷", "\ue000", "\ufeff", '"\\/\b\f', "constructor", "__proto__"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | SIGNS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SIGNS, inner, max_size=5),
    max_leaves=20,
)
CANONICAL = """(texts) => texts.map((text) => {
  const value = youdang.parsedJson(new TextEncoder().encode(text));
  return youdang.canonical(value);
})"""


@settings(max_examples=40, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=20), st.booleans())
def test_canonical_json_is_what_rfc_8785_says(opened: Page, values: list[Any], plain: bool) -> None:
    texts = [json.dumps(value, ensure_ascii=plain, indent=None if plain else 2) for value in values]
    assert opened.evaluate(CANONICAL, texts) == [rfc8785.dumps(value).decode() for value in values]


REFUSED = """(texts) => texts.filter((text) => {
  try {
    youdang.canonical(youdang.parsedJson(new TextEncoder().encode(text)));
  } catch {
    return false;
  }
  return true;
})"""


def test_what_is_no_json_or_has_no_canonical_form_is_refused(opened: Page) -> None:
    texts = [
        "", "{", "[1,]", "{,}", "01", "+1", ".5", "1.0", "1e2", "NaN", "Infinity", "'x'", '"\t"', '"\\x"', '"\\ud800"',
        '{"a":1,"a":1}', "9007199254740992", "-9007199254740992", "truex", "1 2", "[" * 300 + "]" * 300,
        "\ufeff1", "\u00a01",
    ]  # fmt: skip
    assert opened.evaluate(REFUSED, texts) == []
    assert opened.evaluate(REFUSED, ["-0", " [ ] ", "9007199254740991"]) == ["-0", " [ ] ", "9007199254740991"]


SIGNED = """async ([kind, rows]) => {
  const found = [];
  for (const row of rows) found.push(await youdang[kind](...row.map(youdang.fromHex)));
  return found;
}"""
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493


def test_the_pages_own_ed25519_holds_what_the_library_holds(opened: Page) -> None:
    chance, rows = Random(8032), []
    for size in range(24):
        key, text = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32)), chance.randbytes(size * 5)
        public, signature = raw_public(key), key.sign(text)
        high = (int.from_bytes(signature[32:], "little") + GROUP_ORDER).to_bytes(32, "little")
        rows += [
            (public, signature, text), (public, signature, text + b"x"), (public, signature[:32] + high, text),
            (public, bytes([signature[0] ^ 1]) + signature[1:], text), (chance.randbytes(32), signature, text),
            (public, signature[:-1], text), (public[:-1], signature, text),
        ]  # fmt: skip
    wanted = [verify_signature(*row) for row in rows]
    assert wanted.count(True) == 24
    plain = [[part.hex() for part in row] for row in rows]
    assert opened.evaluate(SIGNED, ["holdsByOwnArithmetic", plain]) == wanted
    assert opened.evaluate(SIGNED, ["holdsByBrowser", plain]) == wanted


def test_a_browser_without_ed25519_comes_to_the_same_findings_and_says_who_checked(opened: Page) -> None:
    packages = [made_up.sound(), made_up.rebagged({**made_up.contents(), "data/custody.json": b"{}"})]
    own, its = answers(opened, packages, ownArithmetic=True), answers(opened, packages)
    assert {one["by"] for one in own} == {"page"}
    assert {one["by"] for one in its} == {"browser"}
    assert [heard(one) for one in own] == [heard(one) for one in its]
