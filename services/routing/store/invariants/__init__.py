"""What must always hold in the tables of routing, a module for each subject; each is asked in one statement."""

from typing import Final

from services.routing.store.invariants.activity import ACTIVITY
from services.routing.store.invariants.decisions import DECISIONS
from services.routing.store.invariants.proposals import PROPOSALS

INVARIANTS: Final = (*DECISIONS, *ACTIVITY, *PROPOSALS)
