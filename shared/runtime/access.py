"""Who may do what on which rows: the one policy, deny by default, read from the dated table of authority.

An action is named `<subject>.<verb>`. Whoever may not read the subject learns nothing of it: the answer is that there
is no such thing. Whoever may read it and not act on it is told why. National roles are named by rows of the table, and
never inferred from a token that names no Center.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from shared.customs.authority import AuthorityRow, Scope, grants, holders
from shared.customs.centers import PENDING
from shared.customs.importer_number import ImporterNumberKind, kind_of, mask_importer_number
from shared.customs.parties import Scope as DelegationScope
from shared.customs.parties import covers
from shared.runtime.errors import Forbidden, NotFound
from shared.runtime.identity import Identity, RoleName
from shared.runtime.parties import party_ids

OUTSIDE_PARTIES: Final = frozenset({RoleName.IMPORTER, RoleName.BROKER, RoleName.SURETY, RoleName.TRADE_COUNSEL})
STAFF: Final = frozenset(RoleName) - OUTSIDE_PARTIES - {RoleName.PUBLIC}


@dataclass(frozen=True, slots=True)
class Matter:
    """Whose a thing is: what is named here is known, and what is not is nobody's.

    `centers` are those that have part in it, none while no Center has it; `filer_code` and `surety_code` are those of
    the entries, where one filer filed and one surety bonds all of them; `party_id` is the party that it is about.
    `ports` are those that have part in it, `named` the people who are named on it.
    """

    importer_number: str | None = None
    centers: frozenset[str] = frozenset()
    division: str | None = None
    filer_code: str | None = None
    surety_code: str | None = None
    party_id: str | None = None
    ports: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reach:
    """On which matters a caller may do an action; every part that is empty reaches nothing.

    `division_centers` with `divisions` are Centers of which only these divisions are reached. `rows` are the rows of
    the table that grant it, by scope. `named` is the caller, where what names them is reached.
    """

    rows: tuple[tuple[Scope, str], ...] = ()
    is_national: bool = False
    centers: frozenset[str] = frozenset()
    division_centers: frozenset[str] = frozenset()
    divisions: frozenset[str] = frozenset()
    is_unassigned: bool = False
    importer_numbers: frozenset[str] = frozenset()
    delegated: frozenset[str] = frozenset()
    filer_code: str | None = None
    surety_code: str | None = None
    party_ids: frozenset[str] = frozenset()
    ports: frozenset[str] = frozenset()
    named: str | None = None

    def row_for(self, matter: Matter) -> str | None:
        """The id of the first row, in the order of `Scope`, by which the matter is reached; None when it is not."""
        return next((row for scope, row in self.rows if self._covers(scope, matter)), None)

    def covers(self, matter: Matter) -> bool:
        """Whether the matter is reached."""
        return self.row_for(matter) is not None

    def _covers(self, scope: Scope, matter: Matter) -> bool:
        match scope:
            case Scope.NATIONAL | Scope.PUBLIC:
                return True
            case Scope.CENTER:
                return not self.centers.isdisjoint(matter.centers)
            case Scope.DIVISION:
                return not self.division_centers.isdisjoint(matter.centers) and matter.division in self.divisions
            case Scope.UNASSIGNED:
                return self.is_unassigned and not matter.centers - {PENDING}
            case Scope.OWN_ACCOUNT:
                return matter.importer_number in self.importer_numbers
            case Scope.DELEGATED:
                return matter.importer_number in self.delegated
            case Scope.FILED_BY:
                return self.filer_code is not None and self.filer_code == matter.filer_code
            case Scope.BONDED_BY:
                return self.surety_code is not None and self.surety_code == matter.surety_code
            case Scope.OWN_PARTY:
                return matter.party_id in self.party_ids
            case Scope.PORT:
                return not self.ports.isdisjoint(matter.ports)
            case Scope.NAMED:
                return self.named in matter.named


EVERYTHING: Final = Reach(rows=((Scope.NATIONAL, "system"),), is_national=True)
"""The reach of the system itself, for what it counts and does on its own."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether the caller may do an action on a matter: by which row of the table, or why not."""

    action: str
    row_id: str | None
    code: str | None = None
    says: str | None = None

    @property
    def is_given(self) -> bool:
        """Whether the action may be done."""
        return self.row_id is not None


def is_staff(caller: Identity) -> bool:
    """Whether the caller works for CBP or operates the system."""
    return not caller.roles.isdisjoint(STAFF)


def granted(caller: Identity, action: str, on: date) -> tuple[AuthorityRow, ...]:
    """The rows that grant the action to a role of the caller on a legal day, whatever they reach."""
    return tuple(row for row in grants(action, on) if not caller.roles.isdisjoint(row.roles))


def reach_of(caller: Identity, action: str, on: date) -> Reach:
    """On which matters the caller may do an action on a legal day."""
    rows = sorted(granted(caller, action, on), key=lambda row: _ORDER.index(row.scope))
    scopes = {row.scope for row in rows}

    def names(scope: Scope, values: frozenset[str]) -> frozenset[str]:
        return values if scope in scopes else frozenset()

    wanted: set[DelegationScope] = {row.delegated for row in rows if row.delegated is not None}
    return Reach(
        rows=tuple((row.scope, row.row_id) for row in rows),
        is_national=not scopes.isdisjoint({Scope.NATIONAL, Scope.PUBLIC}),
        centers=names(Scope.CENTER, caller.centers),
        division_centers=names(Scope.DIVISION, caller.centers),
        divisions=names(Scope.DIVISION, caller.divisions),
        is_unassigned=Scope.UNASSIGNED in scopes and bool(caller.centers),
        importer_numbers=names(Scope.OWN_ACCOUNT, caller.importer_numbers),
        delegated=delegated_to(caller, wanted),
        filer_code=caller.filer_code if Scope.FILED_BY in scopes else None,
        surety_code=caller.surety_code if Scope.BONDED_BY in scopes else None,
        party_ids=names(Scope.OWN_PARTY, party_ids(caller)),
        ports=names(Scope.PORT, caller.ports),
        named=caller.subject if Scope.NAMED in scopes else None,
    )


def delegated_to(caller: Identity, wanted: Collection[DelegationScope]) -> frozenset[str]:
    """The importers that have delegated one of these things to the caller's parties, or what includes it."""
    found = [numbers for scope, numbers in caller.delegations.items() if any(covers((scope,), each) for each in wanted)]
    return found[0] if len(found) == 1 else frozenset().union(*found)


_ORDER: Final = tuple(Scope)


def judge(caller: Identity, action: str, on: date, matter: Matter) -> Permission:
    """Whether the caller may do the action on the matter, and why not."""
    if (row := reach_of(caller, action, on).row_for(matter)) is not None:
        return Permission(action, row)
    if not granted(caller, action, on):
        return Permission(action, None, "role-required", tell_roles(caller, [action], on))
    return Permission(action, None, "out-of-reach", f"{_where(matter)}, where you may not do this ({action}).")


def demand_sight(caller: Identity, subject: str, on: date, matter: Matter, what: str) -> None:
    """Raise `NotFound` when the caller may not read the matter: whether it exists is part of what is not shown."""
    if not reach_of(caller, f"{subject}.read", on).covers(matter):
        raise no_such(what)


def demand(caller: Identity, action: str, on: date, matter: Matter, what: str, *, sight: Matter | None = None) -> str:
    """The id of the row by which the caller may do the action on the matter.

    Raises `NotFound` when the caller may not even read it, `Forbidden` when the role or the reach is lacking. `sight`
    is the matter for reading, where more see it than act on it.
    """
    demand_sight(caller, action.partition(".")[0], on, sight or matter, what)
    permission = judge(caller, action, on, matter)
    if permission.row_id is None:
        raise refusal_of(permission)
    return permission.row_id


def demand_role(caller: Identity, actions: Sequence[str], on: date) -> None:
    """Raise `Forbidden` unless a row of the table grants one of the actions to a role of the caller."""
    if not any(granted(caller, action, on) for action in actions):
        raise Forbidden(tell_roles(caller, actions, on), code="role-required")


def refusal_of(permission: Permission) -> Forbidden:
    """What a permission that is not given says; to be raised."""
    assert permission.says is not None
    return Forbidden(
        permission.says,
        code=permission.code,
        remedy="GET /me says what you may do, and where; docs/authority.md has the whole table.",
    )


def tell_roles(caller: Identity, actions: Iterable[str], on: date) -> str:
    """Which roles may do the actions, and which the caller has, in one sentence."""
    wanted = sorted({role for action in actions for row in grants(action, on) for role in row.roles})
    held = ", ".join(sorted(caller.roles)) or "none"
    return f"This needs the role {' or '.join(wanted) or 'of nobody'}; the token carries: {held}."


def no_such(what: str) -> NotFound:
    """What is answered for a thing that does not exist, and alike for one that the caller may not read."""
    return NotFound(f"There is no {what}.", remedy="Check the number, and that your token reaches it: GET /me says so.")


def legal_basis(action: str, on: date) -> str | None:
    """On what the function that an action exercises rests on a legal day; None where no row of the law says so."""
    return _legal_basis(action, on)


@cache
def _legal_basis(action: str, on: date) -> str | None:
    for row in grants(action, on):
        for holder in holders(row.function, on):
            return f"{holder.row_id}: {holder.legal_basis}"
    return None


def _where(matter: Matter) -> str:
    if matter.centers:
        division = f", division {matter.division}" if matter.division else ""
        return f"This is with {', '.join(sorted(matter.centers))}{division}"
    return "This is another's"


def shown_importer_number(caller: Identity, importer_number: str) -> str:
    """The number as this caller may see it: one that is a social security number only whole to its holder."""
    if kind_of(importer_number) is ImporterNumberKind.SSN and importer_number not in caller.importer_numbers:
        return mask_importer_number(importer_number)
    return importer_number
