"""What a site allows holds: sizes, numbers, space, and how often an address may come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from hustings.apps.site.counts import maker, refusals, services
from hustings.apps.site.counts.limits import Limits, from_environment, limits
from hustings.apps.site.models import Count, RecentUpload
from tests.apps.site.counts import samples
from tests.apps.site.counts.conftest import NOW, left_behind, of

pytestmark = pytest.mark.django_db


def words(response) -> str:
    return response.content.decode()


class TestSize:
    def test_a_file_as_large_as_allowed_is_taken(self, visitor, settings):
        settings.HUSTINGS_COUNTS = Limits(file_bytes=len(samples.ABIF))
        assert visitor.send().status_code == 303

    def test_a_byte_more_is_refused_and_nothing_stays(self, visitor, settings, folder):
        settings.HUSTINGS_COUNTS = Limits(file_bytes=len(samples.ABIF) - 1)
        response = visitor.send()
        assert response.status_code == 413
        assert "too large" in words(response)
        assert left_behind(folder) == []

    def test_a_length_that_is_too_large_is_refused_before_anything_is_read(
        self, visitor, monkeypatch
    ):
        form = visitor.form()
        monkeypatch.setattr("hustings.apps.site.counts.arrivals.StraightToDisk", None)
        response = visitor.client.post("/counts/", form, CONTENT_LENGTH=str(300 * 1024 * 1024))
        assert response.status_code == 413

    def test_without_a_length_nothing_is_read(self, visitor):
        response = visitor.client.post("/counts/", visitor.form(), CONTENT_LENGTH="")
        assert response.status_code == 411

    def test_only_the_forms_own_file_is_written(self, visitor, folder):
        from django.core.files.uploadedfile import SimpleUploadedFile

        response = visitor.send(other=SimpleUploadedFile("x", b"y" * 100_000))
        assert response.status_code == 303
        assert len(left_behind(folder)) == 1

    def test_pasted_text_has_a_limit_of_its_own(self, visitor, settings):
        settings.HUSTINGS_COUNTS = Limits(paste_bytes=20)
        response = visitor.send(None, source="paste", text="5: Ann>Bea\n4: Bea>Cy\n")
        assert response.status_code == 422
        assert "too long to paste" in words(response)
        # Of few signs, but of many bytes.
        response = visitor.send(None, source="paste", text="5: 🗳🗳🗳>🎈🎈🎈")
        assert response.status_code == 422
        assert Count.objects.count() == 0

    def test_far_too_much_pasted_text_is_refused_in_plain_words(self, visitor, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
        response = visitor.send(None, source="paste", text="x" * 2000)
        assert response.status_code == 413
        assert "pasted" in words(response)

    def test_a_site_takes_5_mb_of_text_with_django_as_it_is_set_up(self, visitor):
        text = "5: Ann>Bea\r\n" * (5 * 1024 * 1024 // 12)
        assert visitor.send(None, source="paste", text=text).status_code == 303


class TestSpace:
    def test_a_full_site_says_so_and_keeps_nothing(self, visitor, settings, folder):
        settings.HUSTINGS_COUNTS = Limits(disk_bytes=10)
        response = visitor.send()
        assert response.status_code == 507
        assert "no room" in words(response)
        assert left_behind(folder) == []

    def test_it_notices_while_a_file_grows(self, visitor, settings, monkeypatch, folder):
        """Many at once may each be told that there is room: so it is looked at again."""
        monkeypatch.setattr("hustings.apps.site.counts.arrivals.LOOK_EVERY", 10)
        form = visitor.form()
        answers = iter([None])

        def room(*, more):
            if next(answers, "full") == "full":
                raise refusals.NoRoom("full")

        monkeypatch.setattr(services, "refuse_without_room", room)
        assert visitor.send(form=form).status_code == 507
        assert left_behind(folder) == []

    def test_everything_of_a_count_is_reckoned(self, visitor, folder):
        count = visitor.count()
        kept = sum(path.stat().st_size for path in (folder / "kept").rglob("*") if path.is_file())
        assert count.bytes_kept == kept

    def test_a_nearly_full_disk_is_left_alone(self, visitor, monkeypatch):
        monkeypatch.setattr("hustings.apps.site.counts.store.free_bytes", lambda: 1000)
        assert visitor.send().status_code == 507


class TestQueue:
    def test_when_too_many_wait_others_are_asked_to_come_back(self, visitor, settings, folder):
        settings.HUSTINGS_COUNTS = Limits(at_once=1, queue=1)
        assert visitor.send().status_code == 303
        assert visitor.send().status_code == 303
        before = left_behind(folder)
        response = visitor.send()
        assert response.status_code == 503
        assert int(response["Retry-After"]) > 0
        assert left_behind(folder) == before

    def test_it_is_looked_at_again_once_the_file_is_here(self, visitor, settings, monkeypatch):
        settings.HUSTINGS_COUNTS = Limits(at_once=1, queue=1)
        visitor.send()
        visitor.send()
        real = services.refuse_when_queue_is_full
        calls = iter(["there was room when the form began to arrive"])

        def refuse_later():
            if next(calls, None) is None:
                real()

        monkeypatch.setattr(services, "refuse_when_queue_is_full", refuse_later)
        assert visitor.send().status_code == 503
        assert Count.objects.count() == 2


class TestAddress:
    def test_who_comes_too_often_is_asked_to_wait(self, visitor, settings):
        settings.HUSTINGS_COUNTS = Limits(per_hour=2)
        for _ in range(2):
            assert visitor.send().status_code == 303
        response = visitor.send()
        assert response.status_code == 429
        assert 0 < int(response["Retry-After"]) <= 3600
        assert "Try again in" in words(response)
        assert visitor.get("/counts/").status_code == 200

    def test_another_address_is_not_held_up(self, visitor, settings):
        settings.HUSTINGS_COUNTS = Limits(per_hour=1)
        assert visitor.send().status_code == 303
        assert visitor.send().status_code == 429
        form = visitor.form()
        visitor.client.defaults["REMOTE_ADDR"] = "192.0.2.7"
        assert visitor.send(form=form).status_code == 303

    def test_counting_again_counts_too(self, visitor, settings):
        settings.HUSTINGS_COUNTS = Limits(per_hour=1)
        count = visitor.count()
        response = visitor.client.post(f"/counts/{count.public_id}/again/", {"rule": "av"})
        assert response.status_code == 429

    def test_after_an_hour_it_is_forgotten(self, settings):
        settings.HUSTINGS_COUNTS = Limits(per_hour=1)
        services.note_request(address="192.0.2.1", now=NOW)
        with pytest.raises(refusals.TooManyFromAddress):
            services.note_request(address="192.0.2.1", now=NOW + timedelta(minutes=59))
        services.note_request(address="192.0.2.1", now=NOW + timedelta(hours=1))
        assert RecentUpload.objects.count() == 1

    def test_the_address_itself_is_not_kept(self, settings):
        services.note_request(address="192.0.2.1", now=NOW)
        [kept] = RecentUpload.objects.values_list("address", flat=True)
        assert len(kept) == 64
        assert "192" not in kept
        settings.SECRET_KEY = "another-key-that-is-long-enough-for-anybody-to-be-content"
        services.note_request(address="192.0.2.1", now=NOW)
        assert RecentUpload.objects.values("address").distinct().count() == 2

    @pytest.mark.parametrize(
        ("remote", "address"),
        [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.1:54321", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("", "somewhere"),
            ("unix:", "somewhere"),
        ],
    )
    def test_where_a_request_comes_from(self, rf, remote, address):
        assert maker.address_of(rf.get("/", REMOTE_ADDR=remote)) == address

    def test_a_proxys_header_is_believed_only_where_the_operator_says_so(self, rf, settings):
        request = rf.get(
            "/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": "10.9.9.9, 198.51.100.4"}
        )
        assert maker.address_of(request) == "192.0.2.1"
        settings.HUSTINGS_CLIENT_ADDRESS_HEADER = "X-Forwarded-For"
        assert maker.address_of(request) == "198.51.100.4"


class TestFigures:
    def test_the_operator_sets_them(self, settings):
        settings.HUSTINGS_COUNTS = Limits(keep_days=7)
        assert limits().keep == timedelta(days=7)
        assert limits().at_once == Limits().at_once

    @pytest.mark.parametrize("figure", [0, -1, "many", 1.5, True, None])
    def test_what_is_no_figure_is_refused_by_name(self, figure):
        with pytest.raises(ImproperlyConfigured, match="HUSTINGS_COUNTS_QUEUE"):
            Limits(queue=figure)

    @pytest.mark.parametrize("text", ["0", "-1", "many", "1.5", "²", "٣", "", " ", "9" * 5000])
    def test_what_the_environment_gives_is_a_number_or_refused_by_name(self, text):
        with pytest.raises(ImproperlyConfigured, match="HUSTINGS_COUNTS_QUEUE must be a whole"):
            from_environment({"HUSTINGS_COUNTS_QUEUE": text})

    def test_the_environments_figures_hold_and_other_variables_are_nobodys_business(self):
        given = from_environment({"HUSTINGS_COUNTS_QUEUE": "7", "HUSTINGS_DATA": "x", "PATH": "y"})
        assert given == Limits(queue=7)

    def test_a_misspelt_name_is_refused_and_the_right_one_named(self):
        with pytest.raises(ImproperlyConfigured) as refusal:
            from_environment({"HUSTINGS_COUNTS_KEEPDAYS": "9"})
        assert "HUSTINGS_COUNTS_KEEPDAYS is not a setting" in str(refusal.value)
        assert "did you mean HUSTINGS_COUNTS_KEEP_DAYS?" in str(refusal.value)

    def test_an_operators_days_are_those_on_the_page(self, visitor, settings):
        settings.HUSTINGS_COUNTS = Limits(keep_days=7)
        assert "7 days" in words(visitor.get("/counts/"))
        count = of(visitor.send())
        assert (count.expires_at - count.made_at).days == 7
