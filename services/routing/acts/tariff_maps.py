"""Versions of the tariff map: drafted, edited, validated, compared, published by a second person, rolled back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.activity import window_on
from services.routing.domain.tariff_maps import (
    Action,
    HeadingMove,
    MapVersion,
    Report,
    diff_headings,
    find_after,
    find_before,
    find_in_force,
    map_subheadings,
    tariff_subheadings,
    validate,
)
from services.routing.store import directory as directory_store
from services.routing.store import rulebook
from services.routing.store import tariff_maps as store
from services.routing.store.tariff_maps import Moving
from shared.customs.calendar import legal_date
from shared.customs.tariff_map import TariffMap, TariffMapRow
from shared.db.transaction import Transaction
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, NotFound, Refused
from shared.runtime.identity import Identity
from shared.runtime.two_people import demand_second_person


@dataclass(frozen=True, slots=True)
class MapDiff:
    """What would move if a version took over from `against`, by the Centers open on a day.

    Importers and entries are those of twelve months from `first_month` on; of `entries_unknown` the goods were not
    kept.
    """

    version: str
    against: str
    on: date
    first_month: date
    headings: Sequence[HeadingMove]
    importers: Sequence[Moving]
    entries: Sequence[Moving]
    entries_unknown: int


async def draft_map(
    tx: Transaction,
    caller: Identity,
    *,
    title: str,
    based_on: str | None,
    rows: Sequence[TariffMapRow] | None,
    reason: str,
    now: datetime,
) -> MapVersion:
    """A draft of these rows, or of the rows of the version that it is based on, the one in force today unless named."""
    await store.lock(tx)
    base = (
        await demand_version(tx.connection, based_on)
        if based_on is not None
        else find_in_force(await store.list_published(tx.connection), legal_date(now))
    )
    if rows is None:
        rows = await store.load_rows(tx.connection, base.version)
    _demand_distinct(rows)
    draft = await store.add_draft(tx, title=title, based_on=base.version, rows=rows, rolls_back=None)
    await _note(tx, draft, "drafted", reason, caller, now)
    return draft


async def edit_map(
    tx: Transaction,
    caller: Identity,
    version: str,
    expected: IfMatch,
    *,
    write: Sequence[TariffMapRow],
    remove: Collection[tuple[str, str]],
    reason: str,
    now: datetime,
) -> MapVersion:
    """Remove rows, then write rows; one with the same two prefixes is replaced. The version is a draft again."""
    _demand_distinct(write)
    await store.lock(tx)
    found = await _demand_unpublished(tx, version)
    expected.check(found.revision)
    removed = await store.remove_rows(tx, version, remove)
    if removed < len(remove):
        raise Refused(
            f"{len(remove) - removed} of the rows to remove are not in {version}.",
            rule="tariff-map",
            code="unknown-row",
            remedy=f"Name rows of GET /tariff-maps/{version} by both their prefixes.",
        )
    await store.write_rows(tx, version, write)
    edited = await store.mark_edited(tx, found)
    await _note(tx, edited, "edited", reason, caller, now)
    return edited


async def validate_map(
    tx: Transaction, caller: Identity, version: str, *, on: date, now: datetime
) -> tuple[MapVersion, Report]:
    """Find what keeps a draft from being the map in force on a day, and note it in its history."""
    await store.lock(tx)
    found = await _demand_unpublished(tx, version)
    report = await _validate(tx, version, on)
    if report.faults:
        validated = await store.mark_edited(tx, found)
        await _note(tx, validated, "found-faulty", f"{len(report.faults)} faults as of {on}.", caller, now)
    else:
        validated = await store.mark_validated(tx, found, on)
        await _note(tx, validated, "validated", f"Without fault as of {on}.", caller, now)
    return validated, report


async def publish_map(
    tx: Transaction,
    caller: Identity,
    version: str,
    expected: IfMatch,
    *,
    effective_on: date,
    reason: str,
    now: datetime,
) -> MapVersion:
    """Put a validated version in force from a day after today; nobody publishes rows of their own."""
    await store.lock(tx)
    found = await _demand_unpublished(tx, version)
    expected.check(found.revision)
    if found.stage != "validated":
        raise Conflict(
            f"{version} has not been validated since its rows changed.",
            rule="tariff-map",
            code="not-validated",
            remedy=f"POST /tariff-maps/{version}/validate, and mend what it finds.",
        )
    demand_second_person(caller, await store.find_authors(tx.connection, version), f"wrote rows of {version}")
    return await _publish(tx, found, effective_on, reason, caller, now)


async def roll_back_map(
    tx: Transaction, caller: Identity, version: str, *, effective_on: date, reason: str, now: datetime
) -> MapVersion:
    """Publish a new version with the rows of the one that this version took over from.

    One person may do it: two have answered for these rows before. Decisions made meanwhile keep their map.
    """
    await store.lock(tx)
    found = await demand_version(tx.connection, version)
    published = await store.list_published(tx.connection)
    _demand_newest(found, published, effective_on)
    before = find_before(published, found)
    draft = await store.add_draft(
        tx,
        title=f"Back to {before.version}",
        based_on=before.version,
        rows=await store.load_rows(tx.connection, before.version),
        rolls_back=found.version,
    )
    await _note(tx, draft, "drafted", reason, caller, now)
    return await _publish(tx, draft, effective_on, reason, caller, now)


async def compare_map(
    connection: AsyncConnection, version: str, *, against: str | None, on: date | None, today: date
) -> MapDiff:
    """What a version would move against another: the one that it takes or would take over from, unless named.

    The Centers are those of `on`, else of the version's first day, else of tomorrow.
    """
    months = window_on(today)
    found = await demand_version(connection, version)
    day = on or found.effective_on or found.valid_on or today + timedelta(days=1)
    other = await _find_other(connection, found, against, day)
    new, old = await _load_map(connection, found), await _load_map(connection, other)
    open_centers = (await directory_store.load(connection)).open_centers(day)

    def compare(numbers: Sequence[str]) -> tuple[Mapping[str, str | None], Mapping[str, str | None]]:
        return map_subheadings(numbers, old, open_centers), map_subheadings(numbers, new, open_centers)

    active = compare(await store.list_active_subheadings(connection, months))
    filed = compare(await store.list_entry_subheadings(connection, months[0]))
    return MapDiff(
        version=found.version,
        against=other.version,
        on=day,
        first_month=months[0],
        headings=diff_headings(*compare(tariff_subheadings())),
        importers=await store.count_moving_importers(connection, months, *active),
        entries=await store.count_moving_entries(connection, months[0], *filed),
        entries_unknown=await store.count_entries_without_goods(connection, months[0]),
    )


async def demand_version(connection: AsyncConnection, version: str, *, with_drafts: bool = True) -> MapVersion:
    """A version by name; raises `NotFound` when there is none, without `with_drafts` also when it is not published."""
    found = await store.find_version(connection, version)
    if found is None or not (with_drafts or found.stage == "published"):
        raise NotFound(f"There is no tariff map {version}.", remedy="Take a version from GET /tariff-maps.")
    return found


async def _publish(
    tx: Transaction, version: MapVersion, effective_on: date, reason: str, caller: Identity, now: datetime
) -> MapVersion:
    today = legal_date(now)
    if effective_on <= today:
        raise Refused(
            f"A map takes effect after today, {today}: decisions already made keep theirs.",
            rule="tariff-map",
            code="not-after-today",
            remedy="Give a later day.",
        )
    report = await _validate(tx, version.version, effective_on)
    if report.faults:
        raise Refused(
            f"{version.version} has {len(report.faults)} faults as of {effective_on}; the first: "
            + " ".join(fault.detail for fault in report.faults[:3]),
            rule="tariff-map",
            code="not-valid",
            remedy=f"POST /tariff-maps/{version.version}/validate for that day lists them all.",
        )
    written = await store.mark_published(tx, version, effective_on)
    await _note(tx, written, "published", reason, caller, now)
    await rulebook.note_change(tx, "tariff-map", written.version, caller.signature)
    return written


async def _validate(tx: Transaction, version: str, on: date) -> Report:
    rows = await store.load_rows(tx.connection, version)
    return validate(rows, await directory_store.load(tx.connection), on)


async def _note(
    tx: Transaction, version: MapVersion, action: Action, reason: str, caller: Identity, now: datetime
) -> None:
    await store.note(
        tx,
        version.version,
        action,
        reason=reason,
        changed_by=caller.subject,
        acting_for=caller.acting_for,
        recorded_at=now,
    )


async def _demand_unpublished(tx: Transaction, version: str) -> MapVersion:
    found = await demand_version(tx.connection, version)
    if found.stage == "published":
        raise Conflict(
            f"{version} has been published and never changes.",
            rule="tariff-map",
            code="already-published",
            remedy="Draft a new version based on it, or roll it back.",
        )
    return found


def _demand_newest(version: MapVersion, published: Sequence[MapVersion], effective_on: date) -> None:
    if version.effective_on is None:
        raise Conflict(
            f"{version.version} has taken over from no other version, so there is nothing to go back to.",
            rule="tariff-map",
            code="nothing-before",
            remedy="Roll back a published version.",
        )
    if following := find_after(published, version):
        raise Conflict(
            f"{following.version} takes over from {version.version} on {following.effective_on}.",
            rule="tariff-map",
            code="already-superseded",
            remedy=f"Roll back {following.version}, or draft and publish a new version.",
        )
    if effective_on < version.effective_on:
        raise Refused(
            f"{version.version} is not in force before {version.effective_on}.",
            rule="tariff-map",
            code="before-effective",
            remedy="Give that day, so that it never counts, or a later one.",
        )


def _demand_distinct(rows: Sequence[TariffMapRow]) -> None:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        span = (row.prefix_from, row.prefix_to)
        if span in seen:
            raise Refused(
                f"The row {span[0]}-{span[1]} stands twice.",
                rule="tariff-map",
                code="repeated-row",
                remedy="Send each pair of prefixes once.",
            )
        seen.add(span)


async def _find_other(connection: AsyncConnection, version: MapVersion, against: str | None, on: date) -> MapVersion:
    if against is not None:
        return await demand_version(connection, against)
    published = await store.list_published(connection)
    if version.stage != "published":
        return find_in_force(published, on)
    return find_before(published, version) if version.number else version


async def _load_map(connection: AsyncConnection, version: MapVersion) -> TariffMap:
    try:
        return await store.load_map(connection, version)
    except ValueError as error:
        raise Conflict(
            f"{version.version} is no map yet: {error}.",
            rule="tariff-map",
            code="not-valid",
            remedy=f"POST /tariff-maps/{version.version}/validate, and mend what it finds.",
        ) from error
