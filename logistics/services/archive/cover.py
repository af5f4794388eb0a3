"""The dossier's cover as it is filed: the first of the application's papers, under its final 档号."""

from __future__ import annotations

from labels.papers import DossierCover, SlipItem
from logistics.rules import archival_code
from logistics.services.archive.contents import Gathered
from logistics.store.context import Context
from logistics.terms import Secrecy, zh

TITLE = "专档封面"


def cover(ctx: Context, gathered: Gathered) -> DossierCover:
    """The cover of what was gathered, drawn anew at sealing: one printed before could not know the number."""
    given, whole = gathered.bare, gathered.whole
    dossier = whole.dossier
    return DossierCover(
        number=f"{dossier.no}-A01",
        dossier_no=dossier.no,
        case_no=dossier.case_no,
        item_name=whole.item.name,
        sender_agency=whole.sender.name,
        receiver_agency=whole.receiver.name,
        agreement_no=whole.agreement.no,
        opened_at=dossier.opened_at,
        retention=archival_code.RETENTIONS[given.retention][0],
        secrecy="" if given.secrecy == Secrecy.NONE else zh(Secrecy(given.secrecy)),
        items=tuple(
            SlipItem(
                seq=seq,
                title=one.title,
                number=ctx.keyring.unseal(one.number_sealed, f"original:{one.code}:number"),
                issuer=one.issuer,
                holder=ctx.keyring.unseal(one.holder_name_sealed, f"original:{one.code}:holder_name"),
                pages=one.pages,
                copies=one.copies,
                form=zh(one.form),
                note="不可再发" if one.irreplaceable else "",
            )
            for seq, one in enumerate(whole.originals, start=1)
        ),
        ledger_root=given.checkpoint.root_hex,
        ledger_size=given.checkpoint.size,
        archival_code=given.archival_code,
        printed_at=given.made_at,
        qr_text=f"YD1|D|{dossier.no}|{given.checkpoint.root_hex[:16]}",
    )
