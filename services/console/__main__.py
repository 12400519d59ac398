"""Runs the console: `python -m services.console`."""

from services.console.app import SERVICE
from shared.runtime.service import run

run(SERVICE)
