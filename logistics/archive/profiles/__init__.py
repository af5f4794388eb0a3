"""Profiles: how one city wants its 归档信息包 laid out and its XML named, as files that are settings and no code.

`load` reads one; `sheet_xml`, `sheet_xsd` and `catalogue_xml` write by it.
"""

from logistics.archive.profiles.catalogue import BatchHeader, BatchPackage, catalogue_name, catalogue_xml
from logistics.archive.profiles.reading import SHIPPED, ProfileFault, load, parse
from logistics.archive.profiles.shapes import Element, Profile, Rows, Sheet
from logistics.archive.profiles.writing import ElementMissing, sheet_xml, sheet_xsd

__all__ = [
    "SHIPPED", "BatchHeader", "BatchPackage", "Element", "ElementMissing", "Profile", "ProfileFault", "Rows", "Sheet",
    "catalogue_name", "catalogue_xml", "load", "parse", "sheet_xml", "sheet_xsd",
]  # fmt: skip
