"""Many papers as one PDF/A-2u: all pages in order, fonts embedded once, each paper with its own page x of y."""

from collections.abc import Callable, Mapping, Sequence

from labels import pictured
from labels.draw import drawing
from labels.drawing import Drawing
from labels.papers import Paper, SealSticker, WaybillLabel
from labels.pdfa import About
from labels.printers import plate, proof
from labels.printers.face import Dpi
from labels.sheet import Sheet

#: Told after each paper: how many are done, and of how many.
Progress = Callable[[int, int], object]
_DPI: Dpi = 203


class NotInABatch(ValueError):
    """One paper stops the batch, and nothing is given out. `place` counts from 1; `__cause__` says what was wrong."""

    def __init__(self, place: int, number: str, why: str) -> None:
        self.place = place
        super().__init__(f"第 {place} 张（{number}）：{why}")


def draw_batch(
    papers: Sequence[Paper],
    progress: Progress | None = None,
    *,
    verify: bool = False,
    glyphs: Mapping[str, bytes] | None = None,
) -> bytes:
    """The papers as one PDF/A-2u, in their order; the same papers give the same bytes.

    With `verify` the dots of every page as a 203 dpi printer would put them down are drawn too, their codes scanned and
    compared with the paper's own numbers. `glyphs` as for `draw`.

    Raises `NotInABatch` for the first paper that is unlawful, has a character without font and picture or a text too
    long, reads back wrongly, or carries attachments; `ValueError` for no papers at all.
    """
    if not papers:
        raise ValueError("批量里没有纸张，请至少给出一张 (a batch needs at least one paper)")
    with pictured.supplied(glyphs):
        return _draw_all(papers, progress, verify)


def _draw_all(papers: Sequence[Paper], progress: Progress | None, verify: bool) -> bytes:
    drawings = [_drawing(place, paper) for place, paper in enumerate(papers, 1)]
    sheet = Sheet(drawings[0].width, drawings[0].height, _about(papers))
    for place, (paper, made) in enumerate(zip(papers, drawings, strict=True), 1):
        if place > 1:
            sheet.next_page()
            sheet.resize(made.width, made.height)
        try:
            if verify:
                _prove(paper, made)
            made.lay_out(sheet)
        except ValueError as why:
            raise NotInABatch(place, paper.number, str(why)) from why
        if progress is not None:
            progress(place, len(papers))
    return sheet.finish()


def _drawing(place: int, paper: Paper) -> Drawing:
    """The law is asked for every paper before the first is drawn."""
    try:
        made = drawing(paper)
    except ValueError as why:
        raise NotInABatch(place, paper.number, str(why)) from why
    if made.about.attachments:
        raise NotInABatch(place, paper.number, "带有附件，请单独制作 (it carries attachments; make it on its own)")
    return made


def _about(papers: Sequence[Paper]) -> About:
    """A batch is as old as its latest paper."""
    latest = max(paper.printed_at for paper in papers)
    return About(f"邮递专档纸张 {len(papers)} 张", f"{papers[0].number} 等", latest)


def _prove(paper: Paper, made: Drawing) -> None:
    """Returns when every page's dots read back as the paper's numbers. Raises `UnreadablePrint`."""
    faces = plate.faces(made, _DPI)
    for face in faces:
        proof.prove(face.image(), face)
    found = [code for face in faces for code in face.codes()]
    if sorted(found) != _codes(paper):
        raise proof.UnreadablePrint(f"条码读出的是 {found}，应当是 {_codes(paper)} (the codes are not the paper's own)")


def _codes(paper: Paper) -> list[tuple[str, str]]:
    """Kind and text of every code that belongs on the paper."""
    codes = [("QRCode", paper.qr_text)]
    if isinstance(paper, WaybillLabel):
        codes.append(("Code128", paper.waybill_no))
    if isinstance(paper, SealSticker):
        codes.append(("Code128", paper.seal_no))
    return sorted(codes)
