"""A real server and real processes: many at once, killed at any moment, fed large files."""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from tests.apps.site.counts import samples
from tests.apps.site.counts.live import (
    Browser,
    Site,
    multipart,
    multipart_headers,
    peak_memory,
    running_site,
    wait_for,
)

MIB = 1024 * 1024
AT_ONCE, QUEUE = 2, 6


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("site")
    with running_site(data, at_once=AT_ONCE, queue=QUEUE, per_hour=1000) as found:
        yield found


@pytest.fixture
def browser(site: Site) -> Browser:
    return Browser(site)


def large(seed: int, lines: int = 400_000) -> bytes:
    """Cast vote records that take a second or so to read and count. Ann always wins."""
    chance = random.Random(seed)
    others = ["Bea", "Cy", "Dee", "Eve", "Flo", "Gus", "Hal"]
    kinds = [
        ",".join(chance.sample(others, 5)) if n % 2 else f"Ann,{','.join(chance.sample(others, 4))}"
        for n in range(5000)
    ]
    first = "Ann,Bea,Cy,Dee,Eve"
    rows = (first if n % 5 == 0 else chance.choice(kinds) for n in range(lines))
    return ("rank1,rank2,rank3,rank4,rank5\n" + "\n".join(rows) + "\n").encode()


def test_a_count_in_a_process_of_its_own(browser: Browser):
    answer = browser.send(samples.ABIF)
    assert answer.status == 303, answer.text
    address = answer.headers["location"]
    assert browser.ending(address) == "done"
    assert "Bea" in browser.get(address).text
    assert browser.get(f"{address}count.json").status == 200


def test_twenty_at_once_keep_within_the_limits_and_all_end(site: Site):
    # From inside, and often: how many have a turn at the same time.
    enough = site.data / "enough"
    watch = (
        "import time; from pathlib import Path; from hustings.apps.site.models import Count\n"
        "most = 0\n"
        f"while not Path({str(enough)!r}).exists():\n"
        "    most = max(most, Count.objects.filter(state__in=Count.RUNNING).count())\n"
        "    time.sleep(0.005)\n"
        "print(most)"
    )
    pool = ThreadPoolExecutor(21)
    watcher = pool.submit(site.run, watch)
    browsers = [Browser(site) for _ in range(20)]
    forms = [browser.hidden() for browser in browsers]

    def send(number: int) -> tuple[Browser, int, str]:
        fields = {"source": "file", "rule": "av", "tie": "earlier", **forms[number]}
        answer = browsers[number].post("/counts/", fields, samples.ABIF + b"\n" * number)
        return browsers[number], answer.status, answer.headers.get("location", "")

    answers = list(pool.map(send, range(20)))
    taken = [(browser, address) for browser, status, address in answers if status == 303]
    assert {status for _, status, _ in answers} <= {303, 503}
    assert len(taken) >= AT_ONCE + QUEUE
    for browser, address in taken:
        assert browser.ending(address) == "done"
    enough.touch()
    assert 1 <= int(watcher.result()) <= AT_ONCE
    pool.shutdown()
    assert len({address for _, address in taken}) == len(taken)


def test_the_same_form_sent_by_many_at_once_makes_one_count(site: Site, browser: Browser):
    fields = {"source": "file", "rule": "av", "tie": "earlier", **browser.hidden()}
    browser.send(samples.ABIF)  # so that it has its cookie

    def send(_: int) -> str:
        twin = Browser(site)
        twin.cookies = dict(browser.cookies)
        return twin.post("/counts/", fields, samples.BLT).headers.get("location", "")

    with ThreadPoolExecutor(6) as pool:
        links = set(pool.map(send, range(6)))
    assert len(links) == 1, links
    assert browser.ending(links.pop()) == "done"


class TestMemory:
    def upload(self, browser: Browser, size: int) -> int:
        """Send `size` bytes of nonsense in pieces; return the answer's status."""
        piece = b"x" * 1023 + b"\n"
        fields = {"source": "file", "rule": "av", "tie": "earlier", **browser.hidden()}
        pieces = (piece * 1024 for _ in range(size // MIB))
        length, body = multipart(fields, pieces, size)
        connection = http.client.HTTPConnection("127.0.0.1", browser.site.port, timeout=60)
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request(
                "POST", "/counts/", body, multipart_headers(length) | browser.headers()
            )
        answer = browser.read(connection.getresponse())
        connection.close()
        if answer.status == 303:
            assert browser.ending(answer.headers["location"]) == "refused"
        return answer.status

    def test_a_large_file_is_never_in_the_servers_memory(self, site: Site, browser: Browser):
        assert self.upload(browser, 2 * MIB) == 303
        before = {pid: peak_memory(pid) for pid in site.serving()}
        assert self.upload(browser, 64 * MIB) == 303
        grown = {pid: peak_memory(pid) - before[pid] for pid in before}
        assert max(grown.values()) < 24 * MIB, grown

    def test_one_that_is_too_large_gets_an_answer_in_plain_words(
        self, site: Site, browser: Browser
    ):
        fields = {"source": "file", "rule": "av", **browser.hidden()}
        length, _ = multipart(fields, [], 300 * MIB)
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        connection.putrequest("POST", "/counts/")
        for name, value in (multipart_headers(length) | browser.headers()).items():
            connection.putheader(name, value)
        connection.endheaders(b"the first bytes")
        answer = browser.read(connection.getresponse())
        connection.close()
        assert answer.status == 413
        assert "200 MB" in answer.text
        assert not [name for name in site.files() if name.startswith("incoming/")]

    def test_what_a_connection_drops_half_way_leaves_nothing(self, site: Site, browser: Browser):
        before = len(site.rows())
        fields = {"source": "file", "rule": "av", **browser.hidden()}
        length, body = multipart(fields, [samples.ABIF * 10_000])
        half = b"".join(body)[: length // 2]
        with socket.create_connection(("127.0.0.1", site.port)) as line:
            headers = multipart_headers(length) | browser.headers() | {"Host": "localhost"}
            head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            line.sendall(f"POST /counts/ HTTP/1.1\r\n{head}\r\n".encode() + half)
            time.sleep(0.3)
        wait_for(
            lambda: not [name for name in site.files() if name.startswith("incoming/")],
            "the half file to go",
        )
        assert len(site.rows()) == before


class TestKilled:
    """SIGKILL at a random moment: whatever was going on, nothing is half-done."""

    @pytest.fixture
    def own(self, tmp_path: Path) -> Iterator[Site]:
        with running_site(tmp_path, per_hour=1000) as site:
            yield site

    def whole_or_nothing(self, site: Site) -> None:
        """No row says done without its files, and no count's folder has half a file."""
        files = site.files()
        for row in site.rows():
            if row["state"] == "done":
                assert f"kept/{row['folder']}/{row['lease']}.json" in files
                assert f"kept/{row['folder']}/{row['lease']}.paths.csv.gz" in files

    def test_the_counting_process(self, own: Site):
        seed = random.randrange(10**6)
        sys.stdout.write(f"seed {seed}\n")
        chance = random.Random(seed)
        browser = Browser(own)
        ballots = large(seed)
        for _ in range(4):
            address = browser.send(ballots).headers["location"]
            wait_for(own.counting, "a worker")
            time.sleep(chance.uniform(0, 1.5))
            for pid in own.counting():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            state = browser.ending(address)
            assert state in {"done", "interrupted"}
            self.whole_or_nothing(own)
            if state == "interrupted":
                assert browser.again(address).status == 303
                assert browser.ending(address) == "done"
                self.whole_or_nothing(own)
            assert "Ann" in browser.get(address).text
        assert not [name for name in own.files() if name.endswith(".part")]

    def test_the_server_while_its_worker_counts_on(self, own: Site):
        """A restart of the server costs no count."""
        browser = Browser(own)
        address = browser.send(large(1)).headers["location"]
        wait_for(own.counting, "a worker")
        own.kill()
        own.start()
        assert browser.ending(address) == "done"
        self.whole_or_nothing(own)

    def test_the_server_with_counts_waiting(self, own: Site):
        """Nobody is left to start them but the worker that ends."""
        browser = Browser(own)
        links = [browser.send(large(n)).headers["location"] for n in range(4)]
        wait_for(own.counting, "a worker")
        own.kill()
        wait_for(
            lambda: all(row["state"] == "done" for row in own.rows()), "the queue to be worked off"
        )
        own.start()
        assert {browser.stands(link) for link in links} == {"done"}

    def test_server_and_worker_together(self, own: Site):
        seed = random.randrange(10**6)
        sys.stdout.write(f"seed {seed}\n")
        browser = Browser(own)
        address = browser.send(large(seed)).headers["location"]
        wait_for(own.counting, "a worker")
        time.sleep(random.Random(seed).uniform(0, 0.8))
        own.stop()
        self.whole_or_nothing(own)
        # What would be seen half a minute later.
        own.run(
            "from datetime import timedelta; from django.utils import timezone\n"
            "from hustings.apps.site.models import Count\n"
            "Count.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))"
        )
        own.start()
        assert browser.stands(address) in {"interrupted", "done"}
        if browser.stands(address) == "interrupted":
            assert browser.again(address).status == 303
        assert browser.ending(address) == "done"
        self.whole_or_nothing(own)
        assert not [name for name in own.files() if name.endswith(".part")]

    def test_the_server_in_the_middle_of_an_upload(self, own: Site):
        seed = random.randrange(10**6)
        sys.stdout.write(f"seed {seed}\n")
        browser = Browser(own)
        fields = {"source": "file", "rule": "av", **browser.hidden()}
        ballots = large(2)
        length, body = multipart(fields, [ballots])
        whole = b"".join(body)
        with socket.create_connection(("127.0.0.1", own.port)) as line:
            headers = multipart_headers(length) | browser.headers() | {"Host": "localhost"}
            head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            line.sendall(f"POST /counts/ HTTP/1.1\r\n{head}\r\n".encode())
            line.sendall(whole[: random.Random(seed).randrange(length // 4, length)])
            wait_for(own.files, "the file to begin")
            own.kill()
        assert own.rows() == []
        # An hour later.
        an_hour_ago = time.time() - 3700
        for name in own.files():
            os.utime(own.data / "counts" / name, (an_hour_ago, an_hour_ago))
        own.run("from django.core.management import call_command; call_command('expire_counts')")
        assert own.files() == []

    def test_deleting_in_the_middle_stops_the_worker(self, own: Site):
        browser = Browser(own)
        address = browser.send(large(3)).headers["location"]
        wait_for(own.counting, "a worker")
        fields = browser.hidden(f"{address}delete/")
        assert browser.post(f"{address}delete/", fields).status == 303
        wait_for(lambda: not own.counting(), "the worker to end")
        assert own.rows() == []
        assert own.files() == []
        assert browser.get(address).status == 404


class TestHeldBack:
    def test_a_count_that_needs_too_much_memory_is_refused(self, tmp_path: Path):
        with running_site(tmp_path, memory_bytes=300 * MIB) as site:
            browser = Browser(site)
            chance = random.Random(4)
            names = [f"Candidate {n}" for n in range(40)]
            rows = "\n".join(",".join(chance.sample(names, 12)) for _ in range(150_000))
            head = ",".join(f"rank{n + 1}" for n in range(12))
            address = browser.send(f"{head}\n{rows}\n".encode()).headers["location"]
            # Where the memory ends inside a library, the process may simply end.
            assert browser.ending(address) in {"refused", "interrupted"}
            assert browser.get("/counts/").status == 200

    def test_a_count_that_takes_too_long_is_refused(self, tmp_path: Path):
        with running_site(tmp_path, cpu_seconds=1) as site:
            browser = Browser(site)
            address = browser.send(large(5, 1_500_000)).headers["location"]
            assert browser.ending(address) == "refused"
            assert "takes longer" in browser.get(address).text
