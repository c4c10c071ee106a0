"""Work that copies of this process share with it."""

import os
import signal
import time

import pytest
from authorsite.processes import shared_out

ITEMS = list(range(200))
HERE = os.getpid()


def worked(work, items=ITEMS, copies=1):
    return list(shared_out(work, items, copies, lambda: None))


def slow_and_signed(item):
    time.sleep(0.001)
    return item, os.getpid()


@pytest.mark.parametrize("copies", [0, 1, 3])
@pytest.mark.parametrize("count", [0, 1, 5, 200, 9001])
def test_each_item_is_worked_on_once(copies, count):
    assert sorted(worked(lambda item: item * 2, list(range(count)), copies)) == [item * 2 for item in range(count)]


def test_all_processes_take_part():
    done = worked(slow_and_signed, copies=2)
    assert [item for item, _ in sorted(done)] == ITEMS
    assert len({process for _, process in done}) == 3


def test_when_a_copy_is_killed_no_more_is_missing_than_what_it_had_begun():
    def deadly(item):
        if os.getpid() != HERE and item > 100:
            os.kill(os.getpid(), signal.SIGKILL)
        return slow_and_signed(item)[0]

    done = worked(deadly)
    assert len(done) == len(set(done)) >= len(ITEMS) - 2 * 4


def test_who_stops_asking_ends_the_copies():
    coming = shared_out(slow_and_signed, ITEMS, 2, lambda: None)
    copies = {process for _, process in (next(coming) for _ in range(100))} - {HERE}
    coming.close()
    assert copies
    for process in copies:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_copy_ends_when_the_first_process_is_killed():
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        for _, process in shared_out(slow_and_signed, ITEMS * 50, 2, lambda: None):
            if process != os.getpid():
                os.write(there, process.to_bytes(4))
        os._exit(0)
    os.close(there)
    copy = int.from_bytes(os.read(here, 4))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    # Nobody holds the pipe open any more once both copies have ended.
    deadline = time.monotonic() + 20
    while os.read(here, 4096):
        assert time.monotonic() < deadline
    os.close(here)
    assert copy not in {HERE, child}
