"""`youdang demo`: the whole story on a temporary database, without a browser."""

from __future__ import annotations

import logging
from pathlib import Path

import click
import structlog


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out/demo"), show_default=True,
              help="Folder for papers, package.zip, the hand-over to the archive and story.json.")  # fmt: skip
def demo(out: Path) -> None:
    """Play the whole way of one dossier on real parts and verify its package.

    Uses a temporary database and the couriers' sandbox on this machine; nothing of an installation is touched.
    Exit 0 only if the package verifies and every invariant holds.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    from logistics.demo.story import play

    ending = play(out, click.echo)
    for violation in ending.violations:
        click.echo(f"不成立: {violation}", err=True)
    if ending.violations or not ending.package_ok:
        raise SystemExit(1)
    click.echo(f"\n{ending.dossier_no} 已走完全程。")
    click.echo(f"{out}/ 下有 label.pdf slip.pdf cover.pdf package.zip story.json 移交/")
    click.echo(f"验证: youdang verify {out}/package.zip")
