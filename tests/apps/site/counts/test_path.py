"""From ballots to a result, by every rule and from every format, and what can be taken away."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re

import pytest

from hustings.apps.site.counts import demonstrations, forms, questions
from hustings.apps.site.counts.limits import Limits
from hustings.apps.site.models import Count
from hustings.core.count import COUNTING_RULES
from hustings.core.count.reading import FORMATS
from tests.apps.site.counts import samples
from tests.apps.site.counts.conftest import NOW, Visitor, left_behind, of, work_off

pytestmark = pytest.mark.django_db


def elected(visitor: Visitor, count: Count) -> list[str]:
    return json.loads(b"".join(visitor.get(f"/counts/{count.public_id}/count.json")))["elected"]


def test_there_is_a_sample_in_every_format_and_a_result_by_every_rule():
    assert set(samples.FILES) == set(FORMATS)
    assert set(samples.RESULTS) == set(COUNTING_RULES)


@pytest.mark.parametrize("rule", samples.RESULTS)
@pytest.mark.parametrize("form", samples.FILES)
def test_every_format_is_counted_by_every_rule(visitor, form, rule):
    name, ballots = samples.FILES[form]
    seats, winners = samples.RESULTS[rule]
    count = visitor.count(ballots, rule, name=name, **{f"{rule}__seats": seats})
    assert count.state == Count.State.DONE, count.refusal
    assert elected(visitor, count) == winners
    page = visitor.get(f"/counts/{count.public_id}/")
    assert page.status_code == 200
    for winner in winners:
        assert winner in page.content.decode()


@pytest.mark.parametrize("form", samples.FILES)
def test_a_format_that_is_chosen_is_the_one_that_is_read(visitor, form):
    _, ballots = samples.FILES[form]
    count = visitor.count(ballots, "av", name="ballots", format=form)
    assert count.state == Count.State.DONE, count.refusal
    assert elected(visitor, count) == ["Bea"]


def test_pasted_ballots_are_counted(visitor):
    count = visitor.count(None, "av", source="paste", text=samples.ABIF.decode())
    assert elected(visitor, count) == ["Bea"]


def test_what_has_come_is_counted_where_the_form_says_the_other_way(visitor):
    """Without :has() both ways are in sight, and the choice above them is easily missed."""
    count = visitor.count(None, "av", source="file", text=samples.ABIF.decode())
    assert count.origin == Count.Origin.PASTE
    count = visitor.count(samples.ABIF, "av", source="paste", text=" ")
    assert count.origin == Count.Origin.UPLOAD


def test_an_answer_to_another_rules_question_is_not_read(visitor):
    count = visitor.count(samples.ABIF, "av", plurality__seats="nonsense")
    assert count.state == Count.State.DONE


def test_options_reach_the_rule(visitor):
    """Withdrawn Bea leaves Ann 5 and, after the transfer of 4, Cy 7."""
    count = visitor.count(samples.ABIF, "av", av__withdrawn="Bea")
    assert elected(visitor, count) == ["Cy"]


@pytest.mark.parametrize("rule", COUNTING_RULES)
def test_every_option_of_a_rule_is_asked_for(rule):
    asked = {question.name for question in questions.questions(rule)}
    assert asked == set(questions.defaults(rule))


@pytest.mark.parametrize("rule", COUNTING_RULES)
def test_a_form_left_alone_asks_for_what_the_rule_does_by_itself(rule, rf):
    blank = forms.blank()
    post = rf.post("/counts/", blank.values | {"rule": rule}).POST
    form, asked = forms.read(post)
    assert form.errors == {}
    assert asked is not None
    usual = questions.options_for(rule, {})
    assert questions.options_for(rule, asked.options) == usual


def test_the_page_says_until_when_and_has_the_link(visitor):
    count = visitor.count()
    page = visitor.get(f"/counts/{count.public_id}/").content.decode()
    assert f"http://testserver/counts/{count.public_id}/" in page
    assert f'datetime="{count.expires_at.isoformat()}"' in page
    assert (count.expires_at - count.made_at).days == 30


class TestDownloads:
    def test_json_is_the_count_record(self, visitor):
        count = visitor.count(samples.BLT, "stv-scottish", name="crew.blt")
        response = visitor.get(f"/counts/{count.public_id}/count.json")
        assert response["Content-Type"] == "application/json"
        record = json.loads(b"".join(response))
        assert record["schema"] == "count/1"
        assert record["ballots"] == {"total": 12, "valid": 12, "blank": 0, "invalid": 0}

    def test_the_page_stands_alone(self, visitor):
        count = visitor.count()
        response = visitor.get(f"/counts/{count.public_id}/count.html")
        assert response["Content-Type"] == "text/html; charset=utf-8"
        assert "/static/" not in response.content.decode()
        assert "<style" in response.content.decode()

    def test_paths_say_for_whom_each_ballot_counted(self, visitor):
        count = visitor.count()
        response = visitor.get(f"/counts/{count.public_id}/paths.csv")
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        rows = list(csv.reader(io.StringIO(b"".join(response).decode())))
        assert rows[0] == ["ballot", "weight", "stage_1", "stage_2"]
        assert [row[1:] for row in rows[1:]] == [
            ["5", "Ann", "Ann"],
            ["4", "Bea", "Bea"],
            ["3", "Cy", "Bea"],
        ]

    def test_paths_are_sent_compressed_to_those_who_accept_it(self, visitor):
        count = visitor.count()
        address = f"/counts/{count.public_id}/paths.csv"
        plain = b"".join(visitor.get(address))
        packed = visitor.get(address, headers={"Accept-Encoding": "gzip"})
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(b"".join(packed)) == plain

    def test_a_name_that_a_spreadsheet_would_run_is_made_harmless(self, visitor):
        ballots = b'rank1,rank2\n"=1+1",Bea\n"=1+1",Bea\nBea,\n'
        count = visitor.count(ballots, "plurality", name="x.csv")
        assert count.state == Count.State.DONE, count.refusal
        text = b"".join(visitor.get(f"/counts/{count.public_id}/paths.csv")).decode()
        assert "'=1+1" in text
        assert ",=1+1" not in text

    @pytest.mark.parametrize("part", ["count.json", "count.html", "paths.csv"])
    def test_files_are_downloads_of_their_own_kind(self, visitor, part):
        count = visitor.count(name="Möwe \u202e“;\r\n.blt", ballots=samples.BLT)
        response = visitor.get(f"/counts/{count.public_id}/{part}")
        header = response["Content-Disposition"]
        assert header.startswith("attachment; filename=")
        assert header.isascii()
        assert header.isprintable()
        assert "filename*=UTF-8''" in header
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "noindex" in response["X-Robots-Tag"]
        assert b"".join(response)

    def test_the_ballots_themselves_are_not_handed_out(self, visitor):
        count = visitor.count()
        for name in ("ballots", "crew.abif", "ballots.txt"):
            assert visitor.get(f"/counts/{count.public_id}/{name}").status_code == 404

    def test_there_are_none_before_the_count_is_done(self, visitor):
        count = of(visitor.send())
        for part in ("count.json", "count.html", "paths.csv"):
            assert visitor.get(f"/counts/{count.public_id}/{part}").status_code == 404

    def test_paths_that_would_be_too_large_are_left_out(self, visitor, settings):
        settings.HUSTINGS_COUNTS = Limits(paths_bytes=10)
        count = visitor.count()
        assert count.state == Count.State.DONE
        assert visitor.get(f"/counts/{count.public_id}/paths.csv").status_code == 404
        assert "paths.csv" not in visitor.get(f"/counts/{count.public_id}/").content.decode()


class TestAgain:
    def test_the_same_ballots_by_another_rule_get_a_link_of_their_own(self, visitor):
        old = visitor.count()
        answers = {"rule": "plurality", "tie": "earlier", "token": "t"}
        response = visitor.client.post(f"/counts/{old.public_id}/again/", answers)
        assert response.status_code == 303
        work_off()
        new = of(response)
        assert new.pk != old.pk
        assert elected(visitor, new) == ["Ann"]
        assert elected(visitor, old) == ["Bea"]
        visitor.client.post(f"/counts/{old.public_id}/delete/")
        assert elected(visitor, new) == ["Ann"]

    def test_sending_that_twice_makes_one(self, visitor):
        old = visitor.count()
        answers = {"rule": "plurality", "tie": "earlier", "token": "t"}
        for _ in range(2):
            visitor.client.post(f"/counts/{old.public_id}/again/", answers)
        assert Count.objects.count() == 2


def test_a_way_of_counting_is_called_a_counting_rule_and_never_a_rule_alone(visitor):
    """A rule, in this house, says who may vote (docs/glossary.md)."""
    tied = visitor.count(samples.TIED, "plurality")
    done = visitor.count()
    for address in (
        "/",
        "/counts/",
        f"/counts/{tied.public_id}/",
        f"/counts/{done.public_id}/again/",
        f"/counts/{done.public_id}/",
    ):
        page = visitor.get(address).content.decode()
        if address == f"/counts/{done.public_id}/":  # the result itself has tests of its own
            page = page.partition('id="keep"')[2]
        text = " ".join(re.sub(r"<[^>]*>", " ", page).replace("Scottish council rules", "").split())
        alone = re.findall(r"(?i)(?<!counting )\brules?\b.{0,20}", text)
        assert alone == [], address


class TestDemonstration:
    def keep(self, **changes):
        asked = {"title": "The crew", "source": samples.ABIF, "rule": "av", "now": NOW}
        return demonstrations.keep(**asked | changes)

    def test_it_is_listed_and_stays(self, visitor):
        link = self.keep()
        assert "The crew" in visitor.get("/counts/").content.decode()
        count = Count.objects.get(public_id=link)
        assert count.expires_at is None
        assert elected(visitor, count) == ["Bea"]
        assert "The crew" in visitor.get(f"/counts/{link}/").content.decode()

    def test_doing_it_twice_is_doing_it_once(self, folder):
        first = self.keep()
        files = left_behind(folder)
        assert self.keep() == first
        assert left_behind(folder) == files
        assert self.keep(rule="plurality") != first

    def test_one_that_was_cut_short_is_counted_again_under_its_link(self, visitor):
        link = self.keep()
        Count.objects.update(state=Count.State.COUNTING)
        assert self.keep() == link
        assert Count.objects.get().state == Count.State.DONE

    def test_anyone_may_count_its_ballots_by_another_rule(self, visitor):
        link = self.keep()
        assert visitor.get(f"/counts/{link}/again/").status_code == 200
        answers = {"rule": "plurality", "tie": "earlier", "token": "t"}
        response = visitor.client.post(f"/counts/{link}/again/", answers)
        work_off()
        assert elected(visitor, of(response)) == ["Ann"]
        assert of(response).expires_at is not None

    def test_nobody_may_delete_it(self, visitor):
        link = self.keep()
        assert visitor.client.post(f"/counts/{link}/delete/").status_code == 403
        assert Count.objects.count() == 1

    def test_other_counts_are_listed_nowhere(self, visitor, stranger):
        count = visitor.count()
        for address in ("/", "/counts/"):
            assert count.public_id not in stranger.get(address).content.decode()
