"""What goes wrong is said in plain words, at the place, and nothing that was given is lost."""

from __future__ import annotations

import logging

import pytest

from hustings.apps.site.counts import arrivals
from hustings.apps.site.models import Count
from tests.apps.site.counts import samples
from tests.apps.site.counts.conftest import left_behind, of, work_off
from tests.apps.site.test_style import Elements

pytestmark = pytest.mark.django_db

# A BLT file whose fourth line ranks a fourth candidate of three.
BAD_BLT = samples.BLT.replace(b"3 3 2 0", b"3 3 4 0")


class TestBadFile:
    def test_the_page_says_where_shows_the_line_and_what_to_do(self, visitor):
        count = visitor.count(BAD_BLT, name="crew.blt")
        assert count.state == Count.State.REFUSED
        page = visitor.get(f"/counts/{count.public_id}/")
        assert page.status_code == 200
        text = page.content.decode()
        assert "crew.blt" in text
        assert "line 4, column 5" in text
        assert "3 3 <mark>4</mark> 0" in text
        assert "What to do" in text

    def test_the_file_goes_at_once(self, visitor, folder):
        visitor.count(BAD_BLT, name="crew.blt")
        assert left_behind(folder) == []

    def test_the_message_goes_after_a_day(self, visitor):
        count = visitor.count(BAD_BLT, name="crew.blt")
        assert (count.expires_at - count.finished_at).days == 1

    def test_pasted_text_stays_to_be_mended(self, visitor, stranger):
        count = visitor.count(None, "av", source="paste", text="5: Ann>Bea\n4: >Cy\n")
        address = f"/counts/{count.public_id}/"
        assert "5: Ann&gt;Bea\r\n4: &gt;Cy" in visitor.get(address).content.decode().replace(
            "\r\n", "\n"
        ).replace("\n", "\r\n")
        assert "Ann&gt;Bea" not in stranger.get(address).content.decode()

    @pytest.mark.parametrize(
        "ballots",
        [
            b"\0" * 100,
            b"\x89PNG\r\n\x1a\n" + bytes(200),
            b"3 2\n1 \0 0\n",
            b"\xff\xfe\x00",
            b"a,b,c\n" * 3,
            b"3 2\n" + b"1 1 0\n" * 5,
            "3 2\n1 \u202e 0\n".encode(),
            b"<script>alert(1)</script>",
            b"99999999999999999999 1\n",
            b"5: " + b"A" * 200_000 + b"\n",
        ],
    )
    def test_whatever_is_sent_gets_a_page_and_leaves_nothing(self, visitor, folder, ballots):
        count = visitor.count(ballots, name="x")
        assert count.state == Count.State.REFUSED, count.state
        assert count.refusal["kind"] == "file", count.refusal
        page = visitor.get(f"/counts/{count.public_id}/")
        assert page.status_code == 200
        text = page.content.decode()
        assert "<script" not in text
        assert "\0" not in text
        assert "Traceback" not in text
        assert left_behind(folder) == []

    @pytest.mark.parametrize(
        "name",
        [
            "<img src=x onerror=alert(1)>.blt",
            "../../../etc/passwd",
            "a\0b.blt",
            "x" * 400 + ".blt",
            "\u202etlb.txt",
            "'; DROP TABLE site_count; --.blt",
            "“Ünïcödé” 🗳.blt",
        ],
    )
    def test_a_hostile_name_is_only_a_name(self, visitor, name):
        for ballots in (BAD_BLT, samples.BLT):
            count = visitor.count(ballots, name=name)
            assert count.state in {Count.State.DONE, Count.State.REFUSED}
            text = visitor.get(f"/counts/{count.public_id}/").content.decode()
            assert "<img src=x" not in text
            assert "\0" not in text


class TestWrongForm:
    def test_each_mistake_is_named_at_its_field_and_at_the_top(self, visitor):
        response = visitor.send(
            samples.ABIF, "stv-scottish", **{"stv-scottish.seats": "many", "tie": "lot"}
        )
        assert response.status_code == 422
        text = response.content.decode()
        assert 'href="#stv-scottish-seats"' in text
        assert 'id="stv-scottish-seats-error"' in text
        assert 'href="#seed"' in text
        assert 'value="many"' in text

    def test_the_file_need_not_be_sent_again(self, visitor):
        response = visitor.send(samples.ABIF, "av", **{"av.max-skipped": "two"})
        assert response.status_code == 422
        draft = Count.objects.get()
        assert draft.state == Count.State.DRAFT
        assert f'name="kept" value="{draft.public_id}"' in response.content.decode()

        count = visitor.count(None, "av", kept=draft.public_id, **{"av.max-skipped": "2"})
        assert count.pk == draft.pk
        assert count.state == Count.State.DONE
        assert count.options["max-skipped"] == 2
        assert (count.expires_at - count.made_at).days == 30

    def test_a_new_file_replaces_the_kept_one(self, visitor, folder):
        visitor.send(samples.ABIF, "av", **{"av.max-skipped": "two"})
        draft = Count.objects.get()
        count = visitor.count(samples.TIED + b"1: Ann\n", "av", kept=draft.public_id)
        assert count.pk != draft.pk
        assert count.state == Count.State.DONE
        assert not Count.objects.filter(pk=draft.pk).exists()
        assert len({name.split("/")[1] for name in left_behind(folder)}) == 1

    def test_going_back_and_choosing_another_counting_rule_is_a_new_count(self, visitor):
        visitor.send(samples.ABIF, "")
        draft = Count.objects.get()
        form = visitor.form() | {"kept": draft.public_id}
        first = visitor.count(None, "av", form=form)
        second = visitor.count(None, "plurality", form=form)
        first.refresh_from_db()
        assert (first.rule, first.state) == ("av", Count.State.DONE)
        assert (second.rule, second.state) == ("plurality", Count.State.DONE)

    def test_going_back_and_choosing_another_file_leaves_the_first_result(self, visitor):
        visitor.send(samples.ABIF, "")
        draft = Count.objects.get()
        form = visitor.form() | {"kept": draft.public_id}
        first = visitor.count(None, "av", form=form)
        second = visitor.count(samples.ABIF + b"1: Ann\n", "av", form=form)
        assert second.pk != first.pk
        assert visitor.get(f"/counts/{first.public_id}/").status_code == 200

    def test_a_strangers_kept_file_can_not_be_used(self, visitor, stranger):
        visitor.send(samples.ABIF, "av", **{"av.max-skipped": "two"})
        draft = Count.objects.get()
        assert stranger.send(None, "av", kept=draft.public_id).status_code == 422
        assert stranger.get(f"/counts/{draft.public_id}/").status_code == 404

    def test_pasted_text_is_given_back(self, visitor):
        response = visitor.send(None, "", source="paste", text="5: Ann>Bea\n")
        assert response.status_code == 422
        assert "5: Ann&gt;Bea" in response.content.decode()
        assert not Count.objects.exists()

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"rule": ""}, "rule"),
            ({"rule": "best-of-three"}, "rule"),
            ({"format": "xls"}, "format"),
            ({"plurality.seats": "0", "rule": "plurality"}, "plurality-seats"),
            ({"plurality.seats": "1.5", "rule": "plurality"}, "plurality-seats"),
            ({"plurality.seats": "²", "rule": "plurality"}, "plurality-seats"),
            ({"plurality.seats": "9" * 30, "rule": "plurality"}, "plurality-seats"),
            ({"plurality.seats": "9" * 9000, "rule": "plurality"}, "plurality-seats"),
            # As many as a file may give, and one more.
            ({"plurality.seats": "1001", "rule": "plurality"}, "plurality-seats"),
            ({"plurality.seats": "000", "rule": "plurality"}, "plurality-seats"),
            ({"av.min-votes": "²"}, "av-min-votes"),
            ({"av.overvote": "toss"}, "av-overvote"),
            ({"av.max-rankings": "0"}, "av-max-rankings"),
            ({"av.stop-after": "-1"}, "av-stop-after"),
            ({"tie": "order"}, "tie-order"),
            ({"tie": "coin"}, "tie"),
        ],
    )
    def test_every_wrong_answer_has_its_own_error(self, visitor, fields, field):
        answers = {"rule": "av"} | fields
        response = visitor.send(samples.ABIF, answers.pop("rule"), **answers)
        assert response.status_code == 422
        text = response.content.decode()
        assert f'href="#{field}"' in text
        assert f'id="{field}' in text

    def test_as_many_seats_may_be_asked_for_as_a_file_may_give(self, visitor):
        response = visitor.send(samples.ABIF, "plurality", **{"plurality.seats": "1000"})
        assert response.status_code == 303

    def test_zeros_before_a_number_are_no_mistake(self, visitor):
        count = visitor.count(
            samples.ABIF, "stv-scottish", **{"stv-scottish.seats": "00000000000002"}
        )
        assert count.seats == 2
        assert count.state == Count.State.DONE

    def test_the_page_with_a_mistake_stays_out_of_caches_and_search_engines(self, visitor):
        """It carries the link to the file that is kept meanwhile."""
        for response in (visitor.get("/counts/"), visitor.send(samples.ABIF, "")):
            assert response["Cache-Control"] == "private, no-store"
            assert "noindex" in response["X-Robots-Tag"]
            assert response["Referrer-Policy"] == "same-origin"

    def test_no_control_says_that_it_is_required_but_has_no_answer(self, visitor):
        """A screen reader would say "required, invalid" of what nobody need answer."""
        for response in (visitor.get("/counts/"), visitor.send(samples.ABIF, "", format="xls")):
            required = [
                attributes.get("name")
                for tag, attributes in Elements(response.content.decode()).found
                if tag in {"input", "select", "textarea"} and "required" in attributes
            ]
            assert required == []

    @pytest.mark.parametrize(
        ("ballots", "source", "field"),
        [(None, "file", "file"), (b"", "file", "file"), (None, "paste", "text")],
    )
    def test_without_ballots_nothing_is_kept(self, visitor, folder, ballots, source, field):
        response = visitor.send(ballots, "av", source=source)
        assert response.status_code == 422
        assert f'href="#{field}"' in response.content.decode()
        assert left_behind(folder) == []


class TestTie:
    def test_the_ballots_are_kept_and_the_order_is_asked_for(self, visitor):
        count = visitor.count(samples.TIED, "plurality")
        assert count.state == Count.State.REFUSED
        text = visitor.get(f"/counts/{count.public_id}/").content.decode()
        assert "There is a tie to be broken" in text
        assert "--" not in text.partition("<main")[2].replace("stv-scottish--", "")
        answers = {"rule": "plurality", "tie": "order", "tie-order": "Bea\r\nAnn"}
        response = visitor.client.post(f"/counts/{count.public_id}/again/", answers)
        assert response.status_code == 303
        work_off()
        count.refresh_from_db()
        assert count.state == Count.State.DONE
        text = visitor.get(f"/counts/{count.public_id}/").content.decode()
        assert "Bea stands first in the stated order" in text

    def test_a_name_that_is_nobodys_is_pointed_out_at_its_field(self, visitor):
        count = visitor.count(samples.TIED, "plurality", **{"plurality.withdrawn": "Anne"})
        text = visitor.get(f"/counts/{count.public_id}/").content.decode()
        assert 'id="plurality-withdrawn-error"' in text
        assert "“Candidates who have withdrawn” names “Anne”" in text
        assert "Did you mean “Ann”?" in text

    @pytest.mark.parametrize(
        "name",
        ["B -- x. y", "B. --seed TEXT", "--tie-order A,B", "At stage 9. --", "“B” --tie lot"],
    )
    def test_the_page_says_who_is_tied_whatever_their_name(self, visitor, name):
        ballots = f'2 1\n2 1 0\n2 2 0\n0\n"Ann"\n"{name}"\n"Ferry crew"\n'.encode()
        count = visitor.count(ballots, "plurality", name="crew.blt")
        assert count.refusal["kind"] == "tie"
        assert count.refusal["candidates"] == ["Ann", name]
        sentence = count.refusal["sentence"]
        assert sentence.startswith("At the end of stage 1, ")
        assert name in sentence
        # How to answer on a command line is no use here; the form below asks.
        assert "--" not in sentence.replace(name, "")
        assert "Order for ties" not in sentence
        assert sentence.endswith(".")

    def test_a_name_that_looks_like_an_option_is_repeated_as_it_was_typed(self, visitor):
        wrong = "B --seed TEXT"
        count = visitor.count(samples.TIED, "plurality", **{"plurality.withdrawn": wrong})
        assert count.refusal["option"] == "withdrawn"
        assert f"“Candidates who have withdrawn” names “{wrong}”" in count.refusal["sentence"]

    def test_missing_seats_are_asked_for_at_their_field(self, visitor):
        count = visitor.count(samples.ABIF, "stv-scottish")
        assert count.refusal["option"] == "seats"
        text = visitor.get(f"/counts/{count.public_id}/").content.decode()
        assert 'id="stv-scottish-seats-error"' in text

    def test_a_stranger_may_not_change_what_is_asked(self, visitor, stranger):
        count = visitor.count(samples.TIED, "plurality")
        answers = {"rule": "plurality", "tie": "order", "tie-order": "Bea\nAnn"}
        response = stranger.client.post(f"/counts/{count.public_id}/again/", answers)
        assert response.status_code == 403
        count.refresh_from_db()
        assert count.state == Count.State.REFUSED


@pytest.mark.parametrize("names", ['"A\0nn"\n"Bea"', '"Ann\u202e"\n"Bea"', '"Ann"\n"Bea"\n"T\0"'])
def test_signs_that_hide_far_down_a_file_are_shown_and_not_stored(visitor, names):
    """After the first 64 kB nobody looks for a NUL any more, and PostgreSQL takes none."""
    many = "1 2 0\n" * 20_000
    ballots = f"2 1\n2 1 0\n1 2 0\n{many}0\n{names}\n".encode()
    count = visitor.count(ballots, "plurality")
    assert count.state in {Count.State.DONE, Count.State.REFUSED}
    assert count.refusal.get("kind") != "broken"
    text = visitor.get(f"/counts/{count.public_id}/").content.decode()
    assert "\0" not in text
    assert "\u202e" not in text


def test_a_mistake_of_ours_is_a_page_too_and_its_words_are_not_logged(visitor, monkeypatch, caplog):
    def broken(*_args, **_rest):
        raise RuntimeError("Ann>Bea")

    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("hustings.apps.site.counts.counting.core.count", broken)
    count = visitor.count()
    assert count.refusal["kind"] == "broken"
    text = visitor.get(f"/counts/{count.public_id}/").content.decode()
    assert "our mistake" in text
    assert "RuntimeError" in caplog.text
    assert "Ann" not in caplog.text


def test_too_much_memory_or_time_is_said(visitor, monkeypatch):
    from hustings.apps.site.counts.counting import OutOfTime

    for error, words in ((MemoryError, "more memory"), (OutOfTime, "takes longer")):

        def stop(*_args, error=error, **_rest):
            raise error

        monkeypatch.setattr("hustings.apps.site.counts.counting.core.count", stop)
        count = visitor.count()
        assert count.state == Count.State.REFUSED
        assert words in visitor.get(f"/counts/{count.public_id}/").content.decode()


def test_no_name_and_no_line_of_a_file_is_ever_logged(visitor, caplog):
    caplog.set_level(logging.DEBUG)
    visitor.count(BAD_BLT, name="secret.blt")
    visitor.count(samples.BLT, "stv-scottish", name="secret.blt")
    visitor.count(samples.TIED, "plurality", name="secret.blt")
    assert caplog.messages
    for word in ("secret", "Ann", "3 3 4 0", "127.0.0.1", *Count.objects.values_list("public_id")):
        assert str(word) not in caplog.text


def test_a_body_that_breaks_off_is_not_taken_for_a_whole_file(visitor, folder):
    """Django reads on as if the file ended there; the form's last field shows that it didn't."""
    response = visitor.send(form={"token": "t"})
    assert arrivals.LAST_FIELD == "whole"
    assert response.status_code == 400
    assert "did not arrive whole" in response.content.decode().lower()
    assert left_behind(folder) == []
    assert not Count.objects.exists()


def test_a_refused_count_can_be_found_again(visitor):
    count = of(visitor.send(BAD_BLT))
    work_off()
    assert visitor.get(f"/counts/{count.public_id}/").status_code == 200
