"""What a network of two parts writes of a source, and sources on which the two ways of decoding differ."""

import numpy as np
import pytest
import torch

from rnnviz.language import BadValue
from rnnviz.looks.decoding import MOST_FOUND, MOST_SOUGHT, decoding_of, found_by, pair_of
from rnnviz.looks.look import look
from rnnviz.looks.pieces import outcome
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Asking, Touch
from rnnviz.tasks import TASKS
from rnnviz.tasks.pairs import Pairs
from rnnviz.training.trainer import Trainer
from rnnviz.wanted import Wanted

HALF = 60
"""Training steps after which some is right and some is not."""


def trained(steps: int) -> Trainer:
    trainer = Trainer(Experiment(task="numbers", **TASKS["numbers"].suggested))
    trainer.step(steps)
    return trainer


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    return trained(HALF)


def task_of(trainer: Trainer) -> Pairs:
    assert isinstance(trainer.task, Pairs)
    return trainer.task


@torch.no_grad()
def taught(trainer: Trainer, source: list[int], target: list[int]) -> np.ndarray:
    """The log-probabilities of the tokens of a target, each after those before it."""
    inputs = torch.tensor([task_of(trainer).begin, *target[:-1]])[:, None]
    outputs, _recording = trainer.model.record(inputs, source=torch.tensor(source)[:, None])
    return outputs[:, 0].double().log_softmax(-1)[torch.arange(len(target)), target].numpy()


def test_the_probe_is_decoded_where_no_source_is_given(trainer):
    decoding = look(trainer.subject(), Wanted(asking=Asking(beam=4))).decoding
    source, target = pair_of(trainer.examples.probe, 0)
    assert decoding.source.tolist() == source
    assert decoding.right is not None
    assert decoding.right.tolist() == target
    assert len(decoding.best) == 4
    for line in (decoding.greedy, *(line for line, _score in decoding.best)):
        expected = taught(trainer, source, line.tokens.tolist())
        np.testing.assert_allclose(line.log_probabilities, expected, rtol=0, atol=1e-4)
        assert line.attention is not None
        assert line.attention.shape == (len(line.tokens), len(source))
    scores = [score for _line, score in decoding.best]
    assert scores == sorted(scores, reverse=True)
    assert decoding.untouched is None
    assert decoding.sums is None


def test_what_is_written_right_greedily_is_what_is_right_teacher_forced(trainer):
    """By induction: as long as all before is right, the same is read."""
    batch, task = trainer.examples.validation, task_of(trainer)
    outputs, targets, _ends = trainer.criterion.answers(trainer.model, batch)
    right = trainer.criterion.right(outputs, targets).tolist()
    for b, expected in enumerate(right):
        source, target = pair_of(batch, b)
        decoding = outcome(decoding_of(trainer.subject(), Asking(tuple(source), beam=1)))
        assert (decoding.greedy.tokens.tolist() == target) == expected
        assert decoding.parts is None
        assert tuple(target[:-1]) == task.right(source)
    assert 0 < sum(right) < len(right)


def test_a_forced_beginning_a_hand_on_attention_and_the_sums_of_a_weight(trainer):
    asked = Asking(beam=3, forced=(2, 99, 5), touches=(Touch(0, 1),), sums=(1, 0), normalised=True)
    decoding = outcome(decoding_of(trainer.subject(), asked))
    for line in (decoding.greedy, decoding.untouched, *(line for line, _score in decoding.best)):
        assert line
        assert line.tokens[:2].tolist() == [2, 5]  # 99 is no token
    assert decoding.greedy.attention is not None
    assert not decoding.greedy.attention[:, 0].any()
    assert decoding.untouched
    assert decoding.untouched.attention is not None
    assert decoding.untouched.attention[:, 0].all()
    assert decoding.sums
    assert (decoding.sums.step, decoding.sums.at) == (1, 0)
    np.testing.assert_array_equal(decoding.sums.weights, decoding.greedy.attention[1])
    for line, score in decoding.best:
        assert score == pytest.approx(line.log_probabilities.mean())
    assert decoding.asked == asked


def test_tokens_of_another_network_are_left_out(trainer):
    decoding = outcome(decoding_of(trainer.subject(), Asking((0, 999, 1), forced=(999,))))
    assert decoding.source.tolist() == [0, 1]
    decoding = outcome(decoding_of(trainer.subject(), Asking((999,))))
    assert decoding.source.tolist() == pair_of(trainer.examples.probe, 0)[0]


def test_where_the_two_part_is_the_first_token_that_differs(trainer):
    parted = 0
    for b in range(trainer.examples.count):
        source, _target = pair_of(trainer.examples.validation, b)
        decoding = outcome(decoding_of(trainer.subject(), Asking(tuple(source))))
        one, other = decoding.greedy.tokens.tolist(), decoding.best[0][0].tokens.tolist()
        if decoding.parts is None:
            assert one == other
            continue
        parted += 1
        assert one[: decoding.parts] == other[: decoding.parts]
        assert one[decoding.parts] != other[decoding.parts]
    assert parted


def test_sources_that_beam_search_alone_gets_right_are_found(trainer):
    found = look(trainer.subject(), Wanted(search=8)).found
    assert 0 < len(found.sources) <= MOST_FOUND
    assert found.beam == 8
    for source in found.sources:
        decoding = outcome(decoding_of(trainer.subject(), Asking(source, beam=8)))
        assert decoding.right is not None
        assert decoding.best[0][0].tokens.tolist() == decoding.right.tolist() != decoding.greedy.tokens.tolist()


def test_the_search_comes_to_an_end_and_does_little_at_a_time():
    trainer = trained(0)
    longest = trainer.task.steps  # of each search a step at a time
    assert MOST_SOUGHT < len([*found_by(trainer.subject(), 2)]) <= MOST_SOUGHT * (1 + longest) + 1
    found = outcome(found_by(trainer.subject(), 2))
    assert found.sources == ()
    assert found.looked >= MOST_SOUGHT


def test_a_network_of_one_sequence_decodes_nothing():
    subject = Trainer(Experiment(task="recall")).subject()
    for wanted in (Wanted(asking=Asking()), Wanted(search=4)):
        with pytest.raises(ValueError, match="one sequence"):
            look(subject, wanted)


def test_the_trainer_decodes_what_is_typed(trainer):
    task = task_of(trainer)
    source, _target = pair_of(trainer.examples.validation, 3)
    outputs = trainer.decode(task.source_text(source), beam=5)
    decoding = outcome(decoding_of(trainer.subject(), Asking(tuple(source), beam=5)))
    assert [p for _text, p in outputs] == [line.log_probability for line, _score in decoding.best]
    assert all(isinstance(text, str) and "<end>" not in text for text, _p in outputs)
    assert trainer.decode(task.source_text(source))[0][1] >= outputs[0][1] - 1e-9
    with pytest.raises(BadValue, match="does not know"):
        trainer.decode("xyz")
    with pytest.raises(BadValue, match="empty"):
        trainer.decode("")
    for beam in (0, 101):
        with pytest.raises(BadValue, match="from 1 to 100"):
            trainer.decode(task.source_text(source), beam)
    with pytest.raises(BadValue, match="two parts"):
        Trainer(Experiment(task="recall")).decode("a")


def test_decoding_changes_nothing_of_the_training():
    looked, left = trained(5), trained(5)
    looked.decode("twelve")
    outcome(found_by(looked.subject(), 4))
    looked.step()
    left.step()
    assert looked.loss == left.loss
