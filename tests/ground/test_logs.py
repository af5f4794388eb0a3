"""Logs: one line a happening, with the command's id, and never a personal datum."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from logistics import logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    logs.unbind()
    structlog.reset_defaults()


@pytest.fixture
def stream() -> io.StringIO:
    target = io.StringIO()
    logs.configure("info", target, pretty=False)
    return target


def only_line(stream: io.StringIO) -> dict[str, object]:
    lines = stream.getvalue().splitlines()
    assert len(lines) == 1
    found: dict[str, object] = json.loads(lines[0])
    return found


def test_a_line_carries_what_was_bound(stream: io.StringIO) -> None:
    logs.bind(command_id="c-1")
    logs.get("services.dispatch").info("dispatched", consignment=7, waybill="1234567890123")
    line = only_line(stream)
    assert line["event"] == "dispatched"
    assert (line["command_id"], line["consignment"], line["waybill"]) == ("c-1", 7, "1234567890123")
    assert (line["level"], line["logger"]) == ("info", "services.dispatch")


@pytest.mark.parametrize(
    "key",
    ["name", "phone", "id_number", "address", "applicant_name", "receiver_phone", "holder", "email", "password",
     "session_token", "sign_key", "authorization"],
)  # fmt: skip
def test_known_personal_fields_and_secrets_are_blanked(stream: io.StringIO, key: str) -> None:
    logs.get("x").info("opened", **{key: "欧阳𠮷", "nested": {"deep": [{key: "欧阳𠮷"}]}})
    assert "欧阳" not in stream.getvalue()
    assert only_line(stream)[key] == logs.BLANK


def test_numbers_and_addresses_inside_texts_are_blanked(stream: io.StringIO) -> None:
    logs.get("x").info(
        "told 13800138000 and 11010519491231002X",
        why="mail zhang.san@mail.example, smtp://u:secret@mail.example:25",
        raw=b"13800138000",
    )
    text = stream.getvalue()
    for word in ("13800138000", "11010519491231002X", "zhang.san", "secret"):
        assert word not in text


def test_the_standard_library_s_loggers_go_the_same_way(stream: io.StringIO) -> None:
    logging.getLogger("werkzeug").warning("call of %s", "13800138000", extra={"phone": "13800138000"})
    line = only_line(stream)
    assert "13800138000" not in str(line)
    assert line["logger"] == "werkzeug"


def test_an_exception_is_logged_without_the_data_that_caused_it(stream: io.StringIO) -> None:
    try:
        int("张三丰")
    except ValueError:
        logs.get("x").exception("failed")
        logging.getLogger("y").exception("failed too")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert "张三丰" not in stream.getvalue()
    for line in (first, second):
        assert line["error"] == "builtins.ValueError"
        assert "test_logs.py" in line["passed"][0]


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_blanking_never_fails_and_keeps_no_mobile_number(value: object) -> None:
    done = logs.blank_personal(None, "", {"event": "x", "value": [value, "电话13800138000", {"phone": value}]})
    json.dumps(done, ensure_ascii=True)
    assert done["value"][1:] == [f"电话{logs.BLANK}", {"phone": logs.BLANK}]


def test_a_digest_or_a_hash_stays_readable(stream: io.StringIO) -> None:
    digest = "ab13800138000" + "c" * 51
    logs.get("x").info("kept", sha256=digest, idempotency_key="k-1")
    line = only_line(stream)
    assert (line["sha256"], line["idempotency_key"]) == (digest, "k-1")
