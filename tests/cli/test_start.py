"""What a command costs before it begins, and how it says how far it is."""

from __future__ import annotations

import io
import sys

import pytest

from hustings.cli import progress
from hustings.cli.source import FileSource
from hustings.core.count import reading
from tests.core.count.reading.files import EXAMPLES


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("patience", [0.0, 1000.0])
def test_progress_is_for_a_terminal_and_for_long_work_only(monkeypatch, terminal, patience):
    said = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    monkeypatch.setattr(progress, "PATIENCE", patience)
    with progress.Meter() as meter:
        meter.at("Reading", 1, 2)
        meter.at("Writing paths", 1, 2)
    assert bool(said.getvalue()) == (terminal and not patience)


@pytest.mark.parametrize("form", EXAMPLES)
def test_a_file_is_read_as_its_bytes_are(tmp_path, form):
    place = tmp_path / "ballots"
    place.write_bytes(EXAMPLES[form])
    with FileSource(str(place)) as source:
        assert reading.read(source) == reading.read(reading.BytesSource(EXAMPLES[form]))
        assert source.size == len(EXAMPLES[form])
