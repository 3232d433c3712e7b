"""Writes resize.json: what Pillow makes of a synthetic RGB picture at several sizes with its four filters.

    /usr/bin/python3 test/reference/make_resize.py
"""

import base64
import hashlib
import json
from pathlib import Path

import numpy
import PIL
from PIL import Image

SIZES = [
    ((64, 64), (24, 24)),
    ((61, 37), (64, 64)),
    ((480, 320), (64, 64)),
    ((33, 50), (23, 34)),
    ((7, 5), (20, 31)),
    ((100, 1), (9, 3)),
    ((64, 64), (64, 32)),
    ((511, 509), (224, 223)),
]
FILTERS = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic"}


def picture(width, height):
    """uint8 [height, width, 3] by a formula that any language can repeat; it jumps from pixel to pixel, so filters overshoot."""
    y, x, c = numpy.mgrid[0:height, 0:width, 0:3].astype(numpy.int64)
    return ((x * x * 31 + y * y * 17 + x * y * 7 + c * 53 + (x ^ y) * 11) & 255).astype(numpy.uint8)


def main():
    cases = []
    for source, target in SIZES:
        for code, name in FILTERS.items():
            pixels = numpy.asarray(Image.fromarray(picture(*source), "RGB").resize(target, Image.Resampling(code)))
            case = {
                "source": list(source),
                "target": list(target),
                "resample": code,
                "filter": name,
                "sha256": hashlib.sha256(pixels.tobytes()).hexdigest(),
            }
            if pixels.size <= 3000:
                case["base64"] = base64.b64encode(pixels.tobytes()).decode()
            cases.append(case)
    text = ",\n".join("  " + json.dumps(c) for c in cases)
    head = f'{{\n "pillow": "{PIL.__version__}",\n "cases": [\n'
    Path(__file__).with_name("resize.json").write_text(head + text + "\n ]\n}\n")


if __name__ == "__main__":
    main()
