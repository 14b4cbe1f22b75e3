"""A web server with a certificate that answers byte for byte what a test tells it to."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = bytes | Callable[[ssl.SSLSocket], None]


class WebPage:
    """`asked` holds each request's head."""

    def __init__(self, certificate: Path, answers: dict[str, Answer]) -> None:
        self.certificate, self._answers = certificate, answers
        self.asked: list[str] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._listener = create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    @property
    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            with suppress(OSError), self._context.wrap_socket(plain, server_side=True) as sock:
                self._answer(sock)

    def stop(self) -> None:
        self._listener.shutdown(2)
        self._listener.close()

    def _answer(self, sock: ssl.SSLSocket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (piece := sock.recv(4096)):
                return
            head += piece
        self.asked.append(head.decode())
        name = next(line for line in self.asked[-1].splitlines() if line.startswith("Host: "))
        answer = self._answers.get(name[6:].partition(":")[0], b"HTTP/1.1 404 No\r\n\r\n")
        if callable(answer):
            answer(sock)
        else:
            sock.sendall(answer)


def ok(page: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}\r\n".encode() + page


@contextmanager
def web_page(folder: Path, names: list[str], answers: dict[str, Answer]) -> Iterator[WebPage]:
    """Answers by host name, under a certificate for `names`."""
    page = WebPage(_certificate(folder, names), answers)
    thread = Thread(target=page.serve, daemon=True)
    thread.start()
    try:
        yield page
    finally:
        page.stop()
        thread.join(30)


def _certificate(folder: Path, names: list[str]) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
