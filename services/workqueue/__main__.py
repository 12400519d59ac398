"""Runs the workqueue service: `python -m services.workqueue`."""

from services.workqueue.app import SERVICE
from shared.runtime.service import run

run(SERVICE)
