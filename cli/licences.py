"""Under which licence an installed package stands, as it says itself, and whether a list of licences allows it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import Distribution

_LONGEST_NAME = 60  # beyond that the field holds the text of a licence
_TOKEN = re.compile(r"\(|\)|[^\s()]+")


@dataclass(frozen=True, slots=True)
class Licence:
    """What a package says of its licence: an SPDX expression, or names; empty where it says nothing."""

    expression: str = ""
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.expression or ", ".join(self.names) or "says nothing"


def licence_of(package: Distribution) -> Licence:
    """Read the licence of a package: its expression (PEP 639), else the short name it gives, else its classifiers."""
    metadata = package.metadata
    if "License-Expression" in metadata:
        return Licence(expression=metadata["License-Expression"])
    name = metadata["License"].strip() if "License" in metadata else ""
    if name and name.upper() != "UNKNOWN" and len(name) <= _LONGEST_NAME and "\n" not in name:
        return Licence(names=(name,))
    said = [
        line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")
    ]
    return Licence(names=tuple(said))


def is_allowed(licence: Licence, allowed: Collection[str]) -> bool:
    """Whether the list has what the package says: every name of several, and what the expression asks for.

    Of several names without an expression nobody says that one may choose, so all of them have to be allowed.

    >>> is_allowed(Licence(expression="GPL-3.0-only OR (MIT AND BSD-2-Clause)"), {"MIT", "BSD-2-Clause"})
    True
    >>> is_allowed(Licence(expression="MIT AND GPL-3.0-only"), {"MIT"}), is_allowed(Licence(), {"MIT"})
    (False, False)
    >>> is_allowed(Licence(names=("MIT License", "GNU General Public License")), {"MIT License"})
    False
    """
    if licence.expression:
        return _holds(_TOKEN.findall(licence.expression), allowed)
    return bool(licence.names) and all(name in allowed for name in licence.names)


def _holds(tokens: list[str], allowed: Collection[str]) -> bool:
    """Evaluate an SPDX expression, in which AND binds more than OR; one with an exception is a name of its own."""
    rest = [*tokens]

    def one() -> bool:
        token = rest.pop(0)
        if token == "(":  # noqa: S105  a parenthesis, no password
            inner = either()
            rest.pop(0)
            return inner
        if rest and rest[0].casefold() == "with":
            token = f"{token} WITH {rest[1]}"
            del rest[:2]
        return token in allowed

    def both() -> bool:
        found = one()
        while rest and rest[0].upper() == "AND":
            rest.pop(0)
            found = one() and found
        return found

    def either() -> bool:
        found = both()
        while rest and rest[0].upper() == "OR":
            rest.pop(0)
            found = both() or found
        return found

    return either()
