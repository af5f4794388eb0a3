"""Table files (XLSX, CSV) read from bytes into sheets of text cells, and written back with a word on each row.

It does no I/O and knows no subject: what the cells mean is for `logistics.rules`. It must not import store or web.
"""

from logistics.sheets.reading import LARGEST_BYTES, Limits, read
from logistics.sheets.refusing import SheetError

__all__ = ["LARGEST_BYTES", "Limits", "SheetError", "read"]
