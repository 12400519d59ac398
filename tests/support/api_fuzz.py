"""Requests that nobody in their senses would send: what the OpenAPI documents allow, what they forbid, and worse."""

import json
import random
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import quote

import jsonschema_rs
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET

from shared.runtime.identity import Identity, RoleName
from shared.web.answer_headers import HEADERS
from shared.web.pagination import encode_cursor
from shared.web.problem import MEDIA_TYPE
from tests.support.apis import OPERATOR, Api
from tests.support.asgi import Answer, Call

Sender = Callable[[Call], Answer]

_TELLABLE: Final = frozenset(map(str.lower, HEADERS))
_NEEDS_BUS: Final = "/events"
_METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})
_TWISTS_PER_CASE: Final = 4
_REMEMBERED: Final = 40

NASTY_TEXTS: Final = (
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "",
    " ",
    "\u202e\u0301\ufeff",
    "\U0010ffff",
    "A" * 3000,
    "9" * 5000,
    "-1",
    "0",
    "1e400",
    "1e9",
    "NaN",
    "Infinity",
    "-Infinity",
    "1E-999999999",
    "9999999999999.999",
    "00000000000000000000.00",
    "2147483648",
    "-2147483649",
    "9223372036854775808",
    "-9223372036854775809",
    "0001-01-01",
    "9999-12-31",
    "1899-12-31",
    "2200-01-01",
    "0000-00-00",
    "2026-02-30",
    "10000-01-01",
    "253402214400",
    "-62135596800",
    "99999999999999999999",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "00000000-0000-0000-0000-000000000000",
    "%",
    "%%%",
    "' OR 1=1 --",
    "../../etc/passwd",
    "{}",
    "[]",
    "null",
    "true",
    "\u0663",
    "\u0661\u0669\u0669\u0669-\u0660\u0661-\u0660\u0661",
)
NASTY_BYTES: Final = (
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"%",
    b"%zz",
    b"%0",
    b"%00",
    b"+",
    b";",
)
NASTY_VALUES: Final = (
    *NASTY_TEXTS,
    None,
    True,
    False,
    0,
    -1,
    2**31 - 1,
    2**31,
    -(2**31) - 1,
    2**63 - 1,
    2**63,
    -(2**63) - 1,
    10**100,
    10**4200,
    1e308,
    0.1,
    1e18,
    -1e19,
    float("nan"),
    float("inf"),
    253402214400,
    -62135596800,
    10**12,
    [],
    {},
    [[]],
    {"\x00": 1},
    {"a\ud800": {"b\x00": []}},
    ["\x00"] * 30,
    {"$ref": "#/x"},
)
NASTY_TAGS: Final = (
    "*",
    'W/"1"',
    '"1"',
    '"7"',
    '"',
    "",
    "W/",
    '"1","2"',
    '"\xff"',
    "1",
    '"a\x00"',
    '"' + "x" * 5000 + '"',
    "é",
    ",,,",
)
NASTY_TYPES: Final = (
    b"",
    b"text/plain",
    b"application/xml",
    b"application/json; charset=utf-16",
    b"application/problem+json",
    b"text/csv",
    b"multipart/form-data",
    b"multipart/form-data; boundary=x",
    b"application/x-www-form-urlencoded",
    b"application/x-ndjson",
    b"\xff/\xff",
    b"/",
    b"application/json, application/json",
    b"application/json;;;=",
)
NASTY_BODIES: Final = (
    b"",
    b"{",
    b"nul",
    b"null",
    b"[]",
    b"\x00",
    b"\xff\xfe{\x00}\x00",
    b"\xef\xbb\xbf{}",
    b'{"a":"\\ud800"}',
    b'{"\\u0000":1}',
    b"[" * 40,
    b"[" * 100_000,
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b"[" * 900 + b"]" * 900,
    b"1" * 6000,
    b"-1e999999",
    b'"' + b"a" * 1_200_000 + b'"',
    b'{"a":1,"a":2}',
    b"NaN",
    b'{"a":NaN}',
    b'importer_number,name\n07-345678900,"a\x00b"\n',
    b'importer_number,name\n07-345678900,"\xff"\n',
    b"importer_number,name\n\x00",
    b'{"importer_number": "07-345678900", "name": "a\\u0000b"}\n{"name": "\\ud800"}',
    b'{"importer_number": "07-345678900", "name": "x", "effective_on": "9999-12-31"}\n' + b"[" * 50_000 + b"\n",
    b"importer_number,name,effective_on\n07-345678900,x,0001-01-01\n07-345678900,x,253402214400\n",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A call that was not answered as every call must be."""

    service: str
    what: str
    call: Call
    detail: str

    def __str__(self) -> str:
        headers = tuple((name, value) for name, value in self.call.headers if name != b"authorization")
        body = self.call.body if len(self.call.body) < 2000 else self.call.body[:200] + b"..."
        made = f"{self.call.method} {self.call.target[:500]!r} {headers!r} {body!r}"
        return f"{self.service}: {self.what}: {made}\n    {self.detail}"


@dataclass(slots=True)
class Tally:
    """How many calls there were, with which answers, and what was found."""

    calls: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    findings: dict[tuple[str, str, str], Finding] = field(default_factory=dict)
    good: set[str] = field(default_factory=set)
    headers: set[tuple[str, str]] = field(default_factory=set)
    """Which documented header was sent by which operation, in a good answer."""

    def unreached(self, api: Api) -> list[str]:
        """Operations of a service that never answered with 2xx."""
        paths = api.app.openapi()["paths"]
        all_ = {f"{api.service.name} {method} {path}" for path, methods in paths.items() for method in methods}
        return sorted(all_ - self.good)

    def __str__(self) -> str:
        by_status = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return f"{self.calls} calls; {by_status}; {len(self.good)} operations answered with 2xx"


class Fuzzer:
    """Calls one service with what its OpenAPI document names and shows as examples, and with twists of it.

    What answers hold (numbers, ids, ETags, links) is used again, so that calls reach what there is.
    """

    def __init__(
        self,
        api: Api,
        sender: Sender,
        cause: Callable[[], str],
        known: Mapping[str, Sequence[str]],
        seed_: int,
        tally: Tally,
    ) -> None:
        self._api = api
        self._send = sender
        self._cause = cause
        self._seed = seed_
        self._tally = tally
        self._chance = random.Random(f"{seed_} {api.service.name}")
        self._document = api.app.openapi()
        self._seen: dict[str, deque[Any]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))
        for name, values in known.items():
            self._seen[name].extend(self._chance.sample(values, min(len(values), _REMEMBERED)))
        self._tags: deque[str] = deque(maxlen=_REMEMBERED)
        self._validators: dict[tuple[str, str, int], Any] = {}
        self._schema = schemathesis.openapi.from_dict(self._document)

    def run(self, calls: int) -> None:
        """Make about so many calls, as many for each operation."""
        operations = [result.ok() for result in self._schema.get_all_operations()]
        for operation in operations:  # lists first: what they hold fills the paths of the others
            if operation.method == "get" and "{" not in operation.path:
                self._plain(operation.path)
        cases = max(1, calls // len(operations) // (_TWISTS_PER_CASE + 1) // 3)
        for operation in sorted(operations, key=lambda each: (each.method == "delete", each.path, each.method)):
            self._plain(operation.path)
            for _ in range(cases):
                self._vary(self._example_of(operation), operation.path)
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                self._run_operation(operation, mode, cases)

    def read_everything(self) -> None:
        """Make each call that only reads, about what there is: lists first, since they name it."""
        for path in sorted(self._document["paths"], key=lambda each: (each.count("{"), each)):
            self._plain(path)

    def _run_operation(self, operation: Any, mode: GenerationMode, cases: int) -> None:
        try:
            strategy = operation.as_strategy(generation_mode=mode)
        except Exception as error:  # an operation without parameters has no negative cases
            if mode is GenerationMode.POSITIVE:
                raise AssertionError(f"no cases for {operation.label}") from error
            return

        @seed(self._seed)
        @settings(
            max_examples=cases,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def examine(case: Any) -> None:
            request = _Request.of(case)
            self._reuse(request)
            self._vary(request, operation.path)

        try:
            examine()
        except Exception as error:
            if type(error).__module__.startswith(("hypothesis", "schemathesis")) and mode is GenerationMode.NEGATIVE:
                return  # nothing can be wrong about an operation that takes nothing
            raise

    def _vary(self, request: "_Request", path: str) -> None:
        """The request as it is, then with something wrong about it."""
        self._make(request, path)
        for _ in range(_TWISTS_PER_CASE):
            twisted = request.copy()
            for _ in range(self._chance.choice((1, 1, 1, 2, 3))):
                self._twist(twisted)
            self._make(twisted, path)

    def _example_of(self, operation: Any) -> "_Request":
        """A request as the document shows it, about something that there is, on the newest version of it."""
        chance = self._chance
        request = _Request(
            method=operation.method.upper(),
            template=operation.path,
            path={name: self._known(name, "x") for name in _names_in(operation.path)},
            query={},
            headers={},
            body=NOT_SET,
            media_type=None,
            parameters=tuple(each.name for each in operation.query),
        )
        described = self._document["paths"][operation.path][operation.method]
        for parameter in described.get("parameters", []):
            name, schema = parameter["name"], parameter["schema"]
            if parameter["in"] == "query" and (parameter.get("required") or chance.random() < 0.3):
                examples = schema.get("examples") or [parameter.get("example", "x")]
                request.query[name] = chance.choice((self._known(name, "x"), *examples))
            if name == "Idempotency-Key":
                request.headers["idempotency-key"] = f"key-{chance.random()}"
            if name == "If-Match":
                request.headers["if-match"] = self._tag_for(request)
        contents = described.get("requestBody", {}).get("content", {})
        if contents:
            media_type, content = chance.choice(list(contents.items()))
            request.media_type = media_type.encode()
            examples = [content["example"]] if "example" in content else self._examples_of(content["schema"])
            request.body = chance.choice(examples or [{}])
            if chance.random() < 0.6:
                request.body = self._reuse_in(request.body)
        return request

    def _examples_of(self, schema: dict[str, Any]) -> list[Any]:
        if "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        examples: list[Any] = schema.get("examples", [])
        return examples

    def _tag_for(self, request: "_Request") -> str:
        """The ETag of what a change is about: at its own path, or at that of what it is a part of."""
        path = request.template
        while path.count("/") > 1:
            if "get" in self._document["paths"].get(path, {}):
                asked = replace(request, method="GET", template=path, query={}, headers={}, body=NOT_SET)
                call = asked.call()
                token = (b"authorization", self._api.token(OPERATOR))
                answer = self.check(replace(call, headers=(*call.headers, token)), path)
                if answer is not None and "etag" in answer.headers:
                    return answer.headers["etag"]
            path = path.rpartition("/")[0]
        return self._chance.choice(self._tags) if self._tags else '"1"'

    def _plain(self, path: str) -> None:
        if path in self._document["paths"] and "get" in self._document["paths"][path]:
            for _ in range(2):
                request = _Request("GET", path, {}, {}, {}, NOT_SET, None)
                for name in _names_in(path):
                    request.path[name] = self._known(name, "x")
                self._make(request, path, caller=OPERATOR)

    def _make(self, request: "_Request", path: str, caller: Identity | None = None) -> None:
        call = request.call()
        who = caller or self._chance.choice(_CALLERS)
        if who is not None:
            call = replace(call, headers=(*call.headers, (b"authorization", self._api.token(who))))
        self.check(call, path)

    def check(self, call: Call, path: str) -> Answer | None:
        """Make one call and hold its answer against what every answer must be; None when it raised."""
        name = self._api.service.name
        self._tally.calls += 1
        method = call.method.lower()
        try:
            answer = self._send(call)
        except Exception as error:  # noqa: BLE001  whatever it is, it is what is looked for
            self._find("raised", Finding(name, "raised", call, repr(error)), path, method)
            return None
        self._tally.statuses[answer.status] += 1
        if wrong := self._wrong_headers(answer, path, method):
            self._find("headers", Finding(name, "headers not as documented", call, wrong), path, method)
        if answer.status == 503 and path == _NEEDS_BUS:
            pass  # there is no bus here, and that is what it says
        elif answer.status >= 500:
            self._find(
                "5xx",
                Finding(name, str(answer.status), call, self._cause() or answer.body.decode()[:300]),
                path,
                method,
            )
        elif answer.status >= 400:
            documented = self._responses(path, method).get(str(answer.status), {}).get("content", {})
            # A page for people says what is wrong as a page, where its document says so.
            is_page = answer.media_type == "text/html" and "text/html" in documented
            if not is_page and (problem := _problem_with(answer, call.method)):
                self._find("form", Finding(name, "not a problem detail", call, problem), path, method)
        else:
            self._tally.good.add(f"{name} {method} {path}")
            self._look_at(call, answer, path)
        return answer

    def _look_at(self, call: Call, answer: Answer, path: str) -> None:
        if "etag" in answer.headers:
            self._tags.append(answer.headers["etag"])
        if answer.media_type != "application/json" or answer.status == 204 or call.method == "HEAD":
            return
        try:
            content = json.loads(answer.body)
        except ValueError:
            self._find(
                "schema", Finding(self._api.service.name, "not JSON", call, repr(answer.body[:200])), path, call.method
            )
            return
        self._remember(content)
        method = call.method.lower()
        validator = self._validator(path, method, answer.status)
        if validator is not None and (error := next(validator.iter_errors(content), None)) is not None:
            detail = f"{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"
            self._find("schema", Finding(self._api.service.name, "not as documented", call, detail), path, method)

    def _wrong_headers(self, answer: Answer, path: str, method: str) -> str:
        """Headers that the document promises and that are not sent, and such as it would have to name and does not."""
        found = self._responses(path, method).get(str(answer.status))
        if found is None:
            return ""
        told = {name.lower(): self._resolve(each) for name, each in self._resolve(found).get("headers", {}).items()}
        owed = sorted(name for name, each in told.items() if each.get("required") and name not in answer.headers)
        untold = sorted((answer.headers.keys() & _TELLABLE) - told.keys())
        if answer.status < 400:
            self._tally.headers |= {(f"{method} {path}", name) for name in told.keys() & answer.headers.keys()}
        return " and ".join([f"{name} is not sent" for name in owed] + [f"{name} is not documented" for name in untold])

    def _resolve(self, described: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in described:
            return described
        _, _, kind, name = described["$ref"].split("/")
        resolved: dict[str, Any] = self._document["components"][kind][name]
        return resolved

    def _responses(self, path: str, method: str) -> dict[str, Any]:
        responses: dict[str, Any] = self._document["paths"].get(path, {}).get(method, {}).get("responses", {})
        return responses

    def _validator(self, path: str, method: str, status: int) -> Any:
        key = (path, method, status)
        if key not in self._validators:
            schema = (
                self._responses(path, method)
                .get(str(status), {})
                .get("content", {})
                .get("application/json", {})
                .get("schema")
            )
            self._validators[key] = (
                jsonschema_rs.validator_for({**schema, "components": self._document["components"]})
                if schema is not None
                else None
            )
        return self._validators[key]

    def _find(self, kind: str, finding: Finding, path: str, method: str) -> None:
        place = finding.detail.rpartition(" at ")[2] if kind == "5xx" else f"{method} {path} {finding.detail[:60]}"
        self._tally.findings.setdefault((kind, finding.service, place), finding)

    def _remember(self, content: Any, name: str = "") -> None:
        match content:
            case dict():
                for key, value in content.items():
                    self._remember(value, key)
            case list():
                for value in content[:20]:
                    self._remember(value, name)
            case str() | int() if name and not isinstance(content, bool) and content not in self._seen[name]:
                self._seen[name].append(content)
                if name.endswith(("_id", "_number", "_code")):
                    self._seen[name.rsplit("_", 1)[-1]].append(content)
            case _:
                pass

    def _known(self, name: str, otherwise: Any) -> Any:
        for each in (name, _ALIASES.get(name, name), name.rsplit("_", 1)[-1]):
            if self._seen.get(each):
                # The newest often: an answer holds what belongs together, such as an item and its token.
                return self._seen[each][-1] if self._chance.random() < 0.3 else self._chance.choice(self._seen[each])
        return otherwise

    def _reuse(self, request: "_Request") -> None:
        """Put what was seen in place of what was made up, mostly."""
        for part in (request.path, request.query):
            for name in part:
                if self._chance.random() < 0.7:
                    part[name] = self._known(name, part[name])
        if "if-match" in request.headers and self._tags and self._chance.random() < 0.8:
            request.headers["if-match"] = self._chance.choice(self._tags)
        if request.body is not NOT_SET and self._chance.random() < 0.7:
            request.body = self._reuse_in(request.body)

    def _reuse_in(self, content: Any, name: str = "") -> Any:
        match content:
            case dict():
                return {key: self._reuse_in(value, key) for key, value in content.items()}
            case list():
                return [self._reuse_in(value, name) for value in content]
            case str() | int() if self._chance.random() < 0.6:
                return self._known(name, content)
            case _:
                return content

    def _twist(self, request: "_Request") -> None:
        chance = self._chance
        match chance.randrange(10):
            case 0 | 1 if request.path:
                request.path[chance.choice(list(request.path))] = chance.choice((*NASTY_TEXTS, *NASTY_BYTES))
            case 2 | 3 if request.query or request.parameters:
                name = chance.choice([*request.query, *request.parameters])
                request.query[name] = chance.choice((*NASTY_TEXTS, *NASTY_BYTES))
            case 4 if "after" in request.parameters:
                request.query["after"] = self._cursor()
            case 5:
                request.headers["if-match"] = chance.choice(NASTY_TAGS)
            case 6:
                name = chance.choice(
                    ("idempotency-key", "accept", "x-request-id", "traceparent", "if-none-match", "range")
                )
                request.headers[name] = chance.choice(NASTY_TEXTS)
            case 7 if request.body is not NOT_SET:
                request.media_type = chance.choice(NASTY_TYPES)
            case 8 if request.body is not NOT_SET:
                request.raw_body = chance.choice(NASTY_BODIES)
            case 9 if chance.random() < 0.1:
                request.method = chance.choice(
                    ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW")
                )
            case _ if request.body is not NOT_SET:
                request.body = self._twist_in(request.body)
            case _:
                request.query[chance.choice(("x", "after", "limit", "\x00"))] = chance.choice(NASTY_TEXTS)

    def _cursor(self) -> str:
        values: Sequence[Any] = (
            0,
            -1,
            2**31,
            2**63 - 1,
            2**63,
            None,
            True,
            "x",
            "\x00",
            "9999-12-31",
            "0001-01-01",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59.999999-14:00",
            "2026-03-02T00:00:00",
            "00000000-0000-0000-0000-000000000000",
            "NaN",
            "1e999",
            253402214400,
        )
        count = self._chance.choice((1, 1, 2, 2, 3, 4))
        return encode_cursor([self._chance.choice(values) for _ in range(count)])

    def _twist_in(self, content: Any) -> Any:
        """The body with one value, or one name, replaced somewhere within."""
        chance = self._chance
        if isinstance(content, dict) and content and chance.random() < 0.85:
            name = chance.choice(list(content))
            if chance.random() < 0.1:
                return {chance.choice(NASTY_TEXTS) if key == name else key: value for key, value in content.items()}
            return {**content, name: self._twist_in(content[name])}
        if isinstance(content, list) and content and chance.random() < 0.8:
            position = chance.randrange(len(content))
            return [*content[:position], self._twist_in(content[position]), *content[position + 1 :]]
        return chance.choice(NASTY_VALUES)


@dataclass(slots=True)
class _Request:
    """A request before it is put on the wire."""

    method: str
    template: str
    path: dict[str, Any]
    query: dict[str, Any]
    headers: dict[str, str]
    body: Any
    media_type: bytes | None
    parameters: tuple[str, ...] = ()
    raw_body: bytes | None = None

    @classmethod
    def of(cls, case: Any) -> "_Request":
        return cls(
            method=case.method.upper(),
            template=case.operation.path,
            path=dict(case.path_parameters or {}),
            query=dict(case.query or {}) if isinstance(case.query, Mapping) else {},
            headers={name.lower(): str(value) for name, value in (case.headers or {}).items()},
            body=case.body,
            media_type=case.media_type.encode() if case.media_type else None,
            parameters=tuple(each.name for each in case.operation.query),
        )

    def copy(self) -> "_Request":
        return replace(self, path=dict(self.path), query=dict(self.query), headers=dict(self.headers))

    def call(self) -> Call:
        target = self.template
        for name in _names_in(self.template):
            target = target.replace(f"{{{name}}}", _escaped(self.path.get(name, "x")))
        if self.query:
            pairs = [(name, each) for name, value in self.query.items() for each in _listed(value)]
            target += "?" + "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in pairs)
        headers = [
            (name.encode("latin-1", "replace"), value.encode("utf-8", "surrogatepass"))
            for name, value in self.headers.items()
            if name not in {"authorization", "content-type"}
        ]
        body = self.raw_body if self.raw_body is not None else _written(self.body, self.media_type)
        if self.media_type is not None:
            headers.append((b"content-type", self.media_type))
        return Call(self.method, target.encode("ascii"), tuple(headers), body)


_ALIASES: Final = {
    "entry": "entry_number",
    "importer": "importer_number",
    "filing": "filing_number",
    "friday": "date",
    "on": "effective_on",
}
_CALLERS: Final[tuple[Identity | None, ...]] = (
    *(OPERATOR,) * 30,
    *(Identity(role, role.title(), frozenset({role}), frozenset({"CEE001", "CEE002", "CEE007"})) for role in RoleName),
    Identity("imre", "Imre", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({"18-846993300"})),
    Identity("bea", "Bea", frozenset({RoleName.BROKER}), filer_code="B76"),
    Identity("sue", "Sue", frozenset({RoleName.SURETY}), surety_code="036"),
    None,
)


def _names_in(template: str) -> list[str]:
    return [part.partition("}")[0] for part in template.split("{")[1:]]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _escaped(value: Any) -> str:
    if isinstance(value, bytes):  # as it stands where it is ASCII, so that bad percent-encoding goes out
        return value.decode("ascii") if value.isascii() else quote(value)
    return quote(str(value).encode("utf-8", "surrogatepass"), safe="")


def _written(body: Any, media_type: bytes | None) -> bytes:
    if body is NOT_SET:
        return b""
    if media_type is not None and b"json" not in media_type and isinstance(body, str | bytes):
        return body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    return json.dumps(body, default=str).encode()


def _problem_with(answer: Answer, method: str) -> str | None:
    """What is missing of a problem detail in the house form; None when nothing is."""
    if answer.media_type != MEDIA_TYPE:
        return f"{answer.status} with {answer.media_type or 'no content type'}"
    if method == "HEAD":
        return None
    content = json.loads(answer.body)
    if content.get("status") != answer.status or not content.get("detail") or not content.get("code"):
        return f"lacks members: {answer.body.decode()[:200]}"
    return None
