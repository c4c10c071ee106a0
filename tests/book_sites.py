"""Two invented sites for the pages of books: `rich` has every kind of fact, `bare` has a title and nothing else."""

from PIL import Image, ImageDraw

RICH_SETTINGS = {
    "AUTHOR": "Ann Author",
    "SITENAME": "Ann Author",
    "SITESUBTITLE": "Books about harbours",
    "TIMEZONE": "Europe/London",
    "AUTHORSITE": {
        "description": "Ann Author writes about harbours, and about those who did the accounts.",
        "language": "en-US",
        "contact": "ann@example.org",
        "main_book": "the-salt-ledger",
        "author": {
            "bio_short": "Ann Author writes about harbours.",
            "bio": "Ann Author writes about harbours. She has lived next to three, and kept the accounts of one.",
            "bio_long": "Ann Author writes about harbours.\n\nShe has lived next to three of them.",
            "portrait": "images/ann.png",
            "alt": "Ann Author at a desk, in front of a window",
            "credit": "Bo Photo, CC BY 4.0",
            "links": [{"label": "Ann elsewhere", "url": "https://ann.example/"}],
        },
        "menu": [{"label": "Books", "url": "/books/"}, {"label": "Press", "url": "/press/"}],
    },
}
BARE_SETTINGS = {
    "AUTHOR": "Ann Author",
    "SITENAME": "Ann Author",
    "AUTHORSITE": {"main_book": "only-a-title"},
}


def draw_pictures(folder):
    """Draw the pictures of the rich site into its folder of images."""
    folder.mkdir(parents=True, exist_ok=True)
    _draw(folder / "ledger.png", (600, 900), "#1d2f55", "white", [(360, y, 520, y + 14) for y in range(80, 820, 40)])
    _draw(folder / "clerk.png", (600, 900), "#dde3e6", "#4f6472", [(60, y, 540, y + 20) for y in range(90, 840, 60)])
    _draw(folder / "ann.png", (400, 400), "#c9b18b", "#3a2c1d", [(140, 90, 260, 230), (80, 230, 320, 400)])


def _draw(path, size, paper, ink, boxes):
    image = Image.new("RGB", size, paper)
    for box in boxes:
        ImageDraw.Draw(image).rectangle(box, fill=ink)
    image.quantize(4).save(path, optimize=True)
