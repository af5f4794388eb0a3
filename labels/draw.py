"""One door to every drawer: `draw(paper)`."""

from labels.papers import Paper


def draw(paper: Paper) -> bytes:
    """The paper as PDF/A-2u bytes; the same paper gives the same bytes, on any day and any machine.

    Raises `UnlawfulPaper` for a paper the law forbids and `MissingCharacter` for a character no font has.
    """
    raise NotImplementedError(paper)
