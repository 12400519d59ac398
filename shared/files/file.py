"""A file on a matter: who added it, who may see it, and when it may be given out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.files.kinds import Kind
from shared.files.scan import Scan
from shared.runtime.errors import Conflict, Refused

Level = Literal["internal", "party"]
"""`internal` files are seen by staff alone, `party` files also by the parties to the matter."""
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
    """A file as it was added to a matter; `authority` is the row of the table by which, `scanned_at` None before."""

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


def refuse_infected() -> Refused:
    """What is said of a file in which the scanner found something harmful; to be raised."""
    return Refused(
        "The scanner found something harmful in the file.",
        rule="file-scan",
        code="file-infected",
        remedy="Clean the file, or make it anew, and send it again.",
    )
