"""The address of a race: how the others differ from the first."""

from hypothesis import given
from hypothesis import strategies as st

from rnnviz.settings.experiment import Experiment
from rnnviz.settings.race import SHARED, check, from_query, is_lane, names, shared, to_query

FIRST = Experiment(task="recall", hidden_size=20, seed=3)
FREE = [name for name in Experiment.SETTINGS if name not in SHARED]

cells = st.sampled_from(["rnn", "gru", "lstm", "mingru"])
others = st.lists(
    st.builds(
        lambda cell, hidden_size, rate, both: Experiment(
            task="recall", seed=3, cell=cell, hidden_size=hidden_size, learning_rate=rate, bidirectional=both
        ),
        cells,
        st.integers(1, 128),
        st.sampled_from([0.001, 0.01, 0.5]),
        st.booleans(),
    ),
    max_size=3,
)


@given(others)
def test_an_address_holds_all_networks_of_a_race(others):
    query = to_query((FIRST, *others))
    read, remarks = from_query(query, FIRST)
    assert (list(read), remarks) == (others, [])
    assert all(name[:2] in ("b.", "c.", "d.") for name in query)


def test_it_says_no_more_than_how_they_differ():
    lstm = Experiment(task="recall", hidden_size=20, seed=3, cell="lstm")
    assert to_query((FIRST, lstm, FIRST)) == {"b.cell": "lstm", "c.cell": "rnn"}


@given(
    st.dictionaries(
        st.sampled_from([f"{lane}.{name}" for lane in "abcde" for name in ("cell", "seed", "x")]), st.text()
    )
)
def test_any_address_is_read_and_makes_a_race(query):
    read, _remarks = from_query(query, FIRST)
    check((FIRST, *read))


def test_what_cannot_be_taken_is_said():
    read, remarks = from_query({"b.cell": "lsmt", "c.seed": "4", "c.hidden_size": "900", "d.nothing": "1"}, FIRST)
    assert [other.hidden_size for other in read] == [20, 128]
    said = " ".join(map(str, remarks))
    assert all(text in said for text in ("cell=lsmt", "c.seed", "hidden_size=900", "d.nothing"))


def test_shared_settings_are_those_of_the_data():
    other = Experiment(task="adding", cell="lstm", seed=8, seq_len=9)
    assert shared(other, FIRST) == Experiment(task="recall", cell="lstm", seed=3)
    assert {"cell", "hidden_size", "learning_rate"} <= {*FREE}


def test_networks_are_called_by_all_in_which_they_differ():
    wide = Experiment(task="recall", cell="lstm", hidden_size=64)
    assert list(map(str, names((FIRST, FIRST)))) == ["a", "b"]
    assert list(map(str, names((FIRST, shared(wide, FIRST))))) == [
        "a: RNN, Hidden size 20",
        "b: LSTM, Hidden size 64",
    ]
    clipped = Experiment(clip_norm=1.0), Experiment(clip_norm=0.0)
    assert list(map(str, names(clipped))) == ["a: Clip gradient norm at 1", "b: Clip gradient norm at off"]


def test_a_parameter_of_another_network_is_known_by_its_name():
    assert [name for name in ("b.cell", "d.nothing", "a.cell", "e.cell", "cell", "bb.cell") if is_lane(name)] == [
        "b.cell",
        "d.nothing",
    ]
