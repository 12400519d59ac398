"""The rule book as a file: all that entries are decided with, a JSON object on each line, under a hash.

The first line says what the file is, the last one how many lines stand before it and their SHA-256. In between are
published tariff maps, criteria by revision, confirmed policies, what happened to Centers, medians of unit values,
accounts with their changes and assignments, moves of open matters. Of one state of the database, in one order: the
same state gives the same bytes but for the last line, which says when it was taken.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from services.routing.domain.accounts import DatedAccount, DatedAssignment, read_programs, read_standing
from services.routing.domain.criteria import from_document, to_document
from services.routing.domain.criteria_lifecycle import Revision, list_periods
from services.routing.domain.criteria_timeline import compile_timeline, cut_periods
from services.routing.domain.decisions import NOT_KNOWN, Move
from services.routing.domain.directory import Change, build_directory
from services.routing.domain.policies import AssignmentPolicy
from services.routing.domain.policies import from_document as read_policy
from services.routing.domain.rulebook import Dated, RuleBook
from services.routing.domain.unit_values import UnitValues
from shared.customs.tariff_map import TariffMap, TariffMapRow

FORMAT: Final = 1
"""Grows when a reader of the old format would misread the new one."""

_OF_DECISIONS: Final = frozenset(
    {"name", "is_broker", "trusted_programs", "family", "size", "registered_on", "standing"}
)
"""Fields of an account that a decision may look at."""


class DamagedRuleBookError(ValueError):
    """The file is not a rule book, or not whole; the text says what is wrong and in which line."""


class RecordedMove(NamedTuple):
    """A move of an open matter: `matter` is `entry` or `filing`."""

    matter: str
    number: str
    sequence: int
    from_center: str
    to_center: str
    moved_at: datetime


class KeptAccount(NamedTuple):
    """An account as it is kept: fields as JSON values, assignments by sequence, and what changed from revision 2 on.

    `changes` are `[revision, {field: [before, after]}]`, oldest first, of fields that a decision may look at.
    """

    importer_number: str
    revision: int
    fields: Mapping[str, Any]
    assignments: Sequence[DatedAssignment]
    changes: Sequence[tuple[int, Mapping[str, Any]]]

    def as_of(self, revision: str, assignment: str) -> DatedAccount | None:
        """The account as a decision names it in `rule_versions`: what is known now, taken back; None where it was not
        known. Assignments made after the one named are left out.
        """
        if revision == NOT_KNOWN:
            return None
        fields = dict(self.fields)
        for number, changed in reversed(self.changes):
            if number > int(revision):
                fields |= {name: before for name, (before, _) in changed.items()}
        last = 0 if assignment == NOT_KNOWN else int(assignment)
        return self._read(fields, int(revision), [item for item in self.assignments if item.sequence <= last])

    def now(self) -> DatedAccount:
        """The account with all that is known of it."""
        return self._read(self.fields, self.revision, list(self.assignments))

    def _read(self, fields: Mapping[str, Any], revision: int, assignments: list[DatedAssignment]) -> DatedAccount:
        return DatedAccount(
            importer_number=self.importer_number,
            name=fields["name"],
            is_broker=fields["is_broker"],
            trusted_programs=read_programs(fields["trusted_programs"]),
            family=fields["family"],
            size=fields["size"],
            registered_on=_day(fields["registered_on"]),
            standing=read_standing(fields["standing"]),
            revision=revision,
            assignments=assignments,
        )


@dataclass(frozen=True)
class RuleBookFile:
    """A rule book as it was read from a file, checked against its hash."""

    sha256: str
    taken_at: datetime
    tariff_maps: int
    criteria: int
    policies: int
    book: RuleBook
    accounts: Mapping[str, KeptAccount]
    moves: Mapping[tuple[str, str, int], RecordedMove]
    """By `entry` or `filing`, number, and sequence."""

    def move_of(self, entry_number: str, sequence: int) -> Move | None:
        """The move of an entry that a decision names; None for 0, which is none."""
        move = self.moves.get(("entry", entry_number, sequence))
        return Move(move.sequence, move.to_center) if move is not None else None


def tell_start(floor_basis_points: int) -> dict[str, Any]:
    """The first line."""
    return {"kind": "rule-book", "format": FORMAT, "floor_basis_points": floor_basis_points}


def tell_map(tariff_map: Dated[TariffMap]) -> dict[str, Any]:
    """A published tariff map with its rows."""
    rows = [list(astuple(row)) for row in tariff_map.value.rows]
    return {
        "kind": "tariff-map",
        "version": tariff_map.value.version,
        "effective_on": _tell_day(tariff_map.effective_on),
        "rows": rows,
    }


def tell_criterion(revision: Revision) -> dict[str, Any]:
    """A revision of a criterion with the first days of its states."""
    return {
        "kind": "criterion",
        "id": revision.criterion.id,
        "revision": revision.criterion.revision,
        "position": revision.position,
        "state": revision.state,
        "shadow_from": revision.shadow_from,
        "live_from": revision.live_from,
        "retired_on": revision.retired_on,
        "definition": to_document(revision.criterion),
    }


def tell_policy(policy: Dated[AssignmentPolicy]) -> dict[str, Any]:
    """A confirmed assignment policy."""
    return {
        "kind": "policy",
        "version": policy.value.version,
        "effective_on": _tell_day(policy.effective_on),
        "document": policy.value.to_document(),
    }


def tell_center(change: Change) -> dict[str, Any]:
    """What happened to a Center, in the order in which it was recorded."""
    return {
        "kind": "center-change",
        "code": change.code,
        "action": change.action,
        "effective_on": change.effective_on,
        "body": change.body,
    }


def tell_unit_values(effective_on: date, as_of: date, values: UnitValues) -> dict[str, Any]:
    """A version of the medians: number, unit, dollars per unit."""
    medians = sorted([hts, unit, str(median)] for (hts, unit), median in values.medians.items())
    return {"kind": "unit-values", "as_of": as_of, "effective_on": effective_on, "medians": medians}


def tell_account(account: KeptAccount) -> dict[str, Any]:
    """An account with its assignments and changes."""
    return {
        "kind": "account",
        "importer_number": account.importer_number,
        "revision": account.revision,
        **account.fields,
        "assignments": [item._asdict() for item in account.assignments],
        "changes": [{"revision": revision, "fields": changed} for revision, changed in account.changes],
    }


def tell_move(move: RecordedMove) -> dict[str, Any]:
    """A move of an open matter."""
    return {"kind": "move", **move._asdict()}


def account_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a decision may look at, of an account's fields."""
    return {name: fields[name] for name in sorted(_OF_DECISIONS & fields.keys())}


class Writer:
    """Makes the lines of a file, and its end."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._lines = 0

    def line(self, told: Mapping[str, Any]) -> bytes:
        """A line of the file."""
        line = _encode(told)
        self._hash.update(line)
        self._lines += 1
        return line

    def end(self, taken_at: datetime) -> bytes:
        """The last line."""
        return _encode({"kind": "end", "lines": self._lines, "sha256": self.sha256, "taken_at": taken_at})

    @property
    def sha256(self) -> str:
        """The hash of the lines so far, in hexadecimal digits."""
        return self._hash.hexdigest()


def read_rulebook(lines: Iterable[bytes]) -> RuleBookFile:
    """The rule book that a file holds; raises `DamagedRuleBookError` when a byte of it is not as it was written."""
    reader = _Reader()
    for number, line in enumerate(lines, start=1):
        try:
            reader.take(json.loads(line), line)
        except DamagedRuleBookError as damage:
            raise DamagedRuleBookError(f"line {number}: {damage}") from None
        except (ValueError, KeyError, TypeError, AttributeError) as damage:
            raise DamagedRuleBookError(f"line {number}: it is not a line of a rule book") from damage
    return reader.finish()


class _Reader:
    """Takes the lines one by one."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._lines = 0
        self._floor: int | None = None
        self._maps: list[Dated[TariffMap]] = []
        self._revisions: list[Revision] = []
        self._policies: list[Dated[AssignmentPolicy]] = []
        self._centers: list[Change] = []
        self._unit_value_days: list[Dated[date]] = []
        self._medians: dict[date, UnitValues] = {}
        self._accounts: dict[str, KeptAccount] = {}
        self._moves: dict[tuple[str, str, int], RecordedMove] = {}
        self._end: Mapping[str, Any] | None = None
        self._takers: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "rule-book": self._take_start,
            "tariff-map": self._take_map,
            "criterion": lambda told: self._revisions.append(_revision(told)),
            "policy": self._take_policy,
            "center-change": lambda told: self._centers.append(_change(told)),
            "unit-values": self._take_unit_values,
            "account": self._take_account,
            "move": self._take_move,
        }

    def take(self, told: Mapping[str, Any], line: bytes) -> None:
        """One line, as it was read and as bytes."""
        kind = told["kind"]
        if self._end is not None:
            raise DamagedRuleBookError("something stands after the end")
        if self._floor is None and kind != "rule-book":
            raise DamagedRuleBookError("a rule book begins with a line of the kind rule-book")
        if kind == "end":
            self._end = told
            return
        taking = self._takers.get(kind)
        if taking is None:
            raise DamagedRuleBookError(f"its kind is {kind}, which this release does not know")
        self._hash.update(line)
        self._lines += 1
        taking(told)

    def finish(self) -> RuleBookFile:
        """The whole, once the last line was read."""
        if self._end is None:
            raise DamagedRuleBookError("the last line is missing: the file was cut off")
        assert self._floor is not None
        sha256 = self._hash.hexdigest()
        if (self._end["lines"], self._end["sha256"]) != (self._lines, sha256):
            raise DamagedRuleBookError("hash or number of its lines is not what its last line says")
        periods = cut_periods(list_periods(self._revisions), self._unit_value_days)
        book = RuleBook(
            self._maps,
            compile_timeline(periods, self._medians, self._floor),
            self._policies,
            build_directory(self._centers),
        )
        taken_at = datetime.fromisoformat(self._end["taken_at"])
        counts = (len(self._maps), len(self._revisions), len(self._policies))
        return RuleBookFile(sha256, taken_at, *counts, book, self._accounts, self._moves)

    def _take_start(self, told: Mapping[str, Any]) -> None:
        if told["format"] != FORMAT:
            raise DamagedRuleBookError(f"its format is {told['format']}, this release reads {FORMAT}")
        self._floor = told["floor_basis_points"]

    def _take_map(self, told: Mapping[str, Any]) -> None:
        rows = [TariffMapRow(*row) for row in told["rows"]]
        self._maps.append(Dated(_first_day(told["effective_on"]), TariffMap(rows, told["version"])))

    def _take_policy(self, told: Mapping[str, Any]) -> None:
        policy = read_policy(told["version"], told["document"])
        self._policies.append(Dated(_first_day(told["effective_on"]), policy))

    def _take_unit_values(self, told: Mapping[str, Any]) -> None:
        as_of = date.fromisoformat(told["as_of"])
        self._unit_value_days.append(Dated(date.fromisoformat(told["effective_on"]), as_of))
        medians = {(hts, unit): Decimal(median) for hts, unit, median in told["medians"]}
        self._medians[as_of] = UnitValues(as_of.isoformat(), medians)

    def _take_move(self, told: Mapping[str, Any]) -> None:
        move = _move(told)
        self._moves[move.matter, move.number, move.sequence] = move

    def _take_account(self, told: Mapping[str, Any]) -> None:
        self._accounts[told["importer_number"]] = _account(told)


def _change(told: Mapping[str, Any]) -> Change:
    effective_on = date.fromisoformat(told["effective_on"])
    return Change("center", told["code"], told["code"], told["action"], effective_on, told["body"])


def _move(told: Mapping[str, Any]) -> RecordedMove:
    fields = {name: told[name] for name in RecordedMove._fields}
    return RecordedMove(**{**fields, "moved_at": datetime.fromisoformat(told["moved_at"])})


def _revision(told: Mapping[str, Any]) -> Revision:
    return Revision(
        criterion=from_document(told["id"], told["revision"], told["definition"]),
        position=told["position"],
        state=told["state"],
        shadow_from=_day(told["shadow_from"]),
        live_from=_day(told["live_from"]),
        retired_on=_day(told["retired_on"]),
    )


def _account(told: Mapping[str, Any]) -> KeptAccount:
    assignments = [DatedAssignment(**item) for item in told["assignments"]]
    return KeptAccount(
        importer_number=told["importer_number"],
        revision=told["revision"],
        fields=account_fields(told),
        assignments=[item._replace(effective_on=date.fromisoformat(str(item.effective_on))) for item in assignments],
        changes=[(item["revision"], item["fields"]) for item in told["changes"]],
    )


def _encode(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, default=_tell, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def _tell(value: object) -> str:
    assert isinstance(value, date)  # a datetime is one
    return value.isoformat()


def _tell_day(day: date) -> date | None:
    return None if day == date.min else day


def _first_day(told: str | None) -> date:
    return date.min if told is None else date.fromisoformat(told)


def _day(told: str | None) -> date | None:
    return None if told is None else date.fromisoformat(told)
