"""The site as operators run it: `hustings serve` with processes of its own, and a small browser.

Nothing here is shared with the test's process but the folder and the database, so a
process may be killed as hard as one likes.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

HUSTINGS = Path(sys.executable).with_name("hustings")
PATIENCE = 60
BOUNDARY = "a-line-that-no-file-here-has"
ENDINGS = {
    "done": "This page’s link",
    "refused": "No result",
    "interrupted": "The count was interrupted",
}


@dataclass
class Site:
    """One site: its folder, its database, its processes."""

    data: Path
    figures: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith("HUSTINGS_")},
            "HUSTINGS_DATA": str(self.data),
            "DJANGO_SETTINGS_MODULE": "hustings.apps.site.settings",
            **self.figures,
        }

    def start(self) -> None:
        """Serve, and return once it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        log = (self.data / "log.txt").open("ab")
        self.process = subprocess.Popen(
            [HUSTINGS, "serve", "--port", str(self.port), "--workers", "2"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        wait_for(self._answers, "the site to answer")

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.data / "log.txt").read_text()
        with suppress(OSError):
            return Browser(self).get("/healthz").status == 200
        return False

    def kill(self) -> None:
        """Kill every process of the server at once: no chance to tidy up."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """Kill the server and whatever is counting for it."""
        self.kill()
        for pid in self.counting():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not self.counting(), "counting processes to end")

    def counting(self) -> list[int]:
        """The processes that count for this site just now."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and folder.name != str(os.getpid()):
                with suppress(OSError):
                    if b"hustings.apps.site.counts.work" in (folder / "cmdline").read_bytes():
                        mine = f"HUSTINGS_DATA={self.data}\0".encode()
                        if mine in (folder / "environ").read_bytes() + b"\0":
                            found.append(int(folder.name))
        return found

    def serving(self) -> list[int]:
        """The server's processes."""
        assert self.process is not None
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with suppress(OSError, ProcessLookupError):
                    if os.getpgid(int(folder.name)) == self.process.pid:
                        found.append(int(folder.name))
        return found

    def run(self, code: str) -> str:
        """Run some lines inside the site, in a process of their own; return what they print."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def rows(self) -> list[dict[str, object]]:
        """Every saved count."""
        code = (
            "import json; from hustings.apps.site.models import Count\n"
            "print(json.dumps(list(Count.objects.order_by('pk').values()), default=str))"
        )
        found: list[dict[str, object]] = json.loads(self.run(code))
        return found

    def files(self) -> list[str]:
        """Every file under saved counts."""
        folder = self.data / "counts"
        return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Browser:
    """Somebody with cookies, who fills in the form as the page gives it. No script, no frills."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cookies: dict[str, str] = {}

    def get(self, address: str) -> Answer:
        return self._ask("GET", address, {}, b"")

    def post(self, address: str, fields: dict[str, str], ballots: bytes | None = None) -> Answer:
        length, parts = multipart(fields, [ballots] if ballots is not None else None)
        return self._ask("POST", address, multipart_headers(length), b"".join(parts))

    def hidden(self, address: str = "/counts/") -> dict[str, str]:
        """The hidden fields of a page's form."""
        found = re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.get(address).text
        )
        return dict(found)

    def send(self, ballots: bytes, rule: str = "av", **fields: str) -> Answer:
        """Send ballots."""
        answers = {"source": "file", "rule": rule, "tie": "earlier", **fields, **self.hidden()}
        return self.post("/counts/", answers, ballots)

    def again(self, address: str) -> Answer:
        """Press "Count again" on an interrupted count."""
        return self.post(f"{address}again/", self.hidden(address))

    def stands(self, address: str) -> str:
        """How a count stands, as its page says: done, refused, interrupted, or "" for not yet."""
        answer = self.get(f"{address}?still=1")
        assert answer.status == 200, answer.text
        return next((state for state, words in ENDINGS.items() if words in answer.text), "")

    def ending(self, address: str) -> str:
        """Wait until a count has ended, and return how."""
        wait_for(lambda: self.stands(address), f"{address} to end")
        return self.stands(address)

    def headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def _ask(self, method: str, address: str, headers: dict[str, str], body: bytes) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=PATIENCE)
        try:
            connection.request(method, address, body or None, headers | self.headers())
            return self.read(connection.getresponse())
        finally:
            connection.close()

    def read(self, response: http.client.HTTPResponse) -> Answer:
        """Take in an answer and its cookies."""
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].strip().partition("=")
            self.cookies[name] = value
        return Answer(response.status, dict(response.headers), response.read())


def multipart(
    fields: dict[str, str], file: Iterable[bytes] | None, size: int | None = None
) -> tuple[int, Iterator[bytes]]:
    """A form as browsers send it: its length, and its bytes in pieces. `whole` comes last."""
    ordered = sorted(fields.items(), key=lambda item: item[0] == "whole")

    def part(name: str, value: str) -> bytes:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        return f"{head}{value}\r\n".encode()

    before = b"".join(part(n, v) for n, v in ordered if n != "whole")
    after = b"".join(part(n, v) for n, v in ordered if n == "whole")
    after += f"--{BOUNDARY}--\r\n".encode()
    if file is None:
        return len(before + after), iter([before, after])
    pieces = list(file) if size is None else file
    length = sum(map(len, pieces)) if size is None else size  # type: ignore[arg-type]
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="ballots"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()

    def body() -> Iterator[bytes]:
        yield before + head
        yield from pieces
        yield b"\r\n" + after

    return len(before + head) + length + len(b"\r\n" + after), body()


def multipart_headers(length: int) -> dict[str, str]:
    return {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(length),
    }


def wait_for(true: object, what: str) -> None:
    """Ask until the answer is yes."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if true():  # type: ignore[operator]
            return
        time.sleep(0.1)
    raise AssertionError(f"waited {PATIENCE} s in vain for {what}")


def peak_memory(pid: int) -> int:
    """The most memory a process ever held, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024


@contextmanager
def running_site(data: Path, **figures: int) -> Iterator[Site]:
    """A site that serves; on the database that the tests run on."""
    settings = {f"HUSTINGS_COUNTS_{name.upper()}": str(value) for name, value in figures.items()}
    with database() as url:
        if url:
            settings["HUSTINGS_DATABASE_URL"] = url
        site = Site(data, settings)
        try:
            site.start()
            yield site
        finally:
            site.stop()


@contextmanager
def database() -> Iterator[str]:
    """A database of the site's own on the PostgreSQL server under test; "" for SQLite."""
    server = os.environ.get("HUSTINGS_TEST_DATABASE_URL", "")
    if not server:
        yield ""
        return
    import psycopg
    from psycopg import sql

    parts = urlsplit(server)

    def address(name: str) -> str:
        return f"{parts.scheme}://{parts.netloc}/{name}?{parts.query}"

    name = f"live_{uuid4().hex[:12]}"
    with psycopg.connect(address("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield address(name)
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(drop)
