"""The printer's memory while a label is read: a blank picture, and what the commands of all three languages can do."""

from PIL import Image, ImageChops, ImageDraw

from labels.printers.face import bars_image, square_image


class NotUnderstood(ValueError):
    """The bytes are not what we would send a printer; the text names the place."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"打印指令有一处读不懂：{where[:60]!r}。请勿送打印机，并报告此问题 (a command is not understood)"
        )


def plain(data: bytes) -> str:
    """What a code is to hold: printable characters of ASCII. Raises `NotUnderstood` at any other byte."""
    if not all(32 <= byte < 127 for byte in data):
        raise NotUnderstood(repr(data))
    return data.decode("ascii")


def _drawable(*sides: int) -> None:
    if min(sides) < 1:
        raise NotUnderstood(f"a code of no size: {sides}")


def _picture(stride: int, data: bytes) -> Image.Image:
    if stride < 1 or not data or len(data) % stride:
        raise NotUnderstood(f"{len(data)} bytes are no rows of {stride}")
    return Image.frombytes("1", (stride * 8, len(data) // stride), data)


class Bed:
    """A picture of `width` by `height` dots, ink is 1. What would fall outside of it is a fault, never cut off."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("1", (width, height))

    def graphic(self, x: int, y: int, stride: int, data: bytes) -> None:
        """Rows of `stride` bytes, added to what is there; white columns may hang over the right edge."""
        part = _picture(stride, data)
        self._inside(x, y, 1, part.height)
        self._add(x, y, part.crop((0, 0, min(part.width, self.image.width - x), part.height)), part)

    def overwrite(self, x: int, y: int, stride: int, data: bytes) -> None:
        """As `graphic`, but white covers black that was there."""
        part = _picture(stride, data)
        self._inside(x, y, 1, part.height)
        kept = part.crop((0, 0, min(part.width, self.image.width - x), part.height))
        self.image.paste(0, (x, y, x + kept.width, y + kept.height))
        self._add(x, y, kept, part)

    def rectangle(self, x: int, y: int, width: int, height: int) -> None:
        """A black one."""
        self._inside(x, y, width, height)
        ImageDraw.Draw(self.image).rectangle((x, y, x + width - 1, y + height - 1), fill=1)

    def bars(self, x: int, y: int, module: int, height: int, characters: tuple[int, ...]) -> None:
        """A Code 128 of these symbol characters."""
        _drawable(module, height)
        self._add(x, y, bars_image(characters, module, height))

    def square(self, x: int, y: int, module: int, value: str) -> None:
        """A QR code of level Q."""
        _drawable(module)
        self._add(x, y, square_image(value, module))

    def _add(self, x: int, y: int, part: Image.Image, whole: Image.Image | None = None) -> None:
        self._inside(x, y, part.width, part.height)
        if whole is not None and (whole.getbbox() or (0, 0, 0, 0))[2] > part.width:
            raise NotUnderstood(f"dots beyond the right edge at {x},{y}")
        box = (x, y, x + part.width, y + part.height)
        self.image.paste(ImageChops.logical_or(self.image.crop(box), part), box)

    def _inside(self, x: int, y: int, width: int, height: int) -> None:
        if min(x, y) < 0 or min(width, height) < 1 or x + width > self.image.width or y + height > self.image.height:
            raise NotUnderstood(f"{width} x {height} dots at {x},{y} leave the label")
