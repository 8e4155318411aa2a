"""Why the count pages refuse: one type for each reason, each a sentence that says what to do."""

from __future__ import annotations

from datetime import timedelta


class Refused(Exception):  # noqa: N818 - what happened, in the house's word
    """Nothing was kept and nothing has changed. `status` is the answer's HTTP status."""

    status = 400
    heading = "That did not work"

    def __init__(self, sentence: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retry_after = retry_after


class TooLarge(Refused):
    """More bytes than the site takes."""

    status = 413
    heading = "That is too large"


class LengthUnknown(Refused):
    """The browser did not say how much it would send."""

    status = 411
    heading = "The size is missing"


class NotWhole(Refused):
    """The connection ended before everything had arrived."""

    heading = "It did not arrive whole"


class TooManyFromAddress(Refused):
    """This address has asked for a great many counts within the hour."""

    status = 429
    heading = "Please wait a little"


class QueueFull(Refused):
    """As many counts are waiting as the site allows."""

    status = 503
    heading = "The site is busy"


class NoRoom(Refused):
    """The space for saved counts is used up."""

    status = 507
    heading = "There is no room left"


class NotYours(Refused):
    """Only the browser that made a count may change or delete it."""

    status = 403
    heading = "Only whoever made this count can do that"


class BallotsGone(Refused):
    """The ballots under this count are not kept any more."""

    status = 409
    heading = "The ballots are not here any more"


class NotNow(Refused):
    """The count is in a state in which this can't be done."""

    status = 409
    heading = "That can't be done now"


class Gone(Refused):
    """The count's time is up, and it has been deleted."""

    status = 410
    heading = "This count is no longer kept"
