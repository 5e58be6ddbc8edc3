"""Processes that judge submissions one after the other, and are replaced when they die.

Each holds a jail, the oracles and the hidden pictures of its own. It is trusted; what it dies of
is a fault of ours, or a machine out of memory, and costs one submission, never the batch.
"""

import contextlib
import multiprocessing
import os
import signal
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing import connection
from typing import Any

from cs231n.checks.table import Exercise
from grading import oracles
from grading.intake.collect import Submission
from grading.intake.inspection import inspect_submission
from grading.jail.builds import Builds
from grading.jail.jail import JailError, find_jail
from grading.judging.verifier import (
    SUBMISSION_SECONDS,
    Oracles,
    hidden_resources,
    run_seeds,
    verify,
)
from grading.reporting.results import Record, student_record

GRACE = 120.0  # seconds a process may take beyond the limit of a submission
ATTEMPTS = 2


@dataclass(frozen=True)
class Task:
    """What is the same for all submissions of a run."""

    rows: Sequence[Exercise]
    base: Mapping[str, bytes]
    tier: str
    seed: int
    seconds: float = SUBMISSION_SECONDS
    folder: str | None = None  # where jails keep their files


class Judge:
    """Turns submissions into records, in this process."""

    def __init__(self, task: Task):
        self.task = task
        self.jail = find_jail(task.base, task.tier, folder=task.folder)
        self.builds = Builds(self.jail)
        self.oracles = Oracles(oracles.load())
        self.seeds, self.resources = run_seeds(task.seed), hidden_resources(task.seed)

    def record(self, submission: Submission) -> Record:
        """Judge one submission."""
        results = verify(
            submission,
            self.task.rows,
            self.jail,
            self.oracles,
            self.seeds,
            self.resources,
            self.task.seconds,
            self.builds,
        )
        return student_record(results, [*submission.flags, *self._advice(submission)])

    def _advice(self, submission: Submission) -> list[str]:
        """What a person may want to look at; whatever goes wrong in looking is worth a look."""
        try:
            return inspect_submission(submission, self.task.base, self.task.rows)
        except Exception as error:
            return [f"The modules could not be inspected ({type(error).__name__})."]

    def close(self) -> None:
        """End the jail."""
        self.jail.close()


def run_tasks(
    task: Task, submissions: Sequence[Submission], jobs: int
) -> Iterator[tuple[Submission, Record | str]]:
    """Judge all submissions in so many processes; yields them as they are done.

    Instead of a record comes the reason where a submission could not be judged each time it was
    tried.
    """
    waiting = deque((submission, 1) for submission in submissions)
    workers: list[_Worker] = []
    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        os.chmod(folder, 0o755)
        task = replace(task, folder=folder)
        try:
            while waiting or any(worker.busy for worker in workers):
                _give(task, waiting, workers, jobs)
                _wait(workers)
                done = []
                for worker in list(workers):
                    if answer := worker.take():
                        done += _settle(worker, answer, waiting)
                    if worker.dead:
                        workers.remove(worker)
                        worker.stop()
                _give(task, waiting, workers, jobs)  # before the caller takes its time
                yield from done
        finally:
            for worker in workers:
                worker.stop()


def _give(task: Task, waiting: deque, workers: list["_Worker"], jobs: int) -> None:
    """Hand out work, starting processes where there are too few."""
    idle = [worker for worker in workers if not worker.busy]
    while waiting and (idle or len(workers) < jobs):
        if not idle:
            idle.append(_Worker(task))
            workers.append(idle[-1])
        idle.pop().give(*waiting.popleft())


def _settle(
    worker: "_Worker", answer: Record | str, waiting: deque
) -> list[tuple[Submission, Record | str]]:
    """A record is final; a reason only when there are no more attempts."""
    (submission, attempt), worker.busy = worker.busy, None
    if isinstance(answer, str) and attempt < ATTEMPTS:
        waiting.append((submission, attempt + 1))
        return []
    return [(submission, answer)]


class _Worker:
    """One process, and what it is busy with."""

    def __init__(self, task: Task):
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, task), daemon=True)
        self.process.start()
        theirs.close()
        self.limit = task.seconds + GRACE
        self.busy: tuple[Submission, int] | None = None
        self.until = 0.0
        self.dead = False

    def give(self, submission: Submission, attempt: int) -> None:
        """Begin on a submission."""
        self.busy, self.until = (submission, attempt), time.monotonic() + self.limit
        with contextlib.suppress(OSError):  # a process that is gone is noticed by take
            self.connection.send(submission)

    def take(self) -> Record | str | None:
        """The record or a reason, if there is one; notices a process that is dead or stuck."""
        if self.busy is None:
            return None
        try:
            if self.connection.poll():
                return self.connection.recv()
        except (EOFError, OSError):
            self.dead = True
            return "The process that judged this submission died."
        if time.monotonic() > self.until:
            self.dead = True
            return "The process that judged this submission did not come to an end."
        return None

    def stop(self) -> None:
        """End the process, by force where it is not idle."""
        self.connection.close()
        if self.dead or self.busy:
            self.process.kill()
        self.process.join(10)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _wait(workers: Sequence[_Worker]) -> None:
    busy = [worker.connection for worker in workers if worker.busy]
    if busy:
        connection.wait(busy, timeout=1.0)


def _work(channel: Any, task: Task) -> None:
    """The process: judge what comes until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who started us decides
    with contextlib.suppress(EOFError, OSError):
        try:
            judge = Judge(task)
        except JailError as error:
            while channel.recv():
                channel.send(f"There is no jail to judge in: {error}")
        with contextlib.closing(judge):
            while True:
                channel.send(_answer(judge, channel.recv()))


def _answer(judge: Judge, submission: Submission) -> Record | str:
    try:
        return judge.record(submission)
    except Exception as error:
        return f"The grader failed on this submission ({type(error).__name__}: {error})."
