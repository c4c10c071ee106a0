"""Files made ready on all cores."""

import logging
import os
import threading
from pathlib import Path

import pytest
from authorsite.building import reading
from authorsite.building.cache import Cache
from authorsite.building.reading import FEW, Reading
from pelican.log import FatalLogger

HERE = os.getpid()


class Loud:
    """A reader in two steps that warns of every tenth file, and cannot read every eleventh."""

    def __init__(self, name=""):
        self.name, self.log = name, FatalLogger("a reader")
        self.log.parent = logging.getLogger()

    def prepare(self, raw):
        number = int(raw)
        if number % 10 == 0:
            self.log.warning("%s file %d", self.name, number)
        if number % 11 == 0:
            raise ValueError(number)
        return f"<p>{number}</p>", os.getpid()

    def read_prepared(self, path, prepared):
        raise NotImplementedError

    def prepared_with(self):
        return ""


@pytest.fixture
def paths(tmp_path):
    files = [tmp_path / f"{number}.md" for number in range(1, FEW + 200)]
    for file in files:
        file.write_text(file.stem)
    return [str(file) for file in files]


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_what_a_file_says_is_said_once_when_its_turn_comes(tmp_path, paths, cores, caplog, monkeypatch):
    monkeypatch.setattr(reading, "may_fork", lambda: True)
    # Pelican leaves out what it has said before: each case has words of its own.
    loud = Loud(f"{cores} cores")
    work = Reading(Cache(tmp_path / "bodies.sqlite"), cores=cores)
    work.begin()
    work.expect(loud, paths)
    for path in paths:
        number, before = int(Path(path).stem), len(caplog.records)
        if number % 11:
            html, _ = work.take(loud, path)
            assert html == f"<p>{number}</p>"
        else:
            with pytest.raises(ValueError, match=str(number)):
                work.take(loud, path)
        said = [record.getMessage() for record in caplog.records[before:]]
        assert said == ([f"{cores} cores file {number}"] if number % 10 == 0 else [])
    work.finish()
    kept = Cache(tmp_path / "bodies.sqlite").find(work.used).values()
    assert len(kept) == sum(number % 10 != 0 and number % 11 != 0 for number in range(1, FEW + 200))
    assert threading.active_count() == 1


def test_both_processes_convert(tmp_path, paths, monkeypatch):
    monkeypatch.setattr(reading, "may_fork", lambda: True)
    work, loud = Reading(Cache(tmp_path / "bodies.sqlite"), cores=2), Loud()
    work.begin()
    work.expect(loud, paths)
    quiet = [path for path in paths if int(Path(path).stem) % 10 and int(Path(path).stem) % 11]
    makers = {work.take(loud, path)[1] for path in quiet}
    work.finish()
    assert len(makers) == 2
    assert HERE in makers
