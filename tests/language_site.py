"""The settings of the site in English, German and Arabic, tests/sites/languages."""

from pathlib import Path

CONTENT = Path(__file__).parent / "sites/languages/content"
SETTINGS = {
    "SITENAME": "Ann's ladders",
    "SITESUBTITLE": "Steps up",
    "AUTHOR": "Ann Author",
    "AUTHORSITE": {
        "description": "All about ladders.",
        "menu": [{"label": "Posts", "url": "/blog/"}, {"label": "Who writes", "url": "/about/"}],
        "main_book": "made-up-guide",
        "author": {"bio_short": "Climbs and writes."},
        "observances": [{"name": "Ladder Day", "rule": "September"}],
        "languages": {
            "de": {
                "name": "Anns Leitern",
                "tagline": "Stufe um Stufe",
                "description": "Alles über Leitern.",
                "menu": [
                    {"label": "Beiträge", "url": "/de/blog/"},
                    {"label": "Wer schreibt", "url": "/de/ueber-mich/"},
                ],
                "words": {"Related posts": "Dazu passt"},
            },
            "ar": {
                "name": "سلالم آن",
                "tagline": "خطوة بعد خطوة",
                "description": "كل شيء عن السلالم.",
                "menu": [{"label": "المدونة", "url": "/ar/blog/"}, {"label": "من تكتب", "url": "/ar/nabdha/"}],
            },
        },
    },
}
