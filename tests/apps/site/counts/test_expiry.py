"""Nothing outlives its promise, and what belongs to nothing is swept away."""

from __future__ import annotations

import os
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from hustings.apps.site.counts import demonstrations, expiry, services, store
from hustings.apps.site.models import Count, RecentUpload
from tests.apps.site.counts import samples
from tests.apps.site.counts.conftest import NOW, left_behind

pytestmark = pytest.mark.django_db


def age(path, *, hours: float) -> None:
    then = (timezone.now() - timedelta(hours=hours)).timestamp()
    os.utime(path, (then, then))


@pytest.mark.parametrize("part", ["", "count.json", "count.html", "paths.csv", "again/", "delete/"])
def test_an_expired_count_is_gone_when_it_is_looked_at(visitor, folder, part):
    count = visitor.count()
    Count.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = visitor.get(f"/counts/{count.public_id}/{part}")
    assert response.status_code == 410
    assert "no longer kept" in response.content.decode()
    assert not Count.objects.exists()
    assert left_behind(folder) == []
    assert visitor.get(f"/counts/{count.public_id}/{part}").status_code == 404


def test_to_the_very_end_it_is_there(visitor):
    count = visitor.count()
    assert expiry.expire(now=count.expires_at - timedelta(microseconds=1)) == 0
    assert expiry.expire(now=count.expires_at) == 1


def test_the_command_deletes_what_is_due_and_nothing_else(visitor, folder):
    old, young = visitor.count(), visitor.count(samples.BLT)
    Count.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    said = StringIO()
    call_command("expire_counts", stdout=said)
    assert "Counts deleted: 1." in said.getvalue()
    assert list(Count.objects.values_list("pk", flat=True)) == [young.pk]
    assert {name.split("/")[1] for name in left_behind(folder)} == {young.folder}
    assert visitor.get(f"/counts/{young.public_id}/").status_code == 200


def test_a_demonstration_never_expires(visitor):
    demonstrations.keep(title="x", source=samples.ABIF, rule="av", now=NOW)
    assert expiry.expire(now=NOW + timedelta(days=36500)) == 0


def test_a_draft_is_kept_for_an_hour(visitor, folder):
    visitor.send(samples.ABIF, "")
    draft = Count.objects.get()
    assert draft.expires_at - draft.made_at == timedelta(hours=1)
    expiry.expire(now=draft.expires_at)
    assert left_behind(folder) == []


def test_addresses_are_forgotten_by_the_command_too(visitor):
    services.note_request(address="192.0.2.1", now=timezone.now() - timedelta(hours=2))
    call_command("expire_counts", stdout=StringIO())
    assert not RecentUpload.objects.exists()


class TestSweep:
    def test_what_was_left_by_accidents_goes_after_an_hour(self, visitor, folder):
        """A server killed while a file arrived, and another before the row was written."""
        store.new_arrival().write_bytes(b"half a fi")
        whole = store.new_arrival()
        whole.write_bytes(samples.ABIF)
        orphan = store.kept() / store.adopt(whole)
        assert expiry.sweep(now=timezone.now()) == 0
        for path in [*store.incoming().iterdir(), orphan]:
            age(path, hours=1.01)
        assert expiry.sweep(now=timezone.now()) == 2
        assert left_behind(folder) == []

    def test_what_has_a_row_stays_however_old_it_is(self, visitor):
        count = visitor.count()
        age(store.kept() / count.folder, hours=1000)
        assert expiry.sweep(now=timezone.now()) == 0
        assert visitor.get(f"/counts/{count.public_id}/").status_code == 200

    def test_what_is_still_arriving_stays(self, visitor):
        arrival = store.new_arrival()
        arrival.write_bytes(b"half")
        age(arrival, hours=0.9)
        assert expiry.sweep(now=timezone.now()) == 0
        assert arrival.exists()

    def test_a_half_written_result_goes_with_the_next_turn(self, visitor, folder):
        count = visitor.count(samples.TIED, "plurality")
        (store.kept() / count.folder / "abc.json.def.part").write_bytes(b"{")
        answers = {"rule": "plurality", "tie": "order", "tie-order": "Ann\nBea"}
        visitor.client.post(f"/counts/{count.public_id}/again/", answers)
        from tests.apps.site.counts.conftest import work_off

        work_off()
        assert not [name for name in left_behind(folder) if name.endswith(".part")]
