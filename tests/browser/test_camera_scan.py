"""The camera as a scan gun: a Chromium whose camera sees the QR code of a transfer slip, and one that may not look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, expect

from logistics.demo import seed
from logistics.services import papers, people
from logistics.store.context import Context
from tests.browser.conftest import DESK, SECONDS, assert_accessible, picture, watch_over
from tests.browser.test_receiving_desk import hall as hall
from tests.conftest import QUIET
from tests.labels.reading import rasters
from tests.web.desks.under_way import Hall

WIDE, HIGH = 640, 480


@pytest.fixture
def ctx(hall: Hall) -> Context:
    """The server's world is the house's."""
    return hall.house.web


def film(frame: Image.Image, file: Path) -> Path:
    """A Y4M film in which nothing moves, as Chromium's fake camera plays it."""
    luma, cb, cr = frame.convert("YCbCr").split()
    small = (frame.width // 2, frame.height // 2)
    planes = luma.tobytes() + cb.resize(small).tobytes() + cr.resize(small).tobytes()
    head = f"YUV4MPEG2 W{frame.width} H{frame.height} F10:1 Ip A1:1 C420jpeg\n".encode()
    file.write_bytes(head + (b"FRAME\n" + planes) * 5)
    return file


def slip_before_the_camera(hall: Hall) -> Image.Image:
    """The part of the slip's first page around its QR code, as somebody holds it before a camera."""
    house = hall.house
    made = papers.make_slip(house.web, house.window, house.command(), hall.envelope)
    _row, pdf = papers.fetch(house.web, house.window, str(made["paper"]))
    page = rasters(pdf)[0].convert("RGB")
    (code,) = [one for one in zxingcpp.read_barcodes(page) if one.text.startswith(f"YD1|S|{hall.envelope}")]
    place = code.position
    x, y = place.top_left.x, place.top_left.y
    side = max(place.bottom_right.x - x, 80)
    held = page.crop((x - side, y - side // 2, x + 2 * side, y - side // 2 + 3 * side * HIGH // WIDE))
    return held.resize((WIDE, HIGH))


@pytest.fixture
def seen_by_camera(hall: Hall, chromium: str, tmp_path: Path, browser: Browser) -> Iterator[Browser]:
    """A browser whose camera sees the slip of the envelope."""
    shot = film(slip_before_the_camera(hall), tmp_path / "slip.y4m")
    fake = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={shot}"]
    fake.append("--use-fake-ui-for-media-stream")  # the headless shell has nobody to ask
    opened = browser.browser_type.launch(executable_path=chromium, args=[*QUIET, *fake])
    yield opened
    opened.close()


def test_the_camera_reads_the_slip_opens_its_list_and_says_plainly_when_it_may_not(
    hall: Hall, seen_by_camera: Browser, ctx: Context, live: str
) -> None:
    hall.delivered()
    faults: list[str] = []
    context = seen_by_camera.new_context(
        base_url=live, viewport={"width": DESK[0], "height": DESK[1]}, permissions=["camera"], locale="zh-CN"
    )
    context.set_default_timeout(SECONDS)
    token = people.log_in(ctx, "fr-receiver", seed.PASSWORD)
    context.add_cookies([{"name": "youdang_session", "value": token, "url": live}])
    page = context.new_page()
    watch_over(page, live, faults)
    page.goto("/receive")
    page.get_by_role("button", name="用摄像头扫描").click()
    page.wait_for_url(f"**/receive/{hall.envelope}")
    expect(page.get_by_role("heading", name="待签收核验，应收 3 件")).to_be_visible()
    page.goto("/receive")
    page.get_by_role("button", name="装到本机").click()
    page.get_by_text("已装 1 个信封").wait_for()
    context.set_offline(True)
    page.goto("/receive")
    page.locator("#view-lists [data-camera]").click()
    page.get_by_role("heading", name="应收 3 件").wait_for()  # the reader itself is on the device, too
    context.set_offline(False)

    context.clear_permissions()
    refused = context.new_page()  # nobody allowed the camera there
    watch_over(refused, live, faults)
    refused.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    refused.goto("/receive")
    refused.get_by_role("button", name="用摄像头扫描").click()
    refused.get_by_text("没有得到摄像头的许可").wait_for()
    assert_accessible(refused)
    picture(refused, "receiving-camera-refused")
    refused.get_by_role("button", name="关掉摄像头").click()
    refused.locator("#f-code").fill(hall.seal)
    refused.keyboard.press("Enter")
    refused.wait_for_url(f"**/receive/{hall.envelope}")
    context.close()
    assert not faults, "\n".join(faults)
