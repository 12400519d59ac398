"""The days of entries for calendars: an importer's own, and those of a party's clients while their delegations last.

Every day is one of `list_deadlines`, which works them out; none is counted here.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.acts.deadlines import Deadline, WantedDays, list_deadlines
from services.liquidation.domain.law import LawSettings
from services.liquidation.publishing import find_rule
from services.liquidation.store.deadlines import find_reached
from services.liquidation.store.entry_lists import WantedEntries
from shared.calendars.day import Day
from shared.calendars.feed import Feed
from shared.calendars.reading import Allowed, TooMany, digest_of
from shared.parties.store import delegated_in_force
from shared.runtime.access import Reach, reach_of
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity, RoleName
from shared.runtime.ids import event_id

_OF_SEVERAL_RULES: Final = frozenset({"tib-ends", "reconciliation-due", "protest-amend-until", "protest-deemed-denied"})
"""Codes of which an entry or protest can have a day by each of several rules; of all others the rule may change."""
_ROLE_OF_PARTY: Final = {"filer": RoleName.BROKER, "surety": RoleName.SURETY}


@dataclass(frozen=True, slots=True)
class _Within:
    entries: Reach
    protests: Reach
    importer_numbers: frozenset[str]
    today: date


class EntryDays:
    """The days of entries, worked out by the readings of the law in force."""

    def __init__(self, law: LawSettings) -> None:
        self._law = law

    async def allow(self, connection: AsyncConnection, feed: Feed, today: date) -> Allowed:
        """An importer's own entries; of a party those of the chosen clients that delegate `see` to it today.

        What a party filed or bonds is not enough: a calendar shows a client's days while the client wants it to.
        """
        if feed.kind == "importer":
            numbers = frozenset({feed.owner})
            caller = Identity(feed.owner, feed.name, frozenset({RoleName.IMPORTER}), importer_numbers=numbers)
        else:
            role = _ROLE_OF_PARTY.get(feed.owner.partition(":")[0], RoleName.TRADE_COUNSEL)
            given = await delegated_in_force(connection, [feed.owner], today)
            caller = Identity(feed.owner, feed.name, frozenset({role}), delegations=given)
            numbers = reach_of(caller, "entry.read", today).delegated
            if feed.choices.clients is not None:
                numbers &= frozenset(feed.choices.clients)
        within = _Within(reach_of(caller, "entry.read", today), reach_of(caller, "protest.read", today), numbers, today)
        made_for = digest_of(numbers | {f"protests of {each}" for each in within.protests.delegated})
        return Allowed(made_for, _say_scope(feed, numbers), within)

    async def list_days(
        self, connection: AsyncConnection, feed: Feed, allowed: Allowed, first: date, most: int
    ) -> Sequence[Day]:
        """Every day of the importers that are permitted; raises `TooMany` when more than `most` may have one."""
        within: _Within = allowed.within
        if not within.importer_numbers:
            return ()
        wanted = WantedDays(first=first, whose=("importer",) if feed.choices.is_mine_only else ())
        entries = WantedEntries(importer_numbers=within.importer_numbers)
        try:
            found = await list_deadlines(
                connection, within.entries, within.protests, entries, wanted, self._law, within.today, most=most
            )
        except Refused as error:
            if error.code != "too-many-entries":
                raise
            raise TooMany(_say_too_many(most, feed)) from error
        return [_day(each) for each in found]

    async def sight(
        self, connection: AsyncConnection, allowed: Allowed, days: Collection[Day]
    ) -> Callable[[Day], bool]:
        """A day of an entry that is still of the same importer, and reached."""
        within: _Within = allowed.within
        reached = await find_reached(connection, within.entries, {each.about for each in days})
        return lambda day: day.of in within.importer_numbers and reached.get(day.about) == day.of


def uid_of(deadline: Deadline) -> str:
    """The id of the clock that a day is of, whatever its day: the entry, what kind of day, and of what."""
    return f"{event_id('calendar-day', *clock_of(deadline))}@liquidation.centerline"


def clock_of(deadline: Deadline) -> tuple[str, ...]:
    """What tells a clock from all others of its entry."""
    row = deadline.row
    code = row.code.code
    of = ",".join(f"{kind}:{number}" for kind, number in sorted(row.references))
    rule = row.rule or "" if code in _OF_SEVERAL_RULES else ""
    again = (row.inputs or {}).get("reliquidated_on", "") if code == "protest-until-reliquidation" else ""
    return deadline.picture.entry.entry_number, code, of, rule, again


def _day(deadline: Deadline) -> Day:
    row, entry = deadline.row, deadline.picture.entry
    assert row.rule is not None  # every day has one
    rule = find_rule(row.rule)
    inputs = row.inputs or {}
    missing = inputs.get("missing") or inputs.get("fact") or row.what if row.on is None else None
    return Day(
        uid=uid_of(deadline),
        of=entry.importer_number or "",
        about=entry.entry_number,
        on=row.on,
        kind="goal" if row.code.kind == "goal" else "policy" if row.code.kind == "policy" else "law",
        title=row.code.title,
        rule=f"{rule.citation} (rule {rule.id})",
        lapse=row.code.lapse,
        href=f"/entries/{entry.entry_number}/timeline",
        notes=tuple(_notes(deadline)),
        missing=missing,
    )


def _notes(deadline: Deadline) -> list[str]:
    row = deadline.row
    notes = [f"{row.what[:1].upper()}{row.what[1:]}."]
    if row.last_arguable is not None and row.last_arguable != row.on:
        notes.append(
            f"This is the safe day, not moved for a weekend or holiday. It may be argued until {row.last_arguable}:"
            " do not rely on it."
        )
    whose = {"importer": "The importer has to act.", "cbp": "CBP has to act.", "surety": "The surety has to act."}
    return [*notes, whose[row.code.whose]] if row.code.whose is not None else notes


def _say_scope(feed: Feed, numbers: frozenset[str]) -> str:
    """What a feed shows today; the importers are not named."""
    days = (
        "every day by which the importer has to act" if feed.choices.is_mine_only else "every day that binds somebody"
    )
    if feed.kind == "importer":
        return f"{days}, on the entries of one importer."
    if not numbers:
        return "nothing: no importer that it is for has delegated to you, for today, that you see its entries."
    which = "the importers" if feed.choices.clients is None else "those of the chosen importers"
    return (
        f"{days}, on the entries of {which} that have delegated to you, for today, that you see them ({len(numbers)});"
        " days of protests as far as that goes. Entries of others that you filed or bonded are not here: GET /entries"
        " lists them."
    )


def _say_too_many(most: int, feed: Feed) -> str:
    remedy = "" if feed.kind == "importer" else " Choose clients." if feed.choices.clients is None else " Choose fewer."
    return (
        f"More than {most:,} entries may have a day here: this calendar shows none of them, because a part would look"
        f" like all.{remedy} GET /entries lists any number, with the next day of each."
    )
