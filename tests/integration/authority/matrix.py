"""Every endpoint of a service called by every role, on its own matters, another's and delegated ones.

What is expected comes from the rows of the table and from whose a matter is, not from the code that decides.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import httpx

from shared.customs.authority import DECIDE, authority_table
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.settings import ServiceSettings
from shared.web.identity import issue_development_token

Kind = Literal["own", "other", "delegated"]
OUTSIDE = {"importer", "broker", "surety", "trade-counsel"}
DENIALS = {"role-required", "out-of-reach"}
FILER, SURETY, CENTER, DIVISION, PORT = "B76", "036", "CEE007", "validation-and-compliance", "2704"

OF_OPERATORS = {"letter_id": "4711", "act_id": "4711", "job": "nothing-like-it"}
"""Things of operators that no ground has: an operator learns so, and nobody else comes that far."""


@dataclass
class Ground:
    """A service with one matter of each kind; `whose` says by which scopes a path parameter's matter is reached.

    `filtered` are operations that give staff the rows of their Centers, none where there are none. In the path of those
    `named_in_body`, a parameter says to whom; whose it is, the body says. `chosen` is the action that a body chooses
    of those that an operation may be; `instead` are values of paths that begin so, where another matter is meant.
    """

    document: Mapping[str, Any]
    client: httpx.AsyncClient
    settings: ServiceSettings
    clock: FixedClock
    importer_number: str
    values: Mapping[str, str]
    whose: Mapping[str, frozenset[str]]
    bodies: Mapping[str, Any] = field(default_factory=dict)
    queries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    filtered: frozenset[str] = frozenset()
    named_in_body: frozenset[str] = frozenset()
    chosen: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    delegate: str | None = None


@dataclass(frozen=True)
class Call:
    """One call of the matrix, with the statuses that are right for it."""

    method: str
    path: str
    operation: str
    role: str
    kind: Kind
    expected: str
    is_bound: bool


def calls_of(ground: Ground, today: date) -> Iterator[Call]:
    """Every call, with what the table says of it: `no-role`, `hidden`, `out-of-reach` or `allowed`."""
    for path, methods in ground.document["paths"].items():
        for method, operation in methods.items():
            if "x-authority" not in operation:
                continue
            named = operation["x-authority"]
            is_bound = operation["operationId"] not in ground.named_in_body
            matter = next((name for name in ground.whose if is_bound and f"{{{name}}}" in path), None)
            kinds: tuple[Kind, ...] = ("own",) if matter is None else ("own", "other", "delegated")
            for role in RoleName:
                for kind in kinds:
                    if kind == "delegated" and (role not in OUTSIDE or ground.delegate is None):
                        continue
                    expected = _expect(ground, operation, named, matter, role, kind, today)
                    yield Call(method.upper(), path, operation["operationId"], role, kind, expected, matter is not None)


def _expect(
    ground: Ground, operation: Mapping[str, Any], named: list[str], matter: str | None, role: str, kind: Kind, on: date
) -> str:
    if not any(_scopes(action, role, on) for action in named):
        return "no-role"
    chosen = ground.chosen.get(operation["operationId"])
    if matter is None:
        return "allowed" if chosen is None or _scopes(chosen, role, on) else "no-role"
    action = named[0] if len(named) == 1 else ground.chosen[operation["operationId"]]
    kinds = ground.whose[matter]
    reads = action.partition(".")[0] + ".read"
    if operation["operationId"] in ground.filtered and "center" in _scopes(reads, role, on):
        return "allowed"
    if not _is_reached(_scopes(reads, role, on), kinds, kind):
        return "hidden"
    return "allowed" if _is_reached(_scopes(action, role, on), kinds, kind) else "out-of-reach"


def _scopes(action: str, role: str, on: date) -> set[str]:
    rows = [row for row in authority_table() if row.action == action != DECIDE and row.holds(on)]
    return {row.scope.value for row in rows if role in row.roles or "public" in row.roles}


def _is_reached(scopes: set[str], whose: frozenset[str], kind: Kind) -> bool:
    if scopes & {"national", "public"}:
        return True
    match kind:
        case "own":
            return bool(scopes & (whose - {"own-party"}))
        case "delegated":
            return ("delegated" in scopes and "own-account" in whose) or bool(scopes & whose & {"own-party"})
        case "other":
            return False


def caller(ground: Ground, role: str, kind: Kind) -> Identity:
    """Somebody of a role whose matters they are, or somebody just like them elsewhere."""
    is_own = kind == "own"
    return Identity(
        f"{role}-{kind}",
        role,
        frozenset({RoleName(role)}),
        centers=frozenset({CENTER if is_own else "CEE001"}),
        divisions=frozenset({DIVISION if is_own else "partnership"}),
        ports=frozenset({PORT if is_own else "1303"}),
        importer_numbers=frozenset({ground.importer_number if is_own else "99-999999900"}),
        filer_code=FILER if is_own else "ZZ9",
        surety_code=SURETY if is_own else "999",
        party=ground.delegate if kind == "delegated" else None,
    )


async def make(ground: Ground, call: Call, number: int) -> httpx.Response:
    """Make a call, with the example of the document for a body."""
    path = call.path
    other = next((given for start, given in ground.instead.items() if path.startswith(start)), {})
    for name, value in {**OF_OPERATORS, "code": "not-found", **ground.values, **other}.items():
        path = path.replace(f"{{{name}}}", value)
    assert "{" not in path, f"name a value for {path}"
    token = issue_development_token(ground.settings, caller(ground, call.role, call.kind), ground.clock.now())
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"matrix-{number}", "If-Match": "*"}
    body = ground.bodies.get(call.operation) or _example(ground.document, call)
    sent: dict[str, Any] = {"json": body} if body is not None else {}
    if _takes_file(ground.document, call):
        sent = {"files": {"file": ("matrix.txt", body["file"].encode())}, "data": {"level": body["level"]}}
    return await ground.client.request(
        call.method, path, headers=headers, params=ground.queries.get(call.operation), **sent
    )


def wrong(call: Call, answer: httpx.Response) -> str | None:
    """What is wrong with an answer; None when it is what the table says."""
    code = answer.json().get("code") if "problem+json" in answer.headers.get("content-type", "") else None
    is_denied = answer.status_code == 403 and code in DENIALS
    match call.expected:
        case "no-role":
            is_right = is_denied
        case "hidden":
            is_right = answer.status_code == 404
        case "out-of-reach":
            is_right = is_denied
        case _:
            # What belongs to no party may well not exist here.
            missing = {404} if call.is_bound and "{file_id}" not in call.path else set()
            is_right = answer.status_code not in {401, *missing} and not is_denied and answer.status_code < 500
    if is_right:
        return None
    return f"{call.method} {call.path} as {call.role} ({call.kind}): {call.expected}, but {answer.status_code} {code}"


def _takes_file(document: Mapping[str, Any], call: Call) -> bool:
    operation = document["paths"][call.path][call.method.lower()]
    return "multipart/form-data" in operation.get("requestBody", {}).get("content", {})


def _example(document: Mapping[str, Any], call: Call) -> Any:
    operation = document["paths"][call.path][call.method.lower()]
    content = operation.get("requestBody", {}).get("content", {})
    for media in content.values():
        if "examples" in media:
            return next(iter(media["examples"].values()))["value"]
        if "example" in media:
            return media["example"]
        schema = media.get("schema", {})
        while "$ref" in schema or "anyOf" in schema:
            schema = schema["anyOf"][0] if "anyOf" in schema else _resolve(document, schema["$ref"])
        if schema.get("examples"):
            return schema["examples"][-1] if call.operation.startswith("move") else schema["examples"][0]
    return None


def _resolve(document: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found  # type: ignore[no-any-return]
