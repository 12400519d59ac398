"""The invariants of liquidation, for the scheduled check and for the fault tests."""

from collections.abc import Sequence

from services.liquidation.store.invariants import INVARIANTS
from shared.runtime.invariants import Invariant


def invariants() -> Sequence[Invariant]:
    """Every statement that must hold of this service's database."""
    return INVARIANTS
