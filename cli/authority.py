"""docs/authority.md: who may do what, where and on which basis, written from the table of authority and the APIs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from shared.customs.authority import DECIDE, AuthorityRow, Scope, actions, authority_table
from shared.runtime.identity import RoleName

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "authority.md"

_REACHES: Final[Mapping[Scope, str]] = {
    Scope.CENTER: "matters of the Centers that the token names",
    Scope.DIVISION: "matters of the Centers and divisions that the token names, both",
    Scope.UNASSIGNED: "matters that no Center has yet",
    Scope.NATIONAL: "everything",
    Scope.PORT: "matters of the ports that the token names",
    Scope.OWN_ACCOUNT: "matters of the importer numbers that the token names",
    Scope.DELEGATED: "matters of importers that have delegated it to the caller's party, on the day",
    Scope.FILED_BY: "entries with the filer code of the token, and what names only such entries",
    Scope.BONDED_BY: "entries with the surety code of the token, and what the surety filed",
    Scope.OWN_PARTY: "what is about the filer, surety, agent or counsel that the caller belongs to",
    Scope.NAMED: "law-enforcement-sensitive matters on which the caller is named",
    Scope.PUBLIC: "everything, without a token",
}
_HEAD: Final = """\
# Who may do what

Written by `make contracts` from `shared/customs/data/authority.csv` and the APIs; do not edit.

Deny by default: whoever has no row of the table may not do it, and every route names the action that it needs
(`x-authority` in the OpenAPI documents). What a caller may not read is answered 404, alike in every service; what they
may read and not do is 403 with the reason. A national role has a row that says so: a token that names no Center reaches
no Center. `GET /me` of each service says what the caller may do there. A decision keeps the row that it rested on.

Rows of the law say which officer holds a function on which days (evidence: S read in a source, P partly read, M from
memory, U unsettled). Rows of actions are the product's own rule (I): they say which roles exercise a function, and how
far each reaches.
"""


def page(operations: Mapping[str, Iterable[str]]) -> str:
    """The whole page; `operations` are the routes by action."""
    return "\n".join([_HEAD, *_scopes(), *_actions(operations), *_roles(), *_law()])


def routes_by_action(apis: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """The routes that need each action, as `service: METHOD /path`, from the OpenAPI documents by service."""
    routes: dict[str, list[str]] = defaultdict(list)
    for service, document in apis.items():
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                for action in operation.get("x-authority", ()):
                    routes[action].append(f"{service}: {method.upper()} {path}")
    return routes


def _scopes() -> Iterator[str]:
    yield "## Scopes\n"
    yield "| scope | reaches |\n|---|---|"
    for scope in Scope:
        yield f"| {scope} | {_REACHES[scope]} |"
    yield ""


def _actions(operations: Mapping[str, Iterable[str]]) -> Iterator[str]:
    yield "## Actions\n"
    yield "| action | function | roles by scope | routes |\n|---|---|---|---|"
    for action in actions():
        rows = [row for row in authority_table() if row.action == action]
        by_scope = "<br>".join(f"{_name(row)}: {', '.join(row.roles)}{_term(row)}" for row in rows)
        routes = "<br>".join(sorted(operations.get(action, ()))) or "(asked where it is done)"
        yield f"| {action} | {rows[0].function} | {by_scope} | {routes} |"
    yield ""


def _roles() -> Iterator[str]:
    yield "## Roles\n"
    for role in RoleName:
        own = [row for row in authority_table() if row.action != DECIDE and role in row.roles]
        yield f"### {role}\n"
        if not own:
            yield "Nothing.\n"
            continue
        by_scope: dict[str, list[str]] = defaultdict(list)
        for row in own:
            by_scope[_name(row)].append(row.action)
        for name, named in by_scope.items():
            yield f"- {name}: {', '.join(named)}"
        yield ""


def _law() -> Iterator[str]:
    yield "## Functions by law\n"
    yield "| function | officer | from | to | legal basis | concurrent with | evidence | note |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in authority_table():
        if row.action == DECIDE:
            cells = (row.function, row.role, row.from_on or "", row.to_on or "", row.legal_basis)
            more = (row.concurrent_with or "", row.evidence, row.note)
            yield f"| {' | '.join(map(str, (*cells, *more)))} |"
    yield ""


def _name(row: AuthorityRow) -> str:
    return row.scope if row.delegated is None else f"{row.scope} ({row.delegated})"


def _term(row: AuthorityRow) -> str:
    if row.from_on is None and row.to_on is None:
        return ""
    return f" ({row.from_on or 'ever'} to {row.to_on or 'further notice'})"
