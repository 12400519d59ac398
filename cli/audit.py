"""Links of seals as they are copied elsewhere and read again, and lines of history as auditors get them."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cli.not_there import NotThere
from shared.db.seals import SealedLine, SealRun

ROW: Final = ("service", "run", "sealed_at", "seals", "link")
EXPORTED: Final = ("source", "position", "run", "digest", "link", "text")


def row_of(service: str, run: SealRun | None) -> dict[str, Any]:
    """A run in the form in which it is copied elsewhere; without a run the service has nothing sealed, and says so."""
    if run is None:
        return {"service": service, "run": None, "sealed_at": None, "seals": 0, "link": None}
    return {
        "service": service,
        "run": run.run,
        "sealed_at": run.sealed_at.isoformat(),
        "seals": run.seals,
        "link": run.link.hex(),
    }


def read_copied(file: Path) -> dict[str, list[SealRun]]:
    """Runs by service as `row_of` wrote them; raises `NotThere` for a file that is none of these."""
    copied: dict[str, list[SealRun]] = {}
    try:
        for row in json.loads(file.read_text()):
            copied.setdefault(row["service"], [])
            if row["run"] is None:
                continue  # nothing was sealed there when it was copied
            run = SealRun(
                row["run"], datetime.fromisoformat(row["sealed_at"]), row["seals"], bytes.fromhex(row["link"])
            )
            copied[row["service"]].append(run)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotThere(f"{file} is not what `centerline audit links --json` printed: {error}") from error
    return copied


def exported(line: SealedLine) -> dict[str, Any]:
    """A line with its seal: `digest` is the SHA-256 of `text`, `link` that of the link before and the digest."""
    return {
        "source": line.source,
        "position": line.position,
        "run": line.run,
        "digest": line.digest.hex() if line.digest is not None else None,
        "link": line.link.hex() if line.link is not None else None,
        "text": line.text,
    }
