"""The Merkle log against the recursive definitions of RFC 9162, written down again here as plainly as they read."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.rules import merkle

LARGEST = 130


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(d: list[bytes]) -> bytes:
    if not d:
        return sha(b"")
    if len(d) == 1:
        return sha(b"\x00" + d[0])
    k = split(len(d))
    return sha(b"\x01" + mth(d[:k]) + mth(d[k:]))


def path(m: int, d: list[bytes]) -> list[bytes]:
    if len(d) == 1:
        return []
    k = split(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: list[bytes], whole: bool) -> list[bytes]:
    if m == len(d):
        return [] if whole else [mth(d)]
    k = split(len(d))
    if m <= k:
        return [*subproof(m, d[:k], whole), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


class Log:
    """The table node(level, index, hash) of the store, in memory: a node is written once."""

    def __init__(self) -> None:
        self.size, self.rows, self.reads = 0, {}, 0

    def add(self, leaves: list[bytes]) -> None:
        for node in merkle.append(self.size, leaves, self.get):
            assert (node.level, node.index) not in self.rows
            self.rows[node.level, node.index] = node.hash
        self.size += len(leaves)

    def get(self, level: int, index: int) -> bytes:
        self.reads += 1
        return self.rows[level, index]


def data(n: int) -> list[bytes]:
    return [b"leaf %d" % i for i in range(n)]


@pytest.fixture(scope="module")
def log() -> Log:
    log = Log()
    log.add(data(LARGEST))
    return log


def test_every_root_up_to_130_leaves_is_the_one_of_the_definition(log):
    for n in range(LARGEST + 1):
        assert merkle.root(n, log.get) == mth(data(n))


def test_every_inclusion_proof_up_to_130_leaves_is_the_one_of_the_definition_and_verifies(log):
    leaves = data(LARGEST)
    for n in range(1, LARGEST + 1):
        head = merkle.root(n, log.get)
        for i in {0, 1, n // 3, n // 2, n - 2, n - 1} & set(range(n)) if n > 40 else range(n):
            proof = merkle.inclusion(i, n, log.get)
            assert proof == path(i, leaves[:n])
            assert merkle.verify_inclusion(merkle.leaf_hash(leaves[i]), i, n, proof, head)
            assert not merkle.verify_inclusion(merkle.leaf_hash(b"other"), i, n, proof, head)
            assert not merkle.verify_inclusion(merkle.leaf_hash(leaves[i]), i, n, [*proof, head], head)


def test_every_consistency_proof_up_to_130_leaves_is_the_one_of_the_definition_and_verifies(log):
    leaves = data(LARGEST)
    heads = [merkle.root(n, log.get) for n in range(LARGEST + 1)]
    for n in [*range(1, 40), 63, 64, 65, 100, 127, 128, 129, 130]:
        for m in range(1, n + 1):
            proof = merkle.consistency(m, n, log.get)
            assert proof == subproof(m, leaves[:n], True)
            assert merkle.verify_consistency(m, n, heads[m], heads[n], proof)
            assert not merkle.verify_consistency(m, n, heads[m - 1], heads[n], proof)
            assert not merkle.verify_consistency(m, n, heads[m], heads[n - 1], proof)


@given(st.lists(st.integers(0, 40), max_size=12))
def test_leaves_added_in_any_portions_make_the_same_log(portions):
    leaves = data(sum(portions))
    portioned, at_once = Log(), Log()
    for count in portions:
        portioned.add(leaves[portioned.size : portioned.size + count])
    at_once.add(leaves)
    assert portioned.rows == at_once.rows
    assert merkle.root(portioned.size, portioned.get) == mth(leaves)


@given(st.integers(1, LARGEST), st.data())
def test_a_proof_verifies_for_no_other_place_and_with_no_changed_hash(log, n, draw):
    leaves = data(n)
    i, other = draw.draw(st.integers(0, n - 1)), draw.draw(st.integers(-1, n + 1))
    proof, head = merkle.inclusion(i, n, log.get), merkle.root(n, log.get)
    leaf = merkle.leaf_hash(leaves[i])
    assert merkle.verify_inclusion(leaf, other, n, proof, head) == (other == i)
    assert not merkle.verify_inclusion(leaf, i, n, proof[:-1], head) or n == 1
    for k in range(len(proof)):
        changed = [*proof[:k], sha(proof[k]), *proof[k + 1 :]]
        assert not merkle.verify_inclusion(leaf, i, n, changed, head)


@settings(max_examples=30)
@given(st.integers(1, 5000), st.integers(1, 5000))
def test_proofs_read_a_number_of_nodes_that_grows_like_the_logarithm(a, b):
    m, n = sorted((a, b))
    log = BIG
    heads = merkle.root(m, log.get), merkle.root(n, log.get)
    log.reads = 0
    inclusion, consistency = merkle.inclusion(m - 1, n, log.get), merkle.consistency(m, n, log.get)
    assert log.reads <= 6 * n.bit_length()
    assert merkle.verify_inclusion(merkle.leaf_hash(b"leaf %d" % (m - 1)), m - 1, n, inclusion, heads[1])
    assert merkle.verify_consistency(m, n, *heads, consistency)


BIG = Log()
BIG.add(data(5000))


def test_appending_reads_only_the_frontier():
    asked: list[tuple[int, int]] = []

    def get(level: int, index: int) -> bytes:
        asked.append((level, index))
        return BIG.rows[level, index]

    for size in range(300):
        asked.clear()
        merkle.append(size, data(70), get)
        assert set(asked) <= set(merkle.frontier(size))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 2)])
def test_a_leaf_outside_the_log_has_no_proof(log, index, size):
    with pytest.raises(ValueError, match="not in a log"):
        merkle.inclusion(index, size, log.get)
    assert not merkle.verify_inclusion(sha(b""), index, size, [], sha(b""))


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5)])
def test_no_consistency_proof_leads_from_nothing_or_backwards(log, old, new):
    with pytest.raises(ValueError, match="no consistency proof"):
        merkle.consistency(old, new, log.get)
    assert not merkle.verify_consistency(old, new, sha(b""), sha(b""), [])
