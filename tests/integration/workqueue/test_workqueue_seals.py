"""History under seal, attacked as somebody would who may write to the database."""

import hashlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.workqueue.store.sealed import SEALED
from shared.db import seals
from shared.db.transaction import reading, transaction
from shared.runtime import sealing
from tests.integration.workqueue.desk import NOW, Desk
from tests.integration.workqueue.events import routed
from tests.support.events import entry_number
from tests.support.invariants import find_violations

FIRST, SECOND = entry_number(9_400_001), entry_number(9_400_002)


async def seal(desk: Desk) -> None:
    await sealing.seal_what_waits(desk.engine, SEALED, NOW)


async def attack(desk: Desk, *statements: str) -> None:
    async with transaction(desk.engine) as tx:
        for statement in statements:
            await tx.connection.execute(text(statement))


async def findings(desk: Desk) -> list[str]:
    found = await find_violations(desk.engine, sealing.invariants(SEALED))
    return found["history-stands-as-sealed"]


async def broken_runs(desk: Desk, *copied: seals.SealRun) -> list[str]:
    async with transaction(desk.engine) as tx:
        return await seals.find_broken_runs(tx, copied)


async def last_run(desk: Desk) -> seals.SealRun:
    async with transaction(desk.engine) as tx:
        run = await seals.find_last_run(tx)
    assert run is not None
    return run


@pytest.fixture
async def sealed(unchecked_desk: Desk) -> Desk:
    """Two runs: an entry that came to the queue; a second one, and an item of the first that somebody claimed."""
    desk = unchecked_desk  # attacks leave history that the other invariants do not like either
    await desk.apply(routed(FIRST))
    await seal(desk)
    await desk.apply(routed(SECOND))
    (first,) = [item for item in (await desk.call("GET", "/items")).json()["items"] if item["entry_number"] == FIRST]
    await desk.claim(first["item_id"])
    await seal(desk)
    return desk


async def test_history_that_nobody_touched_stands_and_is_sealed_once(sealed: Desk) -> None:
    before = await last_run(sealed)
    await seal(sealed)
    assert (before.run, await last_run(sealed)) == (2, before)
    assert (await findings(sealed), await broken_runs(sealed, before)) == ([], [])
    async with reading(sealed.engine) as connection:
        sealed_and_lines = await connection.execute(
            text("SELECT (SELECT count(*) FROM seals), (SELECT count(*) FROM item_events)")
        )
        assert sealed_and_lines.one() == (3, 3)


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("UPDATE item_events SET actor = 'lee'", "was changed after it was sealed"),
        ("UPDATE item_events SET at = at - interval '1 day'", "was changed after it was sealed"),
        ("UPDATE item_events SET reasons = '[\"x\"]'", "was changed after it was sealed"),
        ("DELETE FROM item_events", "was taken out after it was sealed"),
    ],
)
async def test_line_that_is_changed_or_taken_out_is_named(sealed: Desk, statement: str, line: str) -> None:
    await attack(sealed, f"{statement} WHERE change = 'claimed'")
    (found,) = await findings(sealed)
    assert found.startswith("item_events of ")
    assert found.endswith(line)


async def test_line_that_is_sealed_anew_after_a_change_breaks_the_chain(sealed: Desk) -> None:
    """The first of two lines of an item, with a digest that fits: the second one's link does not rest on it."""
    table = SEALED[0]
    await attack(
        sealed,
        "UPDATE item_events SET actor_name = 'Nobody' WHERE change = 'routed'",
        f"UPDATE seals s SET digest = {table.digest}, link = sha256({table.digest}) FROM item_events t"
        f" WHERE t.item_id::text = s.subject AND {table.line_key} = s.line_key AND s.position = 1",
    )
    (found,) = await findings(sealed)
    assert found.endswith("the chain is broken at line 2")
    assert await broken_runs(sealed) == [
        "run 1 is not the link of its seals and the run before",
        "run 2 is not the link of its seals and the run before",
    ]


async def test_last_line_that_goes_with_its_seal_is_missed_by_its_run(sealed: Desk) -> None:
    await attack(
        sealed,
        "DELETE FROM item_events WHERE change = 'claimed'",
        "DELETE FROM seals WHERE position = 2",
    )
    assert await findings(sealed) == []
    assert await broken_runs(sealed) == ["run 2 made 2 seals, 1 are there"]


async def test_whole_run_that_is_taken_out_is_missed_by_a_copy_of_its_link(sealed: Desk) -> None:
    copied = await last_run(sealed)
    await attack(
        sealed,
        "DELETE FROM item_events e USING seals s WHERE s.run = 2 AND e.item_id::text = s.subject"
        " AND e.change_key = s.line_key",
        "DELETE FROM seals WHERE run = 2",
        "DELETE FROM seal_runs WHERE run = 2",
    )
    assert (await findings(sealed), await broken_runs(sealed)) == ([], [])
    assert await broken_runs(sealed, copied) == ["run 2 is not what was copied elsewhere"]


async def test_run_that_is_taken_out_of_the_middle_is_missing(sealed: Desk) -> None:
    await attack(sealed, "DELETE FROM seal_runs WHERE run = 1")
    assert await broken_runs(sealed) == ["run 1 is missing"]


async def test_digest_and_link_are_what_anyone_can_compute(sealed: Desk) -> None:
    """SHA-256 of the text, and of the link before with it, done by hand."""
    async with transaction(sealed.engine) as tx:
        (subject,) = await tx.connection.scalars(text("SELECT subject FROM seals WHERE position = 2"))
        first, second = await seals.list_lines(tx, SEALED, subject)
    assert ('"change": "routed"' in first.text, '"actor_name": "Kim Reyes"' in second.text) == (True, True)
    assert [first.digest, second.digest] == [hashlib.sha256(each.text.encode()).digest() for each in (first, second)]
    assert first.link == hashlib.sha256(hashlib.sha256(first.text.encode()).digest()).digest()
    assert second.link == hashlib.sha256(first.link + hashlib.sha256(second.text.encode()).digest()).digest()


async def test_line_that_was_never_written_does_not_wait(desk: Desk) -> None:
    line = (
        "INSERT INTO item_events (item_id, change_key, sequence, change, state, at, actor, actor_name, reasons)"
        " VALUES (gen_random_uuid(), 'k', 1, 'routed', 'open', now(), 'a', 'A', '[]')"
    )
    with pytest.raises(DBAPIError, match="division by zero"):
        await attack(desk, line, "SELECT 1 / 0")
    async with transaction(desk.engine) as tx:
        assert await seals.seal_next(tx, SEALED, 10, NOW) == 0
