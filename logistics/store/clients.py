"""SQL about other systems that act for an officer: found by the digest of their token."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session, col, select

from logistics.actor import Actor
from logistics.store import people
from logistics.tables import Agency, ApiClient, Officer


def actor_of(session: Session, token_sha256: str) -> tuple[int, Actor] | None:
    """The client's id and its officer as one who acts, named with the client; None unless both are active."""
    found = session.exec(
        select(ApiClient, Officer, Agency)
        .join(Officer, col(Officer.id) == ApiClient.officer_id)
        .join(Agency, col(Agency.id) == Officer.agency_id)
        .where(ApiClient.token_sha256 == token_sha256, col(ApiClient.active), col(Officer.active))
    ).first()
    if found is None:
        return None
    client, officer, agency = found
    assert client.id is not None
    actor = people.as_actor(session, officer, agency)
    return client.id, replace(actor, name=f"{officer.name}（{client.name}）")
