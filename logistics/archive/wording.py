"""What a sound package proves and what it cannot prove, in plain words."""

from __future__ import annotations

from logistics.archive.checkpoints import Checkpoint
from logistics.archive.report import Sentence
from logistics.rules.chain import stamp


def said(
    entries: int, printed: int, checkpoint: Checkpoint, pinned: bool
) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
    """(proven, not proven) for a package without fault.

    `printed` heads of the log stand on papers; `pinned`: the reader named the key and it was that one.
    """
    proven, not_proven = _proven(entries, checkpoint), _not_proven(checkpoint)
    if printed:
        proven = (*proven, _witnessed(printed))
    key = checkpoint.key_id
    if pinned:
        whose = Sentence(f"签名出自指定的公钥 {key}。", f"The signature is by the key you named, {key}.")
        return (whose, *proven), not_proven
    unknown = Sentence(
        "签名公钥是谁的尚未核对：任何人都能另造一把钥匙重签。"
        f"请另行取得立档单位的公钥指纹，用 --key 指定。本包公钥指纹：{key}",
        "Whose key signed is not checked: anyone can make a key and sign anew. Get the agency's key fingerprint by "
        f"another way and give it with --key. This package's key: {key}",
    )
    return proven, (unknown, *not_proven)


def _proven(entries: int, checkpoint: Checkpoint) -> tuple[Sentence, ...]:
    signed = stamp(checkpoint.signed_at)
    return (
        Sentence(
            "包内每个文件都与签名时一字不差，没有多出、缺少或改名。",
            "Every file is, byte for byte, what was signed; none was added, removed or renamed.",
        ),
        Sentence(
            f"留痕 {entries} 条首尾相接，止于办结，每条都在 {signed} 签名的总账（{checkpoint.size} 条）之中。",
            f"The {entries} ledger entries join from the first to the closing one, and each stands in the log of "
            f"{checkpoint.size} entries signed at {signed}.",
        ),
        Sentence(
            "每件原件的交接环环相接，并与留痕逐条相符；每个寄递件 所列 = 收到 + 缺件 + 移出。",
            "Each original's handovers join without a gap and agree with the ledger; for each consignment "
            "listed = received + missing + moved.",
        ),
        Sentence(
            "每份单据都在留痕中有记录，所记单据都在包内；每条轨迹都有原始报文。",
            "The ledger names every paper, every paper it names is here, and every tracking event has its raw message.",
        ),
    )


def _witnessed(printed: int) -> Sentence:
    return Sentence(
        f"单据上所印的 {printed} 个根值都是这本总账的早先状态：手中纸质单据印有该根值，即可证明此前各条未被换掉。",
        f"The {printed} log heads printed on papers are earlier states of this log: a paper in hand that bears one "
        "shows that nothing logged before it was replaced.",
    )


def _not_proven(checkpoint: Checkpoint) -> tuple[Sentence, ...]:
    return (
        Sentence(
            "签名时间取自签名方的时钟，没有第三方时间戳为证。",
            "The time of signing is the signer's own clock; no third party has stamped it.",
        ),
        Sentence(
            "留痕所记是否属实，本程序无从判断；它只证明记下之后未被改动。",
            "Whether what people and couriers stated is true cannot be told from here; only that it was not changed.",
        ),
        Sentence(
            f"总账是否对所有人都是同一本：请把根值 {checkpoint.root_hex} 与此后公布或印在单据上的根值相印证。",
            f"Whether everybody was shown the same log: compare root {checkpoint.root_hex} with roots that were "
            "published or printed.",
        ),
    )
