"""Turns are taken in order, so many at a time; a count ends in one way only, whoever dies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hustings.apps.site.counts import counting, queue, selectors, services, store
from hustings.apps.site.counts.limits import STALE, Limits
from hustings.apps.site.models import Count
from tests.apps.site.counts import samples
from tests.apps.site.counts.conftest import left_behind, of, work_off

pytestmark = pytest.mark.django_db

State = Count.State


@pytest.fixture
def one_at_a_time(settings):
    settings.HUSTINGS_COUNTS = Limits(at_once=1)


def states() -> list[str]:
    return list(Count.objects.order_by("pk").values_list("state", flat=True))


def turn_of(count: Count) -> queue.Turn:
    count.refresh_from_db()
    return queue.Turn(count.pk, count.lease)


def test_no_more_run_than_the_site_allows(visitor, settings):
    settings.HUSTINGS_COUNTS = Limits(at_once=2)
    for _ in range(5):
        visitor.send()
    assert sorted(states()) == sorted([State.READING] * 2 + [State.WAITING] * 3)


def test_whoever_came_first_is_next(visitor, one_at_a_time):
    first, second, third = (of(visitor.send()) for _ in range(3))
    assert selectors.ahead(third) == 1
    counting.do(turn_of(first))
    assert [turn.pk for turn in queue.start_waiting(now=timezone.now())] == [second.pk]
    assert states() == [State.DONE, State.READING, State.WAITING]


def test_every_turn_has_a_lease_of_its_own(visitor):
    count = of(visitor.send())
    first = turn_of(count)
    queue.interrupt(turn=first, now=timezone.now())
    visitor.client.post(f"/counts/{count.public_id}/again/", {"as_asked": "1"})
    assert turn_of(count).lease not in {"", first.lease}


class TestSilence:
    @pytest.fixture
    def silent(self, visitor) -> Count:
        count = of(visitor.send())
        Count.objects.update(heartbeat_at=timezone.now() - STALE - timedelta(seconds=1))
        return count

    def test_a_count_whose_worker_fell_silent_is_shown_as_interrupted(self, visitor, silent):
        text = visitor.get(f"/counts/{silent.public_id}/").content.decode()
        assert "The count was interrupted" in text
        silent.refresh_from_db()
        assert silent.state == State.READING, "looking changes nothing"

    def test_its_place_is_given_to_the_next(self, visitor, silent, one_at_a_time):
        other = of(visitor.send())
        assert states() == [State.INTERRUPTED, State.READING]
        assert turn_of(other).lease

    def test_it_can_be_counted_again_even_by_others_who_have_the_link(self, stranger, silent):
        response = stranger.client.post(f"/counts/{silent.public_id}/again/", {"as_asked": "1"})
        assert response.status_code == 303
        work_off()
        silent.refresh_from_db()
        assert silent.state == State.DONE

    def test_the_worker_that_wakes_up_changes_nothing(self, visitor, silent, folder):
        late = turn_of(silent)
        services.again(count=silent, asked=services.asked_of(silent), maker="", now=timezone.now())
        with pytest.raises(queue.Lost):
            queue.beat(turn=late, state=State.COUNTING, bytes_read=1, now=timezone.now())
        counting.do(late)
        silent.refresh_from_db()
        assert silent.state == State.READING
        work_off()
        result = Count.objects.get(pk=silent.pk)
        assert result.state == State.DONE
        assert store.path(result.folder, store.record_name(result.lease)).exists()

    def test_its_result_can_not_take_the_place_of_the_newer_one(self, visitor, silent):
        """Both write a record; the row says whose is meant."""
        late = turn_of(silent)
        services.again(count=silent, asked=services.asked_of(silent), maker="", now=timezone.now())
        work_off()
        silent.refresh_from_db()
        store.write_whole(
            silent.folder, store.record_name(late.lease), [b'{"elected": ["Nobody"]}']
        )
        assert selectors.result(silent).elected == ("Bea",)


def test_a_queue_that_nobody_works_on_says_so(visitor, one_at_a_time):
    """Server and worker were killed together: nothing would ever come of waiting."""
    first, second = of(visitor.send()), of(visitor.send())
    long_ago = timezone.now() - STALE - timedelta(seconds=1)
    Count.objects.update(queued_at=long_ago, heartbeat_at=long_ago)
    for count in (first, second):
        text = visitor.get(f"/counts/{count.public_id}/").content.decode()
        assert "The count was interrupted" in text
    visitor.client.post(f"/counts/{second.public_id}/again/", {"as_asked": "1"})
    work_off()
    assert states() == [State.INTERRUPTED, State.DONE]


class TestDeletedMeanwhile:
    def test_the_worker_stops_and_leaves_nothing(self, visitor, folder):
        count = of(visitor.send())
        turn = turn_of(count)
        visitor.client.post(f"/counts/{count.public_id}/delete/")
        counting.do(turn)
        assert not Count.objects.exists()
        assert left_behind(folder) == []

    @pytest.mark.parametrize("ballots", [samples.ABIF, samples.TIED, b"nonsense"])
    def test_in_the_middle_too(self, visitor, folder, monkeypatch, ballots):
        count = of(visitor.send(ballots, "plurality"))
        turn = turn_of(count)
        real = counting.reading.read

        def read(*args, **rest):
            found = real(*args, **rest)
            visitor.client.post(f"/counts/{count.public_id}/delete/")
            return found

        monkeypatch.setattr(counting.reading, "read", read)
        counting.do(turn)
        if Count.objects.exists():
            # It could not be read, so the deletion never came.
            assert ballots == b"nonsense"
        assert left_behind(folder) == []


def test_a_worker_that_can_not_be_started_leaves_the_count_to_be_tried_again(visitor, monkeypatch):
    def no_process(*_args, **_rest):
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(queue.subprocess, "Popen", no_process)
    count = of(visitor.send())
    queue.launch(turn_of(count))
    assert states() == [State.INTERRUPTED]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("waiting", "Waiting for its turn"),
        ("reading", "Reading the ballots"),
        ("counting", "Counting"),
        ("writing", "Writing down each ballot’s path"),
    ],
)
def test_the_page_says_how_far_it_is_and_comes_back_by_itself(visitor, state, words):
    count = of(visitor.send())
    other = of(visitor.send())
    Count.objects.filter(pk=count.pk).update(state=state, bytes_read=15)
    address = f"/counts/{count.public_id}/"
    response = visitor.get(address)
    assert words in response.content.decode()
    assert response["Refresh"].endswith(f"; url={address}")
    assert other.state == State.READING
    if state == "reading":
        assert f"15 of {len(samples.ABIF)} bytes" in response.content.decode()
    still = visitor.get(address + "?still=1")
    assert "Refresh" not in still
    assert "Refresh" not in visitor.get("/counts/")
