"""`youdang paper`: any paper from JSON, for other systems: no database, no settings, no network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO, cast

import click

from labels import pictured
from labels.batch import NotInABatch, draw_batch
from labels.draw import draw
from labels.fonts import MissingCharacter
from labels.papers import Paper, UnlawfulPaper
from labels.pictured import UnusablePicture
from labels.printers.face import Dpi, NotForThisPrinter
from labels.printers.press import LANGUAGES, Language, pictures, press
from labels.printers.proof import UnreadablePrint
from labels.reading import KINDS, MalformedPaper, read_batch, read_paper
from labels.surface import TextTooLong

_FORMATS = ("pdf", *LANGUAGES, "png")
_BATCH = "batch"
_REFUSALS = (
    UnlawfulPaper,
    NotInABatch,
    UnusablePicture,
    MissingCharacter,
    TextTooLong,
    NotForThisPrinter,
    UnreadablePrint,
)


@click.command("paper", short_help="Make any paper from JSON: PDF, ZPL, TSPL, CPCL or a picture.")
@click.argument("kind", type=click.Choice([*KINDS, _BATCH]))
@click.argument("source", metavar="INPUT.json", type=click.File("rb"))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--format", "kind_of_file", type=click.Choice(_FORMATS), help="What to make.  [default: by OUT's ending]")
@click.option("--dpi", type=click.Choice(["203", "300"]), default="203", show_default=True, help="The printer's dots.")
@click.option(
    "--glyph", "glyphs", multiple=True, help="字=FILE.png for a character no font has; repeatable."
)
@click.option("--verify", is_flag=True, help="Batch: scan every page's dots and compare before anything is written.")
def paper(
    kind: str, source: BinaryIO, out: Path, kind_of_file: str | None, dpi: str, verify: bool, glyphs: tuple[str, ...]
) -> None:
    """按 JSON 制作一张 KIND 纸张，写入 OUT；INPUT.json 为 - 时从标准输入读取。

    Make the paper KIND as INPUT.json (- for standard input) describes it. Every field is in docs/papers.md. What goes
    to a label printer was drawn from the very bytes, scanned and compared before it is written. A picture of several
    pages becomes several files, OUT-1.png, OUT-2.png …

    KIND batch：INPUT.json 为 [{"kind": …, "paper": {…}}, …]，合成一个 PDF。 With KIND batch the input is a list of
    papers, which become one PDF with all their pages in order.

    Exit status: 0 made, 1 the paper is refused (the law, a character, a text too long, not for this printer), 2 the
    input is wrong; in both cases nothing is written.
    """
    chosen = kind_of_file or out.suffix.lstrip(".").lower()
    if chosen not in _FORMATS:
        raise click.UsageError(f"从 {out.name} 看不出格式，请加 --format {'|'.join(_FORMATS)} (say which --format)")
    if (kind == _BATCH and chosen != "pdf") or (kind != _BATCH and verify):
        raise click.UsageError("批量只做成 PDF，--verify 只用于批量 (a batch is a PDF; --verify is for a batch)")
    try:
        with pictured.supplied(_pictures(glyphs)):
            if kind == _BATCH:
                made = [_batch(read_batch(source.read()), verify)]
            else:
                made = _make(read_paper(kind, source.read()), chosen, cast(Dpi, int(dpi)))
    except MalformedPaper as why:
        raise _Malformed("输入有误，没有写文件：\n" + "\n".join(f"  · {fault}" for fault in why.faults)) from why
    except _REFUSALS as why:
        raise _Refused(f"不能制作，没有写文件：{why}") from why
    _write(out, made)


class _Refused(click.ClickException):
    """Ends the command with the sentence alone; click would put an English word before it."""

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click gives it
        click.echo(self.message, err=True)


class _Malformed(_Refused):
    exit_code = 2


def _pictures(glyphs: tuple[str, ...]) -> dict[str, bytes]:
    """What `--glyph` names, read. Raises `UsageError` for an option or a file that cannot be read."""
    found = {}
    for one in glyphs:
        character, equals, file = one.partition("=")
        try:
            found[character] = Path(file).read_bytes() if equals else b""
        except OSError as why:
            raise click.UsageError(f"读不了 {file}：{why.strerror} (cannot read)") from why
    return found


def _batch(papers: tuple[Paper, ...], verify: bool) -> bytes:
    """One PDF; how far it is stands on standard error when somebody watches."""
    with click.progressbar(length=len(papers), label="制作 making", file=sys.stderr) as bar:
        return draw_batch(papers, lambda _done, _total: bar.update(1), verify=verify)


def _make(made: Paper, kind_of_file: str, dpi: Dpi) -> list[bytes]:
    if kind_of_file == "pdf":
        return [draw(made)]
    if kind_of_file == "png":
        return pictures(made, dpi)
    return [press(made, cast(Language, kind_of_file), dpi)]


def _write(out: Path, made: list[bytes]) -> None:
    files = [out] if len(made) == 1 else [out.with_stem(f"{out.stem}-{n}") for n in range(1, len(made) + 1)]
    for file, data in zip(files, made, strict=True):
        try:
            file.write_bytes(data)
        except OSError as why:
            raise _Refused(f"写不了 {file}：{why.strerror} (cannot write)") from why
        click.echo(f"{file}  {len(data)} 字节")
