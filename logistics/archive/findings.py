"""Every sentence of the verifier under its code, in Chinese and English: the command and the page say the same.

A sentence holds `{names}` that are filled in with what was found. `{why}` alone is technical and in English.
"""

from __future__ import annotations

from logistics.archive.report import Fault, Sentence
from logistics.rules import chain

Texts = dict[str, tuple[str, str]]

_ZIP: Texts = {
    "no_file": ("没有这个文件", "there is no such file"),
    "too_large": ("超过 2 GiB，未读取", "larger than 2 GiB and not read"),
    "cannot_open": ("打不开：{why}", "cannot be opened: {why}"),
    "no_zip": ("不是 ZIP 文件，无法读取", "this is no ZIP file and cannot be read"),
    "record_cut": ("被截断（始于 ZIP 第 {offset} 字节）", "cut off (it begins at byte {offset} of the ZIP)"),
    "directory_damaged": (
        "末尾的目录被截断或损坏",
        "the directory at the end of the ZIP is cut off or damaged",
    ),
    "bytes_before": ("ZIP 之前夹带了内容", "bytes were added before the ZIP"),
    "zip_comment": ("ZIP 带有注释", "the ZIP carries a comment"),
    "member_unreadable": ("读不出来：{why}", "cannot be read: {why}"),
    "folder_entry": ("不应有目录条目", "a package has no entries for folders"),
    "name_twice": ("同名文件出现两次", "the name stands in the ZIP twice"),
    "no_plain_file": ("不是普通文件（符号链接等）", "not an ordinary file (a link or device)"),
    "odd_compression": (
        "压缩方式不是 ZIP 的通用方式，未解压",
        "compressed in a way that few programs know, and not unpacked",
    ),
    "bomb": (
        "解压后过大，疑为压缩炸弹，未解压",
        "unpacks to too much (a ZIP bomb?) and was not unpacked",
    ),
    "zip_unfit": ("不是规范写法：{why}", "not in canonical form: {why}"),
    "zip_form": (
        "ZIP 从第 {offset} 字节起不是规范写法（文件头、顺序、压缩方式被改，或夹带了多余内容）",
        "from byte {offset} on the ZIP is not in canonical form (header, order or compression changed, or bytes added)",
    ),
    "outside_folder": ("不在档案包文件夹之内", "stands outside the folder of the package"),
    "same_but_case": ("与另一文件仅大小写或写法不同", "differs from another file only in case or form"),
    "unsafe_path": ("路径不安全", "the path is not safe"),
}

_BAG: Texts = {
    "missing": ("缺少这个文件", "this file is missing"),
    "stray": ("格式中没有这个文件，是多出的文件", "extra: the format has no such file"),
    "declaration": ("不是 BagIt 1.0 声明", "not the declaration of BagIt 1.0"),
    "oxum": ("所载文件数或字节数与包内不符", "the package has not the number of files and bytes stated here"),
    "unlisted": ("{manifest} 中没有列出，是多出的文件", "extra: not listed in {manifest}"),
    "listed_missing": ("缺少；{manifest} 中列有它", "missing: listed in {manifest}"),
    "changed": (
        "内容与 {manifest} 中的校验值不符，已被改动或损坏",
        "changed or damaged: its checksum is not the one in {manifest}",
    ),
    "manifests_disagree": (
        "关于 {path} 的记载与另一份清单不符",
        "what it says of {path} is not what the other manifest says",
    ),
    "manifest_line": ("第 {number} 行看不懂或重复", "line {number} is malformed or repeated"),
    "form": ("不是规范写法", "not in canonical form"),
}

_EVIDENCE: Texts = {
    "malformed": ("看不懂：{why}", "malformed: {why}"),
    "absent": ("缺少或读不出", "missing or unreadable"),
    "ledger_cut": ("末行不完整，可能被截断", "the last line is not whole: it may be cut off"),
    "ledger_empty": ("没有任何条目", "there is no entry in it"),
    "entry_malformed": ("第 {number} 条看不懂：{why}", "entry {number} is malformed: {why}"),
    "checkpoint_signature": ("签名不成立", "its signature does not hold"),
    "not_as_stated": ("与已签名的声明不符", "not as the signed statement has it"),
    "several_dossiers": ("声明与留痕不是同一专档编号", "statement and ledger do not name one dossier"),
    "record_number": ("电子文件号与文件夹名不符", "its record number is not the name of the folder"),
    "other_format": (
        "声明的格式是 {format}，不是本程序所读的 youdang-package/2；请用与之相配的版本核验",
        "it states the format {format}, and this program reads youdang-package/2: use the version that goes with it",
    ),
    "stamp_malformed": ("时间戳看不懂：{why}", "the time stamp is malformed: {why}"),
    "stamp_of_other": ("时间戳所盖的不是这份内容", "the time stamp was given to some other content"),
    "stamp_untrusted": (
        "时间戳的证书不出自指定的根证书：{why}",
        "the time stamp's certificate is not under the roots that were given: {why}",
    ),
    "sm2_alone": (
        "国密签名与公钥须成对，缺了另一个",
        "an SM2 signature and its key come together, and the other is absent",
    ),
    "sm2_key": ("不是 SM2 公钥", "not an SM2 public key"),
    "sm2_signature": ("国密签名（SM2）不成立", "the SM2 signature does not hold"),
    "ledger_not_as_stated": (
        "声明留痕 {count} 条，与包内条数或末条不符",
        "the signed statement has {count} entries and another last one",
    ),
    "other_checkpoint": (
        "不是声明中的那个检查点，可能来自别的包",
        "not the checkpoint the statement names: from another package?",
    ),
    "statement_key": ("签名公钥与检查点的公钥不同", "the key of the statement is not the key of the checkpoint"),
    "signature": ("对声明的签名不成立", "the signature of the statement does not hold"),
    "public_key": ("不是检查点的公钥", "not the key of the checkpoint"),
    "not_the_pinned_key": ("签名公钥不是指定的那一个，而是 {key}", "signed by another key: {key}"),
    "proof_form": ("与检查点不符，或写法不规范", "not for this checkpoint, or not canonical"),
    "proof_count": (
        "留痕 {entries} 条，而总账证明有 {proofs} 条：有条目被删或被加",
        "it has {entries} entries and the log proofs {proofs}: entries were removed or added",
    ),
    "not_in_log": (
        "第 {number} 条：不在检查点所签的总账中",
        "entry {number}: it is not in the log the checkpoint signs",
    ),
    "root_unproven": (
        "印在单据上的根值 {root}（{count} 条）未能证明是总账的早先状态",
        "printed root {root} ({count} entries) is not shown to be an earlier head of the log",
    ),
    **{
        f"chain_{code}": (f"第 {{number}} 条：{zh}", f"entry {{number}}: {en}")
        for code, (zh, en) in chain.BREAKS.items()
    },
}

_STORY: Texts = {
    "content_malformed": ("内容看不懂：{why}", "its content is malformed: {why}"),
    "not_closed": (
        "专档没有以办结收尾，末尾可能被删",
        "the dossier does not end by being closed: its tail may be cut",
    ),
    "paper_unknown": ("留痕中没有制作或收存这份单据的记录", "no entry of the ledger names this paper"),
    "paper_absent": (
        "第 {number} 条：所记的单据不在包内",
        "entry {number}: the paper it names is not in the package",
    ),
    "dossier_number": ("专档编号与留痕不符", "its dossier number is not the ledger's"),
    "originals_differ": (
        "所列原件与有交接留痕的原件不一致",
        "its originals are not those the ledger hands over",
    ),
    "retention_unknown": ("保管期限不是 Y、D30、D10 之一", "its retention is none of Y, D30, D10"),
    "path_unfit": ("所列位置 {path} 不合格式或重复", "the place {path} it lists is unfit or listed twice"),
    "paper_differs": ("与专档所列不符或缺少", "missing, or not the paper that dossier.json lists"),
    "metadata_absent": ("缺少；dossier.json 列有它", "missing: listed in dossier.json"),
    "balance": (
        "寄递件 {no}：所列 = 收到 + 缺件 + 移出 不成立",
        "consignment {no}: listed = received + missing + moved does not hold",
    ),
    "unknown_originals": (
        "寄递件 {no}：列有专档中没有的原件：{codes}",
        "consignment {no}: lists originals the dossier does not have: {codes}",
    ),
    "no_handover": ("原件 {original} 没有交接记录", "original {original} has no handover"),
    "link_gap": (
        "原件 {original} 第 {number} 环：序号有缺",
        "original {original}, link {number}: its number leaves a gap",
    ),
    "link_start": (
        "原件 {original} 第 {number} 环：交出人不是上一环的接收人",
        "original {original}, link {number}: it does not start where the one before ended",
    ),
    "link_unwitnessed": (
        "原件 {original} 第 {number} 环：没有对应的留痕",
        "original {original}, link {number}: no entry of the ledger witnesses it",
    ),
    "link_contradicts": (
        "原件 {original} 第 {number} 环：与留痕第 {entry} 条不符",
        "original {original}, link {number}: it contradicts entry {entry} of the ledger",
    ),
    "handover_absent": (
        "第 {number} 条：所记的交接不在交接链中",
        "entry {number}: the handover it records is not in the custody chain",
    ),
    "raw_name": ("文件名不是其 SHA-256", "its name is not its SHA-256"),
    "raw_unpaired": (
        "原始报文与 events.json 所列不一一对应",
        "listed in events.json or in the folder, but not in both",
    ),
    "event_without_raw": ("第 {number} 条轨迹没有原始报文", "event {number} has no raw message"),
}

FAULTS: Texts = {**_ZIP, **_BAG, **_EVIDENCE, **_STORY}

PROVEN: Texts = {
    "whose_key": ("签名出自指定的公钥 {key}。", "The signature is by the key you named, {key}."),
    "every_byte": (
        "包内每个文件都与签名时一字不差，没有多出、缺少或改名。",
        "Every file is, byte for byte, what was signed; none was added, removed or renamed.",
    ),
    "whole_chain": (
        "留痕 {entries} 条首尾相接，止于办结，每条都在 {signed} 签名的总账（{size} 条）之中。",
        "The {entries} ledger entries join from the first to the closing one, and each stands in the log of "
        "{size} entries signed at {signed}.",
    ),
    "custody": (
        "每件原件的交接环环相接，并与留痕逐条相符；每个寄递件 所列 = 收到 + 缺件 + 移出。",
        "Each original's handovers join without a gap and agree with the ledger; for each consignment "
        "listed = received + missing + moved.",
    ),
    "papers": (
        "每份单据都在留痕中有记录，所记单据都在包内；每条轨迹都有原始报文。",
        "The ledger names every paper, every paper it names is here, and every tracking event has its raw message.",
    ),
    "witnessed": (
        "单据上所印的 {printed} 个根值都是这本总账的早先状态：手中纸质单据印有该根值，即可证明此前各条未被换掉。",
        "The {printed} log heads printed on papers are earlier states of this log: a paper in hand that bears one "
        "shows that nothing logged before it was replaced.",
    ),
    "stamped": (
        "第三方时间戳（{by}）证明：这本总账的检查点在 {at} 已经存在，整个包在 {sealed} 已经签名。",
        "A time stamp by a third party ({by}) proves that the log's checkpoint existed at {at} and that the whole "
        "package was signed by {sealed}.",
    ),
    "sm2_holds": (
        "国密签名（SM2 与 SM3）成立，公钥指纹 {key}；这把公钥是谁的，须另行核对。",
        "The SM2 signature with SM3 holds, by the key {key}; whose key that is must be checked by another way.",
    ),
}

NOT_PROVEN: Texts = {
    "whose_key_unknown": (
        "签名公钥是谁的尚未核对：任何人都能另造一把钥匙重签。"
        "请另行取得立档单位的公钥指纹并指定（命令用 --key，网页填入“公钥指纹”一栏）。本包公钥指纹：{key}",
        "Whose key signed is not checked: anyone can make a key and sign anew. Get the agency's key fingerprint by "
        "another way and give it (the command: --key; the page: the field for the key). This package's key: {key}",
    ),
    "signers_clock": (
        "签名时间取自签名方的时钟，没有第三方时间戳为证。",
        "The time of signing is the signer's own clock; no third party has stamped it.",
    ),
    "stamp_unchecked": (
        "包内有时间戳，自称由 {by} 于 {at}（检查点）和 {sealed}（签名）所盖，内容相符；但没有指定其根证书"
        "（命令用 --tsa-roots，网页选“根证书”一栏），不能证明真是它盖的。",
        "The package holds time stamps that say {by} gave them at {at} (checkpoint) and {sealed} (signature), for this "
        "very content; without that authority's root certificate (the command: --tsa-roots; the page: the field for "
        "root certificates) nothing shows it did.",
    ),
    "truth": (
        "留痕所记是否属实，本程序无从判断；它只证明记下之后未被改动。",
        "Whether what people and couriers stated is true cannot be told from here; only that it was not changed.",
    ),
    "same_log": (
        "总账是否对所有人都是同一本：请把根值 {root} 与此后公布或印在单据上的根值相印证。",
        "Whether everybody was shown the same log: compare root {root} with roots that were published or printed.",
    ),
}

VERDICTS: Texts = {
    "sound": ("核验通过", "SOUND"),
    "faulty": ("核验不通过", "FAULT FOUND"),
    "unreadable": ("无法读取", "UNREADABLE"),
}


def fault(file: str, code: str, **values: str | int) -> Fault:
    """The fault `code` of `file`, its sentences filled in with `values`."""
    zh, en = FAULTS[code]
    return Fault(file, code, zh.format_map(values), en.format_map(values))


def sentence(code: str, **values: str | int) -> Sentence:
    """One thing that is proven or is not, filled in with `values`."""
    zh, en = (PROVEN | NOT_PROVEN)[code]
    return Sentence(zh.format_map(values), en.format_map(values))
