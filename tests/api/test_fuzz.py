"""The API against requests nobody thought of, made from its description: no fault, no answer out of shape."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.api.world import World, on_the_way

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]
PATIENCE = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_no_request_made_from_the_description_finds_a_fault_or_a_lie(house: World) -> None:
    way = on_the_way(house)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", house.app)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 25
    for operation in operations:
        number = way.dossier if operation.path.startswith("/api/v1/dossiers") else way.consignment
        send_many(operation, number, {"Authorization": f"Bearer {house.client('xn-window').token}"})


def send_many(operation: Any, number: str, headers: dict[str, str]) -> None:
    """Requests to one operation, half of them about a dossier that is there."""

    @PATIENCE
    @given(operation.as_strategy(), st.booleans())
    def send(case: schemathesis.Case, known: bool) -> None:
        if known and "no" in (case.path_parameters or {}):
            case.path_parameters["no"] = number
        case.call_and_validate(headers=headers, checks=CHECKS)

    send()
