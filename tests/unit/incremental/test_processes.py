"""The pool of worker processes."""

import os
import signal
import time
from concurrent.futures.process import BrokenProcessPool

import pytest
from pelican_incremental.processes import WorkerPool

ITEMS = list(range(200))
OWN_PID = os.getpid()


def return_with_pid(item):
    time.sleep(0.001)
    return item, os.getpid()


def has_ended(pid):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("count", [0, 1, 5, 200])
def test_map_yields_results_in_order(size, count):
    factor = 2  # work may be a closure, which can't be pickled
    workers = WorkerPool(size, lambda item: item * factor)
    assert list(workers.map(range(count))) == [item * 2 for item in range(count)]
    workers.close()


def test_work_is_done_by_other_processes():
    workers = WorkerPool(2, return_with_pid)
    pids = {pid for _, pid in workers.map(ITEMS, 4)}
    workers.close()
    assert len(pids) == 2
    assert OWN_PID not in pids


def test_a_killed_worker_raises_an_error():
    def kill_worker(item):
        if item > 100:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    workers = WorkerPool(2, kill_worker)
    with pytest.raises(BrokenProcessPool):
        list(workers.map(ITEMS))
    workers.close()


def test_close_ends_the_workers():
    workers = WorkerPool(2, return_with_pid)
    results = workers.map(ITEMS * 20)
    pids = {pid for _, pid in (next(results) for _ in range(100))}
    workers.close()
    assert pids
    assert all(map(has_ended, pids))


def test_workers_end_when_their_parent_is_killed():
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        for _, pid in WorkerPool(2, return_with_pid).map(ITEMS * 500):
            os.write(write_end, pid.to_bytes(4))
        os._exit(0)
    os.close(write_end)
    worker = int.from_bytes(os.read(read_end, 4))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(read_end)
    assert worker not in {OWN_PID, child}
    assert has_ended(worker)
