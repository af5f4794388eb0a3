"""SF's cloud print: where label files lie, each opened by its own token; with an answer in a shape of its own."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from typing import Any

from couriers.sandbox.account import Account
from couriers.sandbox.label_pdf import label_pdf
from couriers.sandbox.scans import Order
from couriers.sandbox.sf_rules import text_of
from couriers.sandbox.sf_words import CODE_OF_SF

FILES = "/sf/print/"
BATCH = 20


_TRIAL = "SANDBOX - NOT A REAL LABEL"


class Printer:
    """The cloud print of one customer."""

    def __init__(self, partner_id: str, secret: str) -> None:
        self._partner_id = partner_id
        self._secret = secret

    def order(self, content: Mapping[str, Any], account: Account, root: str) -> dict[str, Any]:
        """The whole apiResultData: files, or success false with an errorMessage."""
        orders: list[Order] = []
        wrong = self._fault(content) or self._find(content["documents"], account, orders)
        request = uuid.uuid4().hex[:16].upper()
        if wrong:
            return {"errorMessage": wrong, "requestId": request, "success": False}
        files = [
            {
                "areaNo": 1,
                "pageNo": 1,
                "seqNo": place,
                "token": self._token(order.waybill_no),
                "url": f"{root}{FILES}{order.waybill_no}.pdf",
                "waybillNo": order.waybill_no,
            }
            for place, order in enumerate(orders, 1)
        ]
        template = text_of(content["templateCode"])
        shell = {"clientCode": self._partner_id, "fileType": "pdf", "files": files, "templateCode": template}
        return {"obj": shell, "requestId": request, "success": True}

    def file(self, path: str, token: str, account: Account) -> bytes | None:
        """The PDF at that path, None when the token does not open it or nothing lies there."""
        waybill_no = path.removeprefix(FILES).removesuffix(".pdf")
        opens = hmac.compare_digest(token.encode("utf-8", "replace"), self._token(waybill_no).encode())
        found = account.parcel(waybill_no, CODE_OF_SF)
        return label_pdf(76, 130, (waybill_no, _TRIAL)) if opens and found is not None else None

    def _fault(self, content: Mapping[str, Any]) -> str:
        template = text_of(content.get("templateCode"))
        if not template:
            return "templateCode is empty"
        if not (template.startswith("fm_") and template.endswith(f"_{self._partner_id}")):
            return f"templateCode:{template[:80]} is not matched the clientCode:{self._partner_id}"
        if text_of(content.get("version")) != "2.0" or text_of(content.get("fileType")) != "pdf":
            return "version must be 2.0, fileType must be pdf"
        if content.get("sync") is not True:
            return "sync must be true: this account has no push of files"
        documents = content.get("documents")
        if not isinstance(documents, list) or not 1 <= len(documents) <= BATCH:
            return f"documents must be 1 to {BATCH}"
        return "" if all(isinstance(one, dict) for one in documents) else "documents must be objects"

    def _find(self, documents: list[dict[str, Any]], account: Account, orders: list[Order]) -> str:
        for one in documents:
            number = text_of(one.get("masterWaybillNo"))
            order = account.parcel(number, CODE_OF_SF)
            if order is None or order.account != account.code or order.cancelled:
                return f"masterWaybillNo:{number[:30]} not found"
            orders.append(order)
        return ""

    def _token(self, waybill_no: str) -> str:
        proof = hmac.new(self._secret.encode(), f"print:{waybill_no}".encode(), hashlib.sha256)
        return f"AUTH_tk{proof.hexdigest()[:32]}"
