"""Completes an OpenAPI document: subjects, headers of answers, refusals that any call may get, and links."""

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi.routing import APIRoute

from shared.web.access import dependencies_of
from shared.web.answer_headers import HEADERS, told_by
from shared.web.concurrency import if_match, optional_if_match
from shared.web.idempotency import idempotent_call, repeatable_call
from shared.web.problem import problem_responses

Operation = dict[str, Any]

SUBJECTS: Final[Mapping[str, str]] = {
    "health": "For the machinery around a service: alive, ready, metrics. No identity is needed.",
    "identity": "Who the caller is here, and what the table of authority lets them do.",
    "problems": "What each code of a problem means, with its rule, its citation and what to do.",
    "audit": "History under seal, and whether the seals hold.",
    "operations": "For operators: dead letters, jobs, invariants, and what operators did.",
    "calendars": "Days that bind, as a feed for a calendar (iCalendar), by a secret address.",
    "development": "Tokens for anyone; only where nothing is real.",
    "sandbox": "People of a system where nothing is real, and tokens in their names.",
}
"""Subjects that services share, each with what it is about."""

_LISTED: Final = "Page_"
_ALWAYS: Final = ("X-Request-ID", "Centerline-Clock")
_OF_ANY: Final = (429, 503)
_REFUSALS: Final = (400, 412, 428, *_OF_ANY)
_REPLAYED: Final = "Idempotency-Replayed"
_SURELY: Final = "-Always"
_SURE: Final = ("X-Request-ID", "Retry-After", "WWW-Authenticate", "Content-Disposition")
_UNLESS_REPEATED: Final = ("ETag", "Location")


def complete(document: dict[str, Any], routes: Mapping[str, APIRoute], subjects: Mapping[str, str]) -> None:
    """Write into the document what FastAPI does not; `routes` by operation id.

    `subjects` says what the tags of the service are about. A header with `required` is sent with every such answer.
    """
    document["servers"] = [{"url": "/", "description": "The service that this document comes from."}]
    components = document.setdefault("components", {})
    components["headers"] = (
        dict(HEADERS)
        | {name: HEADERS[name] | {"required": True} for name in _SURE}
        | {f"{name}{_SURELY}": HEADERS[name] | {"required": True} for name in _UNLESS_REPEATED}
    )
    components["responses"] = _shared_refusals()
    for operation in _operations(document):
        route = routes.get(operation["operationId"])
        if route is not None:
            _demand_what_is_needed(operation, route)
            if operation.get("security"):
                _add_refusals(operation, route)
        _add_headers(operation, route)
    _add_subjects(document, {**SUBJECTS, **subjects})
    _add_links(document)


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for methods in document["paths"].values():
        yield from methods.values()


def _header_of(operation: Operation, name: str) -> dict[str, Any] | None:
    return next((each for each in operation.get("parameters", ()) if each["name"] == name), None)


def _demand_what_is_needed(operation: Operation, route: APIRoute) -> None:
    """Without these headers a call is refused; the code takes them as optional to say so in its own words."""
    needed = set(dependencies_of(route))
    for name, dependency in (("Idempotency-Key", idempotent_call), ("If-Match", if_match)):
        if dependency in needed and (parameter := _header_of(operation, name)) is not None:
            parameter["required"] = True


def _add_refusals(operation: Operation, route: APIRoute) -> None:
    answers, statuses = operation["responses"], set(_OF_ANY)
    calls = set(dependencies_of(route))
    if _header_of(operation, "Idempotency-Key") is not None or optional_if_match in calls:
        statuses.add(400)
    if optional_if_match in calls:
        statuses.add(412)
    if if_match in calls:
        statuses.add(428)
    for status in sorted(statuses):
        answers.setdefault(str(status), {"$ref": f"#/components/responses/Problem{status}"})


def _add_headers(operation: Operation, route: APIRoute | None) -> None:
    told = told_by(route.endpoint) if route is not None else ()
    calls = frozenset(dependencies_of(route)) if route is not None else frozenset()
    is_repeatable = not calls.isdisjoint({idempotent_call, repeatable_call}) or _REPLAYED in told
    is_public = {} in operation.get("security", ())
    for code, answer in operation["responses"].items():
        if "$ref" in answer:
            continue
        names = [*_ALWAYS]
        if int(code) < 400:
            names += _told(code, told, is_repeatable=is_repeatable)
            if _is_page(answer):
                names.append("Link")
            if is_repeatable and _REPLAYED not in names:
                names.append(_REPLAYED)
        if is_public:
            names += ["RateLimit", "RateLimit-Policy"]
        names += _of_status(int(code), is_of_api=bool(operation.get("security")))
        answer["headers"] = _references(names)


def _shared_refusals() -> dict[str, Any]:
    """Refusals that any call may get, for operations to point to."""
    told = {}
    for status, answer in problem_responses(_REFUSALS).items():
        names = [*_ALWAYS, "RateLimit", "RateLimit-Policy", *_of_status(int(status), is_of_api=True)]
        told[f"Problem{status}"] = answer | {"headers": _references(names)}
    return told


def _references(names: Iterable[str]) -> dict[str, Any]:
    return {name.removesuffix(_SURELY): {"$ref": f"#/components/headers/{name}"} for name in names}


def _told(code: str, told: tuple[str, ...], *, is_repeatable: bool) -> Iterator[str]:
    for name in told:
        if code == "304" and name not in {"ETag", "Content-Disposition"}:
            continue
        is_sure = name in _UNLESS_REPEATED and not is_repeatable and code != "204"
        yield f"{name}{_SURELY}" if is_sure else name


def _of_status(status: int, *, is_of_api: bool) -> Iterator[str]:
    if status == HTTPStatus.UNAUTHORIZED:
        yield "WWW-Authenticate"
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.SERVICE_UNAVAILABLE and is_of_api):
        yield "Retry-After"


def _is_page(answer: Mapping[str, Any]) -> bool:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    found = [schema, *schema.get("anyOf", ())]
    return any(each.get("$ref", "").rpartition("/")[2].startswith(_LISTED) for each in found)


def _add_subjects(document: dict[str, Any], described: Mapping[str, str]) -> None:
    used = dict.fromkeys(tag for operation in _operations(document) for tag in operation.get("tags", ()))
    document["tags"] = [{"name": name, "description": described[name]} for name in used if name in described]


def _add_links(document: dict[str, Any]) -> None:
    """From a thing to its parts and acts, from an act back to the thing, from what names a thing to the thing."""
    things = _things(document)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            links: dict[str, Any] = {}
            for target_path, target_methods in document["paths"].items():
                if method == "get" and path in things.values() and _is_part(target_path, path):
                    for target in target_methods.values():
                        _link(links, target, {name: f"$request.path.{name}" for name in _names_in(path)})
            whole = path.rpartition("/")[0]
            if method != "get" and whole in things.values():
                names = _names_in(whole)
                _link(links, document["paths"][whole]["get"], {name: f"$request.path.{name}" for name in names})
            for code, answer in operation["responses"].items():
                if not code.startswith("2") or "content" not in answer:
                    continue
                fields = _fields_of(document, answer)
                named = {field: things[field] for field in fields if field in things and field not in _names_in(path)}
                named |= {
                    _names_in(made)[-1]: made
                    for made in document["paths"]
                    if method == "post" and made.rpartition("/")[0] == path and "get" in document["paths"][made]
                    if made.endswith("}") and _names_in(made)[-1] in fields
                }
                own = dict(links)
                for field, thing in named.items():
                    given = {name: f"$request.path.{name}" for name in _names_in(path)}
                    wanted = {name: given.get(name, f"$response.body#/{field}") for name in _names_in(thing)}
                    _link(own, document["paths"][thing]["get"], wanted)
                if own:
                    answer["links"] = dict(sorted(own.items()))


def _link(links: dict[str, Any], target: Operation, parameters: Mapping[str, str]) -> None:
    links[target["operationId"]] = {
        "operationId": target["operationId"],
        "parameters": dict(parameters),
        "description": target["summary"],
    }


def _things(document: Mapping[str, Any]) -> dict[str, str]:
    """The path at which a thing is read, by the name of what identifies it, such as `entry_number`.

    >>> _things({"paths": {"/entries/{entry_number}": {"get": {}}, "/deemed-cases/{entry_number}": {"get": {}}}})
    {'entry_number': '/entries/{entry_number}'}
    """
    return {
        _names_in(path)[0]: path
        for path, methods in document["paths"].items()
        if "get" in methods and path.endswith("}") and len(_names_in(path)) == 1
        if _is_named_after(path.split("/")[-2], _names_in(path)[0])
    }


def _is_named_after(collection: str, name: str) -> bool:
    """Whether `importer_number` tells apart what stands in `importers`.

    >>> _is_named_after("entries", "entry_number"), _is_named_after("post-entry-filings", "filing_number")
    (True, True)
    >>> _is_named_after("centers", "code"), _is_named_after("deemed-cases", "entry_number")
    (False, False)
    """
    stem, separator, _ = name.rpartition("_")
    word = stem.replace("_", "-")
    plurals = {f"{word}s", f"{word.removesuffix('y')}ies"}
    return bool(separator) and any(collection == each or collection.endswith(f"-{each}") for each in plurals)


def _is_part(path: str, whole: str) -> bool:
    return path.startswith(f"{whole}/") and _names_in(path) == _names_in(whole)


def _names_in(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def _fields_of(document: Mapping[str, Any], answer: Mapping[str, Any]) -> frozenset[str]:
    """The fields of an answer that always hold one value, text or number."""
    schema = answer["content"].get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    required = set(schema.get("required", ()))
    return frozenset(
        name
        for name, each in schema.get("properties", {}).items()
        if name in required and each.get("type") in {"string", "integer"}
    )
