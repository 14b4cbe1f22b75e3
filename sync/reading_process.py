"""The process that reads mail for sync.reading: unread messages in, rows out. No Django."""

import gc
import signal
import sys
from multiprocessing.connection import Connection

from sync import rows


def main(descriptor: int) -> None:
    # Ctrl-C reaches everybody; the worker ends this process by closing the line.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What was imported stays: looking through it for garbage, again and again, cost a twentieth.
    gc.freeze()
    with Connection(descriptor) as worker:
        worker.send(rows.FORM)
        while True:
            try:
                letters = worker.recv()
            except EOFError:
                return
            worker.send([rows.read(unread) for unread in letters])


if __name__ == "__main__":
    main(int(sys.argv[1]))
