"""Settings as a build reads them."""

import sys

from authorsite.publishing.settings_file import read_conf

PUBLISHED = "import sys\nsys.path.insert(0, {folder!r})\nfrom pelicanconf import *\nSITENAME += ', published'\n"


def test_what_settings_import_from_beside_them_is_their_own_and_as_it_is_now(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    read = []
    for name, title in (("one", "One"), ("other", "Other"), ("other", "Another")):
        folder = tmp_path / name
        (folder / "content").mkdir(parents=True, exist_ok=True)
        (folder / "pelicanconf.py").write_text(f"PATH, SITENAME = {str(folder / 'content')!r}, {title!r}\n")
        (folder / "publishconf.py").write_text(PUBLISHED.format(folder=str(folder)))
        read.append(read_conf(folder / "publishconf.py")["SITENAME"])
    assert read == ["One, published", "Other, published", "Another, published"]
