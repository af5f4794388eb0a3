"""The colours keep their contrast in every mode, the sheet of components is for developers, refusals speak plainly."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Blueprint, Flask, abort

from logistics.app import create_app
from logistics.errors import Rejected
from logistics.store.context import Context
from logistics.web import colours, reading
from tests.web.conftest import Visitor

As = Callable[[str], Visitor]
STATIC = Path(colours.__file__).parent / "static"


@pytest.mark.parametrize("mode", colours.MODES)
def test_every_colour_can_be_read_on_what_it_stands_on(mode: str) -> None:
    known = colours.tokens(mode)
    for front, ground, least, least_high in colours.pairs():
        wanted = least_high if mode.startswith("high") else least
        assert colours.ratio(known[front], known[ground]) >= wanted, f"{front} on {ground}"


def test_every_mode_names_the_same_colours_and_the_system_chooses_among_the_same() -> None:
    assert len({tuple(colours.tokens(mode)) for mode in colours.MODES}) == 1
    found = colours.blocks()
    for high in ("", '[data-contrast="high"]'):
        chosen, by_system = (found[f':root{high}[data-display="{one}"]'] for one in ("dark", "auto"))
        assert chosen == by_system


def test_contrast_is_reckoned_as_the_standard_says() -> None:
    assert colours.ratio("#000000", "#ffffff") == pytest.approx(21)
    assert colours.ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert colours.ratio("#ffffff", "#777777") == colours.ratio("#777777", "#ffffff")


def test_no_page_brings_a_colour_of_its_own() -> None:
    allowed = {"tokens.css", "print.css"}
    for file in STATIC.glob("*.css"):
        if file.name not in allowed:
            named = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", file.read_text("utf-8")))
            named -= {"#ffffff", "#000000"}  # a pad to sign on, what a camera sees
            assert not named, f"{file.name}: {named}"


def test_no_page_lays_a_sheet_of_paper_out_as_a_phone() -> None:
    """A4 is some 690 px wide: a rule for narrow windows must say that it means a screen."""
    narrow = re.compile(r"@media(?! screen and) *\(max-width")
    assert not [file.name for file in STATIC.glob("*.css") if narrow.search(file.read_text("utf-8"))]


def test_the_sheet_of_components_is_not_in_production(ctx: Context, stranger: Visitor) -> None:
    assert stranger.get("/design").status_code == 404
    shown = Visitor(create_app(ctx, design_page=True)).get("/design")
    assert shown.status_code == 200
    for part in ("alarm", "band-late", "is-wrong", "nothing", "moment", "drawer", "provisional", "chip", "progress"):
        assert f'"{part}' in shown.text or f" {part}" in shown.text, part
    for ratio in ("21.0", "4."):
        assert ratio in shown.text


def test_every_way_of_reading_has_its_first_value_without_a_cookie(site: Flask) -> None:
    with site.test_request_context("/login"):
        assert {way.name: way.chosen for way in reading.WAYS} == {
            "letters": "usual",
            "contrast": "usual",
            "display": "auto",
        }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_whatever_is_refused_is_said_plainly_in_one_language(ctx: Context, language: str) -> None:
    app = create_app(ctx)
    trial = Blueprint("trial", __name__)

    @trial.get("/trial/<int:status>")
    def refuse(status: int) -> str:
        if status == 500:
            raise RuntimeError("a secret_word of ours")
        if status == 409:
            raise Rejected("没有寄出：封签已用过。请换一张。", "Not dispatched: the seal was used. Take another.")
        abort(status)

    app.register_blueprint(trial)
    visitor = Visitor(app)
    visitor.log_in("lin")
    visitor.post("/language", {"language": language, "next": "/"})
    for status in (400, 403, 404, 405, 409, 413, 429, 500, 503):
        answer = visitor.get(f"/trial/{status}")
        assert answer.status_code == status
        said = answer.text.partition('<section class="refusal"')[2].partition("</section>")[0]
        title = re.search(r"</svg> (.+)</h1>", said)
        sentence = re.search(r'plainly">(.+)</p>', said)
        assert title
        assert sentence
        for words in (title[1], sentence[1]):
            assert bool(re.search(r"[㐀-鿿]", words)) is (language == "zh"), words
            assert str(status) not in words
        assert "secret_word" not in answer.text
        assert ("<code>" in said) is (status == 500)
        assert 'href="/"' in said
