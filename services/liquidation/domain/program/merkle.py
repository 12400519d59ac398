"""A tree of digests (RFC 6962, 2.1): one root for the proofs of a whole run, and the path from each leaf to it."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

BLOCK: Final = 1_024
"""Leaves under one digest that is kept: a path needs these leaves and the digests of the blocks, and nothing else."""

EMPTY_ROOT: Final = sha256(b"").digest()
"""The root of no leaves."""


def hash_leaf(leaf: bytes) -> bytes:
    """The node of a leaf: marked, so that no node between can be taken for a leaf."""
    return sha256(b"\x00" + leaf).digest()


def hash_pair(left: bytes, right: bytes) -> bytes:
    """The node above two nodes."""
    return sha256(b"\x01" + left + right).digest()


class GrowingTree:
    """A tree whose nodes come one by one, in as much memory as it is high.

    It keeps the roots of its perfect subtrees, the largest first: as many as the count of nodes has binary ones.
    """

    def __init__(self) -> None:
        self.count = 0
        self._peaks: list[bytes] = []

    def add(self, node: bytes) -> None:
        """Put a node behind those that are there."""
        self.count += 1
        whole = self.count
        while whole % 2 == 0:
            node = hash_pair(self._peaks.pop(), node)
            whole //= 2
        self._peaks.append(node)

    @property
    def root(self) -> bytes:
        """The root of what has come.

        >>> tree = GrowingTree()
        >>> tree.root == EMPTY_ROOT
        True
        """
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = hash_pair(peak, root)
        return root


def find_root(nodes: Sequence[bytes]) -> bytes:
    """The root over nodes: of leaves, or of the digests of whole blocks and a last one that may be less.

    The root over the digests of blocks is that over all of their leaves, since a block is a perfect subtree.
    """
    tree = GrowingTree()
    for node in nodes:
        tree.add(node)
    return tree.root


def list_path(nodes: Sequence[bytes], index: int) -> list[bytes]:
    """The nodes beside the way from one of some nodes (counted from 0) to their root, the lowest first.

    Raises `IndexError` when there is no such node.

    >>> leaves = [hash_leaf(bytes([n])) for n in range(5)]
    >>> climb(leaves[4], 4, 5, list_path(leaves, 4)) == find_root(leaves)
    True
    """
    if not 0 <= index < len(nodes):
        raise IndexError(f"there are {len(nodes)} nodes, and {index} is none of them")
    path: list[bytes] = []
    first, last = 0, len(nodes)
    while last - first > 1:
        half = first + (1 << ((last - first - 1).bit_length() - 1))
        if index < half:
            path.append(find_root(nodes[half:last]))
            last = half
        else:
            path.append(find_root(nodes[first:half]))
            first = half
    return path[::-1]


def climb(node: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes:
    """The root to which a path leads from a node, the `index`-th (from 0) of `count`.

    Raises `ValueError` when a tree of this count has no such path.
    """
    if not 0 <= index < count:
        raise ValueError(f"a tree of {count} has no leaf {index}")
    place, last = index, count - 1
    for beside in path:
        if last == 0:
            raise ValueError(f"the path of {len(path)} steps is longer than a tree of {count} is high")
        if place % 2 or place == last:
            node = hash_pair(beside, node)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            node = hash_pair(node, beside)
        place, last = place // 2, last // 2
    if last != 0:
        raise ValueError(f"the path of {len(path)} steps ends below the root of a tree of {count}")
    return node
