"""Where the bytes of files lie: a folder, a bucket or memory, by one interface (obstore)."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from shared.files.file import Content, refuse_infected
from shared.files.kinds import KINDS, examine
from shared.files.names import clean_name
from shared.files.scan import ClamdScanner, NoScanner, Scanner
from shared.files.settings import FileSettings
from shared.files.size import refuse_size
from shared.runtime.errors import Refused, Transient

_PIECE: Final = 1_048_576
_PART: Final = 5_242_880  # the smallest part that S3 takes
_PARTS_AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that lie in the store: their SHA-256, and when they were last written by the clock of the store."""

    sha256: bytes
    written_at: datetime


class Depot:
    """The bytes of one service's files, each content once under its SHA-256, with the checks before they are kept.

    Whatever fails in the store is `Transient`: the same call may succeed later.
    """

    def __init__(
        self, store: ObjectStore | None, folder: str, scanner: Scanner, *, max_bytes: int, is_scan_required: bool
    ) -> None:
        """Without a store no file is taken; `folder` keeps the files of services apart that share one."""
        self._store = store
        self._folder = folder
        self.scanner = scanner
        self.max_bytes = max_bytes
        self.is_scan_required = is_scan_required

    async def check(self, file: BinaryIO, given_name: str) -> Content:
        """What a file is and whether it is clean; nothing is kept yet.

        Raises `Refused` for one that is empty, too large, of no kind that is taken, or harmful.
        """
        examined = await asyncio.to_thread(examine, file)
        if examined.size_bytes > self.max_bytes:
            raise refuse_size(self.max_bytes)
        if examined.kind is None:
            raise Refused(
                "The content of the file is of no kind that is taken.",
                rule="file-kind",
                code="file-kind",
                remedy=f"Send one of {', '.join(KINDS)}: Office files without macros or a password, text in UTF-8.",
            )
        found = await self.scanner.scan(file)
        if found.scan == "infected":
            raise refuse_infected()
        return Content(
            sha256=examined.sha256,
            size_bytes=examined.size_bytes,
            kind=examined.kind,
            name=clean_name(given_name, examined.kind),
            scan=found.scan,
            scan_detail=found.detail,
        )

    async def put(self, sha256: bytes, file: BinaryIO) -> None:
        """Keep bytes under their SHA-256; what lies there already is the same and is written again, as of now."""
        await asyncio.to_thread(file.seek, 0)
        with _answering():
            await obstore.put_async(
                self._opened, self._path_of(sha256), file, chunk_size=_PART, max_concurrency=_PARTS_AT_ONCE
            )

    async def has(self, sha256: bytes) -> bool:
        """Whether these bytes lie in the store."""
        with _answering():
            try:
                await obstore.head_async(self._opened, self._path_of(sha256))
            except FileNotFoundError:
                return False
        return True

    async def open(self, sha256: bytes) -> AsyncIterator[bytes]:
        """The bytes, piece by piece; raises `Transient` at once when they are not to be had."""
        with _answering():
            found = await obstore.get_async(self._opened, self._path_of(sha256))
        return _pieces_of(found.stream(min_chunk_size=_PIECE))

    async def delete(self, sha256: bytes) -> None:
        """Drop bytes that no row names."""
        with _answering():
            await obstore.delete_async(self._opened, self._path_of(sha256))

    async def list(self) -> AsyncIterator[Sequence[Stored]]:
        """Everything that lies in the service's folder, a thousand at a time."""
        with _answering():
            async for page in obstore.list(self._opened, self._folder, chunk_size=1000):
                yield [
                    Stored(bytes.fromhex(name), each["last_modified"])
                    for each in page
                    if len(name := each["path"].rpartition("/")[2]) == 64
                ]

    @property
    def is_open(self) -> bool:
        """Whether there is a store."""
        return self._store is not None

    @property
    def _opened(self) -> ObjectStore:
        if self._store is None:
            raise Transient("files: CENTERLINE_FILES_URL names no store, so none is taken")
        return self._store

    def _path_of(self, sha256: bytes) -> str:
        name = sha256.hex()
        return f"{self._folder}/{name[:2]}/{name}"


def open_depot(settings: FileSettings) -> Depot:
    """The store of files that the settings name; connects when first used, a folder is made at once."""
    scanner: Scanner = NoScanner()
    if settings.files_scan == "clamd":
        host, _, port = settings.files_clamd.rpartition(":")
        scanner = ClamdScanner(host, int(port), settings.files_scan_seconds)
    url = settings.files_url
    store = None
    if url is not None:
        store = from_url(url, mkdir=True) if url.startswith("file:") else from_url(url)
    return Depot(
        store,
        settings.service,
        scanner,
        max_bytes=settings.files_max_bytes,
        is_scan_required=settings.is_scan_required,
    )


async def _pieces_of(stream: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    with _answering():
        async for piece in stream:
            yield piece


@contextmanager
def _answering() -> Iterator[None]:
    """Say what fails in the store as `Transient`, by its kind: its own words may hold addresses and keys."""
    try:
        yield
    except (BaseError, OSError) as error:
        raise Transient(f"files: the store does not give or take them ({type(error).__name__})") from error
