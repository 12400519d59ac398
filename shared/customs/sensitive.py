"""Law-enforcement-sensitive processes: who need not know of a matter of theirs learns nothing of it."""

from typing import Final

SENSITIVE_PROCESSES: Final = frozenset({"cear", "commercial-fraud"})
"""Their matters are opened by people, who name whoever needs to know; no event that others read names them."""
