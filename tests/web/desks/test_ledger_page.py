"""The ledger page: every entry in words, the chain checked, each entry's place under a signed checkpoint."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from logistics.rules import chain
from logistics.store.embedded import Server
from tests.web.desks.conftest import Desk
from tests.web.desks.under_way import Hall

At = Callable[[str], Desk]


def test_every_entry_is_told_in_words_with_who_and_its_hash(hall: Hall, at: At) -> None:
    hall.listed().sent()
    text = at("xn-window").read(f"/dossiers/{hall.dossier}/ledger")
    entries = hall.whole().entries
    assert f"{len(entries)} 条留痕首尾相接，没有改动" in text
    for entry in entries:
        assert entry.hash[:10] in text
        assert entry.what not in text  # no raw code
    assert "申请人 → 陈晓岚" in text


def test_before_the_first_checkpoint_the_page_says_what_it_cannot_show(hall: Hall, at: At) -> None:
    hall.listed()
    assert "还没有签名的检查点" in at("xn-window").read(f"/dossiers/{hall.dossier}/ledger")


def test_logged_entries_are_proven_under_the_signed_head(hall: Hall, at: At) -> None:
    hall.listed()
    hall.checkpoint()
    count = len(hall.whole().entries)
    hall.sent()
    text = at("xn-window").read(f"/dossiers/{hall.dossier}/ledger")
    assert f"{len(hall.whole().entries)} 条中有 {count} 条已在签名的检查点之下" in text
    assert "其余几分钟内会纳入" in text
    assert f"共 {count} 叶" in text


def test_an_entry_changed_behind_our_back_is_named(hall: Hall, at: At, postgres: Server) -> None:
    hall.listed()
    hall.checkpoint()
    _change_as_superuser(hall, postgres, "UPDATE ledger_entry SET why = 'nothing' WHERE seq = 3")
    text = at("xn-window").read(f"/dossiers/{hall.dossier}/ledger")
    assert "留痕不完整：1 处对不上" in text
    assert "内容与其哈希不符" in text


def test_an_entry_swapped_with_its_hash_no_longer_stands_under_the_head(hall: Hall, at: At, postgres: Server) -> None:
    hall.listed()
    hall.checkpoint()
    last = hall.whole().entries[-1]
    forged = chain.link(
        last.prev_hash, dossier_no=hall.dossier, seq=last.seq, at=last.at, actor=last.actor,
        actor_name=last.actor_name, agency=last.agency, what=last.what, why="forged", facts=last.facts,
        command_id=last.command_id,
    )  # fmt: skip
    statement = f"UPDATE ledger_entry SET why = 'forged', hash = '{forged.hash}' WHERE id = {last.id}"
    _change_as_superuser(hall, postgres, statement)
    text = at("xn-window").read(f"/dossiers/{hall.dossier}/ledger")
    assert "留痕与总账的检查点对不上" in text


def test_the_download_is_the_chain_line_by_line_and_verifies(hall: Hall, at: At) -> None:
    hall.listed().sent()
    answer = at("xn-window").get(f"/dossiers/{hall.dossier}/ledger.jsonl")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{hall.dossier}-ledger.jsonl"'
    read = [chain.read(line) for line in answer.data.splitlines()]
    assert chain.verify(read) == []
    assert [entry.hash for entry in read] == [row.hash for row in hall.whole().entries]


def _change_as_superuser(hall: Hall, postgres: Server, statement: str) -> None:
    """What no role of ours may do: write to the ledger with its guards switched off."""
    database = hall.house.web.engine.url.database or ""
    with contextlib.closing(postgres.connect(database)) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement)
