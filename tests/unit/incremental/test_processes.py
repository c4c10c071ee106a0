"""Work that copies of this process do."""

import os
import signal
import time
from concurrent.futures.process import BrokenProcessPool

import pytest
from pelican_incremental.processes import Workers

ITEMS = list(range(200))
HERE = os.getpid()


def slow_and_signed(item):
    time.sleep(0.001)
    return item, os.getpid()


def ends(process):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("copies", [1, 3])
@pytest.mark.parametrize("count", [0, 1, 5, 200])
def test_each_item_is_worked_on_once_and_in_order(copies, count):
    closure = 2  # what is to be done need not be pickled
    workers = Workers(copies, lambda item: item * closure)
    assert list(workers.map(range(count))) == [item * 2 for item in range(count)]
    workers.close()


def test_the_copies_work_and_not_this_process():
    workers = Workers(2, slow_and_signed)
    processes = {process for _, process in workers.map(ITEMS, 4)}
    workers.close()
    assert len(processes) == 2
    assert HERE not in processes


def test_a_killed_copy_is_an_error_and_no_endless_wait():
    def deadly(item):
        if item > 100:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    workers = Workers(2, deadly)
    with pytest.raises(BrokenProcessPool):
        list(workers.map(ITEMS))
    workers.close()


def test_who_stops_asking_ends_the_copies():
    workers = Workers(2, slow_and_signed)
    coming = workers.map(ITEMS * 20)
    copies = {process for _, process in (next(coming) for _ in range(100))}
    workers.close()
    assert copies
    assert all(map(ends, copies))


def test_a_copy_ends_when_the_first_process_is_killed():
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        for _, process in Workers(2, slow_and_signed).map(ITEMS * 500):
            os.write(there, process.to_bytes(4))
        os._exit(0)
    os.close(there)
    copy = int.from_bytes(os.read(here, 4))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(here)
    assert copy not in {HERE, child}
    assert ends(copy)
