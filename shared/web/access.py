"""The policy at the door: each route names its action, and who has no row of the table for it goes no further."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.customs.authority import Scope, actions, authority_table
from shared.runtime.access import demand_role
from shared.runtime.identity import Identity, RoleName
from shared.web.identity import CurrentIdentity, PublicCaller
from shared.web.requests import today_of

_MARK = "centerline_actions"


def allow(*wanted: str) -> Any:
    """Build a dependency: the verified caller, to whom the table grants one of the actions; 403 names the roles if not.

    On which rows is asked where the rows are known (`shared.runtime.access`). A public action is answered without a
    token as well. Raises ValueError for an action that the table does not know.
    """
    if not wanted or (unknown := set(wanted) - set(actions())):
        raise ValueError(f"name actions of the table of authority, not {sorted(unknown) if wanted else 'none'}")

    async def known(request: Request, caller: CurrentIdentity) -> Identity:
        demand_role(caller, wanted, today_of(request))
        return caller

    async def anybody(caller: PublicCaller) -> Identity:
        return caller

    dependency = anybody if all(map(is_public, wanted)) else known
    setattr(dependency, _MARK, wanted)
    return Depends(dependency)


def is_public(action: str) -> bool:
    """Whether the table grants the action to anybody, without a token."""
    return action in _public_actions()


@cache
def _public_actions() -> frozenset[str]:
    return frozenset(
        row.action for row in authority_table() if row.scope is Scope.PUBLIC and RoleName.PUBLIC in row.roles
    )


def actions_of(route: APIRoute) -> tuple[str, ...]:
    """The actions that a route names, in the order of its parameters; none where it forgot to."""
    return tuple(action for call in _calls(route.dependant) for action in getattr(call, _MARK, ()))


def dependencies_of(route: APIRoute) -> Iterator[Any]:
    """Every dependency of a route, and those that they depend on."""
    return _calls(route.dependant)


def _calls(dependant: Dependant) -> Iterator[Any]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)
