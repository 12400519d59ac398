"""Runs the notifications service: `python -m services.notifications`."""

from services.notifications.app import SERVICE
from shared.runtime.service import run

run(SERVICE)
