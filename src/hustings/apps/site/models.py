"""What the site itself keeps: saved counts, who waits for a turn, and recent uploads by address.

A saved count is a row and a folder. The row is the truth about its state; the folder
holds the bytes. Neither names a person: whoever made a count is known by the hash of a
random value in their own browser's cookie, and by nothing else.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Count(models.Model):
    """One saved count: ballots that were sent, what was asked, and how far it has got."""

    class State(models.TextChoices):
        """Where a count stands. It is being worked on in the three states of `RUNNING`."""

        DRAFT = "draft", "kept until the form is right"
        WAITING = "waiting", "waiting for its turn"
        READING = "reading", "reading the ballots"
        COUNTING = "counting", "counting"
        WRITING = "writing", "writing each ballot's path"
        DONE = "done", "done"
        REFUSED = "refused", "refused"
        INTERRUPTED = "interrupted", "interrupted"

    RUNNING: ClassVar[tuple[str, ...]] = (State.READING, State.COUNTING, State.WRITING)

    class Origin(models.TextChoices):
        """How the ballots came. It decides what is kept of a file that can't be read."""

        UPLOAD = "upload", "an uploaded file"
        PASTE = "paste", "pasted text"

    # The lasting link: 144 random bits. Whoever has it may see the result.
    public_id = models.CharField(max_length=32, unique=True)
    # The name of the folder. Not the public id, so that a listing gives no link away.
    folder = models.CharField(max_length=32, unique=True)
    # One value a form: sending the same form twice makes one count.
    form_token = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - unique
    # SHA-256 of the value in the maker's cookie; empty for demonstrations.
    maker = models.CharField(max_length=64, blank=True, default="")
    # What makes a demonstration the same one: a hash of its bytes and what was asked.
    demonstration = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - unique

    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.UPLOAD)
    file_name = models.CharField(max_length=200, blank=True, default="")
    title = models.CharField(max_length=300, blank=True, default="")
    file_format = models.CharField(max_length=32, blank=True, default="")
    rule = models.CharField(max_length=32, blank=True, default="")
    seats = models.PositiveIntegerField(null=True)
    # Options as the form and the command line spell them: {"overvote": "skip"}.
    options = models.JSONField(default=dict)

    size = models.PositiveBigIntegerField(default=0)
    # SHA-256 of the ballots, shown with the result: it says which file was counted.
    digest = models.CharField(max_length=64, blank=True, default="")
    bytes_read = models.PositiveBigIntegerField(default=0)
    # All bytes in the folder, for the site's cap.
    bytes_kept = models.PositiveBigIntegerField(default=0)
    has_paths = models.BooleanField(default=False)
    has_ballots = models.BooleanField(default=True)
    # Why it was refused: kind, sentence, and for a file its line, column and shown text.
    refusal = models.JSONField(default=dict)

    # Whoever holds the lease works on the count; every write of a worker names it.
    lease = models.CharField(max_length=32, blank=True, default="")
    heartbeat_at = models.DateTimeField(null=True)

    made_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Null only for demonstrations, which stay.
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "queued_at"], name="site_count_turn"),
            models.Index(fields=["expires_at"], name="site_count_expiry"),
        ]

    def __str__(self) -> str:
        return f"count {self.pk}, {self.state}"


class CountQueue(models.Model):
    """One row whose lock is the queue's: SELECT … FOR UPDATE where the database has it.

    SQLite has one writer at a time and needs no more than a transaction.
    """

    def __str__(self) -> str:
        return "the queue of counts"


class RecentUpload(models.Model):
    """That somebody at an address sent ballots within the hour; the address is not kept.

    `address` is a keyed hash. Rows older than an hour are deleted.
    """

    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["address", "at"], name="site_recent_upload"),
        ]

    def __str__(self) -> str:
        return f"upload {self.pk}"
