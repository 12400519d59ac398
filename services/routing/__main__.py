"""Runs the routing service: `python -m services.routing`."""

from services.routing.app import SERVICE
from shared.runtime.service import run

run(SERVICE)
