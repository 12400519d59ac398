"""Runs the liquidation service: `python -m services.liquidation`."""

from services.liquidation.app import SERVICE
from shared.runtime.service import run

run(SERVICE)
