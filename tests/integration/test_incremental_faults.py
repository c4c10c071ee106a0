"""Nested, repeated, failed and parallel builds, and damaged caches, give the output of a clean build."""

import gzip
import pickle
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from jinja2 import TemplateSyntaxError
from pelican.settings import configure_settings
from tiny_site import ARTICLE, CONF, INDEX, POST, TinySite, isolate_signals, make_plugin, post

SECOND = "content/posts/b.md"
POSTS = {POST: post(title="First"), SECOND: post(title="Second", date="2020-01-03", tags="one, two")}
PAGE = {"content/pages/p.md": "Title: A page\n\nOf text.\n"}
EDITS = [
    {POST: post("Other text.", title="First")},
    {SECOND: None},
    {ARTICLE: "edited {{ article.title }} {{ SITENAME }}"},
    {"content/posts/c.md": post(title="Third", date="2020-01-04")},
]


# Pelican's own cache of contents.


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, file):
        self.file = str(file)

    def __reduce__(self):
        return Path.write_text, (Path(self.file), "unpickled")


@pytest.mark.parametrize("layer", ["generator", "reader"])
@pytest.mark.parametrize("zipped", [False, True])
def test_settings_of_pelicans_content_cache_do_not_change_the_output(tmp_path, layer, zipped):
    site = TinySite(tmp_path).change(POSTS | PAGE)
    site.settings |= {"CACHE_CONTENT": True, "LOAD_CONTENT_CACHE": True, "CONTENT_CACHING_LAYER": layer}
    site.settings |= {"GZIP_CACHE": zipped, "CHECK_MODIFIED_METHOD": "sha256" if zipped else "mtime"}
    site.compare_after_each(*EDITS)


@pytest.mark.parametrize("layer", ["generator", "reader"])
def test_the_engine_neither_reads_nor_writes_pickles(tmp_path, layer):
    site = TinySite(tmp_path).change(POSTS | PAGE)
    site.settings |= {"CACHE_CONTENT": True, "LOAD_CONTENT_CACHE": True, "CONTENT_CACHING_LAYER": layer}
    site.settings["GZIP_CACHE"] = False
    cache = tmp_path / "output.cache"
    site.build()
    assert [f.name for f in cache.iterdir() if f.read_bytes()[:1] == b"\x80" or f.read_bytes()[:2] == b"\x1f\x8b"] == []
    traps = {f"{kind}Generator{what}" for kind in ("Articles", "Pages") for what in ("", "-Readers")}
    for name in traps | {f.name for f in cache.iterdir()}:
        trap = pickle.dumps(Trap(tmp_path / "sprung"))
        (cache / name).write_bytes(trap)
        (cache / f"{name}.gz").write_bytes(gzip.compress(trap))
    site.compare()
    assert not (tmp_path / "sprung").exists()


# Nested builds.


def nested_builds(*inner):
    """Return a plugin that builds the site again, with other settings, at the end of its build."""

    def build(pelican):
        if pelican.settings.get("NESTED"):
            return
        for changes in inner:
            settings = {**pelican.settings, **changes, "NESTED": True, "PLUGINS": list(pelican.plugins)}
            settings["OUTPUT_PATH"] = pelican.settings["OUTPUT_PATH"] + changes["OUTPUT_PATH"]
            type(pelican)(configure_settings(settings)).run()

    return make_plugin(finalized=build)


NESTED = {
    "in a subfolder, with another URL": [{"OUTPUT_PATH": "/de", "SITENAME": "de", "SITEURL": "https://example.org/de"}],
    "in a subfolder, with another theme": [{"OUTPUT_PATH": "/de", "THEME": "theme2"}],
    "in a subfolder, in another language": [{"OUTPUT_PATH": "/de", "DEFAULT_LANG": "de"}],
    "in a subfolder, with other contents": [{"OUTPUT_PATH": "/de", "PATH": "content2"}],
    "in a subfolder, with the same settings": [{"OUTPUT_PATH": "/de"}],
    "in two subfolders": [{"OUTPUT_PATH": "/de", "THEME": "theme2"}, {"OUTPUT_PATH": "/fr", "SITENAME": "Autre"}],
    "in two subfolders, one in the other": [{"OUTPUT_PATH": "/de"}, {"OUTPUT_PATH": "/de/at", "SITENAME": "Andere"}],
    "in a sibling folder": [{"OUTPUT_PATH": "-de", "SITENAME": "Andere"}],
}


@pytest.mark.parametrize("case", NESTED)
def test_nested_builds_give_the_output_of_clean_builds(tmp_path, case):
    site = TinySite(tmp_path, engine_last="two" in case).change(POSTS)
    site.change({SECOND: post(title="Zweiter", date="2020-01-03", lang="de")})
    site.change({INDEX: "{{ SITENAME }}{% for a in articles %}{{ a.title }}{{ a.lang }}{% endfor %}"})
    shutil.copytree(tmp_path / "theme", tmp_path / "theme2")
    site.change({"theme2/templates/article.html": "second theme {{ article.title }}"})
    site.change({"content2/posts/a.md": post(title="Of another folder")})
    paths = ("THEME", "PATH")
    inner = [{k: str(tmp_path / v) if k in paths else v for k, v in changes.items()} for changes in NESTED[case]]
    site.settings["PLUGINS"] = [nested_builds(*inner)]
    later = [*EDITS, {"theme2/templates/article.html": "edited"}, {"content2/posts/a.md": post(title="Renamed")}]
    for change in ({}, {}, *later):
        site.change(change)
        site.compare()
        if case == "in a sibling folder":
            site.compare_files(output="output-de", clean="clean-de")


SUBSITES = """
from pelican import signals
from pelican.settings import configure_settings

def run(pelican):
    if not pelican.settings.get("NESTED"):
        changes = {"NESTED": True, "OUTPUT_PATH": pelican.settings["OUTPUT_PATH"] + "/de", "SITENAME": "Andere"}
        type(pelican)(configure_settings({**pelican.settings, **changes})).run()

def register():
    signals.finalized.connect(run)
"""


def test_nested_builds_of_the_command(tmp_path):
    site = TinySite(tmp_path).change(
        POSTS | {"subsites.py": SUBSITES, "pelicanconf.py": CONF + "PLUGINS += ['subsites']\n"}
    )
    site.compare_commands()
    site.change({POST: post("Other text.", title="First"), SECOND: None})
    site.compare_commands()


# One Pelican object, run again and again, as `pelican -r` does.

BROKEN_TEMPLATE = {ARTICLE: "{% broken %}"}
FIXED_TEMPLATE = {ARTICLE: "mended {{ article.title }}"}
CHANGES_BETWEEN_RUNS = {
    "nothing changed": [{}],
    "a post deleted": [{SECOND: None}],
    "a post retitled": [{SECOND: post(title="Renamed", date="2020-01-03")}],
    "a post withdrawn": [{SECOND: post(title="Second", date="2020-01-03", status="draft")}],
    "a post edited, then edited again": [{POST: post("One.")}, {POST: post("Two.")}],
    "a template edited": [FIXED_TEMPLATE],
    "an image edited": [{"content/images/a.png": b"other"}],
    "an image deleted": [{"content/images/a.png": None}],
    "a run that failed": [BROKEN_TEMPLATE, FIXED_TEMPLATE],
    "a post deleted before a run that failed": [BROKEN_TEMPLATE | {SECOND: None}, FIXED_TEMPLATE],
    "a post new before a run that failed and deleted after": [
        BROKEN_TEMPLATE | {"content/posts/c.md": post(title="Third", date="2020-01-04")},
        FIXED_TEMPLATE | {"content/posts/c.md": None},
    ],
}


@pytest.mark.parametrize("case", CHANGES_BETWEEN_RUNS)
def test_one_pelican_object_can_run_again_after(tmp_path, case):
    site = TinySite(tmp_path).change(POSTS | PAGE | {"content/images/a.png": b"one"})
    with isolate_signals():
        pelican = site.make_pelican()
        pelican.run()
        for change in CHANGES_BETWEEN_RUNS[case]:
            site.change(change)
            with suppress(TemplateSyntaxError):
                pelican.run()
        pelican.run()
        site.compare(build=False)
        pelican.run()
        site.compare(build=False)


def test_the_build_after_a_failed_one_gives_the_output_of_a_clean_build(tmp_path):
    site = TinySite(tmp_path).change(POSTS)
    site.compare()
    site.change(BROKEN_TEMPLATE | {SECOND: None, "content/posts/c.md": post(title="Third", date="2020-01-04")})
    with pytest.raises(TemplateSyntaxError, match="broken"):
        site.build()
    site.change(FIXED_TEMPLATE)
    site.compare()


def test_the_autoreload_command_gives_the_output_of_a_clean_build(tmp_path):
    site = TinySite(tmp_path).change(POSTS | {"pelicanconf.py": CONF})
    command = [sys.executable, *"-m pelican -r -s pelicanconf.py -o output --cache-path output.cache".split()]
    with subprocess.Popen(command, cwd=tmp_path, env=site.environment(), stdout=subprocess.DEVNULL) as process:
        try:
            for change in ({}, {SECOND: None}):
                time.sleep(0.5)
                site.change(change).remove_clean()
                site.run_command(engine=False, output="clean")
                end = time.monotonic() + 8
                while time.monotonic() < end:
                    time.sleep(0.05)
                    with suppress(FileNotFoundError):
                        if site.files("output") == site.files("clean"):
                            break
                site.compare_files()
        finally:
            process.kill()


# Several builds, one cache.


def test_two_builds_at_once_share_a_cache(tmp_path):
    site = TinySite(tmp_path).change(POSTS | {"pelicanconf.py": CONF})
    for change in ({}, EDITS[0] | EDITS[1]):
        site.change(change)
        both = [site.start_command(output=output, cache="cache") for output in ("one", "two")]
        assert [process.wait(60) for process in both] == [0, 0]
        shutil.rmtree(tmp_path / "clean", ignore_errors=True)
        site.run_command(engine=False, output="clean")
        for output in ("one", "two"):
            site.compare_files(output=output)


@pytest.mark.parametrize(
    "other", [{"SITENAME": "Other"}, {"MARKDOWN": {"tab_length": 2}}, {"PATH": "content2"}], ids=str
)
def test_two_sites_in_turn_share_a_cache_and_an_output(tmp_path, other):
    site = TinySite(tmp_path).change(POSTS | {"content2/posts/a.md": post(title="Of another folder")})
    site.change({POST: post("* a\n\n  * b\n"), "content2/posts/b.md": post(title="Two", date="2020-01-03")})
    changed = {k: str(tmp_path / v) if k == "PATH" else v for k, v in other.items()}
    for settings in ({}, changed, {}, changed):
        site.settings = dict(settings)
        site.compare()


DAMAGES = {
    "emptied": lambda path: path.write_bytes(b""),
    "cut in half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "scrambled": lambda path: path.write_bytes(bytes(byte ^ 0x55 for byte in path.read_bytes())),
    "scrambled in the middle": lambda path: path.write_bytes(
        b"".join(part[: len(part) // 2] + b"\0[{" + part[len(part) // 2 + 3 :] for part in [path.read_bytes()])
    ),
    "replaced by an empty list": lambda path: path.write_text("[]"),
    "replaced by an empty object": lambda path: path.write_text("{}"),
    "replaced by null": lambda path: path.write_text("null"),
    "deleted": Path.unlink,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_build_succeeds_when_a_cache_file_is(tmp_path, damage):
    site = TinySite(tmp_path).change(POSTS | PAGE)
    site.build()
    names = sorted(path.name for path in (tmp_path / "output.cache").rglob("*") if path.is_file())
    assert names
    for number, name in enumerate(names):
        path = tmp_path / "output.cache" / name
        if path.is_file():
            DAMAGES[damage](path)
        site.change({POST: post(f"Text {number}.", title="First")})
        site.compare()


def test_a_build_succeeds_without_a_cache_folder(tmp_path):
    site = TinySite(tmp_path).change(POSTS | {"no-folder": "a file"})
    site.settings["CACHE_PATH"] = str(tmp_path / "no-folder")
    site.compare()
    site.change(EDITS[0])
    site.compare()


def test_build_engine_false_turns_the_engine_off(tmp_path):
    site = TinySite(tmp_path).change(POSTS | {"pelicanconf.py": CONF.replace("SITENAME,", "SITENAME,")})
    site.build()
    site.build_clean()
    assert not (tmp_path / "clean.cache").exists()
    site.run_command(engine=False, output="alone")
    site.compare_files(output="alone")
