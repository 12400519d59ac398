"""A file on a matter: who added it, who may see it, and when it may be given out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from shared.files.kinds import Kind
from shared.files.scan import Scan
from shared.runtime.errors import Conflict, NotFound, Refused

Level = Literal["internal", "party", "law-enforcement"]
"""`internal` files are seen by staff alone, `party` files also by the parties to the matter, `law-enforcement` ones by
those of the staff who may read what is law-enforcement-sensitive."""
STAFF_LEVELS: Final[tuple[Level, ...]] = ("internal", "party")
PARTY_LEVELS: Final[tuple[Level, ...]] = ("party",)
Subject = Literal["item", "protest", "appeal"]


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a file by their SHA-256, with what was found out about them and the clean name."""

    sha256: bytes
    size_bytes: int
    kind: Kind
    name: str
    scan: Scan
    scan_detail: str | None


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was added to a matter; `authority` is the row of the table by which, `scanned_at` None before.

    A redacted copy names the file that it was made of, and what that held by its SHA-256.
    """

    file_id: UUID
    subject: Subject
    subject_id: str
    level: Level
    name: str
    kind: Kind
    size_bytes: int
    sha256: bytes
    added_at: datetime
    added_by: str
    added_by_name: str
    acting_for: str | None
    is_by_party: bool
    authority: str
    scan: Scan
    scan_detail: str | None
    scanned_at: datetime | None
    redacts: UUID | None = None
    redacts_sha256: bytes | None = None


def demand_servable(scan: Scan, *, is_scan_required: bool) -> None:
    """Raise why a file is not given out: a harmful one never is, an unscanned one only where no scan is required."""
    match scan:
        case "clean":
            return
        case "infected":
            raise refuse_infected()
        case "received" | "not-scanned":
            if is_scan_required:
                raise Conflict(
                    "The file has not been scanned yet.",
                    rule="file-scan",
                    code="file-not-scanned",
                    remedy="Try again in a few minutes; an operator sees why in the log when it takes longer.",
                )


def demand_redaction(copy: bytes, original: File | None, file_id: UUID) -> None:
    """Raise unless a file, by its SHA-256, may be the redacted copy of another of the same matter."""
    if original is None:
        raise NotFound(f"There is no file {file_id}.", remedy="Name a file of the same matter, which you may read.")
    if original.sha256 == copy:
        raise Refused(
            "The redacted copy is what the original is: nothing was taken out.",
            rule="redaction",
            code="redaction",
            remedy="Send the copy without what is to be kept back.",
        )


def refuse_infected() -> Refused:
    """What is said of a file in which the scanner found something harmful; to be raised."""
    return Refused(
        "The scanner found something harmful in the file.",
        rule="file-scan",
        code="file-infected",
        remedy="Clean the file, or make it anew, and send it again.",
    )
