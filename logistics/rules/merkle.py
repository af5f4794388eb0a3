"""The append-only Merkle log of RFC 9162 §2.1, over stored hashes of complete subtrees.

A node (level, index) is the hash over the 2**level leaves that start at leaf index * 2**level; it is stored once, when
its last leaf arrives, and never changes. Every root and proof then reads O(log n) nodes, through `get(level, index)`,
however long the log has grown. A log of n leaves stores fewer than 2n nodes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Get = Callable[[int, int], bytes]
EMPTY_ROOT = hashlib.sha256(b"").digest()


@dataclass(frozen=True, slots=True)
class Node:
    """The hash (32 bytes) of the complete subtree at (level, index)."""

    level: int
    index: int
    hash: bytes


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf: H(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: H(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def frontier(size: int) -> list[tuple[int, int]]:
    """The (level, index) of the complete subtrees a log of `size` leaves is made of, left to right.

    These are all the nodes `append` and `root` ask for, so a store can fetch them with one query.
    """
    nodes, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            nodes.append((level, start >> level))
            start += 1 << level
    return nodes


def append(size: int, leaves: Sequence[bytes], get: Get) -> list[Node]:
    """The nodes to store so that the log of `size` leaves also holds `leaves` (their data, in order).

    Reads at most the frontier of the old log. The new size is `size + len(leaves)`.
    """
    new: dict[tuple[int, int], bytes] = {}
    for index, data in enumerate(leaves, start=size):
        level, value = 0, leaf_hash(data)
        new[level, index] = value
        while index & 1:  # a right child: its parent is complete now
            left = (level, index - 1)
            value = node_hash(new[left] if left in new else get(*left), value)
            level, index = level + 1, index >> 1
            new[level, index] = value
    return [Node(level, index, value) for (level, index), value in new.items()]


def root(size: int, get: Get) -> bytes:
    """The tree head over the first `size` leaves."""
    return EMPTY_ROOT if size == 0 else _span(0, size, get)


def inclusion(index: int, size: int, get: Get) -> list[bytes]:
    """The proof, leaf's neighbour first, that leaf `index` (from 0) is in the log of `size` leaves (§2.1.3.1).

    Raises ValueError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a log of {size} leaves")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_span(middle, high, get))
            high = middle
        else:
            path.append(_span(low, middle, get))
            low = middle
    return path[::-1]


def consistency(old: int, new: int, get: Get) -> list[bytes]:
    """The proof that the log of `new` leaves begins with the log of `old` leaves (§2.1.4.1).

    Raises ValueError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof leads from {old} to {new} leaves")
    path: list[bytes] = []
    low, high, whole = 0, new, True  # whole: the old log is still the left end of what we look at
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_span(middle, high, get))
            high = middle
        else:
            path.append(_span(low, middle, get))
            low, whole = middle, False
    if not whole:
        path.append(_span(low, high, get))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], head: bytes) -> bool:
    """Whether `proof` shows that the leaf whose hash is `leaf` stands at `index` under `head` (§2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            value = node_hash(sibling, value)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and value == head


def verify_consistency(old: int, new: int, old_head: bytes, new_head: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the log under `new_head` begins with the log under `old_head` (§2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_head == new_head
    path = list(proof)
    if old & (old - 1) == 0:  # a power of two: the old head is itself a node of the new tree
        path.insert(0, old_head)
    if not path:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and first == old_head and second == new_head


def _split(count: int) -> int:
    """The largest power of two smaller than `count` (count >= 2)."""
    return 1 << (count - 1).bit_length() - 1


def _span(low: int, high: int, get: Get) -> bytes:
    """The hash over leaves low..high-1, where low is a multiple of every power of two below high - low."""
    count = high - low
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return get(level, low >> level)
    middle = low + _split(count)
    return node_hash(_span(low, middle, get), _span(middle, high, get))
