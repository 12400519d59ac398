"""Whether a file carries something that harms whoever opens it: asked of clamd, or of nobody where that is not set."""

import asyncio
import io
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal, Protocol, cast

import structlog
from aioclamd import ClamdAsyncClient, ClamdError

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Scan = Literal["received", "clean", "infected", "not-scanned"]
"""What is known of a file: `received` waits for its scan, `not-scanned` came while no scanner was set."""

_PIECE: Final = 65_536
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Found:
    """What a scan came to; `detail` names what was found, or why there was no scan."""

    scan: Scan
    detail: str | None = None


class Scanner(Protocol):
    """Looks through files. Never raises for a scanner that fails: the file stays `received` and is scanned later."""

    @property
    def scans(self) -> bool:
        """Whether there is anything that scans."""
        ...

    async def scan(self, file: BinaryIO, /) -> Found:
        """Look through a file from its beginning."""
        ...


class NoScanner:
    """For development: nothing is scanned, and every file says so."""

    scans = False

    async def scan(self, _: BinaryIO, /) -> Found:
        """Nothing is known of any file."""
        return Found("not-scanned")


class ClamdScanner:
    """Sends files to clamd over TCP (INSTREAM, clamd(8)); `seconds` is the time for one file."""

    scans = True

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self._client = ClamdAsyncClient(host, port, timeout=seconds)

    async def scan(self, file: BinaryIO, /) -> Found:
        """The verdict of clamd; a file that it could not take in time, or at all, waits for the next try."""
        await asyncio.to_thread(file.seek, 0)
        try:
            answer = await self._client.instream(cast("BinaryIO", _InPieces(file)))
        except (ClamdError, OSError) as error:
            log.warning("file_not_scanned", error=str(error)[:_LONGEST])
            return Found("received", f"{type(error).__name__}: {error}"[:_LONGEST])
        status, detail = next(iter((answer or {}).values()), ("ERROR", "clamd gave no answer"))
        match status:
            case "OK":
                return Found("clean")
            case "FOUND":
                return Found("infected", str(detail)[:_LONGEST])
            case _:
                log.warning("file_not_scanned", error=str(detail)[:_LONGEST])
                return Found("received", str(detail)[:_LONGEST])


class _InPieces(io.RawIOBase):
    """A file read in pieces of a useful size: the client asks for a kilobyte at a time, each in a thread's turn."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, _: int = -1, /) -> bytes:
        return self._file.read(_PIECE)
