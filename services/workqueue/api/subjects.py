"""What the operations of the work queue are about, a line for each subject of its OpenAPI document."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SUBJECTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "accounts": "The work about one importer, across its entries.",
        "board": "Items that several people vote on.",
        "bulk runs": "One decision over many items: a sample first, then the run, with what became of each.",
        "claims": "Who holds an item: taking the next, keeping, giving back, handing on.",
        "clocks": "The days by which something must have happened to an item.",
        "data packs": "All that is known of an item, to take along.",
        "decisions": "Checking and completing: what was decided of an item, on which facts, with which effect.",
        "figures": "Counts of queues and times, and published figures of trade.",
        "items": "Pieces of work: lists with filters, one with its goods, matters, splitting and joining.",
        "limitations": "Days after which nothing can be done any more.",
        "management": "Load of a Center, and moves that would even it out.",
        "need to know": "Who may see an item that is not for everybody, and who looked.",
        "notes and files": "What people wrote on an item and added to it.",
        "processes": "The processes of the Centers as tables of states, acts and clocks.",
        "quality": "Samples of finished work that somebody else looks at again.",
        "requests": "Requests for information and notices of action: drafts, issue, answers.",
        "satisfaction": "What filers think of how their matter was handled.",
        "staff": "People of a Center: skills, hours, absences, who acts for whom.",
        "views": "Filters of lists that were saved, for oneself or a team.",
    }
)
