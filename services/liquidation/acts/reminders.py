"""Parties are reminded of days that come near, each judged from the record at the moment when it is told.

A day that moved, was answered or has ended by then is told of by nobody, and one that does so afterwards is withdrawn.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from services.liquidation.acts.calendar_days import uid_of
from services.liquidation.acts.deadlines import Deadline
from services.liquidation.acts.timeline_rows import list_days
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.reminders import Reminder, ReminderPolicy, find_distance, find_overtaken
from services.liquidation.publishing import SOURCE, deadline_near
from services.liquidation.store import reminders as store
from services.liquidation.store.pictures import EntryPicture, load_pictures
from services.liquidation.store.protest_pictures import RunningProtest, load_running
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Connections, Transaction, reading, transaction
from shared.runtime.access import EVERYTHING
from shared.runtime.clock import Clock
from shared.runtime.slices import work_through

BATCH: Final = 200
"""Entries that one transaction judges."""


async def remind(database: Connections, clock: Clock, law: LawSettings, policy: ReminderPolicy) -> int:
    """Tell of every day of which the time to be reminded has come since the last run; gives how many were told.

    Nothing is told of what came before the first run.
    """
    now = clock.now()
    today = legal_date(now)
    if not policy.codes or not policy.days_before:
        return 0
    async with reading(database) as connection:
        last = await store.find_last_run(connection)
    since = min(last, today) if last is not None else today

    async def find(tx: Transaction, after: str | None, left_out: Sequence[str]) -> Sequence[str]:
        return await store.list_candidates(tx.connection, policy, since, today, after or "", left_out, limit=BATCH)

    async def judge(tx: Transaction, entry_numbers: Sequence[str]) -> int:
        return await _judge(tx, entry_numbers, law, policy, since, now)

    told = await work_through(database, find, judge)
    async with transaction(database) as tx:
        await store.note_run(tx, today, now)
    return told


async def _judge(
    tx: Transaction, entry_numbers: Sequence[str], law: LawSettings, policy: ReminderPolicy, since: date, now: datetime
) -> int:
    today = legal_date(now)
    pictures = await load_pictures(tx.connection, entry_numbers)
    protests = {each.filing.number for picture in pictures.values() for each in picture.protests}
    running = await load_running(tx.connection, protests, EVERYTHING) if protests else {}
    reminded = await store.load_reminded(tx.connection, entry_numbers, today)
    due: list[Reminder] = []
    withdrawn: list[Reminder] = []
    for number, picture in sorted(pictures.items()):
        told_before = reminded.get(number, ())
        # What was told stays true when the operator has others reminded of from now on.
        days = _list_days(picture, running, law, policy.codes | {each.code for each in told_before}, today)
        due += _find_due(days, since, today, policy)
        stand = {(clock, deadline.row.on) for clock, deadline in days.items()}
        withdrawn += [each for each in told_before if (each.clock, each.due_on) not in stand]
    new = await store.write_reminders(tx, due, now)
    await store.withdraw(tx, withdrawn, now)
    told = [
        *(deadline_near(each, "near", now) for each in new),
        *(deadline_near(each, "withdrawn", now) for each in withdrawn),
    ]
    await outbox.add(tx, SOURCE, told)
    return len(new)


def _list_days(
    picture: EntryPicture,
    running: Mapping[str, RunningProtest],
    law: LawSettings,
    codes: Collection[str],
    today: date,
) -> dict[str, Deadline]:
    """The days of an entry of some codes, by clock; those that are not known are no days."""
    found = {}
    for row in list_days(picture, running, law, today):
        if row.code.code in codes and row.on is not None:
            deadline = Deadline(picture, row, frozenset())
            found[uid_of(deadline)] = deadline
    return found


def _find_due(days: Mapping[str, Deadline], since: date, today: date, policy: ReminderPolicy) -> list[Reminder]:
    found = []
    for clock, deadline in days.items():
        row, entry = deadline.row, deadline.picture.entry
        assert row.on is not None  # only such days are listed
        assert row.rule is not None  # every day has one
        distance = find_distance(row.on, since, today, policy.days_before)
        if distance is None or row.code.code not in policy.codes or entry.importer_number is None:
            continue
        found.append(
            Reminder(
                clock=clock,
                due_on=row.on,
                days_before=distance,
                entry_number=entry.entry_number,
                importer_number=entry.importer_number,
                center=entry.center,
                code=row.code.code,
                what=row.what,
                rule=row.rule,
                lapse=row.code.lapse,
                overtaken_on=find_overtaken(row.on, distance, policy.days_before),
            )
        )
    return found
