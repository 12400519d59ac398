"""Two people, one thing: the tag of a version, and the versions for which a change is meant."""

from dataclasses import dataclass

from shared.runtime.errors import Stale


def etag(version: int | str) -> str:
    """Return the strong entity tag of a version, for the ETag header."""
    return f'"{version}"'


@dataclass(frozen=True, slots=True)
class IfMatch:
    """The versions for which the caller means the change; `tags` is None for `*`, any version."""

    tags: frozenset[str] | None

    def check(self, version: int | str) -> None:
        """Raise Stale (412) unless the current version is one of those that the caller means."""
        if self.tags is not None and etag(version) not in self.tags:
            raise Stale(f"It is at version {version} now; the change was meant for another one.")
