"""DA/T 46-2009: the numbers and names of the metadata elements we fill, and the tree writer that puts both down.

Numbers M1–M45 stand in public implementations of the standard; from M46 on they follow from its table of contents.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from logistics.archive.profiles.writing import clean

NAMES: dict[str, str] = {
    "M1": "聚合层次",
    "M2": "来源",
    "M3": "档案馆名称",
    "M4": "档案馆代码",
    "M5": "全宗名称",
    "M6": "立档单位名称",
    "M7": "电子文件号",
    "M8": "档号",
    "M9": "全宗号",
    "M11": "年度",
    "M12": "保管期限",
    "M13": "机构或问题",
    "M14": "类别号",
    "M17": "室编件号",
    "M21": "内容描述",
    "M22": "题名",
    "M28": "人名",
    "M29": "摘要",
    "M31": "文件编号",
    "M32": "责任者",
    "M33": "日期",
    "M38": "密级",
    "M40": "形式特征",
    "M41": "文件组合类型",
    "M42": "件数",
    "M44": "语种",
    "M46": "电子属性",
    "M47": "格式信息",
    "M48": "计算机文件名",
    "M49": "计算机文件大小",
    "M50": "文档创建程序",
    "M51": "信息系统描述",
    "M57": "电子签名",
    "M58": "签名规则",
    "M59": "签名时间",
    "M60": "签名人",
    "M61": "签名结果",
    "M63": "证书引证",
    "M64": "签名算法标识",
    "M65": "存储位置",
    "M66": "当前位置",
    "M70": "权限管理",
    "M75": "控制标识",
    "M76": "附注",
    "M77": "机构人员类型",
    "M78": "机构人员名称",
    "M79": "组织机构代码",
    "M81": "业务状态",
    "M82": "业务行为",
    "M83": "行为时间",
    "M84": "行为依据",
    "M85": "行为描述",
}
"""Number -> element name, as it is in the envelope (DA/T 48 writes M61 as 签名结果)."""


def put(parent: ET.Element, number: str, text: str = "") -> ET.Element:
    """The element of that number at the end of `parent`, after a comment that says the number.

    A comment, since the schema of the envelope has no place for numbers: receivers that do not know them pass over it.
    """
    parent.append(ET.Comment(f" {number} "))
    made = ET.SubElement(parent, _qualified(parent, NAMES[number]))
    if text:
        made.text = clean(text)
    return made


def plain(parent: ET.Element, name: str, text: str = "") -> ET.Element:
    """An element of the envelope itself, which DA/T 46 does not number."""
    made = ET.SubElement(parent, _qualified(parent, name))
    if text:
        made.text = clean(text)
    return made


def _qualified(parent: ET.Element, name: str) -> str:
    space, bracket, _ = parent.tag.rpartition("}")
    return f"{space}{bracket}{name}"
