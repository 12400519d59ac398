"""The Python client is the one that its maker makes, and calls each operation of the documents as they say."""

import inspect
import json
from typing import Any

import pytest
from centerline_client.codes import Code
from centerline_client.liquidation import Liquidation
from centerline_client.notifications import Notifications
from centerline_client.routing import Routing
from centerline_client.workqueue import Workqueue

from clients import generate
from shared.customs.problems import problem_kinds

OF = {"routing": Routing, "workqueue": Workqueue, "liquidation": Liquidation, "notifications": Notifications}


def operations(service: str) -> list[tuple[str, str, dict[str, Any]]]:
    document = json.loads((generate.DOCUMENTS / f"{service}.json").read_text(encoding="utf-8"))
    return [(path, method, each) for path, methods in document["paths"].items() for method, each in methods.items()]


@pytest.mark.timeout(600)
@pytest.mark.verify
@pytest.mark.sharing
def test_committed_client_is_the_made_one() -> None:
    for name, text in generate.made():
        assert (generate.PACKAGE / name).read_text(encoding="utf-8") == text, f"{name}: run `make client`"


@pytest.mark.parametrize("service", generate.SERVICES)
def test_every_operation_can_be_called_with_what_its_document_names(service: str) -> None:
    for path, method, operation in operations(service):
        function = getattr(OF[service], operation["operationId"])
        taken = inspect.signature(function).parameters
        source = inspect.getsource(function)
        assert f'"{method.upper()}"' in source
        assert f'"{path}"' in source
        named = {each["name"]: each for each in operation.get("parameters", ()) if each["name"] not in generate._UNSENT}
        for name, each in named.items():
            parameter = taken[generate._argument(name)]
            is_filled_in = name == "Idempotency-Key"
            assert (parameter.default is inspect.Parameter.empty) == (each.get("required", False) and not is_filled_in)
        assert ("takes_key=True" in source) == ("Idempotency-Key" in named)
        assert ("requestBody" in operation) == (not taken.keys().isdisjoint({"body", "content", "file"}))


@pytest.mark.parametrize("service", generate.SERVICES)
def test_the_client_has_no_operation_that_the_document_lacks(service: str) -> None:
    own = {name for name, each in vars(OF[service]).items() if inspect.isfunction(each)}
    assert own == {operation["operationId"] for _, _, operation in operations(service)}


def test_codes_are_those_of_the_catalogue() -> None:
    assert set(Code) == set(problem_kinds())
