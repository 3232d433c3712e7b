"""Writes images/: small pictures of the kinds a data root holds, among them those whose reading goes wrong most easily.

    /usr/bin/python3 test/reference/make_images.py
"""

from pathlib import Path

import numpy
from PIL import Image

FOLDER = Path(__file__).with_name("images")


def picture(width, height, seed):
    """A gradient, two solids with hard edges and a little noise: uint8 [height, width, 3]."""
    rng = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:height, 0:width]
    base = numpy.stack([x * 255 / width, y * 255 / height, (x + y) * 255 / (width + height)], -1)
    base = base * 0.6 + rng.integers(0, 60, size=3)
    for _ in range(2):
        cx, cy, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.15, 0.35) * min(width, height)
        base[(x - cx) ** 2 + (y - cy) ** 2 < r * r] = rng.integers(0, 256, size=3)
    base += rng.normal(0, 6, size=base.shape)
    return Image.fromarray(base.clip(0, 255).astype(numpy.uint8), "RGB")


def main():
    FOLDER.mkdir(exist_ok=True)
    picture(24, 24, 1).save(FOLDER / "rgb-24x24.png")
    picture(61, 37, 2).save(FOLDER / "rgb-61x37.png")
    picture(96, 64, 3).save(FOLDER / "jpeg-420-96x64.jpg", quality=88, subsampling=2)
    picture(45, 70, 4).save(FOLDER / "jpeg-444-45x70.jpg", quality=92, subsampling=0)
    picture(53, 31, 5).convert("L").save(FOLDER / "gray-53x31.png")
    picture(40, 40, 6).convert("P", palette=Image.Palette.ADAPTIVE, colors=37).save(FOLDER / "palette-40x40.png")
    # The colour under the transparent part counts: alpha is dropped, not blended.
    rgba = picture(50, 33, 7).convert("RGBA")
    rgba.putalpha(Image.fromarray((numpy.mgrid[0:33, 0:50][1] * 5).astype(numpy.uint8), "L"))
    rgba.save(FOLDER / "alpha-50x33.png")
    # Orientation 6 (turn a quarter) is there to be ignored.
    exif = Image.Exif()
    exif[0x0112] = 6
    picture(48, 26, 8).save(FOLDER / "jpeg-turned-48x26.jpg", quality=90, exif=exif)


if __name__ == "__main__":
    main()
