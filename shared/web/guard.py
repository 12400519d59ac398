"""Before any endpoint: text that no table keeps and numbers that no column holds are refused, wherever they stand."""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from email.message import Message as Headers
from itertools import islice
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_to_bytes

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.runtime.errors import FieldFault, Malformed, Refused

SMALLEST_NUMBER: Final = -(2**63)
LARGEST_NUMBER: Final = 2**63 - 1
"""What a bigint holds: no number of a request lies outside."""

MAX_DEPTH: Final = 32
"""Objects and arrays within each other; the deepest body that an endpoint takes has six."""

_MAX_FAULTS: Final = 20
_MAX_NAME: Final = 64
_SAFE_DIGITS: Final = 19  # with the sign: fewer always fit
# U+0000 and lone surrogates: Python's text has them, PostgreSQL's has not, nor has UTF-8 the latter.
_UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")
_ESCAPED: Final = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")

_TEXT: Final = ("text", "Text may hold every Unicode character but U+0000 and lone surrogates.")
_RANGE: Final = ("number-range", f"A number lies between {SMALLEST_NUMBER} and {LARGEST_NUMBER}.")
_NUMBER: Final = ("number", "A number is a decimal number of JSON: NaN, Infinity and -Infinity are none.")
_DEPTH: Final = ("depth", f"Objects and arrays lie within each other at most {MAX_DEPTH} deep.")

Answer = Callable[[Request, Exception], Any]


class UnreadableBody(HTTPException):
    """A body that is refused while an endpoint reads it; FastAPI lets no other error through at that place."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.status, refused.detail)
        self.refused = refused


class InputGuard:
    """Pure ASGI: looks at the path, the query and the headers of a request, and at its body when it is first read.

    The body of an endpoint that reads piece by piece (`x-streamed-body`) is not held here: what takes it apart asks
    `find_faults` for each piece.
    """

    def __init__(self, app: ASGIApp, answer: Answer) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            _check_target(scope)
        except Refused as refused:
            response: Response = await self.answer(Request(scope), refused)
            await response(scope, receive, send)
            return
        await self.app(scope, _checked(scope, receive), send)


def is_streamed(scope: Scope) -> bool:
    """Whether the endpoint reads the body piece by piece: `openapi_extra={"x-streamed-body": True}` on its route."""
    return bool((getattr(scope.get("route"), "openapi_extra", None) or {}).get("x-streamed-body"))


def find_faults(value: Any, field: str) -> Iterator[FieldFault]:
    """What no table can keep in a decoded JSON value, keys included; `field` is where the value stands."""
    waiting = [(field, value, 0)]
    while waiting:
        place, each, depth = waiting.pop()
        match each:
            case str() if _UNKEEPABLE.search(each):
                yield FieldFault(place, *_TEXT)
            case bool():
                pass
            case float() if not math.isfinite(each):
                yield FieldFault(place, *_NUMBER)
            case int() | float() if not SMALLEST_NUMBER <= each <= LARGEST_NUMBER:
                yield FieldFault(place, *_RANGE)
            case dict() | list() if depth == MAX_DEPTH:
                yield FieldFault(place, *_DEPTH)
            case dict():
                for key, member in each.items():
                    name = f"{place}.{_shown(key)}"
                    if _UNKEEPABLE.search(key):
                        yield FieldFault(name, *_TEXT)
                    waiting.append((name, member, depth + 1))
            case list():
                waiting.extend((f"{place}[{number}]", member, depth + 1) for number, member in enumerate(each, start=1))


def _check_target(scope: Scope) -> None:
    """Raise what is wrong with path, query and headers, if anything is."""
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")
    _demand(_text_faults("path", _decoded(unquote_to_bytes(raw_path.partition(b"?")[0]), "path")))
    query = scope["query_string"]
    _decoded(unquote_to_bytes(query), "query")
    pairs = parse_qsl(query.decode("ascii", "surrogateescape"), keep_blank_values=True)
    _demand(fault for name, value in pairs for fault in _text_faults(f"query.{_shown(name)}", name, value))
    _demand(
        FieldFault(f"header.{_shown(name.decode('latin-1'))}", "text", "A header holds no control characters.")
        for name, value in scope["headers"]
        if _CONTROL.search(value)
    )


def _text_faults(field: str, *texts: str) -> Iterator[FieldFault]:
    if any(_UNKEEPABLE.search(text) for text in texts):
        yield FieldFault(field, *_TEXT)


def _checked(scope: Scope, receive: Receive) -> Receive:
    """The same messages, but a body comes whole and is refused where an endpoint could not take it."""
    is_looked_at = False

    async def receive_checked() -> Message:
        nonlocal is_looked_at
        if is_looked_at or is_streamed(scope):
            return await receive()
        is_looked_at = True
        parts = []
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return message
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                break
        body = b"".join(parts)
        try:
            _check_body(body, scope)
        except Refused as refused:
            raise UnreadableBody(refused) from refused
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_checked


def _check_body(body: bytes, scope: Scope) -> None:
    if not body:
        return
    text = _decoded(body, "body")
    if not _is_json(scope):
        _demand(_text_faults("body", text))
        return
    try:
        numbers = _Numbers()
        content = json.loads(
            text, parse_int=numbers.read_whole, parse_float=numbers.read_fraction, parse_constant=numbers.read_constant
        )
    except RecursionError:
        _demand([FieldFault("body", *_DEPTH)])
    except json.JSONDecodeError:
        return  # FastAPI says where it stops being JSON
    else:
        # Most bodies need no closer look; one of a megabyte would take a tenth of a second.
        if numbers.is_suspect or ("\\u" in text and _ESCAPED.search(text)) or _is_deep(content):
            _demand(find_faults(content, "body"))


def _is_deep(content: Any) -> bool:
    level, depth = [content], 0
    while level := [
        member
        for each in level
        for member in (each.values() if isinstance(each, dict) else each if isinstance(each, list) else ())
        if isinstance(member, dict | list)
    ]:
        depth += 1
        if depth >= MAX_DEPTH:
            return True
    return False


class _Numbers:
    """Reads the numbers of a body, and notes whether one of them needs a closer look."""

    def __init__(self) -> None:
        self.is_suspect = False

    def read_whole(self, digits: str) -> int | float:
        if len(digits) < _SAFE_DIGITS:
            return int(digits)
        self.is_suspect = True
        # Python refuses to read thousands of digits as a whole number.
        return int(digits) if len(digits) < 100 else math.copysign(1e99, -1 if digits[0] == "-" else 1)

    def read_fraction(self, digits: str) -> float:
        number = float(digits)
        self.is_suspect = self.is_suspect or not SMALLEST_NUMBER <= number <= LARGEST_NUMBER
        return number

    def read_constant(self, word: str) -> float:
        self.is_suspect = True
        return float(word)


def _is_json(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"content-type":
            headers = Headers()
            headers["content-type"] = value.decode("latin-1")
            subtype = headers.get_content_subtype()
            return headers.get_content_maintype() == "application" and (subtype == "json" or subtype.endswith("+json"))
    return False


def _decoded(raw: bytes, field: str) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        fault = FieldFault(field, "utf-8", f"It is encoded as UTF-8; byte {error.start} and what follows is not.")
        raise Malformed(
            f"The {field} is not UTF-8.", rule="utf-8", code="not-utf-8", remedy="Send it in UTF-8.", faults=[fault]
        ) from None


def _demand(found: Iterable[FieldFault]) -> None:
    faults = list(islice(found, _MAX_FAULTS))
    if faults:
        count = "1 field breaks" if len(faults) == 1 else f"{len(faults)} fields break"
        raise Refused(f"{count} a rule.", rule="request-values", code="invalid-request", faults=faults)


def _shown(name: str) -> str:
    """A name that a caller chose, as text that every log and answer can hold."""
    return _UNKEEPABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", name)[:_MAX_NAME]
