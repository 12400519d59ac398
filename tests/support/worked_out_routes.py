"""Routes are worked out once for a process of tests, not once for each application that a test builds.

FastAPI works out the parameters and answers of a router's routes anew for each application that includes it, when it is
first called. A service process builds one application; the tests build thousands of the same routers, and would spend
the greater part of their time on that. Applications stay as they are: only what is worked out for the same route in
the same inclusion is kept, and no test overrides a dependency.
"""

from dataclasses import replace
from typing import Any, Final

import fastapi.routing

_INCLUDED: Final[Any] = fastapi.routing._IncludedRouter


def keep_worked_out_routes() -> None:
    """From now on what is worked out for a route is kept for the next application that includes it the same way."""
    work_out = _INCLUDED._build_effective_context
    kept: dict[tuple[int, str], tuple[Any, Any]] = {}

    def look_up(self: Any, route: Any) -> Any:
        context = replace(self.include_context, dependency_overrides_provider=None)
        # With what the route says of itself: an application may have named its actions since.
        key = id(route), repr((context, getattr(route, "openapi_extra", None)))
        if key not in kept:
            self = replace(self, include_context=context)
            kept[key] = route, work_out(self, route)  # with the route, so that no other gets its identity
        return kept[key][1]

    _INCLUDED._build_effective_context = look_up
