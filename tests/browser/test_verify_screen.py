"""What a person sees of verify.html, from a file, without network: at the desk, by phone, by keyboard, on paper."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from logistics.archive import evidence, page
from logistics.archive.checkpoints import fingerprint, raw_public
from tests.archive import made_up, manglings
from tests.archive.checks import filed
from tests.browser.conftest import DESK, PHONE, SECONDS, assert_accessible, assert_fits, picture

Open = Callable[..., Page]
OURS = fingerprint(raw_public(made_up.KEY))
DROP = """([name, text]) => {
  const data = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([data], name));
  const options = { bubbles: true, cancelable: true, dataTransfer: carried };
  document.body.dispatchEvent(new DragEvent("dragover", options));
  return document.body.dispatchEvent(new DragEvent("drop", options));
}"""


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens the page from a file: `open_page(size=PHONE, dark=True, locale="en-GB")`. It must stay silent."""
    file = tmp_path / "verify.html"
    file.write_bytes(page.whole())
    contexts, faults = [], list[str]()

    def opened(size: tuple[int, int] = DESK, dark: bool = False, locale: str = "zh-CN") -> Page:
        context = browser.new_context(
            offline=True,
            locale=locale,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            bypass_csp=False,
        )
        contexts.append(context)
        context.set_default_timeout(SECONDS)
        made = context.new_page()
        made.on("pageerror", lambda error: faults.append(str(error)))
        made.on("console", lambda said: faults.append(said.text))
        made.goto(file.as_uri())
        return made

    yield opened
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def packages(tmp_path: Path) -> dict[str, Path]:
    """A sound package, a harmed one and a file that is none."""
    files = made_up.contents()
    harmed = {**files, "data/\u202e\x1b[2J<b>x.pdf": b"", "data/custody.json": files["data/custody.json"][:-9]}
    contents = {"sound": made_up.sound(), "harmed": made_up.packed(harmed), "no-zip": b"no zip at all"}
    for name, content in contents.items():
        (tmp_path / f"{name}.zip").write_bytes(content)
    return {name: tmp_path / f"{name}.zip" for name in contents}


def chosen(shown: Page, file: Path) -> None:
    shown.set_input_files("#package", file)
    expect(shown.locator("#verdict")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE])
@pytest.mark.parametrize("dark", [False, True])
def test_a_sound_and_a_harmed_package_are_told_large_and_readable(
    open_page: Open, packages: dict[str, Path], size: tuple[int, int], dark: bool
) -> None:
    shown = open_page(size, dark)
    assert_accessible(shown)
    for name in ("sound", "harmed"):
        chosen(shown, packages[name])
        assert_fits(shown)
        assert_accessible(shown)
        picture(shown, f"verify-{name}{'-dark' if dark else ''}")


def test_a_sound_package_says_what_is_proven_what_is_not_and_who_checked(
    open_page: Open, packages: dict[str, Path]
) -> None:
    shown = open_page()
    chosen(shown, packages["sound"])
    report = shown.locator("#report")
    for words in (
        "核验通过",
        "sound.zip",
        "已证明",
        "未证明",
        "止于办结",
        "签名公钥是谁的尚未核对",
        OURS,
        "浏览器自带的 WebCrypto",
    ):
        expect(report).to_contain_text(words)
    assert shown.evaluate("document.activeElement.id") == "report"


def test_a_harmed_package_names_its_files_and_no_name_in_it_becomes_markup(
    open_page: Open, packages: dict[str, Path]
) -> None:
    shown = open_page()
    chosen(shown, packages["harmed"])
    expect(shown.locator("#verdict")).to_contain_text("核验不通过")
    named = shown.locator(".file").all_inner_texts()
    assert "data/custody.json" in named
    assert "data/\\u202e\\u001b[2J<b>x.pdf" in named
    assert shown.locator("#report b").count() == 0
    chosen(shown, packages["no-zip"])
    expect(shown.locator("#verdict")).to_contain_text("无法读取")
    expect(shown.locator("#report")).to_contain_text("不是 ZIP 文件")


def test_one_button_changes_the_language_of_everything(open_page: Open, packages: dict[str, Path]) -> None:
    shown = open_page()
    chosen(shown, packages["sound"])
    shown.locator("#language").click()
    assert shown.locator("html").get_attribute("lang") == "en"
    expect(shown.locator("#verdict")).to_contain_text("SOUND")
    text = shown.locator("main").inner_text()
    assert "Whose key signed is not checked" in text
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in text)
    picture(shown, "verify-sound-en")
    abroad = open_page(locale="en-GB")
    expect(abroad.locator("h1")).to_have_text("Check an archive package", use_inner_text=True)


def test_a_package_is_dropped_anywhere_on_the_page(open_page: Open, packages: dict[str, Path]) -> None:
    shown = open_page()
    text = base64.b64encode(packages["sound"].read_bytes()).decode()
    assert shown.evaluate(DROP, ["dropped.zip", text]) is False  # the browser does not leave for the file
    expect(shown.locator("#verdict")).to_contain_text("dropped.zip")


def test_the_key_is_named_by_fingerprint_or_file_and_a_wrong_one_is_refused(
    open_page: Open, packages: dict[str, Path], tmp_path: Path
) -> None:
    shown = open_page()
    chosen(shown, packages["sound"])
    shown.locator("#ask summary").click()
    key = shown.locator("#key")
    key.fill(":".join(OURS[i : i + 4].upper() for i in range(0, 64, 4)))
    key.press("Enter")
    expect(shown.locator("#report")).to_contain_text("签名出自指定的公钥")
    key.fill("0" * 64)
    key.press("Tab")
    expect(shown.locator("#report")).to_contain_text("签名公钥不是指定的那一个")
    key.fill("not a key")
    key.press("Tab")
    expect(shown.locator("#key-fault")).to_be_visible()
    expect(shown.locator("#report")).to_be_hidden()
    assert_accessible(shown)
    key.fill("")
    pem = tmp_path / "key.pem"
    pem.write_bytes(made_up.contents()[evidence.PUBLIC_KEY])
    shown.set_input_files("#key-file", pem)
    expect(shown.locator("#report")).to_contain_text("签名出自指定的公钥")
    pem.write_bytes(b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    shown.set_input_files("#key-file", [])
    shown.set_input_files("#key-file", pem)
    expect(shown.locator("#key-fault")).to_be_visible()


def test_time_stamps_are_proven_once_their_authoritys_root_is_named(open_page: Open, tmp_path: Path) -> None:
    shown, package, root = open_page(), tmp_path / "stamped.zip", tmp_path / "root.pem"
    package.write_bytes(manglings.countersigned())
    chosen(shown, package)
    report = shown.locator("#report")
    expect(report).to_contain_text("包内有时间戳，自称由")
    expect(report).to_contain_text("国密签名（SM2 与 SM3）成立")
    shown.locator("#ask summary").click()
    root.write_bytes(manglings.centre().root.pem())
    shown.set_input_files("#roots", root)
    expect(report).to_contain_text("第三方时间戳")
    root.write_bytes(b"no certificate")
    shown.set_input_files("#roots", [])
    shown.set_input_files("#roots", root)
    expect(shown.locator("#roots-fault")).to_be_visible()
    expect(report).to_be_hidden()
    assert_accessible(shown)


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_four_checks_are_shown_as_the_sealers_word_beside_what_the_page_saw(
    open_page: Open, tmp_path: Path, size: tuple[int, int]
) -> None:
    shown, package = open_page(size), tmp_path / "filed.zip"
    package.write_bytes(filed.packed(filed.sound()))
    chosen(shown, package)
    report = shown.locator("#report")
    for words in ("封装时的结论：通过", "这是立档方写进包里的话", "其余只有报告写明在它之后形成的文件）：相符"):
        expect(report).to_contain_text(words)
    report.locator("summary").click()
    expect(report.locator("td", has_text="GD-4-1")).to_be_visible()
    expect(report).to_contain_text("病毒检测（不适用）")
    expect(report).not_to_contain_text("：不符")
    assert_fits(shown)
    assert_accessible(shown)
    picture(shown, "verify-four-checks")


WITHOUT_ED25519 = """const own = SubtleCrypto.prototype.importKey;
SubtleCrypto.prototype.importKey = function (format, key, algorithm, ...rest) {
  if (algorithm === "Ed25519") return Promise.reject(new DOMException("unknown", "NotSupportedError"));
  return own.call(this, format, key, algorithm, ...rest);
};"""
WITHOUT_CRYPTO = "Object.defineProperty(globalThis, 'crypto', { value: {} });"
WITH_A_FAULT = "SubtleCrypto.prototype.digest = () => Promise.reject(new Error('no such thing'));"


@pytest.mark.parametrize(
    ("lacking", "place", "words"),
    [
        (WITHOUT_ED25519, "#report", "这个浏览器没有 Ed25519，签名由本页自己的算法核验"),
        (WITHOUT_CRYPTO, "#busy", "请把本页存到电脑里，从文件打开"),
        (WITH_A_FAULT, "#busy", "这不是对归档信息包的结论"),
    ],
)
def test_what_a_browser_lacks_is_said_plainly_and_never_as_a_verdict(
    open_page: Open, packages: dict[str, Path], lacking: str, place: str, words: str
) -> None:
    shown = open_page()
    shown.add_init_script(lacking)
    shown.reload()
    shown.set_input_files("#package", packages["sound"])
    expect(shown.locator(place)).to_contain_text(words)
    expect(shown.locator("#verdict")).to_have_count(1 if place == "#report" else 0)


def test_everything_is_reached_by_keyboard(open_page: Open, packages: dict[str, Path]) -> None:
    shown = open_page()
    reached = []
    for _ in range(5):
        shown.keyboard.press("Tab")
        reached.append(shown.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert reached[:4] == ["A", "language", "package", "SUMMARY"]
    with shown.expect_file_chooser() as chooser:
        shown.locator("#package").press("Enter")
    chooser.value.set_files(packages["sound"])
    expect(shown.locator("#verdict")).to_be_visible()


def test_on_paper_stands_the_result_and_nothing_to_press(open_page: Open, packages: dict[str, Path]) -> None:
    shown = open_page()
    chosen(shown, packages["harmed"])
    shown.emulate_media(media="print")
    for gone in ("#ask", "#print", "#language"):
        expect(shown.locator(gone)).to_be_hidden()
    expect(shown.locator("#verdict")).to_be_visible()
    assert_fits(shown)
    picture(shown, "verify-paper")


def test_a_stray_script_is_not_run_and_nothing_is_asked_of_the_network(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "verify.html"
    added = "<script>window.stray = 1</script><img src='http://127.0.0.1:9/x' onerror='window.stray = 2'></body>"
    file.write_bytes(page.whole().replace(b"</body>", added.encode()))
    context = browser.new_context()
    shown = context.new_page()
    stopped: list[str | None] = []
    shown.on("requestfailed", lambda request: stopped.append(request.failure))
    shown.goto(file.as_uri(), wait_until="load")
    assert shown.evaluate("window.stray === undefined && typeof youdang.verifyPackage === 'function'")
    assert stopped == ["csp"]
    context.close()
