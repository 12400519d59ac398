"""The enforcement board as its form has it: a seat on each line."""

from collections.abc import Mapping, Sequence
from typing import Any


def read_board(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """A board as the work queue takes it: on each line a user name, then the seat.

    >>> read_board({"quorum": ["2"], "members": ["dan chair\\r\\nfay Fines, Penalties\\n"], "reason": ["New year."]})
    {'quorum': 2, 'members': {'dan': 'chair', 'fay': 'Fines, Penalties'}, 'reason': 'New year.'}
    """
    given = {name: (form.get(name) or [""])[0] for name in ("quorum", "members", "reason")}
    pairs = [line.strip().partition(" ") for line in given["members"].splitlines() if line.strip()]
    quorum = given["quorum"]
    return {
        "quorum": int(quorum) if quorum.isascii() and quorum.isdigit() else quorum,
        "members": {subject: seat.strip() for subject, _, seat in pairs},
        "reason": given["reason"],
    }


def write_board(members: Mapping[str, str]) -> str:
    """The seats of a board as its form has them.

    >>> write_board({"dan": "chair", "fay": "secretary"})
    'dan chair\\nfay secretary'
    """
    return "\n".join(f"{subject} {seat}" for subject, seat in members.items())
