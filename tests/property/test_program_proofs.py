"""Leaves of proofs in SQL are those of the pure rules, and trees of any size prove each of their leaves."""

import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.domain.program.merkle import GrowingTree, climb, find_root, hash_leaf, list_path
from services.liquidation.domain.program.proving import LEAF_FIELDS, Posted, leaf_digest
from services.liquidation.store.program_proofs import leaf_sql
from services.liquidation.store.tables.programs import program_postings
from shared.db import bulk
from shared.db.transaction import transaction

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
DIGEST = "0f" * 32
POSTINGS = 500


def draw_posted(draw: random.Random, place: int) -> Posted:
    def day() -> date:
        return date(1999, 12, 31) + timedelta(days=draw.randint(0, 20_000))

    def maybe(value: Any) -> Any:
        return value if draw.random() < 0.6 else None

    return Posted(
        draw.choice(("ieepa-2026", "gsp-retroactive")),
        draw.randint(1, 40),
        DIGEST,
        f"B76{place:08d}",
        draw.randint(1, 9),
        draw.choice(("0198f1c2-77aa", "Ünïcode | mit Strich", "a b,c;'\"\\", "RD|2026|1")),
        draw.randint(1, 2_000_000),
        draw.choice(("recent", "unliquidated", "final")),
        draw.choice(("liquidate", "reliquidate", "at-cycle")),
        draw.choice(("center", "court-judgment")),
        f"program:{draw.randint(1, 9)}:{place}",
        draw.choice((1, 2**31 + 5, 2**62)),
        day(),
        day(),
        maybe(day()),
        tuple(draw.sample(("99030120", "99030124", "9903022501", "98020080"), draw.randint(0, 4))),
        draw.choice((0, 1, 937_500, 2**53 + 1)),
        draw.choice(("refund", "no-change", "increase", "undetermined")),
        maybe(draw.choice((0, -79_968, 12))),
        maybe(draw.choice((0, 1_017_468))),
        maybe(f"R{place}"),
        maybe(draw.choice(("deposit-date", "payee-kind", ""))),
    )


async def test_leaves_in_sql_are_those_of_the_pure_rules(service_engine: MakeEngine) -> None:
    draw = random.Random(7)
    engine = await service_engine("liquidation")
    drawn = [draw_posted(draw, place) for place in range(POSTINGS)]
    rows = [{**asdict(each), "headings": list(each.headings)} for each in drawn]
    kinds = ", ".join(
        f"{name} {program_postings.c[name].type.compile(engine.dialect)}"
        for name in LEAF_FIELDS
        if name != "definition_sha256"
    )
    async with transaction(engine) as tx:
        await bulk.execute(tx, "SET LOCAL DateStyle = 'German'")
        found = await bulk.fetch(
            tx,
            f"SELECT p.entry_number, {leaf_sql('p', '$2::text')} AS leaf"
            f" FROM jsonb_to_recordset($1::text::jsonb) AS p({kinds})",
            json.dumps(rows, default=str),
            DIGEST,
        )
    assert {row["entry_number"]: row["leaf"] for row in found} == {
        each.entry_number: leaf_digest(each) for each in drawn
    }


def root_by_definition(leaves: list[bytes]) -> bytes:
    """The tree hash as RFC 6962, 2.1 defines it, from the top."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + root_by_definition(leaves[:half]) + root_by_definition(leaves[half:])).digest()


def test_tree_that_grows_and_every_path_lead_to_the_root_of_the_definition() -> None:
    data = [sha256(bytes([n % 256, n // 256])).digest() for n in range(70)]
    for count in range(len(data)):
        nodes = [hash_leaf(each) for each in data[:count]]
        expected = root_by_definition(data[:count])
        assert find_root(nodes) == expected
        for index in range(count):
            path = list_path(nodes, index)
            assert climb(nodes[index], index, count, path) == expected
            assert len(path) <= (count - 1).bit_length()


def test_path_within_a_block_and_among_blocks_is_the_path_in_the_whole_tree() -> None:
    block = 8
    data = [sha256(bytes([n])).digest() for n in range(61)]
    for count in range(1, len(data)):
        nodes = [hash_leaf(each) for each in data[:count]]
        blocks = [find_root(nodes[first : first + block]) for first in range(0, count, block)]
        assert find_root(blocks) == root_by_definition(data[:count])
        for index in range(count):
            first = index - index % block
            path = list_path(nodes[first : first + block], index % block) + list_path(blocks, index // block)
            assert path == list_path(nodes, index)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13])
def test_path_that_was_changed_anywhere_leads_to_another_root(count: int) -> None:
    nodes = [hash_leaf(bytes([n])) for n in range(count)]
    for index in range(count):
        path = list_path(nodes, index)
        for step in range(len(path)):
            changed = [*path[:step], sha256(path[step]).digest(), *path[step + 1 :]]
            assert climb(nodes[index], index, count, changed) != find_root(nodes)
        with pytest.raises(ValueError, match="longer"):
            climb(nodes[index], index, count, [*path, nodes[0]] * 2)
        if path:
            with pytest.raises(ValueError, match="below"):
                climb(nodes[index], index, count, path[:-1])
    with pytest.raises(ValueError, match="no leaf"):
        climb(nodes[0], count, count, [])
    with pytest.raises(IndexError):
        list_path(nodes, count)


def test_root_of_many_leaves_is_found_in_as_much_memory_as_the_tree_is_high() -> None:
    tree = GrowingTree()
    for n in range(100_000):
        tree.add(n.to_bytes(32))
    assert len(tree._peaks) == (100_000).bit_count()  # what it keeps is what is asserted
