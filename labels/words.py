"""The English of every fixed word and sentence on the papers, in one table; a paper in Chinese alone asks for none."""

from labels.papers.parts import PaperLanguage

ENGLISH: dict[str, str] = {
    # what every paper has
    "政务服务 · 邮递专档": "Government services · mailing dossier",
    "编号": "No.",
    "签名": "Signature",
    "日期": "Date",
    "留痕检查点根": "Ledger root at the checkpoint",
    "检查点条目数": "Entries under that root",
    "清单摘要 SHA-256": "Digest of the list, SHA-256",
    "签字摘要 SHA-256": "Digest of the signature, SHA-256",
    # titles
    "原件交接单": "Transfer slip of original documents",
    "交寄清单": "Hand-over list for the courier",
    "邮递专档": "Mailing dossier of original documents",
    "卷内文件目录": "List of documents in the dossier",
    "卷内备考表": "Note on the state of the dossier",
    "收件回执": "Receipt for the applicant",
    "签收回执": "Receipt for the sending hall",
    "差异通知单": "Irregularity notice",
    "办事指南": "Guide to a service item",
    "四性检测报告": "Report of the four checks",
    # the four checks
    "归档": "Filing",
    "移交与接收": "Transfer",
    "长期保存": "Long-term keeping",
    "真实性": "Authenticity",
    "完整性": "Completeness",
    "可用性": "Usability",
    "安全性": "Safety",
    "通过": "passed",
    "不通过": "failed",
    "不适用": "not applicable",
    "电子文件号": "Record no.",
    "立档单位": "Filing agency",
    "检测时间": "Checked at",
    "检测范围": "Looked at",
    "检测点": "Point",
    "检测内容": "What is checked",
    "结果": "Result",
    "结论": "Conclusion",
    "检测依据": "Standard",
    "不通过的检测点": "What failed",
    "XML 报告 SHA-256": "Digest of the XML report",
    "人工检测人": "Checked by hand",
    "“不适用”的各点没有由程序检测：说明中写明由谁完成的，须由其完成并登记；其余是本包没有这项内容，或本环节不检。": (
        "No program looked at what is “not applicable”: where a note names who must, they do and register it; the rest "
        "is not in this package, or not asked at this link."
    ),
    "本报告写入归档信息包，形成于封装之前：校验清单、签名声明在其后生成，由封装程序再检测一次，以后各环节复检。": (
        "This report goes into the package and was made before it was sealed: manifests and signed statement come "
        "after it. Sealing checks again with them, and so does every later link."
    ),
    "本页是 XML 检测报告的纸质样式，以 XML 报告为准；签名公钥和证书属于谁，程序不能判断，须另行核对。": (
        "This is a picture of the XML report, which is what counts. Whose keys and certificates signed no program can "
        "tell; learn it by another way."
    ),
    # kinds of slip
    "寄出": "Outbound",
    "内部移交": "Internal",
    "退回": "Return",
    "差异登记": "Discrepancy",
    # parties and numbers
    "移交单位": "Released by",
    "接收单位": "Received by",
    "寄出单位": "Sending agency",
    "收件单位": "Receiving agency",
    "发现单位": "Finding agency",
    "交寄单位": "Handed over by",
    "立卷单位": "Compiled by",
    "受理窗口": "Accepting window",
    "办理单位": "Deciding agency",
    "专档号": "Dossier no.",
    "办件编号": "Case no.",
    "档号": "Archival code",
    "寄递件编号": "Consignment no.",
    "运单号": "Waybill no.",
    "封签号": "Seal no.",
    "清单封签号": "Seal on the list",
    "实见封签号": "Seal as found",
    "差异件数": "Differing",
    "办理事项": "Service item",
    "案卷题名": "Title of the file",
    "通办协议": "Agreement",
    "承运快递": "Courier",
    "揽收快递": "Courier",
    "件数": "Count",
    "件数页数": "Count and pages",
    "卷内件数": "Documents",
    "卷内页数": "Pages",
    "密级": "Classification",
    "保管期限": "Retention",
    "建档日期": "Opened on",
    "制单": "Made by",
    "预约揽收": "Pick-up booked",
    "快递妥投": "Delivered, says courier",
    "清点时间": "Counted at",
    "发现时间": "Found at",
    "答复期限": "Answer by",
    "寄出重量": "Weight when sent",
    "实收重量": "Weight as found",
    "申请人": "Applicant",
    "联系电话": "Phone",
    "代办人": "Agent",
    "承诺时限": "Promised by",
    "收件时间": "Taken at",
    "查询电话": "Ask by phone",
    "事项名称": "Service item",
    "事项编码": "Item code",
    "版本": "Version",
    # columns
    "序号": "No.",
    "顺序号": "No.",
    "材料名称及编号": "Document and its number",
    "材料名称": "Material",
    "出具单位": "Issuer",
    "持有人": "Holder",
    "页数": "Pages",
    "份数": "Copies",
    "页号": "Page",
    "形式": "Form",
    "备注": "Remarks",
    "核对": "Check",
    "清单应有": "On the list",
    "实际所见": "As found",
    "清单未列": "not on the list",
    "扫描": "Scanned",
    "文号": "Document no.",
    "文号 / 编号": "Document no.",
    "责任者": "Author",
    "题名": "Title",
    "种类": "Kind",
    "说明": "In words",
    "记录人": "Noted by",
    "清点结果": "Found",
    "照片": "Photograph",
    "SHA-256": "Digest of the file",
    "寄递方式": "How it travels",
    "理由": "Why",
    "审查要点": "What to look at",
    "环节": "Step",
    "时限": "Deadline",
    "事由": "About",
    "单位": "Agency",
    "电话": "Phone",
    # forms of a document
    "原件": "Original",
    "副本": "Duplicate",
    "复印件": "Copy",
    "复制件": "Copy",
    "核对无异复制件": "Certified copy",
    # findings, irregularities, seals, treatments
    "完好": "Intact",
    "未核": "Not checked",
    "缺件": "Missing",
    "破损": "Damaged",
    "错件": "Wrong one",
    "无法辨认": "Illegible",
    "多件": "Extra",
    "空封": "Empty envelope",
    "封签异常": "Seal",
    "丢失": "Lost",
    "其他": "Other",
    "更换": "Replaced",
    "移出": "Removed",
    "补入": "Added",
    "封签完好": "intact",
    "封签破损": "broken",
    "封签缺失": "missing",
    "封签号不符": "another number",
    "原件寄递": "Original travels",
    "复印件寄递": "Copy travels",
    "电子证照": "Electronic",
    "免寄": "Not needed",
    # people who sign
    "移交人": "Released by",
    "接收人": "Received by",
    "监交人": "Witness",
    "交寄人": "Handed over by",
    "揽收员": "Collector",
    "立卷人": "Compiled by",
    "检查人": "Checked by",
    "收件人": "Taken by",
    "交件人": "Handed in by",
    "领取人": "Collected by",
    "复核人": "Checked by",
    "发现人": "Found by",
    "见证人": "Witness",
    "答复人": "Answered by",
    "已电子签字": "signed electronically",
    # headings
    "备考（情况说明）": "Remarks on the state",
    "本卷情况说明": "State of this dossier",
    "缺损、更换等情况": "Missing, damaged, replaced",
    "接下来怎么办": "What happens next",
    "到哪里查询": "Where to ask",
    "发现经过": "How it was found",
    "留存照片": "Photographs kept",
    "寄出单位答复": "Answer of the sending agency",
    "核查结果": "Result",
    "处理方式": "Remedy",
    "属实": "confirmed",
    "部分属实": "in part",
    "不属实": "not confirmed",
    "补寄": "send later",
    "换件": "replace",
    "请退回": "send back",
    "重新出具": "reissue",
    "需要的材料": "Materials",
    "办理时限": "Deadlines",
    "联系谁": "Whom to call",
    "扫码查看专档去向与留痕": "Scan to see where the dossier is",
    # stickers
    "邮递专档封签": "Seal",
    "寄递件": "Consignment",
    "内件": "Contents",
    "封装人": "Sealed by",
    "专档": "Dossier",
    # sentences
    "破损、缺失或揭开过的，请勿签收，当场联系寄件单位": (
        "Broken, missing or lifted: do not sign; call the sender at once"
    ),
    "移交人封装前、接收人启封后逐件清点；接收人签字起，上列原件由接收人保管。": (
        "Count one by one before sealing and after opening. From the receiver's signature on, the receiver answers for "
        "the originals listed."
    ),
    "移交人与接收人当面逐件清点；接收人签字起，上列原件由接收人保管。": (
        "Count one by one in each other's presence. From the receiver's signature on, the receiver answers for the "
        "originals listed."
    ),
    "移交人封装前、接收人启封后逐件清点；接收人签字起，退回的上列原件由接收人保管。": (
        "Count one by one before sealing and after opening. From the receiver's signature on, the receiver answers for "
        "the originals sent back."
    ),
    "清点结果与寄出清单不一致之处如上所列；双方签字只确认事实，如何处理另行登记。": (
        "Listed is where the count differs from the sender's list. The signatures confirm the facts only; what is done "
        "about them is recorded elsewhere."
    ),
    "本单一式两份，双方各存一份。": "Made in two copies, one for each side.",
    "核对：一致打钩，缺件、破损、不符请写明": "Check: tick if as listed; write what is missing, damaged or different",
    "核对：双方看法一致打钩，不一致请写明": "Check: tick if both agree; otherwise write what you see",
    "揽收员签字即确认收到上列封套，封口和封签完好。封套内的原件由寄出单位负责，直至收件单位签收核验。": (
        "By signing, the collector confirms having taken the envelopes listed, flaps and seals intact. The sending "
        "agency answers for the originals inside until the receiving agency has counted them."
    ),
    "没有登记缺件、破损、更换等情况。": "Nothing missing, damaged or replaced has been registered.",
    "请妥善保管本回执。领取原件时凭本回执和有效身份证件。": (
        "Keep this receipt. The originals are given back against it and a valid identity document."
    ),
    "委托他人代领的，代领人须持本回执、申请人签名的委托书和双方有效身份证件；窗口核对后在下栏签名。": (
        "Somebody else may collect them with this receipt, the applicant's signed authorisation and the identity "
        "documents of both; the window checks these before the signature below."
    ),
    "本回执按规定遮盖姓名和电话，扫码或凭办件编号可查原件现在何处。": (
        "Name and phone are masked as the rules ask. Scan the code, or use the case number, to see where the originals "
        "are now."
    ),
    "“未核”只表示还没有清点，不是缺件。上列标为完好、破损、错件、无法辨认、多件的，自清点时起由收件单位保管。": (
        "“Not checked” only means not counted yet; it is not missing. For what is marked intact, damaged, wrong, "
        "illegible or extra, the receiving agency answers from the count on."
    ),
    "本单只记载事实，不认定责任。请寄出单位在期限内查明并在下栏答复，退回一份；逾期未答复的，按升级督办处理。": (
        "This notice states facts and blames nobody. The sending agency is asked to look into it, to answer below "
        "within the time given, and to return one copy; without an answer the matter is escalated."
    ),
    "“原件寄递”的材料由窗口清点、封装后寄往办理单位；“免寄”和“电子证照”的材料，窗口不得要求申请人另行提供原件。": (
        "Originals that travel are counted and sealed at the window and mailed to the deciding agency. For what is "
        "electronic or not needed, the window may not ask the applicant for the original."
    ),
    # registration of a hand-over to the archive
    "移交与接收登记表": "Registration of a hand-over to the archive",
    "登记表附页": "Annex of digests",
    "交接工作名称": "Name of the hand-over",
    "内容描述": "Description",
    "移交数量": "Packages",
    "移交数据量": "Amount of data",
    "载体起止号": "Carriers from, to",
    "载体与规格": "Carrier, kind",
    "移交批次": "Batch",
    "摘要算法": "Digest",
    "检验内容": "Checked",
    "移交单位检验": "Found by the sender",
    "接收单位检验": "Found by the receiver",
    "准确性检验": "Accuracy",
    "完整性检验": "Completeness",
    "可用性检验": "Usability",
    "安全性检验": "Safety",
    "载体外观检验": "Look of the carrier",
    "填表人": "Filled in by",
    "审核人": "Verified by",
    "移交单位（印章）": "Sender, seal",
    "接收单位（印章）": "Receiver, seal",
    "电子档案名称及档号": "Package and archival code",
    "内容说明": "Contents",
    "数字摘要 SHA-256": "Digest, SHA-256",
    "字节": "Bytes",
    # a report of figures
    "时限统计报表": "Report of times",
    "制表人": "Made by",
    "截至": "As of",
    "起算于": "Started on",
    "测量环节": "Measured leg",
    "筛选": "Narrowed to",
    "留痕条目": "Entries read",
    "数字": "Figures",
    "统计数字摘要": "Digest of the figures",
    "所用留痕摘要": "Digest of the entries",
    "现在": "Now",
    "份专档": "Dossiers",
    "总计": "In all",
    "各线路": "By lane",
    "线路": "Lane",
    "趋势": "Trend",
    "时间花在谁手里": "Whose hours",
    "谁的时间": "Whose",
    "已了": "Closed",
    "中位数": "Median",
    "八成不超过": "80th pct",
    "九成五不超过": "95th pct",
    "按时率": "On time",
    "区间": "Interval",
    "未按时": "Not on time",
    "未了": "Open",
    "仍超时": "Late now",
    "平均": "Mean",
    "占全部用时": "Share of hours",
    "用时分布": "Distribution of times",
    "用时": "Time taken",
    "按时": "On time",
    "本表一式两份，双方各存一份；移交单位保存移交的电子档案至少五年。附页所列摘要为每个归档信息包的 SHA-256。": (
        "Two copies, one for each side; the sender keeps what it handed over for five years at least. The annex lists "
        "the SHA-256 of every package."
    ),
}


def english(chinese: str, language: PaperLanguage) -> str:
    """What stands beside the Chinese on a bilingual paper; empty on a Chinese one.

    Raises `KeyError` for a word that is not in the table.
    """
    return ENGLISH[chinese] if language == "zh-en" else ""


def both(chinese: str, language: PaperLanguage) -> str:
    """The Chinese, and on a bilingual paper its English after it."""
    return f"{chinese} {english(chinese, language)}".rstrip(" ")
