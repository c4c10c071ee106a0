"""Files made ready on all cores."""

import logging
import os
import threading
from pathlib import Path

import pytest
from pelican.log import FatalLogger
from pelican_incremental import readers
from pelican_incremental.processes import hearing
from pelican_incremental.readers import FEW, CacheableReader, Parsed, Texts
from pelican_incremental.store import Store

HERE = os.getpid()


class Loud(CacheableReader):
    """A reader that warns of every tenth file, and cannot read every eleventh."""

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
        return "loud"


@pytest.fixture
def paths(tmp_path):
    files = [tmp_path / f"{number}.md" for number in range(1, FEW + 200)]
    for file in files:
        file.write_text(file.stem)
    return [str(file) for file in files]


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_what_a_file_says_is_said_once_when_its_turn_comes(tmp_path, paths, cores, caplog, monkeypatch):
    monkeypatch.setattr(readers, "may_fork", lambda: True)
    # Pelican leaves out what it has said before: each case has words of its own.
    loud = Loud(f"{cores} cores")
    heard = []
    with hearing(heard):
        work = Texts(Store(tmp_path / "texts.sqlite"), heard=heard, cores=cores)
        work.expect([(loud, path) for path in paths])
        for path in paths:
            number, before = int(Path(path).stem), len(caplog.records)
            if number % 11:
                assert work.take(loud, path).html == f"<p>{number}</p>"
            else:
                with pytest.raises(ValueError, match=str(number)):
                    work.take(loud, path)
            said = [record.getMessage() for record in caplog.records[before:]]
            assert said == ([f"{cores} cores file {number}"] if number % 10 == 0 else [])
        work.finish()
    again = Texts(Store(tmp_path / "texts.sqlite"), cores=1)
    again.expect([(loud, path) for path in paths])
    kept = [path for path in paths if int(Path(path).stem) % 10 and int(Path(path).stem) % 11]
    assert [again.take(loud, path).html for path in kept] == [f"<p>{Path(path).stem}</p>" for path in kept]
    assert again.parsed == 0
    assert len(kept) == sum(number % 10 != 0 and number % 11 != 0 for number in range(1, FEW + 200))
    assert threading.active_count() == 1


def test_copies_of_this_process_parse(tmp_path, paths, monkeypatch):
    monkeypatch.setattr(readers, "may_fork", lambda: True)
    work, loud = Texts(Store(tmp_path / "texts.sqlite"), cores=2), Loud()
    work.expect([(loud, path) for path in paths])
    quiet = [path for path in paths if int(Path(path).stem) % 10 and int(Path(path).stem) % 11]
    makers = {work.take(loud, path).data for path in quiet}
    work.finish()
    assert makers - {HERE}


class Plain(CacheableReader):
    def __init__(self, data):
        self.data = data

    def parse(self, raw, path):
        del raw, path
        return Parsed("", self.data)

    def cache_key(self):
        return "plain"


def test_the_first_build_has_data_as_the_next_will_have_it(tmp_path):
    file = tmp_path / "a.md"
    file.write_text("a")
    seen = []
    for _ in range(2):
        texts = Texts(Store(tmp_path / "texts.sqlite"), cores=1)
        reader = Plain((1, {2: "x"}))
        texts.expect([(reader, str(file))])
        seen.append(texts.take(reader, str(file)).data)
        texts.finish()
    assert seen == [[1, {"2": "x"}]] * 2
