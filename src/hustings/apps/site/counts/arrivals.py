"""Ballots on their way in: straight to the disk, never more than allowed, gone if not wanted.

Django would hold small files in memory and write others to the system's temporary folder.
Here every file goes block by block into `incoming/`, and the limits are checked while it
comes, so that neither the memory nor the disk depends on what somebody sends.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

from hustings.apps.site.counts import refusals, services, store
from hustings.apps.site.counts.limits import MIB, limits
from hustings.apps.site.models import Count

FIELD: Final = "file"
LAST_FIELD: Final = "whole"
"""The last field of every form that sends ballots. If it is missing, the rest came short:
Django reads a body that breaks off as if the file ended there."""

# How often the cap on all that is kept is looked at while a file grows.
LOOK_EVERY: Final = 16 * MIB
# What a form needs besides the file and the text: its fields and the multipart frame.
FORM_BYTES: Final = 256 * 1024


class ArrivedFile(UploadedFile):  # type: ignore[type-arg]
    """An uploaded file that lies in `incoming/`, complete."""

    def __init__(self, path: Path, name: str, size: int, digest: str) -> None:
        # Django wants a file object to close; the bytes are read from the path.
        super().__init__(BytesIO(), name, size=size)
        self.arrived = services.Arrived(path, size, digest, name, Count.Origin.UPLOAD)


class StraightToDisk(FileUploadHandler):
    """Write the one file of the form to disk as it comes; refuse as soon as it is too much."""

    chunk_size = MIB

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.path: Path | None = None
        self._out: int | None = None
        self._length = 0
        self._digest = hashlib.sha256()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.field_name != FIELD or self.path is not None:
            # Not one of ours: its bytes are passed over, never written.
            raise SkipFile
        self.path = store.new_arrival()
        self._out = store.open_new(self.path)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002
        assert self._out is not None  # noqa: S101 - new_file came first
        if self._length + len(raw_data) > limits().file_bytes:
            raise too_large()
        if self._length // LOOK_EVERY != (self._length + len(raw_data)) // LOOK_EVERY:
            services.refuse_without_room(more=len(raw_data))
        self._digest.update(raw_data)
        view = memoryview(raw_data)
        while view:
            view = view[os.write(self._out, view) :]
        self._length += len(raw_data)

    def file_complete(self, file_size: int) -> ArrivedFile:  # noqa: ARG002 - counted here
        assert self._out is not None  # noqa: S101 - new_file came first
        assert self.path is not None  # noqa: S101 - new_file came first
        os.fsync(self._out)
        self._close()
        name = self.file_name or ""
        return ArrivedFile(self.path, name, self._length, self._digest.hexdigest())

    def discard(self) -> None:
        """Close and remove the file, unless a count has adopted it."""
        self._close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._out is not None:
            os.close(self._out)
            self._out = None


@contextmanager
def receiving(request: HttpRequest) -> Iterator[None]:
    """Receive a form, its file on disk; on the way out nothing that arrived is left over.

    Inside, `request.POST` and `request.FILES` are read. It must come before anything else
    looks at them, Django's check for forged forms included.

    Raises:
        refusals.TooLarge, refusals.NoRoom, refusals.NotWhole, refusals.LengthUnknown:
        nothing was kept.
    """
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        raise refusals.LengthUnknown("Your browser did not say how large the ballots are.")
    if int(length) > limits().file_bytes + limits().paste_bytes + FORM_BYTES:
        raise too_large()
    services.refuse_without_room(more=int(length))
    handler = StraightToDisk(request)
    request.upload_handlers = [handler]
    try:
        try:
            fields = request.POST
        except RequestDataTooBig:
            raise _paste_too_long() from None
        except (UnreadablePostError, MultiPartParserError, SuspiciousOperation):
            raise _not_whole() from None
        if LAST_FIELD not in fields:
            raise _not_whole()
        yield
    finally:
        handler.discard()


def paste(text: str, *, file_name: str = "") -> services.Arrived:
    """Write pasted text to `incoming/` as if it had been uploaded.

    Raises:
        refusals.TooLarge: it is longer than the site takes.
    """
    data = text.encode("utf-8", "replace")
    if len(data) > limits().paste_bytes:
        raise _paste_too_long()
    path = store.new_arrival()
    with os.fdopen(store.open_new(path), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    digest = hashlib.sha256(data).hexdigest()
    return services.Arrived(path, len(data), digest, file_name, Count.Origin.PASTE)


def too_large() -> refusals.TooLarge:
    """Return the refusal of a file that is larger than the site takes."""
    return refusals.TooLarge(
        f"This site takes files of up to {limits().file_bytes // MIB} MB. "
        "Larger ones are counted in the same way on your own computer, with the "
        "hustings command. Nothing was kept."
    )


def _paste_too_long() -> refusals.TooLarge:
    return refusals.TooLarge(
        f"The text is longer than the {limits().paste_bytes // MIB} MB that can be pasted. "
        "Save it as a file and upload that. Nothing was kept."
    )


def _not_whole() -> refusals.NotWhole:
    return refusals.NotWhole(
        "The connection ended before all of it was here. Nothing was kept; send it again."
    )
