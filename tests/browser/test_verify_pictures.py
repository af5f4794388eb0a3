"""A package that carries photos of originals, of an envelope and of its seal: page and command say the same of it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from playwright.sync_api import Page
from sqlmodel import Session, select

from couriers import adapters
from logistics.archive import container
from logistics.services import archive, pictures
from logistics.services.pictures import File
from logistics.store.embedded import Urls
from logistics.tables import Paper
from logistics.terms import PictureOf
from scheduler import checkpoints
from tests import builders
from tests.browser.test_verify_page import agreed, opened
from tests.photos import photo
from tests.services.conftest import EMS
from tests.services.filed import closed

__all__ = ["opened"]  # a fixture of this module's own, made as over there


def sealed(house: builders.House) -> bytes:
    """The package of a dossier with two pictures of its original and two of each envelope as it arrived."""

    def arrived(no: str) -> None:
        actor = house.receiver if no.endswith("-1") else house.window
        for word, shows in ((60, PictureOf.SEAL), (120, PictureOf.ENVELOPE)):
            file = File(photo(word + int(no[-1])))
            pictures.keep_of_envelope(house.web, actor, house.command(), no, [file], shows)

    def look(code: str) -> None:
        files = [File(photo(1)), File(photo(200, "PNG"))]
        pictures.keep(house.web, house.window, house.command(), code, files)

    no = closed(house, look=look, arrived=arrived)
    checkpoints.once(house.system)
    archive.seal_package(house.system, no)
    with Session(house.system.engine) as session:
        paper = session.exec(select(Paper).where(Paper.kind == "package", Paper.no.startswith(no))).one()
    return house.system.files.get(paper.sha256)


def spoilt(package: bytes, name: str) -> bytes:
    """The package with one bit of that file turned."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as whole:
        for path, _at, content in container.walk(package):
            held = content or b""
            whole.writestr(path, held[:-3] + bytes([held[-3] ^ 1]) + held[-2:] if path == name else held)
    return made.getvalue()


def test_a_package_with_photos_is_sound_by_both_and_a_spoilt_photo_is_named_by_both(
    opened: Page, seeded: Urls, tmp_path: Path
) -> None:
    house = builders.house(seeded, tmp_path, adapters.from_settings(EMS))
    package = sealed(house)
    house.close()
    names = [name for name, _at, _content in container.walk(package)]
    photos = [name for name in names if name.endswith((".jpg", ".png")) and "签字" not in name]
    assert [sum(word in name for name in photos) for word in ("原件影像", "封签照片", "信封照片")] == [2, 2, 2]
    sound, *harmed = agreed(opened, [package, *(spoilt(package, name) for name in photos)])
    assert sound == set()
    assert all(harmed)
