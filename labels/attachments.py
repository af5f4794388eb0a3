"""A file that travels inside a PDF (PDF/A-3), as a plain value."""

import dataclasses
import typing

#: What an embedded file is to the document (ISO 19005-3 §6.8, ISO 32000-2 table 43).
Relationship = typing.Literal["Source", "Data", "Alternative", "Supplement", "Unspecified"]


@dataclasses.dataclass(frozen=True, slots=True)
class Attachment:
    """Its file name, its media type (`application/json`), what it is to the document, and its bytes."""

    name: str
    media_type: str
    relationship: Relationship
    content: bytes = dataclasses.field(repr=False)
    description: str = ""

    def __post_init__(self) -> None:
        if not self.name or set(self.name) & set('/\\:*?"<>|') or not self.name.isprintable():
            raise ValueError(f"附件名 {self.name!r} 不能作文件名 (unfit as a file name)")
        if self.media_type.count("/") != 1 or not self.media_type.isascii():
            raise ValueError(f"附件 {self.name} 的媒体类型应如 application/json：{self.media_type!r}")
        if self.relationship not in typing.get_args(Relationship):
            raise ValueError(f"附件 {self.name} 的关系 {self.relationship!r} 不认识，只有 "
                             f"{'、'.join(typing.get_args(Relationship))}")  # fmt: skip
