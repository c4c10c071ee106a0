"""Draws the golden site's pictures; run it by hand when one has to change."""

from pathlib import Path

from PIL import Image, ImageDraw

IMAGES = Path(__file__).parent / "content" / "images"


def cover(name, paper, ink, lines):
    picture = Image.new("RGB", (600, 900), paper)
    draw = ImageDraw.Draw(picture)
    for line in lines:
        draw.line(line, fill=ink, width=16)
    picture.quantize(8).save(IMAGES / name, optimize=True)


def orchard():
    picture = Image.new("RGB", (1200, 800), "#dfe9f2")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 560, 1200, 800), fill="#7aa25c")
    for x in range(150, 1200, 300):
        draw.rectangle((x - 12, 420, x + 12, 600), fill="#6b4b2f")
        draw.ellipse((x - 110, 220, x + 110, 470), fill="#4f7f45")
    for x in (200, 260):
        draw.line((x, 640, x - 40, 300), fill="#8a5a2b", width=10)
    for y in range(330, 640, 45):
        draw.line((165 + (y - 300) // 9, y, 225 + (y - 300) // 9, y), fill="#8a5a2b", width=8)
    picture.save(IMAGES / "orchard.jpg", quality=60, optimize=True)


if __name__ == "__main__":
    rungs = [(200, y, 400, y) for y in range(200, 800, 90)]
    cover("guide.png", "#24508a", "#f2c230", [(200, 100, 200, 820), (400, 100, 400, 820), *rungs])
    cover("atlas.png", "#cfe3c4", "#b33a2b", [(80, 820, 240, 500), (240, 500, 420, 560), (420, 560, 520, 120)])
    cover("stairs.png", "#f4f1ea", "#777777", [(100 * n, 900 - 140 * n, 600, 900 - 140 * n) for n in range(1, 6)])
    orchard()
