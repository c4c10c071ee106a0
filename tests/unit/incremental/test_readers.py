"""The parse cache: files parsed on all cores, and stored for the next build."""

import logging
import os
import threading
from pathlib import Path

import pytest
from pelican.log import FatalLogger
from pelican_incremental import readers
from pelican_incremental.processes import collect_warnings
from pelican_incremental.readers import MAX_SERIAL_FILES, CacheableReader, ParseCache, Parsed
from pelican_incremental.store import Store

OWN_PID = os.getpid()


class WarningReader(CacheableReader):
    """Warns about every tenth file, and fails on every eleventh."""

    def __init__(self, name=""):
        self.name, self.log = name, FatalLogger("a reader")
        self.log.parent = logging.getLogger()

    def parse(self, raw, path):
        del path
        number = int(raw)
        if number % 10 == 0:
            self.log.warning("%s file %d", self.name, number)
        if number % 11 == 0:
            raise ValueError(number)
        return Parsed(f"<p>{number}</p>", os.getpid())

    def cache_key(self):
        return "warning"


@pytest.fixture
def paths(tmp_path):
    files = [tmp_path / f"{number}.md" for number in range(1, MAX_SERIAL_FILES + 200)]
    for file in files:
        file.write_text(file.stem)
    return [str(file) for file in files]


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_the_warning_of_a_file_is_logged_once_when_it_is_loaded(tmp_path, paths, cores, caplog, monkeypatch):
    monkeypatch.setattr(readers, "may_fork", lambda: True)
    # Pelican drops repeated messages: each case has its own.
    reader = WarningReader(f"{cores} cores")
    warnings, threads = [], threading.active_count()
    with collect_warnings(warnings):
        cache = ParseCache(Store(tmp_path / "texts.sqlite"), warnings=warnings, cores=cores)
        cache.prefetch([(reader, path) for path in paths])
        for path in paths:
            number, before = int(Path(path).stem), len(caplog.records)
            if number % 11:
                assert cache.load(reader, path).html == f"<p>{number}</p>"
            else:
                with pytest.raises(ValueError, match=str(number)):
                    cache.load(reader, path)
            messages = [record.getMessage() for record in caplog.records[before:]]
            assert messages == ([f"{cores} cores file {number}"] if number % 10 == 0 else [])
        cache.close()
    next_cache = ParseCache(Store(tmp_path / "texts.sqlite"), cores=1)
    next_cache.prefetch([(reader, path) for path in paths])
    cacheable = [path for path in paths if int(Path(path).stem) % 10 and int(Path(path).stem) % 11]
    assert [next_cache.load(reader, path).html for path in cacheable] == [
        f"<p>{Path(path).stem}</p>" for path in cacheable
    ]
    assert next_cache.parse_count == 0
    assert len(cacheable) == sum(number % 10 != 0 and number % 11 != 0 for number in range(1, MAX_SERIAL_FILES + 200))
    assert threading.active_count() <= threads


def test_workers_parse_files(tmp_path, paths, monkeypatch):
    monkeypatch.setattr(readers, "may_fork", lambda: True)
    cache, reader = ParseCache(Store(tmp_path / "texts.sqlite"), cores=2), WarningReader()
    cache.prefetch([(reader, path) for path in paths])
    without_warning = [path for path in paths if int(Path(path).stem) % 10 and int(Path(path).stem) % 11]
    pids = {cache.load(reader, path).data for path in without_warning}
    cache.close()
    assert pids - {OWN_PID}


class FixedReader(CacheableReader):
    def __init__(self, data):
        self.data = data

    def parse(self, raw, path):
        del raw, path
        return Parsed("", self.data)

    def cache_key(self):
        return "fixed"


def test_the_first_build_gets_data_of_the_types_that_the_next_one_loads(tmp_path):
    file = tmp_path / "a.md"
    file.write_text("a")
    loaded = []
    for _ in range(2):
        cache = ParseCache(Store(tmp_path / "texts.sqlite"), cores=1)
        reader = FixedReader((1, {2: "x"}))
        cache.prefetch([(reader, str(file))])
        loaded.append(cache.load(reader, str(file)).data)
        cache.close()
    assert loaded == [[1, {"2": "x"}]] * 2
