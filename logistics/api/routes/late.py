"""What is late."""

from __future__ import annotations

from typing import Any

from logistics.api import answers, schemas, shown
from logistics.api.document import reads
from logistics.api.tokens import caller, world
from logistics.store import boards
from logistics.store.work import reading


@reads("/late", answers.LateList, schemas.LateAsked)
def list_late(asked: dict[str, Any]) -> dict[str, Any]:
    """Open deadlines that are past, the latest first."""
    ctx = world()
    with reading(ctx.engine, caller()) as session:
        return {"late": [shown.late(row) for row in boards.late(session, ctx.clock(), asked["limit"])]}
