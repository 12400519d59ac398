"""What a command needs and does not find, in a sentence that says what to do."""

import asyncio
import errno
from collections.abc import Callable
from typing import Final

import httpx
from sqlalchemy.exc import SQLAlchemyError

from cli.client import CallRefused
from cli.environment import NoData, NotHere
from cli.feed import FeedError
from cli.processes import ServiceFailed
from shared.archive.copying import InUse, Lacking
from shared.archive.folder import NotEmpty
from shared.archive.partition import Damaged
from shared.bus.protocol import Unpublishable
from shared.db.embedded import EmbeddedPostgresError
from shared.db.engine import DATABASE_ERRORS, OTHER_SCHEMA, DatabaseMissing, ServerError
from shared.db.pieces import PiecesDifferError, TableInTheWayError
from shared.runtime.errors import Refused, Transient
from shared.runtime.settings import SettingsError


class NotThere(Exception):  # noqa: N818  says what is the matter
    """Something that a command was to act on or stand on is not there; the text says what to do."""


_KNOWN: Final = (
    NotThere,
    NoData,
    NotHere,
    Unpublishable,
    NotEmpty,
    InUse,
    Lacking,
    Damaged,
    FeedError,
    CallRefused,
    ServiceFailed,
    EmbeddedPostgresError,
    PiecesDifferError,
    TableInTheWayError,
    SettingsError,
)
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_DATABASE: Final = "give CENTERLINE_DATABASE_URL a server that answers, as postgresql://user:password@host/{service}"


def sentence_of(error: BaseException) -> str:
    """One line for an error: what is not there, and what to do; for a bug its kind and how to see more."""
    return " ".join(_words_of(error).split())


def _words_of(error: BaseException) -> str:
    for kinds, say in _SENTENCES:
        if isinstance(error, kinds):
            return say(error)
    return f"{type(error).__name__}: {error} (this is a bug: `centerline --debug …` shows where it happened)"


def _say_transient(error: BaseException) -> str:
    text = str(error)
    if text.startswith("kafka:") and "centerline " not in text:
        return f"the broker does not answer ({text}); start it, or name one with --kafka or CENTERLINE_KAFKA_BOOTSTRAP"
    if text.startswith("database:"):
        return f"the database does not answer ({text.removeprefix('database: ')}); start it, or {_DATABASE}"
    return text


def _say_database(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ServerError):
        cause = getattr(cause, "orig", None) or cause.__cause__
    if isinstance(cause, OTHER_SCHEMA):
        return f"the database is not that of this code ({cause}); run `centerline migrate`"
    if isinstance(cause, DatabaseMissing):
        return f"there is no such database ({cause}); create it, or {_DATABASE}"
    if isinstance(error, SQLAlchemyError) and cause is None:
        return f"the database cannot be used ({error}); {_DATABASE}"
    return f"the database refuses ({cause}); {_DATABASE}"


def _say_call(error: BaseException) -> str:
    try:
        where = f" at {error.request.url.copy_with(raw_path=b'/')}" if isinstance(error, httpx.HTTPError) else ""
    except RuntimeError:  # it is not known which call it was
        where = ""
    return (
        f"no service answers{where} ({type(error).__name__}); start them with `centerline up`, or say where they are"
        " with --first-port or CENTERLINE_ROUTING_URL and its like"
    )


def _say_address(error: BaseException) -> str:
    return (
        f"the address of a service is none ({error}); give CENTERLINE_ROUTING_URL and its like as http://host:8001,"
        " with a port from 1 to 65535"
    )


def _say_file(error: BaseException) -> str:
    assert isinstance(error, OSError)
    if error.errno in _FULL:
        return f"the disk is full ({error}); make room or name another folder, and run it again: what is written stays"
    if isinstance(error, FileNotFoundError) and error.filename is not None:
        return f"there is no {error.filename}; name a file or folder that is there"
    if error.filename is not None:
        return f"{error.filename} cannot be used: {error.strerror or error}; name another, or change what it permits"
    if isinstance(error, ConnectionError):
        return f"the database does not answer ({error}); start it, or {_DATABASE}"
    return f"{error}; look at what the system says of it"


def _say_refused(error: BaseException) -> str:
    assert isinstance(error, Refused)
    return error.detail if error.remedy is None else f"{error.detail} {error.remedy}"


_SENTENCES: Final[tuple[tuple[type | tuple[type, ...], Callable[[BaseException], str]], ...]] = (
    (_KNOWN, str),
    (Refused, _say_refused),
    (Transient, _say_transient),
    (DATABASE_ERRORS, _say_database),
    ((httpx.InvalidURL, httpx.UnsupportedProtocol), _say_address),
    (httpx.HTTPError, _say_call),
    ((TimeoutError, asyncio.TimeoutError), lambda error: f"it took too long ({error or 'no answer'}); try again"),
    (OSError, _say_file),
    (EOFError, lambda error: f"the file ends in the middle ({error}); fetch it again"),
)
"""The first that fits, the narrower before the wider."""
