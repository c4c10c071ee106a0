"""Reading a settings file."""

import sys

from authorsite.publishing.settings_file import read_settings_file

PUBLISHED = "import sys\nsys.path.insert(0, {folder!r})\nfrom pelicanconf import *\nSITENAME += ', published'\n"


def test_modules_imported_by_a_settings_file_are_those_of_its_folder_and_reloaded(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setitem(sys.modules, "pelicanconf", None)  # forgotten after the test, as other tests import their own
    names = []
    for name, title in (("one", "One"), ("other", "Other"), ("other", "Another")):
        folder = tmp_path / name
        (folder / "content").mkdir(parents=True, exist_ok=True)
        (folder / "pelicanconf.py").write_text(f"PATH, SITENAME = {str(folder / 'content')!r}, {title!r}\n")
        (folder / "publishconf.py").write_text(PUBLISHED.format(folder=str(folder)))
        names.append(read_settings_file(folder / "publishconf.py")["SITENAME"])
    assert names == ["One, published", "Other, published", "Another, published"]
