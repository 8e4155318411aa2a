"""Whose a count is: its maker's to change and delete, its link's holders' to see, nobody else's."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from hustings.apps.site.counts import urls
from hustings.apps.site.models import Count
from tests.apps.site.counts import samples
from tests.apps.site.counts.conftest import Visitor, left_behind, of, work_off

pytestmark = pytest.mark.django_db


class TestLink:
    def test_it_can_not_be_guessed(self, visitor):
        links = {visitor.count(samples.ABIF + b"\n" * n).public_id for n in range(5)}
        assert len(links) == 5
        # 24 signs of 64 kinds are 144 bits.
        assert all(re.fullmatch(urls.LinkConverter.regex, link) for link in links)

    @pytest.mark.parametrize("link", ["x" * 24, "1", "../../etc/passwd", "x" * 23, "%00" * 24])
    def test_a_guess_finds_nothing(self, visitor, link):
        visitor.count()
        for part in ("", "count.json", "paths.csv", "delete/", "again/"):
            assert visitor.get(f"/counts/{link}/{part}").status_code == 404

    def test_the_folder_is_not_called_by_it(self, visitor, folder):
        count = visitor.count()
        assert not any(count.public_id in name for name in left_behind(folder))

    def test_pages_under_it_stay_out_of_searches_caches_and_other_sites_logs(self, visitor):
        count = visitor.count()
        response = visitor.get(f"/counts/{count.public_id}/")
        assert "noindex" in response["X-Robots-Tag"]
        assert response["Referrer-Policy"] == "same-origin"
        assert "no-store" in response["Cache-Control"]


class TestDeleting:
    def test_the_maker_is_asked_and_then_it_is_gone(self, visitor, folder):
        count = visitor.count()
        address = f"/counts/{count.public_id}/delete/"
        assert "can’t be undone" in visitor.get(address).content.decode()
        assert Count.objects.exists()
        response = visitor.client.post(address)
        assert response.status_code == 303
        assert "deleted" in visitor.get(response["Location"]).content.decode()
        assert visitor.get(f"/counts/{count.public_id}/").status_code == 404
        assert left_behind(folder) == []

    def test_a_stranger_sees_the_result_and_no_button(self, visitor, stranger):
        count = visitor.count()
        address = f"/counts/{count.public_id}/"
        assert "Delete now" in visitor.get(address).content.decode()
        seen = stranger.get(address).content.decode()
        assert "Bea" in seen
        assert "Delete now" not in seen
        assert "by another rule" not in seen

    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("what", ["delete", "again"])
    def test_a_stranger_can_not_do_it_by_hand(self, visitor, stranger, what, method):
        count = visitor.count()
        stranger.send()
        address = f"/counts/{count.public_id}/{what}/"
        answers = {"rule": "plurality", "tie": "earlier", "token": "x"}
        response = getattr(stranger.client, method)(address, answers)
        assert response.status_code == 403
        count.refresh_from_db()
        assert count.rule == "av"
        assert Count.objects.count() == 2

    def test_a_cookie_that_we_did_not_sign_is_nobodys(self, visitor, stranger):
        count = visitor.count()
        value = visitor.client.cookies["hustings_maker"].value.split(":")[0]
        stranger.client.cookies["hustings_maker"] = f"{value}:forged"
        assert stranger.client.post(f"/counts/{count.public_id}/delete/").status_code == 403

    def test_the_cookie_is_for_these_pages_and_no_script(self, visitor):
        visitor.send()
        cookie = visitor.client.cookies["hustings_maker"]
        assert cookie["path"] == "/counts/"
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"

    def test_only_its_hash_is_kept(self, visitor):
        count = visitor.count()
        value = visitor.client.cookies["hustings_maker"].value.split(":")[0]
        assert count.maker
        assert value not in count.maker


class TestForgedForms:
    @pytest.fixture
    def strict(self) -> Visitor:
        return Visitor(enforce_csrf_checks=True)

    def test_a_form_without_our_token_does_nothing(self, strict, folder):
        response = strict.send(form={"token": "t", "whole": "1"})
        assert response.status_code == 403
        assert not Count.objects.exists()
        assert left_behind(folder) == []

    def test_our_own_forms_work(self, strict):
        form = strict.form()
        count = of(strict.send(form=form))
        work_off()
        page = strict.get(f"/counts/{count.public_id}/delete/").content.decode()
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)[0]
        address = f"/counts/{count.public_id}/delete/"
        assert strict.client.post(address).status_code == 403
        answer = strict.client.post(address, {"csrfmiddlewaretoken": token})
        assert answer.status_code == 303


class TestTwice:
    def test_sending_a_form_twice_makes_one_count(self, visitor, folder):
        form = visitor.form()
        first, second = visitor.send(form=form), visitor.send(form=form)
        assert first["Location"] == second["Location"]
        assert Count.objects.count() == 1
        assert len(left_behind(folder)) == 1

    def test_going_back_and_choosing_another_file_is_another_count(self, visitor):
        form = visitor.form()
        first = visitor.send(samples.ABIF, form=form)
        second = visitor.send(samples.BLT, form=form)
        third = visitor.send(samples.ABIF, "plurality", form=form)
        assert len({answer["Location"] for answer in (first, second, third)}) == 3

    def test_another_browser_with_the_same_form_token_gets_its_own(self, visitor, stranger):
        form = visitor.form()
        assert visitor.send(form=form)["Location"] != stranger.send(form=form)["Location"]


class TestLooking:
    @pytest.mark.parametrize("state", ["waiting", "done", "refused", "interrupted"])
    def test_looking_changes_nothing(self, visitor, stranger, folder, state):
        if state == "refused":
            count = visitor.count(samples.TIED, "plurality")
        elif state == "done":
            count = visitor.count()
        else:
            count = of(visitor.send())
            Count.objects.update(state=state)
        rows, files = list(Count.objects.values()), left_behind(folder)
        for who in (visitor, stranger):
            for method in (who.client.get, who.client.head):
                for part in ("", "?still=1", "count.json", "count.html", "again/", "delete/"):
                    answer = method(f"/counts/{count.public_id}/{part}")
                    assert answer.status_code in {200, 403, 404}
                    b"".join(answer)  # which closes its file
                method("/counts/")
        assert list(Count.objects.values()) == rows
        assert left_behind(folder) == files

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_other_methods_are_not_known(self, visitor, method):
        count = visitor.count()
        for address in ("/counts/", f"/counts/{count.public_id}/"):
            assert getattr(Client(), method)(address).status_code == 405
