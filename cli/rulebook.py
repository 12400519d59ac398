"""A rule book as a file, read by hand."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cli.not_there import NotThere
from services.routing.domain.rulebook_file import DamagedRuleBookError, read_rulebook


@dataclass(frozen=True, slots=True)
class CheckedRuleBook:
    """What a rule book has; `sha256` is that of its lines but the last."""

    sha256: str
    taken_at: datetime
    tariff_maps: int
    criteria: int
    policies: int
    centers: int
    accounts: int
    assignments: int
    moves: int


def check(file: Path) -> CheckedRuleBook:
    """Read the file whole; raises `NotThere` with what is wrong with it."""
    try:
        with file.open("rb") as lines:
            found = read_rulebook(lines)
    except DamagedRuleBookError as damage:
        raise NotThere(f"{file} is no whole rule book: {damage}; take it out again with GET /rulebook/export") from None
    return CheckedRuleBook(
        sha256=found.sha256,
        taken_at=found.taken_at,
        tariff_maps=found.tariff_maps,
        criteria=found.criteria,
        policies=found.policies,
        centers=len(found.book.directory.centers),
        accounts=len(found.accounts),
        assignments=sum(len(account.assignments) for account in found.accounts.values()),
        moves=len(found.moves),
    )
