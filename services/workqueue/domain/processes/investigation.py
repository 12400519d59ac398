"""The opening of an investigation: a signed act of its own, whose second decides if a disclosure came before it."""

from typing import Final

from services.workqueue.domain.processes.shape import Act, Field

INVESTIGATORS: Final = ("trade-enforcement-coordinator", "fpf-officer", "hsi")


def open_investigation(source: tuple[str, ...]) -> Act:
    """Open the investigation of a violation, in any of these stages; done once, and never told to a party.

    A prior disclosure counts when it comes before, or without knowledge of, the commencement of a formal investigation
    (19 CFR 162.74(a), (g)): that is when the first record of it was made, so the act's own time is the fact, and nobody
    writes another. A letter to the party says nothing of it.
    """
    return Act(
        "open-investigation",
        "Open the investigation",
        source,
        None,
        INVESTIGATORS,
        fields=(
            Field("suspected_violation", "Which violation, and what points to it", "text"),
            Field("investigated_entries", "Entries concerned", "entry-numbers", is_required=False),
        ),
        by_holder=False,
        is_once=True,
        citation="19 CFR 162.74(g)",
    )
