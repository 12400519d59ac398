"""A proof as a file: read, and held against itself, the published rates and a root that was published."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cli.not_there import NotThere
from services.liquidation.domain.program.proof_checks import Difference, Published, check_proof, read_published

_LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a file that is read as a proof; a definition with ten thousand importers is a few hundred thousand."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a proof is of, and what of it does not hold; `is_published` says whether a published root was compared.

    `leaves` is how many the published root is over, None where that was not given: no path proves it.
    """

    program: str | None
    entry_number: str | None
    leaves: int | None
    root: str | None
    is_published: bool
    is_definition_included: bool
    differences: list[Difference]


def verify(file: Path, root: str | None) -> Verified:
    """Check a proof without database and network; raises `NotThere` for a file that is none, or a root that is none."""
    proof = _read(file)
    published = _read_root(root) if root is not None else None
    found = check_proof(proof, published)
    posted, tree, program = (_part(proof, name) for name in ("posted", "tree", "program"))
    return Verified(
        posted.get("program"),
        posted.get("entry_number"),
        published.leaves if published is not None else None,
        tree.get("root"),
        root is not None,
        program.get("definition") is not None,
        found,
    )


def _part(proof: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = proof.get(name)
    return part if isinstance(part, Mapping) else {}


def _read_root(root: str) -> Published:
    try:
        return read_published(root)
    except ValueError as wrong:
        raise NotThere(f"--root {root!r} is no root as HEX or LEAVES:HEX: {wrong}") from None


def _read(file: Path) -> Mapping[str, Any]:
    if file.stat().st_size > _LARGEST:
        raise NotThere(f"{file} is too large for a proof")
    try:
        proof = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError) as wrong:
        raise NotThere(
            f"{file} is no proof: {wrong}; take it with GET /programs/{{program}}/entries/{{entry_number}}/proof"
        ) from None
    if not isinstance(proof, dict):
        raise NotThere(f"{file} is no proof: it has no fields")
    return proof
