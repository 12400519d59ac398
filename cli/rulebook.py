"""A rule book as a file: read whole, and every kept decision made again with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from cli.environment import Environment
from cli.not_there import NotThere
from cli.operations import service_engine
from services.routing.acts.deciding import content_digest, decide_again
from services.routing.domain.rulebook_file import DamagedRuleBookError, RuleBookFile, read_rulebook
from services.routing.store.decisions import load_decided
from shared.archive import folder as archive_folder
from shared.contracts.decode import Rejection, decode
from shared.contracts.entry import EntryBody, EntryCorrected, EntryFiled
from shared.contracts.registry import TOPICS, carries
from shared.db.transaction import snapshot

_AT_ONCE: Final = 1_000
_SHOWN: Final = 20
_MAX_BYTES: Final = 2**31
"""Whatever was on the bus was small enough for it."""


@dataclass(frozen=True, slots=True)
class CheckedRuleBook:
    """What a rule book has; `sha256` is that of its lines but the last."""

    sha256: str
    taken_at: datetime
    tariff_maps: int
    criteria: int
    policies: int
    centers: int
    accounts: int
    assignments: int
    moves: int


@dataclass(slots=True)
class Replayed:
    """Versions of entries that were decided again: how many came out as they are kept, byte for byte.

    `not_kept` were archived and have no decision, or one of another event that contradicts them. `different` says, for
    the first twenty, the number, the version, the first field that differs, and what is kept and came out there.
    """

    versions: int = 0
    equal: int = 0
    not_kept: int = 0
    unequal: int = 0
    different: list[dict[str, Any]] = field(default_factory=list)


def check(file: Path) -> CheckedRuleBook:
    """Read the file whole; raises `NotThere` with what is wrong with it."""
    found = _read(file)
    return CheckedRuleBook(
        sha256=found.sha256,
        taken_at=found.taken_at,
        tariff_maps=found.tariff_maps,
        criteria=found.criteria,
        policies=found.policies,
        centers=len(found.book.directory.centers),
        accounts=len(found.accounts),
        assignments=sum(len(account.assignments) for account in found.accounts.values()),
        moves=len(found.moves),
    )


async def replay(environment: Environment, file: Path, archive: Path) -> Replayed:
    """Decide every archived version of an entry again, and compare with what routing keeps; nothing is written."""
    found, replayed = _read(file), Replayed()
    if not archive_folder.list_partitions(archive):
        raise NotThere(f"there is no archive in {archive}; write one with `centerline archive run`")
    async with service_engine(environment, "routing") as engine, snapshot(engine) as tx:
        for bodies in _batched(_archived(archive), _AT_ONCE):
            kept = await load_decided(tx, [body.entry_number for body in bodies])
            for body in bodies:
                replayed.versions += 1
                decided = kept.get((body.entry_number, body.version))
                if decided is None or decided.digest != content_digest(body):
                    replayed.not_kept += 1
                    continue
                _compare(replayed, body, decided.decision, decide_again(body, decided.decision, found))
    return replayed


def _compare(replayed: Replayed, body: EntryBody, kept: Mapping[str, Any], again: bytes) -> None:
    made: dict[str, Any] = orjson.loads(again)
    if made == kept:
        replayed.equal += 1
        return
    replayed.unequal += 1
    if len(replayed.different) < _SHOWN:
        name = next(name for name in (*kept, *made) if kept.get(name) != made.get(name))
        replayed.different.append(
            {
                "entry_number": body.entry_number,
                "version": body.version,
                "field": name,
                "kept": kept.get(name),
                "made": made.get(name),
            }
        )


def _archived(archive: Path) -> Iterator[EntryBody]:
    """Filed and corrected entries of an archive; what was refused then is refused again."""
    for records in archive_folder.read_records(archive):
        for record in records:
            if record.topic in TOPICS and record.value:
                event = decode(record.topic, record.key, record.value, record.headers, _MAX_BYTES)
                if not isinstance(event, Rejection) and carries(event, EntryFiled, EntryCorrected):
                    yield event.data


def _read(file: Path) -> RuleBookFile:
    try:
        with file.open("rb") as lines:
            return read_rulebook(lines)
    except DamagedRuleBookError as damage:
        raise NotThere(f"{file} is no whole rule book: {damage}; take it out again with GET /rulebook/export") from None


def _batched(bodies: Iterable[EntryBody], size: int) -> Iterator[list[EntryBody]]:
    batch: list[EntryBody] = []
    for body in bodies:
        batch.append(body)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
