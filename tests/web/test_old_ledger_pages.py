"""Bringing in an old ledger over its pages: by whoever may, step by step, without script."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from logistics import sheets
from logistics.store.context import Context, connect
from logistics.store.embedded import Urls
from scheduler import old_ledgers as scheduler
from tests.sheets.made import workbook
from tests.web.conftest import Visitor

As = Callable[[str], Visitor]
HEADINGS = ["序号", "寄出日期", "办件编号", "申请人", "身份证号", "EMS单号", "签收日期", "备注"]
GOOD = ["1", "2025-03-05", "OLD-1", "王小明", "42120019900101001X", "1100000000001", "2025-03-08", ""]
OPEN = ["2", "2025-03-06", "OLD-2", "李样例", "", "1100000000002", "", "急"]
BAD = ["3", "3/5/2025", "OLD-3", "张三", "", "见附页", "", ""]


@pytest.fixture
def run(database: Urls, ctx: Context) -> Any:
    """What the scheduler does about old ledgers when it looks."""
    system = replace(ctx, engine=connect(database.system))
    yield lambda: scheduler.once(system)
    system.engine.dispose()


def send(visitor: Visitor, path: str, on: str, **fields: object) -> TestResponse:
    return visitor.post(path, {"command_id": str(uuid4()), **fields}, on)


def upload(visitor: Visitor, *rows: list[str], name: str = "2025台账.xlsx") -> TestResponse:
    content = workbook([["咸宁大厅寄递台账"], HEADINGS, *rows])
    return send(visitor, "/old-ledgers", "/old-ledgers", file=(io.BytesIO(content), name))


def chosen(page: str) -> dict[str, str]:
    """What the form of columns would send as it stands."""
    fields = dict(re.findall(r'<input type="hidden" name="(sheet|heading)" value="(\d+)">', page))
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        picked = re.search(r'<option value="(\d+)" selected', options)
        if picked and name not in ("sheet", "heading", "saved"):
            fields[name] = picked[1]
    return fields


def checked(keeper: Visitor, run: Callable[[], int], *rows: list[str]) -> str:
    place = upload(keeper, *rows).headers["Location"]
    assert send(keeper, f"{place}/check", place, **chosen(keeper.get(place).text)).status_code == 303
    run()
    return place


def test_columns_are_guessed_as_guesses_and_personal_numbers_left_out(as_: As) -> None:
    keeper = as_("zhou")
    answer = upload(keeper, GOOD)
    assert answer.status_code == 303
    page = keeper.get(answer.headers["Location"]).text
    assert "按表头猜的" in page
    assert "不导入：身份证号" in page
    fields = chosen(page)
    assert fields == {
        "sheet": "0", "heading": "2", "sent_on": "1", "case_no": "2", "applicant": "3", "waybill": "5",
        "signed_on": "6", "remark": "7",
    }  # fmt: skip
    blank = dict.fromkeys(fields, "")
    for name in ("sheet", "heading", "remark"):
        del blank[name]
    wrong = send(keeper, f"{answer.headers['Location']}/check", "/old-ledgers", sheet=0, heading=2, **blank, remark=7)
    assert wrong.status_code == 422
    assert "至少选一列" in wrong.text
    assert chosen(wrong.text) == {"sheet": "0", "heading": "2", "remark": "7"}


def test_the_way_from_file_to_records_and_back(as_: As, run: Callable[[], int]) -> None:
    keeper = as_("zhou")
    place = upload(keeper, GOOD, OPEN).headers["Location"]
    send(keeper, f"{place}/check", place, save_as="老系统", **chosen(keeper.get(place).text))
    waiting = keeper.get(place).text
    assert "正在试导" in waiting
    assert 'hx-trigger="load delay:2s"' in waiting
    run()
    assert "旧台账，试导好了" in keeper.get("/").text
    report = keeper.get(place).text
    assert "2 行都可以导入" in report
    send(keeper, f"{place}/confirm", place)
    run()
    assert "已导入 2 条记录" in keeper.get(place).text
    listed = keeper.get("/old-records?q=OLD").text
    assert "OLD-1" in listed
    record = keeper.get(re.findall(r"/old-records/\d+", listed)[-1]).text
    for words in ("由台账导入，未经系统记录", "王**", "2025台账.xlsx", "第 3 行"):
        assert words in record, words
    assert "王小明" not in record
    assert keeper.get("/find?q=OLD-1").status_code == 303
    refused = send(keeper, f"{place}/withdraw", place, why="")
    assert "请写明为什么撤回" in refused.text
    send(keeper, f"{place}/withdraw", place, why="列对错了")
    assert "这次导入已撤回" in keeper.get(place).text
    assert keeper.get("/find?q=OLD-1").status_code == 404
    again = upload(keeper, GOOD, name="2026台账.xlsx").headers["Location"]
    assert "老系统" in keeper.get(again).text


def test_refused_rows_stand_with_their_reasons_and_come_back_as_a_workbook(as_: As, run: Callable[[], int]) -> None:
    keeper = as_("zhou")
    place = checked(keeper, run, GOOD, BAD)
    page = keeper.get(place).text
    assert "1 行不能导入" in page
    assert "看不出哪个是年、月、日" in page
    assert "见附页" in page
    held = send(keeper, f"{place}/confirm", place)
    assert held.status_code == 409
    answer = keeper.get(f"{place}/faults.xlsx")
    heading, row = sheets.read(answer.data, "faults.xlsx").sheets[0].rows
    assert [cell.text for cell in heading.cells[1:-1]] == HEADINGS
    assert row.cells[0].text == "4"
    assert row.at(3).text == "OLD-3"
    assert "看不出" in row.cells[-1].text
    assert send(keeper, f"{place}/confirm", place, good_only="true").status_code == 303
    run()
    done = keeper.get(place).text
    assert "已导入 1 条记录" in done
    assert "选择不导入有错的 1 行" in done
    assert keeper.get(f"{place}/faults.xlsx").status_code == 404


def test_a_file_that_is_no_table_is_refused_at_its_field(as_: As) -> None:
    keeper = as_("zhou")
    old = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 100
    answer = send(keeper, "/old-ledgers", "/old-ledgers", file=(io.BytesIO(old), "台账.xls"))
    assert answer.status_code == 422
    assert "另存为 .xlsx" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert send(keeper, "/old-ledgers", "/old-ledgers").status_code == 422


def test_only_administrators_and_managers_import_and_other_agencies_see_nothing(
    as_: As, run: Callable[[], int]
) -> None:
    assert as_("lin").get("/old-ledgers").status_code == 403
    keeper = as_("zhou")
    place = checked(keeper, run, GOOD, OPEN)
    send(keeper, f"{place}/confirm", place)
    run()
    record = re.findall(r"/old-records/\d+", keeper.get("/old-records").text)[0]
    assert as_("qin").get(place).status_code == 200
    stranger = as_("he")
    for path in (record, "/find?q=OLD-1"):
        assert stranger.get(path).status_code == 404
    assert "OLD-1" not in stranger.get("/old-records").text
