"""Papers from JSON: the documented fields are the fields, and what is wrong is named."""

import dataclasses
import json
import re
import types
import typing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels import papers
from labels.draw import draw
from labels.printers.press import pictures
from labels.reading import KINDS, OPTIONAL, MalformedPaper, read_paper
from tests.labels.checks_examples import check_sheet
from tests.labels.examples import LABEL, SEAL, STICKER, cover, handover, slip
from tests.labels.forms_examples import arrival, catalogue, guide, intake, notice, remarks

PAGE = (Path(__file__).parents[2] / "docs" / "papers.md").read_text("utf-8")
SECTIONS = {match[1]: match[2] for match in re.finditer(r"^## \S+ `(\w+)`\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)}
EXAMPLES = {kind: re.findall(r"```json\n(.*?)```", text, re.S)[0] for kind, text in SECTIONS.items()}
TABLES = {match[1]: match[2] for match in re.finditer(r"^#### `(\w+)`\n\n(.*?)\n\n", PAGE, re.M | re.S)}
ROWS = re.compile(r"^\| `(\w+)` \| (\S+(?: \S+)*) \| (是)? ?\| (.+?) \| (.+) \|$", re.M)


def plain(paper: papers.Paper) -> str:
    return json.dumps(dataclasses.asdict(paper), default=lambda instant: instant.isoformat())


def faults(kind: str, given: object) -> str:
    with pytest.raises(MalformedPaper) as caught:
        read_paper(kind, json.dumps(given))
    return "\n".join(caught.value.faults)


def example(kind: str) -> dict[str, typing.Any]:
    found: dict[str, typing.Any] = json.loads(EXAMPLES[kind])
    return found


def test_the_page_has_every_kind() -> None:
    assert set(SECTIONS) == set(KINDS)
    ours_alone = {papers.DossierRecord, papers.FigureReport}  # one carries files, the other is made of our own ledger
    assert set(KINDS.values()) | ours_alone == set(typing.get_args(papers.Paper))


@pytest.mark.parametrize("kind", KINDS)
def test_the_documented_example_becomes_a_paper_in_every_form(kind: str) -> None:
    paper = read_paper(kind, EXAMPLES[kind])
    assert isinstance(paper, KINDS[kind])
    assert draw(paper).startswith(b"%PDF-1.7")
    assert pictures(paper, 203)


@pytest.mark.parametrize("name", OPTIONAL)
def test_each_table_names_the_fields_and_which_must_be_given(name: str) -> None:
    made = getattr(papers, name)
    hints = typing.get_type_hints(made)
    rows = {row[0]: row for row in ROWS.findall(TABLES[name])}
    assert list(rows) == [field.name for field in dataclasses.fields(made)]
    for field in dataclasses.fields(made):
        may_lack = field.name in OPTIONAL[name] or field.default is not dataclasses.MISSING
        may_lack = may_lack or isinstance(hints[field.name], types.UnionType)
        assert (rows[field.name][2] == "") == may_lack, field.name
    assert OPTIONAL[name] <= {field.name for field in dataclasses.fields(made)}


@pytest.mark.parametrize(
    ("kind", "paper"),
    [("label", LABEL), ("seal", SEAL), ("original", STICKER), ("slip", slip(5)), ("cover", cover()),
     ("handover", handover()), ("handover", handover(2, signed=True)),
     ("catalogue", catalogue()), ("remarks", remarks()), ("remarks", remarks(0)), ("intake", intake()),
     ("receipt", arrival()), ("notice", notice()), ("notice", notice(1, 0)), ("guide", guide()),
     ("check_sheet", check_sheet(8, 1))],
)  # fmt: skip
def test_what_is_written_as_json_is_read_as_the_same_paper(kind: str, paper: papers.Paper) -> None:
    assert read_paper(kind, plain(paper)) == paper


@given(st.sampled_from(sorted(KINDS)), st.data())
def test_a_field_left_out_or_of_another_type_is_named(kind: str, data: st.DataObject) -> None:
    given_ = example(kind)
    name = data.draw(st.sampled_from(sorted(given_)))
    wrong = data.draw(st.sampled_from([{}, [1], 1.5, "\n", -1]))
    assert name in faults(kind, {**given_, name: wrong})
    without = {key: value for key, value in given_.items() if key != name}
    hints = typing.get_type_hints(KINDS[kind])
    fields = {field.name: field for field in dataclasses.fields(KINDS[kind])}
    optional = name in OPTIONAL[KINDS[kind].__name__] or fields[name].default is not dataclasses.MISSING
    if optional or isinstance(hints[name], types.UnionType):
        assert read_paper(kind, json.dumps(without))
    else:
        assert name in faults(kind, without)


@given(st.sampled_from(sorted(KINDS)), st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_nothing_else_than_a_paper_is_taken_for_one(kind: str, text: str, value: object) -> None:
    for bad in (text, json.dumps(value), json.dumps({text: value})):
        with pytest.raises(MalformedPaper):
            read_paper(kind, bad)


def test_all_faults_are_told_at_once_with_their_places() -> None:
    given_ = example("label")
    given_["receiver"]["phone"] = 138
    given_["printed_at"] = "2026-09-28T09:05:00"
    given_["colour"] = "red"
    del given_["secrecy"]
    told = faults("label", given_)
    for part in (
        "receiver.phone 应为带引号的文字",
        "printed_at 应为带时区",
        "colour 是不认识的字段",
        "缺少字段 secrecy",
    ):
        assert part in told
    given_ = example("slip")
    given_["items"][0]["pages"] = "2"
    assert "items[0].pages 应为不带引号的整数" in faults("slip", given_)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"qr_text": "J001-WS·2024"}, "ASCII"), ({"contents_count": 0}, "至少为 1"), ({"size": "80x100"}, "76x130"),
     ({"dossier_no": ""}, "dossier_no 不能为空"), ({"postal_enterprise": "yes"}, "true 或 false"),
     ({"route_code": "A\tB"}, "控制字符"), ({"destination_mark": "长" * 2001}, "超过 2000 字")],
)  # fmt: skip
def test_a_value_no_paper_can_have_is_refused_with_a_sentence(change: dict[str, object], said: str) -> None:
    assert said in faults("label", {**example("label"), **change})


def test_a_field_given_twice_and_numbers_that_are_none_are_refused() -> None:
    for text in (EXAMPLES["seal"].replace('"seal_no"', '"number"'), '{"copy_no": NaN}', "[" * 100_000, b"\xff"):
        with pytest.raises(MalformedPaper, match="JSON"):
            read_paper("seal", text)
    with pytest.raises(MalformedPaper, match="没有「box」"):
        read_paper("box", "{}")
