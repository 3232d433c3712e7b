"""Writes images/: small pictures of the kinds a data root holds, among them those whose reading goes wrong most easily; and
decoding/: rarer forms of image files, with what Pillow's convert("RGB") makes of each.

    /usr/bin/python3 test/reference/make_images.py
"""

import hashlib
import io
import json
import struct
import zlib
from pathlib import Path

import numpy
import PIL
from PIL import Image

FOLDER = Path(__file__).with_name("images")
RARE = Path(__file__).with_name("decoding")


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
    rare()


def cmyk_jpegs():
    """CMYK with the marker that Adobe's programs (and Pillow) write, without it, and said to be YCCK."""
    layers = [picture(31, 23, seed).convert("L") for seed in (9, 10, 11, 12)]
    Image.merge("CMYK", layers).save(RARE / "cmyk.jpg", quality=90)
    adobe = (RARE / "cmyk.jpg").read_bytes()
    at = adobe.index(b"\xff\xee\x00\x0eAdobe")
    (RARE / "cmyk-unmarked.jpg").write_bytes(adobe[:at] + adobe[at + 16 :])
    (RARE / "cmyk-ycck.jpg").write_bytes(adobe[: at + 15] + b"\x02" + adobe[at + 16 :])


def deep_grays():
    """Gray of 16 bits, 0 to 600: Pillow's convert clips at 255 (most of a real file is white)."""
    y, x = numpy.mgrid[0:21, 0:30]
    Image.fromarray((x * 20 + y).astype(numpy.int32)).save(RARE / "gray-16.png")
    Image.fromarray((x * 20 + y).astype(numpy.int32)).save(RARE / "gray-16-transparent.png", transparency=40)


def png(name, colour, bits, rows):
    """A PNG of a form that Pillow cannot write: rows is of bytes, [height, bytes a row]; colour is PNG's own number."""
    channels = {0: 1, 2: 3, 4: 2}[colour]
    header = struct.pack(">IIBBBBB", rows.shape[1] * 8 // (bits * channels), rows.shape[0], bits, colour, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    chunks = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
    body = b"".join(struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    (RARE / name).write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def gif(name, canvas, place, indices, palette, transparent=(), local=False, header=b"GIF89a"):
    """A GIF of forms that Pillow does not write: a frame at a place of a canvas, its palette the frame's own or the file's or none.
    transparent: an index of a colour a block that goes before the frame, None for a block without one."""
    frame = Image.fromarray(indices.astype(numpy.uint8), "P")
    frame.putpalette(bytes(range(256)) * 3)
    buffer = io.BytesIO()
    frame.save(buffer, "GIF", optimize=False)
    written = buffer.getvalue()
    at = written.index(b",", 13 + 3 * 256)
    interlace = written[at + 9] & 0x40
    assert not written[at + 9] & 0x80
    size = (len(palette) // 3).bit_length() - 2 if palette else 0
    table = 0x80 | size if palette else 0
    blocks = b"".join(
        b"!\xf9\x04" + struct.pack("<BHBB", colour is not None, 0, colour or 0, 0) for colour in transparent
    )
    descriptor = b"," + struct.pack("<HHHHB", *place, indices.shape[1], indices.shape[0], interlace | (table if local else 0))
    screen = struct.pack("<HHBBB", *canvas, 0 if local else table, 3, 0)
    tables = (b"", palette) if local else (palette, b"")
    (RARE / name).write_bytes(header + screen + tables[0] + blocks + descriptor + tables[1] + written[at + 10 :])


def gifs():
    """Frames smaller than the canvas or beyond it, several or no palettes, transparent colours: Pillow fills what no frame covers
    with the transparent colour's index, else with index 0, and knows no transparency once it has converted to RGB."""
    rng = numpy.random.default_rng(15)
    colours = rng.integers(0, 256, size=3 * 16, dtype=numpy.uint8).tobytes()
    small = rng.integers(0, 16, size=(9, 14))
    large = rng.integers(0, 16, size=(20, 24))
    gif("gif-within.gif", (26, 19), (5, 4), small, colours)
    gif("gif-within-transparent.gif", (26, 19), (5, 4), small, colours, transparent=[7])
    gif("gif-within-local.gif", (26, 19), (3, 6), small, colours, transparent=[2], local=True)
    gif("gif-beyond.gif", (10, 8), (2, 3), small, colours, transparent=[4])
    gif("gif-interlaced.gif", (24, 20), (0, 0), large, colours, transparent=[9])
    gif("gif-two-blocks.gif", (26, 19), (1, 1), small, colours, transparent=[3, None])
    gif("gif-87.gif", (14, 9), (0, 0), small, colours, header=b"GIF87a")
    gif("gif-no-palette.gif", (16, 12), (1, 2), small * 16 + 5, b"", transparent=[200])
    gif("gif-index-beyond.gif", (14, 9), (0, 0), small * 3, colours, transparent=[20])


def rare():
    RARE.mkdir(exist_ok=True)
    gifs()
    cmyk_jpegs()
    deep_grays()
    bytes_of = numpy.random.default_rng(14).integers(0, 256, size=(9, 24), dtype=numpy.uint8)
    for name, colour, bits in [("rgb-16", 2, 16), ("gray-alpha-16", 4, 16), ("gray-4", 0, 4), ("gray-2", 0, 2)]:
        png(f"{name}.png", colour, bits, bytes_of)
    flat = picture(26, 19, 13)
    flat.convert("L").save(RARE / "gray-transparent.png", transparency=90)
    flat.convert("1").save(RARE / "bits.png")
    flat.convert("LA").save(RARE / "gray-alpha.png")
    flat.save(RARE / "rgb-transparent.png", transparency=flat.getpixel((3, 3)))
    few = flat.convert("P", palette=Image.Palette.ADAPTIVE, colors=13)
    few.save(RARE / "palette-transparent.png", transparency=bytes(range(0, 260, 20)))
    few.save(RARE / "opaque.gif")
    few.save(RARE / "transparent.gif", transparency=5)
    # A colour that no pixel has is said to be transparent, in the block that goes before the image's own, behind 16 colours.
    opaque = (RARE / "opaque.gif").read_bytes()
    assert opaque[61:62] == b","
    (RARE / "transparent-nowhere.gif").write_bytes(opaque[:61] + b"!\xf9\x04\x01\x00\x00\x0f\x00" + opaque[61:])
    few.save(RARE / "moving.gif", save_all=True, append_images=[few.rotate(180)])
    flat.convert("L").save(RARE / "gray.jpg", quality=90)
    flat.save(RARE / "progressive.jpg", quality=90, progressive=True)
    flat.save(RARE / "lossy.webp", quality=90)
    flat.save(RARE / "moving.webp", save_all=True, append_images=[flat.rotate(180)])
    flat.save(RARE / "lossless.webp", lossless=True)
    rgba = flat.convert("RGBA")
    rgba.putalpha(Image.fromarray((numpy.mgrid[0:19, 0:26][1] * 9).astype(numpy.uint8), "L"))
    rgba.save(RARE / "transparent.webp", lossless=True, exact=True)
    flat.save(RARE / "rgb.tiff")
    flat.save(RARE / "rgb.bmp")
    files = sorted(file for file in RARE.iterdir() if file.name != "cases.json")
    cases = [{"file": file.name, **reading(file)} for file in files]
    (RARE / "cases.json").write_text(json.dumps({"pillow": PIL.__version__, "cases": cases}, indent=1) + "\n")


def reading(file):
    image = Image.open(file).convert("RGB")
    return {"width": image.width, "height": image.height, "rgb_sha256": hashlib.sha256(image.tobytes()).hexdigest()}


if __name__ == "__main__":
    main()
