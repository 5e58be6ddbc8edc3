"""The zygote: imports what is slow to import once, then forks one supervised job at a time.

    python -s -P -S <this folder> '{"control": 3, "site": [...], "work": "/work", ...}'

It never imports a file of a student's and never parses what a job sends. Each byte on the control
socket brings two descriptors: the job's socket, and the lease on it.
"""

import contextlib
import json
import os
import signal
import socket
import sys


def main():
    """Serve until the control socket is closed."""
    config = json.loads(sys.argv[1])
    control = socket.socket(fileno=config["control"])
    sys.path.extend(config["site"])
    import job

    sys.path.pop(0)  # this folder: its modules are loaded, and a student's names are free again
    for name in config["preload"]:
        with contextlib.suppress(ImportError):
            __import__(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # supervisors are reaped by the kernel
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's business
    control.send(b"R")
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        if not data:
            return
        if os.fork() == 0:
            job.run(*descriptors, config)
        for descriptor in descriptors:
            os.close(descriptor)


main()
