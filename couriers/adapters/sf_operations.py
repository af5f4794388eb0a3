"""Everything that SF can be asked beyond order, cancellation and routes, in the one shape that any caller can use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from couriers.adapters.sf_documents import changes_of, count_of, party_of, request_of
from couriers.adapters.sf_services import read_token
from couriers.contract import LabelFile, Operation, Service

if TYPE_CHECKING:
    from couriers.adapters.sf import Sf


def services_of(sf: Sf) -> Mapping[Operation, Service]:
    """The services of that account. A FILE.json that cannot be used raises `Refused` when it is asked with."""
    zone, template = sf.settings.zone, sf.settings.label_template
    return {
        Operation.ORDER: Service(
            "EXP_RECE_SEARCH_ORDER_RESP",
            ("ORDER_NO",),
            lambda given, at: sf.ask_order(given[0], at),
            sf.read_order,
        ),
        Operation.UPDATE: Service(
            "EXP_RECE_UPDATE_ORDER",
            ("WAYBILL", "ORDER_NO", "FILE.json"),
            lambda given, at: sf.ask_update(given[0], given[1], changes_of(given[2], zone), at),
            sf.read_update,
        ),
        Operation.LABEL: Service(
            "COM_RECE_CLOUD_PRINT_WAYBILLS",
            ("WAYBILL",),
            lambda given, at: sf.ask_print([given[0]], template, at),
            lambda reply: _label(sf.read_print(reply)),
        ),
        Operation.SCOPE: Service(
            "EXP_RECE_FILTER_ORDER_BSP",
            ("FILE.json",),
            lambda given, at: sf.ask_scope(party_of(given[0]), at),
            sf.read_scope,
        ),
        Operation.QUOTE: Service(
            "EXP_RECE_QUERY_DELIVERTM",
            ("FILE.json",),
            lambda given, at: sf.ask_quotes(request_of(given[0], at, zone), at),
            sf.read_quotes,
        ),
        Operation.SUB_WAYBILLS: Service(
            "EXP_RECE_GET_SUB_MAILNO",
            ("ORDER_NO", "PARCELS"),
            lambda given, at: sf.ask_sub_waybills(given[0], count_of(given[1]), at),
            sf.read_sub_waybills,
        ),
        Operation.TOKEN: Service(
            "oauth2/accessToken",
            (),
            lambda given, at: sf.ask_token(),  # noqa: ARG005 - the shape of every service
            read_token,
        ),
    }


def _label(files: tuple[LabelFile, ...]) -> LabelFile | tuple[LabelFile, ...]:
    """The label's file; all of them where SF laid one label over several."""
    return files[0] if len(files) == 1 else files
