"""A refusal names the fields as the page does, without any script."""

from __future__ import annotations

import re
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from logistics.web.labels import labels_in
from tests.web.conftest import Visitor

As = Callable[[str], Visitor]
words = st.text("封签号说明 abc", min_size=1).filter(lambda text: text.strip())


@given(words, st.sampled_from(["seal", "row-1-number"]))
def test_a_field_is_called_what_its_label_says(label: str, name: str) -> None:
    drawn = f'<label for="f-{name}">{label}<span class="soft"> <b>（可不填）</b></span></label><input id="f-{name}">'
    assert labels_in(drawn) == {name: " ".join(label.split())}


def test_a_group_is_called_what_its_legend_says_and_a_tick_what_stands_beside_it() -> None:
    drawn = """<fieldset id="f-state"><legend>外观</legend>
    <label><input type="radio" name="state"> 完好</label></fieldset>
    <li id="f-line-1"><fieldset><legend>第 1 件</legend></fieldset></li><fieldset><legend>无名</legend></fieldset>
    <label class="choice"><input id="f-checked" type="checkbox"> <span>已核对证件</span></label>
    <label id="f-empty"><input type="checkbox"> 空封</label><label for="scan">扫描</label>"""
    assert labels_in(drawn) == {"state": "外观", "line-1": "第 1 件", "checked": "已核对证件", "empty": "空封"}


def test_the_list_of_what_is_wrong_names_its_fields_without_script(stranger: Visitor) -> None:
    body = stranger.log_in("", "").text
    links = re.findall(r'<a href="#f-(\w+)">([^<]+)</a>', body)
    assert links == [("login", "登录名 · 请填写这一项。"), ("password", "密码 · 请填写这一项。")]
