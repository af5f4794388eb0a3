"""Pictures of originals and of envelopes: what may be kept as one, told by its bytes alone; when it may be added or
withdrawn; how it looks small. The bytes are kept as they came, for their digest is what the seal freezes.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from logistics.decision import Fact
from logistics.errors import Malformed, Rejected, Said
from logistics.tables import Consignment, Custody, Original, Picture
from logistics.terms import HolderKind, PictureOf, Stage, zh

KIND = "picture"
"""What the paper of a picture is called."""

PDF = "application/pdf"
FIELD = "pictures"
MOST_OF_ONE = 24  # pictures of one original, or of one envelope, that were not withdrawn
OF_ENVELOPES = frozenset({PictureOf.ENVELOPE, PictureOf.SEAL})
"""What a picture of a whole envelope shows."""

_ARRIVING = frozenset({Stage.BOOKED, Stage.ON_THE_WAY, Stage.DELIVERED, Stage.RETURNED, Stage.LOST, Stage.RECEIVED})
MEGABYTE = 1_000_000
PIXELS = 120_000_000  # a phone's largest mode; the archive's checks open no more
SMALL = 320  # pixels on the longer side of a thumbnail
_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "MPO": "image/jpeg"}  # MPO: a phone's JPEG with a second view
_BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning)


@dataclass(frozen=True)
class Seen:
    """What a file is: its media type, and width and height in pixels as it lies in the file (0 for a PDF)."""

    media_type: str
    width: int = 0
    height: int = 0


def seen(content: bytes, most_megabytes: int, name: str = "") -> Seen:
    """What the file is. Raises `Malformed` (field "pictures") for one that is empty, too large, or does not decode."""
    zh, en = (f"“{name}”", f"'{name}'") if name else ("这个文件", "This file")
    if not content:
        raise wrong(f"{zh}是空的。请重新拍照或扫描。", f"{en} is empty. Take or scan it again.")
    if len(content) > most_megabytes * MEGABYTE:
        size = f"{len(content) / MEGABYTE:.1f} MB"
        raise wrong(
            f"{zh}有 {size}，最多 {most_megabytes} MB。请缩小后再传。",
            f"{en} has {size}, at most {most_megabytes} MB are taken. Make it smaller.",
        )
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise wrong(f"{zh}不完整。请重新扫描或保存后再传。", f"{en} is cut off. Scan or save it again.")
        return Seen(PDF)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
            if image.width * image.height > PIXELS:
                raise wrong(f"{zh}的像素太多。请缩小后再传。", f"{en} has too many pixels. Make it smaller.")
            image.load()
    except _BROKEN as broken:
        raise wrong(
            f"{zh}不是能打开的图片。只收 JPEG、PNG、PDF，请重新拍照或扫描。",
            f"{en} does not open as a picture. Only JPEG, PNG and PDF are taken; take or scan it again.",
        ) from broken
    return Seen(_TYPES[str(image.format)], image.width, image.height)


def wrong(zh: str, en: str) -> Malformed:
    """The refusal of a file, at its field."""
    return Malformed(
        "影像没有保存：请看标红的地方。", "No picture was kept: see the marked place.", {FIELD: [Said(zh, en)]}
    )


def thumbnail(content: bytes) -> bytes:
    """A JPEG of at most `SMALL` pixels a side, the way up that the camera says. Only for what `seen` took for an image.

    It carries none of the file's own words, such as where it was taken.
    """
    image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
    image.draft("RGB", (SMALL, SMALL))
    turned = ImageOps.exif_transpose(image)
    turned.thumbnail((SMALL, SMALL))
    ground = Image.new("RGB", turned.size, "white")
    if turned.mode in ("RGBA", "LA", "PA"):
        ground.paste(turned, mask=turned.getchannel("A"))
    else:
        ground.paste(turned.convert("RGB"))
    made = io.BytesIO()
    ground.save(made, "JPEG", quality=80)
    return made.getvalue()


def require_addable(
    original: Original,
    shows: PictureOf,
    holder: Custody | None,
    agency_id: int,
    sealed_in: Consignment | None,
    had: int,
) -> None:
    """Returns when the agency may add a picture: it holds the original, and no unopened seal has frozen its list.

    A receiver who counted may show damage whoever holds the original now. `had`: how many pictures it has.
    Raises `Rejected`: "not_held", "frozen", "too_many".
    """
    if shows is PictureOf.ORIGINAL:
        _require_open(original, sealed_in)
        ours = holder is not None and holder.to_kind in (HolderKind.OFFICER, HolderKind.DEPARTMENT)
        if not ours or holder is None or holder.to_agency_id != agency_id:
            raise Rejected(
                f"原件 {original.code} 不在本单位手中，不能拍照入档。请由保管原件的单位拍照。",
                f"Original {original.code} is not held by your agency; its holder takes the picture.",
                "not_held",
            )
    if had >= MOST_OF_ONE:
        raise Rejected(
            f"原件 {original.code} 已有 {had} 张影像，不能再加。请先撤回拍坏的。",
            f"Original {original.code} has {had} pictures. Withdraw bad ones first.",
            "too_many",
        )


def require_addable_of_envelope(consignment: Consignment, had: int) -> None:
    """Returns when its receiver may photograph the envelope: it has been sent; before it is opened and after. `had`:
    how many pictures it has. Raises `Rejected`: "stage", "too_many".
    """
    if consignment.stage not in _ARRIVING:
        raise Rejected(
            f"寄递件 {consignment.no} 现在是「{zh(consignment.stage)}」，没有到件，不能拍到件照片。请核对编号。",
            f"Consignment {consignment.no} is {consignment.stage.value}: it cannot have arrived. Check the number.",
            "stage",
        )
    if had >= MOST_OF_ONE:
        raise Rejected(
            f"寄递件 {consignment.no} 已有 {had} 张照片，不能再加。请先撤回拍坏的。",
            f"Consignment {consignment.no} has {had} pictures. Withdraw bad ones first.",
            "too_many",
        )


def _require_open(original: Original, sealed_in: Consignment | None) -> None:
    if sealed_in is not None:
        raise Rejected(
            f"原件 {original.code} 已封进寄递件 {sealed_in.no}，清单和影像都已冻结。要改，请先拆封重装。",
            f"Original {original.code} is sealed in {sealed_in.no}: its list and pictures are frozen. Reopen it first.",
            "frozen",
        )


def kept(code: str, paper_no: str, shows: PictureOf, sha256: str, size: int) -> Fact:
    """The ledger's witness of a picture: of which original, and the digest of its bytes."""
    data = {"paper": paper_no, "kind": KIND, "original_code": code, "shows": shows.value, "sha256": sha256}
    return Fact("paper:kept", "", {**data, "bytes": size})


def kept_of_envelope(consignment_no: str, paper_no: str, shows: PictureOf, sha256: str, size: int) -> Fact:
    """As `kept`, of an envelope as it arrived."""
    data = {"paper": paper_no, "kind": KIND, "consignment": consignment_no, "shows": shows.value, "sha256": sha256}
    return Fact("paper:kept", "", {**data, "bytes": size})


def withdraw(
    of: Original | Consignment, picture: Picture, paper_no: str, why: str, sealed_in: Consignment | None
) -> Fact:
    """The picture of that original or envelope counts no more; it stays in the dossier. Raises `Rejected`: "frozen",
    "withdrawn", "reason".
    """
    if isinstance(of, Original) and picture.shows is PictureOf.ORIGINAL:
        _require_open(of, sealed_in)
    if picture.withdrawn_at is not None:
        raise Rejected("这张影像已经撤回。", "This picture was withdrawn already.", "withdrawn")
    if not why.strip():
        raise Rejected("撤回影像须写明原因，以便留痕。", "Say why the picture is withdrawn.", "reason")
    named = {"original_code": of.code} if isinstance(of, Original) else {"consignment": of.no}
    return Fact("picture:withdrawn", why.strip(), {"paper": paper_no, **named})
