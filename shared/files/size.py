"""How large a file may be, and what is said of one that is larger."""

from shared.runtime.errors import Refused


def refuse_size(max_bytes: int) -> Refused:
    """What is said of a file that is too large; to be raised."""
    return Refused(
        f"A file may have {max_bytes} bytes at most.",
        rule="file-size",
        code="file-too-large",
        remedy="Split it, or send it with less detail: scans in 300 dpi are enough.",
        status=413,
    )
