"""A link with a long way: bytes arrive half a round trip later, as many at once as there are."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

PIECE = 256 * 1024


@contextmanager
def delayed(port: int, round_trip: float) -> Iterator[int]:
    """The port of a proxy, in a process of its own, to a server on this machine."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_run, args=(there, port, round_trip / 2), daemon=True
    )
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()


def _run(told: Connection, port: int, delay: float) -> None:
    asyncio.run(_serve(told, port, delay))


async def _serve(told: Connection, port: int, delay: float) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pass(reader, far_writer, delay), _pass(far_reader, writer, delay))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    told.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """What comes at a moment goes on `delay` seconds later; the order stays."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def send() -> None:
        while True:
            due, piece = await waiting.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not piece:
                writer.close()
                return
            writer.write(piece)
            await writer.drain()

    sending = asyncio.create_task(send())
    while True:
        piece = await reader.read(PIECE)
        waiting.put_nowait((loop.time() + delay, piece))
        if not piece:
            break
    await sending
