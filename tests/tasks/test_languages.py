"""Long dependencies: row 7 of the list of what is taught. The last country named decides, at any distance."""

import math

import numpy as np
import pytest
import torch
from built import build, learned
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.diagnosis import diagnose
from rnnviz.language import BadValue, short
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.tasks.languages import ASKED, FILLERS, LANGUAGES, PAD, PARTS, VOCABULARY
from rnnviz.training.trainer import Trainer

SUGGESTED = dict(TASKS["languages"].suggested)


def sentences(batch) -> list[list[str]]:
    """Each sentence of a batch, from its first word to its last."""
    words = np.array(VOCABULARY)[batch.inputs].T  # (B, T)
    assert ((words == PAD) == batch.padding.T).all()
    return [[word for word in row if word != PAD] for row in words.tolist()]


def named(words: list[str]) -> list[str]:
    return [word for word in words if word in LANGUAGES]


@given(st.integers(4, 500), st.integers(0, 10**6))
def test_the_last_country_decides_however_long_ago_it_was(T, step):
    task = build("languages", seq_len=T, batch_size=16)
    for batch in (task.training_batch(step), task.validation, task.probe):
        assert np.flatnonzero(batch.mask).tolist() == [T - 1]
        said = [list(LANGUAGES.values())[answer] for answer in batch.targets[-1]]
        for words, answer, distance in zip(sentences(batch), said, task.distances(batch), strict=True):
            assert words[-1] == ASKED
            assert {*words[:-1]} <= {*LANGUAGES, *FILLERS}
            first, last = named(words)
            assert first != last
            assert LANGUAGES[last] == answer
            assert words[::-1].index(last) - 1 == distance <= min(3 * T // 4, T - 4)


@pytest.mark.parametrize("T", [2, 3])
def test_a_sentence_without_room_for_two_countries_is_refused(T):
    with pytest.raises(BadValue, match="a sequence length of 4 or more"):
        build("languages", seq_len=T)


def test_sentences_of_many_lengths_are_drawn_at_every_distance():
    task = build("languages", **(SUGGESTED | {"batch_size": 128}))
    batches = [task.training_batch(step) for step in range(50)]
    assert {len(words) for batch in batches for words in sentences(batch)} == set(range(4, 41))
    distances = np.concatenate([task.distances(batch) for batch in batches])
    assert np.bincount(distances) == pytest.approx(np.full(31, 6400 / 31), rel=0.35)


@given(st.integers(0, 2**31 - 1), st.integers(4, 60))
def test_what_is_held_out_is_told_by_the_sum_of_the_words(seed, T):
    task = build("languages", seq_len=T, batch_size=64, seed=seed)
    places = {word: n for n, word in enumerate(VOCABULARY)}

    def parts(batch) -> set[int]:
        return {sum(places[word] for word in words) % PARTS for words in sentences(batch)}

    assert 0 not in parts(task.training_batch(0))
    assert parts(task.validation) == parts(task.probe) == {0}


@given(st.integers(0, 2**31 - 1), st.integers(4, 100))
def test_a_bag_of_words_is_right_half_the_time_exactly(seed, T):
    task = build("languages", seq_len=T, seed=seed)
    chance, bag = task.measured(task.validation)
    assert (chance.loss, chance.accuracy) == (pytest.approx(math.log(8)), 1 / 8)
    assert (bag.loss, bag.accuracy) == (pytest.approx(math.log(2)), 0.5)
    ways: dict[tuple[str, ...], list[str]] = {}
    for words in sentences(task.validation):
        ways.setdefault(tuple(sorted(named(words))), []).append(named(words)[-1])
    assert all(set(map(last.count, pair)) == {len(last) // 2} for pair, last in ways.items())


def test_of_the_probe_the_last_country_decides():
    task = build("languages", **SUGGESTED)
    [at] = np.flatnonzero(task.decisive)
    assert VOCABULARY[task.probe.inputs[at, 0]] == named(sentences(task.probe)[0])[-1]


def test_the_validation_asks_every_distance_as_often():
    task = build("languages", **SUGGESTED)
    assert np.bincount(task.distances(task.validation)).tolist() == [16] * 31
    assert len(np.unique(task.distances(build("languages", seq_len=500).validation))) == 31


def test_sentences_alone_and_unpadded_are_read_as_in_a_batch():
    trainer = Trainer(Experiment(task="languages", cell="gru", **SUGGESTED), keeps_history=False)
    trainer.step(150)
    batch, model = trainer.task.validation, trainer.model
    assert batch.padding is not None
    with torch.no_grad():
        together, _targets, _ends = trainer.criterion.answers(model, batch)
        for b in range(0, batch.inputs.shape[1], 7):
            alone = torch.from_numpy(batch.inputs[~batch.padding[:, b], b][:, None].copy())
            torch.testing.assert_close(model(alone)[0][-1, 0], together[0, b], rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_a_gru_learns_it_at_every_distance():
    _loss, accuracy = learned("languages", "gru", 300)
    assert accuracy is not None
    assert accuracy >= 0.99


@pytest.mark.parametrize("seed", range(4))
def test_the_gradient_is_followed_to_the_first_word_and_not_into_the_padding(seed):
    """Where padding is skipped no gradient reaches it: that is no vanishing."""
    experiment = Experiment(task="languages", cell="gru", seed=seed, **SUGGESTED)
    snapshot = Trainer(experiment).snapshot()
    [words] = sentences(TASKS["languages"](experiment).probe)
    first, norms = 40 - len(words), snapshot.gradients.hidden_norms[0, 0]
    assert not norms[:first].any()
    ratio = norms[first] / norms[-1]
    said = str(diagnose(snapshot, experiment).sentence)
    assert said == f"The gradient at step {first + 1} is {short(ratio)} of that at step 40: " + (
        "vanishing." if ratio < 1e-4 else "it arrives."
    )
