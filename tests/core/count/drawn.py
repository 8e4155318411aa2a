"""Hypothesis draws elections: few names, so that ties, exhaustion and odd marks are common."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = ("Ada", "Ben", "Cleo", "Dora", "Evan", "Fay")


def plain_papers(names):
    """A ranking of some of the names, best first."""
    return st.permutations(names).flatmap(
        lambda order: st.integers(0, len(order)).map(lambda length: tuple(order[:length]))
    )


def odd_papers(names):
    """Anything a voter can do: empty ranks, over-votes, repeats. It ends with a mark."""
    mark = st.one_of(
        st.sampled_from(names),
        st.sampled_from(names),
        st.none(),
        st.just("?"),
        st.sets(st.sampled_from(names), min_size=2, max_size=3).map(frozenset),
    )

    def ended(marks):
        while marks and marks[-1] is None:
            marks = marks[:-1]
        return tuple(marks)

    return st.lists(mark, max_size=6).map(ended)


@st.composite
def elections(draw, papers=None, *, least=2, most=6, ballots=40):
    """Names, papers, and an order of all names that breaks every tie."""
    names = NAMES[: draw(st.integers(least, most))]
    kinds = st.one_of(plain_papers(names), odd_papers(names)) if papers is None else papers(names)
    # A few different papers, many times over: groups with weights, and close results.
    different = draw(st.lists(kinds, min_size=1, max_size=8))
    times = draw(st.lists(st.integers(1, ballots // 4), min_size=len(different), max_size=8))
    cast = [paper for paper, n in zip(different, times, strict=False) for _ in range(n)]
    return names, cast, tuple(draw(st.permutations(names)))


def av_options(names):
    """Every option of the alternative vote but those about ties, likely values first."""
    some = st.sets(st.sampled_from(names), max_size=len(names) // 2).map(sorted)
    return st.fixed_dictionaries(
        {
            "overvote": st.sampled_from(["exhaust", "skip", "exhaust-if-multiple-continuing"]),
            "max_skipped": st.sampled_from([None, 0, 1, 2]),
            "repeat": st.sampled_from(["exhaust", "skip"]),
            "max_rankings": st.sampled_from([None, None, 1, 2, 4]),
            "batch": st.booleans(),
            "until_two": st.booleans(),
            "threshold": st.sampled_from(["each-round", "first-round"]),
            "quota": st.sampled_from(["droop", "droop-exact", "hare"]),
            "min_votes": st.sampled_from([0, 0, 0, 1, 2, 5, 9]),
            "stop_after": st.sampled_from([None, None, None, 1, 2, 3]),
            "withdrawn": st.one_of(st.just([]), some),
            "write_in": st.one_of(st.just([]), some),
        }
    )


@st.composite
def av_elections(draw):
    """An election as `elections` draws it, and options of the alternative vote for it."""
    names, papers, order = draw(elections())
    return names, papers, order, draw(av_options(names))
