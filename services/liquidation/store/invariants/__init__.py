"""What must always hold in the database of liquidation, a module for each subject."""

from services.liquidation.store.invariants.money import MONEY_INVARIANTS
from services.liquidation.store.invariants.payments import PAYMENT_INVARIANTS
from services.liquidation.store.invariants.programs import PROGRAM_INVARIANTS
from services.liquidation.store.invariants.protests import PROTEST_INVARIANTS
from services.liquidation.store.invariants.records import RECORD_INVARIANTS

INVARIANTS = (*RECORD_INVARIANTS, *PROTEST_INVARIANTS, *MONEY_INVARIANTS, *PAYMENT_INVARIANTS, *PROGRAM_INVARIANTS)
