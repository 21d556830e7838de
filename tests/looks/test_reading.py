"""What is shown of a text, held against torch.nn, autograd and finite differences in float64."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from rnnviz.cells import CELLS
from rnnviz.looks.memory import jacobians
from rnnviz.looks.reading import compared_with, logit_of
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Passages, Reading
from rnnviz.tasks.form import EQUAL
from rnnviz.tasks.recall import Recall
from rnnviz.tasks.task import NOTHING, Batch
from rnnviz.training.trainer import Trainer

NETWORKS: list[dict[str, Any]] = [
    {"cell": "rnn"},
    {"cell": "gru", "embedding_size": 4, "num_layers": 2},
    {"cell": "lstm", "embedding_size": 4, "num_layers": 2, "bidirectional": True},
    {"cell": "lstm", "bidirectional": True, "task": "reversal"},
    *({"cell": cell, "embedding_size": 3} for cell in CELLS),
]
TEXT = (2, 5, 8, 4, 10)
TOLERANCE = 1e-10


class Padded(Recall):
    """Recall with a token of padding, in front, and one for words not known."""

    padding = 9
    unknown = 8


class Next(Recall):
    """Recall's words, after each of which the next is to be said."""

    form = EQUAL
    outputs = Recall.inputs

    def __init__(self, experiment: Experiment):
        super().__init__(experiment)
        self.classes = self.vocabulary

    def _after(self, answers, random) -> Batch:
        batch = super()._after(answers, random)
        return Batch(batch.inputs, np.roll(batch.inputs, -1, axis=0), np.ones(len(batch.mask), bool))


def trained(made: Any = None, steps: int = 3, **settings: Any) -> Trainer:
    """A trainer in float64, of a task that is made up if one is given."""
    experiment = Experiment(**{"task": "recall", "seq_len": 7, "hidden_size": 5, "learning_rate": 0.05} | settings)
    if made is None:
        trainer = Trainer(experiment, torch.float64)
    else:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("rnnviz.training.trainer.TASKS", {"recall": made})
            trainer = Trainer(experiment, torch.float64)
    trainer.step(steps)
    return trainer


def read(trainer: Trainer, **asked: Any) -> Reading:
    return trainer.snapshot(reading=Passages(**asked)).reading


def by_torch(trainer: Trainer, x: Tensor) -> Tensor:
    """What torch's own modules answer to x (T, I) at every step, (T, C); a cell torch has not, what it trains on."""
    model = trainer.model
    try:
        recurrent, readout = model.to_torch()
    except ValueError:
        return model.readout(model.hidden(x[:, None])[0])[:, 0]
    return readout(recurrent(x[:, None])[0])[:, 0]


def z(y: Tensor) -> Tensor:
    return y[1] - y[0] if len(y) == 2 else y.max() - y.mean()


@pytest.mark.parametrize("network", NETWORKS, ids=str)
@pytest.mark.parametrize("text", [None, TEXT])
def test_importance_and_norm_are_autograds(network, text):
    if text and network.get("task") == "reversal":
        text = (0, 3, 1, 1, NOTHING, NOTHING)
    trainer = trained(**network)
    [passage] = read(trainer, texts=(text,) if text else ()).passages
    tokens = torch.tensor(text) if text else torch.from_numpy(trainer.task.probe.inputs[:, 0])
    np.testing.assert_array_equal(passage.tokens, tokens)
    x = trainer.model.read(tokens[:, None])[:, 0].detach().requires_grad_()
    y = by_torch(trainer, x)
    (to_logit,) = torch.autograd.grad(z(y[-1]), x, retain_graph=True)
    weight = trainer.model.embedding.weight.detach() if trainer.model.embedding else torch.zeros(1, x.shape[1])
    expected = (to_logit * (x - weight.double().mean(0))).sum(-1).detach().numpy()
    given = tokens.numpy() >= 0
    np.testing.assert_allclose(passage.importance[given], expected[given], rtol=0, atol=TOLERANCE)
    assert np.isnan(passage.importance[~given]).all()
    assert passage.logit == pytest.approx(z(y[-1]).item(), abs=TOLERANCE)
    if text:
        loss = -y[-1].log_softmax(-1)[passage.answer]
    else:
        marked = torch.from_numpy(trainer.task.marked(trainer.task.probe.mask))
        right = torch.from_numpy(trainer.task.probe.targets[:, 0])
        loss = torch.nn.functional.cross_entropy(y[marked], right[marked])
    (to_loss,) = torch.autograd.grad(loss, x)
    np.testing.assert_allclose(passage.norm, to_loss.norm(dim=-1).numpy(), rtol=0, atol=TOLERANCE)


def test_importance_is_the_slope_of_the_logit_towards_the_other_word():
    trainer = trained(Padded, cell="gru", embedding_size=4, seq_len=5)
    reading = read(trainer, texts=(TEXT,))
    assert reading.reference == "unknown"
    model, epsilon = trainer.model, 1e-6
    assert model.embedding
    x = model.embedding(torch.tensor(TEXT))
    unknown = model.embedding.weight[Padded.unknown]
    for t, found in enumerate(reading.passages[0].importance):
        towards = torch.zeros_like(x)
        towards[t] = x[t] - unknown
        ahead, behind = (z(by_torch(trainer, x + sign * epsilon * towards)[-1]).item() for sign in (1, -1))
        assert (ahead - behind) / (2 * epsilon) == pytest.approx(found, abs=1e-8)


@pytest.mark.parametrize(
    ("task", "settings", "name"),
    [(None, {}, "zero"), (None, {"embedding_size": 3}, "mean"), (Padded, {"embedding_size": 3}, "unknown")],
)
def test_what_a_word_is_compared_with_is_said(task, settings, name):
    trainer = trained(task, **settings)
    assert compared_with(trainer.model, trainer.task)[0] == name
    assert read(trainer).reference == name


def test_where_words_are_one_hot_and_one_is_unknown_that_one_is_compared_with():
    trainer = trained(Padded)
    _name, vector = compared_with(trainer.model, trainer.task)
    np.testing.assert_array_equal(vector, np.eye(11)[Padded.unknown])


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_the_running_answer_is_the_read_out_of_every_state(network):
    trainer = trained(**network)
    [passage] = read(trainer).passages
    x = trainer.model.read(torch.from_numpy(trainer.task.probe.inputs))[:, 0].detach()
    np.testing.assert_allclose(passage.answers, by_torch(trainer, x).softmax(-1).detach(), rtol=0, atol=TOLERANCE)
    assert passage.answer == passage.answers[-1].argmax()


@pytest.mark.parametrize("settings", [{"cell": "lstm", "num_layers": 2}, {"cell": "gru", "bidirectional": True}])
def test_a_unit_and_the_share_are_those_of_the_layer_that_is_asked_for(settings):
    trainer = trained(embedding_size=3, **settings)
    layer, direction = settings.get("num_layers", 1) - 1, int(settings.get("bidirectional", False))
    [passage] = read(trainer, layer=layer, direction=direction, unit=2, share=True).passages
    snapshot = trainer.snapshot()
    np.testing.assert_allclose(passage.unit, snapshot.trace.hidden[layer, direction, :, 2], rtol=0, atol=TOLERANCE)
    tape = trainer.subject().recording.tapes[layer * trainer.model.directions + direction]
    expected = np.linalg.norm(jacobians(tape)[0], axis=(1, 2))
    assert passage.share is not None
    np.testing.assert_allclose(passage.share, expected, rtol=0, atol=TOLERANCE)
    [far] = read(trainer, layer=9, direction=9, unit=99).passages
    np.testing.assert_allclose(far.unit, snapshot.trace.hidden[layer, direction, :, -1], rtol=0, atol=TOLERANCE)
    assert far.share is None


def test_the_surprise_is_the_loss_of_each_next_word_in_bits():
    trainer = trained(Next, cell="gru", embedding_size=3)
    [passage] = read(trainer).passages
    losses = trainer.snapshot().trace.losses
    assert passage.surprise is not None
    assert np.isnan(passage.surprise[0])
    np.testing.assert_allclose(passage.surprise[1:], losses[:-1] / math.log(2), rtol=0, atol=TOLERANCE)
    [typed] = read(trainer, texts=((0, NOTHING, 4),)).passages
    assert typed.surprise is not None
    assert np.isnan(typed.surprise[[0, 1]]).all()
    x = trainer.model.read(torch.tensor([[0], [NOTHING], [4]]))[:, 0].detach()
    said = by_torch(trainer, x).softmax(-1)[1, 4].item()
    assert typed.surprise[2] == pytest.approx(-math.log2(said), abs=TOLERANCE)
    assert read(trained()).passages[0].surprise is None


def test_an_answer_before_the_end_is_judged_where_it_is_asked_for():
    trainer = trained(Next, embedding_size=3)
    [passage] = read(trainer, texts=(TEXT,), step=2).passages
    [short] = read(trainer, texts=(TEXT[:3],)).passages
    assert passage.at == short.at == 2
    np.testing.assert_allclose(passage.importance[:3], short.importance, rtol=0, atol=TOLERANCE)
    np.testing.assert_array_equal(passage.importance[3:], 0)
    assert read(trainer, texts=(TEXT,), step=99).passages[0].at == 4


def test_two_texts_are_read_each_for_itself():
    trainer = trained(cell="lstm", embedding_size=3)
    both = read(trainer, texts=(TEXT, TEXT[1:])).passages
    for passage, text in zip(both, (TEXT, TEXT[1:]), strict=True):
        [alone] = read(trainer, texts=(text,)).passages
        for name in ("tokens", "importance", "norm", "unit", "answers"):
            np.testing.assert_array_equal(getattr(passage, name), getattr(alone, name))


def test_padding_is_read_and_what_it_does_is_measured_against_the_text_alone():
    trainer = trained(Padded, cell="gru", embedding_size=4, num_layers=2)
    [passage] = read(trainer, texts=(TEXT,)).passages
    assert passage.padding.tolist() == [True, True, *[False] * 5]
    assert passage.tokens.tolist() == [Padded.padding] * 2 + [*TEXT]
    model = trainer.model
    assert model.embedding
    recurrent, readout = model.to_torch()
    states = [recurrent(model.embedding(torch.tensor(tokens)[:, None]))[0] for tokens in (TEXT, passage.tokens)]
    alone, padded = (state[-1, 0].detach() for state in states)
    assert passage.alone is not None
    np.testing.assert_allclose(passage.alone, readout(alone).softmax(-1).detach(), rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(passage.answers[-1], readout(padded).softmax(-1).detach(), rtol=0, atol=TOLERANCE)
    assert passage.moved == pytest.approx(((padded - alone).norm() / alone.norm()).item(), abs=TOLERANCE)


def test_padding_that_is_masked_does_nothing():
    trainer = trained(Padded, embedding_size=4, mask_padding=True)
    [passage] = read(trainer, texts=(TEXT,)).passages
    [alone] = read(trained(embedding_size=4, mask_padding=True, steps=0), texts=(TEXT,)).passages
    assert passage.alone is None
    assert math.isnan(passage.moved)
    np.testing.assert_array_equal(passage.norm[:2], 0)
    assert len(alone.tokens) == 5
    x = trainer.model.read(torch.tensor(TEXT)[:, None])[:, 0].detach()
    np.testing.assert_allclose(passage.answers[2:], by_torch(trainer, x).softmax(-1).detach(), rtol=0, atol=TOLERANCE)


def test_what_is_too_long_or_no_token_is_cut_or_read_as_nothing():
    trainer = trained(Padded)
    [passage] = read(trainer, texts=((1, 2, 3, 4, 5, 6, 7, 8, 400),)).passages
    assert passage.tokens.tolist() == [3, 4, 5, 6, 7, 8, NOTHING]
    assert len(read(trained(), texts=((1,) * 600,)).passages[0].tokens) == 500


def test_looking_changes_nothing():
    one, other = trained(cell="lstm", embedding_size=3), trained(cell="lstm", embedding_size=3)
    read(one, texts=(TEXT,), share=True)
    before = one.snapshot()
    read(one)
    np.testing.assert_array_equal(one.snapshot().flow.inputs, before.flow.inputs)
    one.step()
    other.step()
    assert one.loss == other.loss


def test_only_networks_that_answer_by_words_can_be_read():
    with pytest.raises(ValueError, match="no words"):
        read(trained(task="sine"))


def test_of_two_classes_the_logit_is_the_second_less_the_first():
    assert logit_of(torch.tensor([1.0, 4.0])) == 3
    assert logit_of(torch.tensor([1.0, 4.0, 1.0])) == 2
