"""Sealing: a closed dossier becomes its archive package. `contents` and `main_file` turn rows into values, `sealing`
has the verb. Reads and counts by `store.filing`; what a package is stands in `logistics.archive`.
"""

from logistics.services.archive.sealing import PackageUnsound, ready, seal_package, waiting

__all__ = ["PackageUnsound", "ready", "seal_package", "waiting"]
