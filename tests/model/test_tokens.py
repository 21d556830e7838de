"""Tokens: an embedding or one-hot vectors, dropout, padding and Keras' weights, each against torch's own."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from rnnviz.cells import CELLS
from rnnviz.model.network import SequenceModel
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.task import NOTHING

V, E, H, T, B = 7, 5, 4, 9, 3


def a_model(**settings) -> SequenceModel:
    experiment = Experiment(hidden_size=H, **settings)
    return SequenceModel(experiment, V, 2, torch.Generator().manual_seed(1), torch.float64, tokens=True)


def some_tokens(seed=0) -> Tensor:
    return torch.randint(V, (T, B), generator=torch.Generator().manual_seed(seed))


def gradients(model: nn.Module, loss: Tensor) -> list[Tensor]:
    return [gradient.detach() for gradient in torch.autograd.grad(loss, list(model.parameters()))]


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_it_reads_by_an_embedding_as_torch_does(cell):
    model, tokens = a_model(cell=cell, embedding_size=E, num_layers=2, bidirectional=True), some_tokens()
    outputs, _ = model(tokens)
    recurrent, readout = model.to_torch()
    assert model.embedding
    reference = readout(recurrent(model.embedding(tokens))[0])
    torch.testing.assert_close(outputs, reference, rtol=0, atol=1e-12)
    (ours,), (theirs,) = (torch.autograd.grad(y.square().sum(), [model.embedding.weight]) for y in (outputs, reference))
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-10)


def test_without_an_embedding_it_reads_one_hot_vectors_and_of_nothing_zeros():
    model, tokens = a_model(), some_tokens()
    tokens[2, 1] = tokens[5] = NOTHING
    x = model.read(tokens)
    assert x.dtype == torch.float64
    expected = np.eye(V + 1)[:, :V][tokens.numpy()]  # the last row, of -1, is zero
    np.testing.assert_array_equal(x.numpy(), expected)
    embedded = a_model(embedding_size=E).read(tokens)
    assert (embedded[tokens == NOTHING] == 0).all()
    assert embedded[tokens != NOTHING].all()


def test_the_weights_are_those_a_script_draws():
    experiment = Experiment(cell="gru", hidden_size=H, embedding_size=E, seed=3)
    model = SequenceModel(experiment, V, 2, torch.Generator().manual_seed(3), tokens=True)
    torch.manual_seed(3)
    modules = {"embedding": nn.Embedding(V, E), "recurrent": nn.GRU(E, H), "readout": nn.Linear(H, 2)}
    drawn = {f"{at}.{name}": weight for at, module in modules.items() for name, weight in module.state_dict().items()}
    assert drawn.keys() == model.state_dict().keys()
    for name, weight in model.state_dict().items():
        torch.testing.assert_close(weight, drawn[name], rtol=0, atol=0)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("layers", "bidirectional"), [(1, False), (2, True)])
def test_with_padding_skipped_a_sequence_is_read_as_if_it_stood_alone(cell, layers, bidirectional):
    model = a_model(cell=cell, embedding_size=E, num_layers=layers, bidirectional=bidirectional, forget_bias=1.0)
    tokens, lengths = some_tokens(), (T, 4, 1)
    padding = torch.arange(T)[:, None] < T - torch.tensor(lengths)
    hidden, _ = model.hidden(model.read(tokens), padding=padding)
    loss = model.readout(hidden[-1]).square().sum()
    together = gradients(model, loss)
    alone = [torch.zeros_like(gradient) for gradient in together]
    for b, length in enumerate(lengths):
        outputs, _ = model(tokens[T - length :, b : b + 1])
        torch.testing.assert_close(model.readout(hidden[-length:, b : b + 1]), outputs, rtol=0, atol=1e-12)
        assert (hidden[: T - length, b] == 0).all()
        for total, part in zip(alone, gradients(model, outputs[-1].square().sum()), strict=True):
            total += part
    for ours, reference in zip(together, alone, strict=True):
        torch.testing.assert_close(ours, reference, rtol=0, atol=1e-10)


def test_padding_sends_back_nothing_even_where_its_gradient_would_overflow():
    model = a_model(nonlinearity="relu")
    with torch.no_grad():
        model.recurrent.get_parameter("weight_hh_l0").copy_(1e200 * torch.eye(H, dtype=torch.float64))
    tokens, padding = some_tokens(), torch.arange(T)[:, None].expand(T, B) < T - 1
    hidden, _ = model.hidden(model.read(tokens), padding=padding)
    loss = hidden[-1].sum() + 0 * model.readout(hidden).sum()
    assert all(torch.isfinite(gradient).all() for gradient in gradients(model, loss))


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_dropout_leaves_out_the_same_inputs_at_every_step(cell):
    model, tokens = a_model(cell=cell, embedding_size=E, num_layers=2, dropout=0.4), some_tokens()
    keep = model.dropped(np.random.default_rng(2), B)
    assert [mask.shape for mask in keep] == [(B, E), (B, H)]
    for mask in keep:
        assert set(mask.unique().tolist()) == {0, 1 / 0.6}
    hidden, _ = model.hidden(model.read(tokens), keep=keep)
    x = model.read(tokens)
    for layer, mask in enumerate(keep):
        x, _ = a_layer(model, layer)(torch.stack([x_t * mask for x_t in x]))
    torch.testing.assert_close(hidden, x, rtol=0, atol=1e-12)


def a_layer(model: SequenceModel, layer: int) -> nn.Module:
    """One layer of a network in one direction, as torch has it."""
    weights = dict(zip(model.kernel.names, model.recurrent.weights[layer], strict=True))
    made = getattr(nn, model.cell.torch)(weights["weight_ih"].shape[1], H).double()
    made.load_state_dict({f"{name}_l0": weight for name, weight in weights.items()})
    return made


def test_dropout_leaves_the_mean_as_it_is():
    masks = a_model(embedding_size=E, dropout=0.25).dropped(np.random.default_rng(0), 100_000)
    assert masks[0].mean().item() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("cell", CELLS)
def test_keras_weights(cell):
    experiment = Experiment(cell=cell, hidden_size=32, embedding_size=50, initialisation="keras", num_layers=2)
    model = SequenceModel(experiment, 400, 2, torch.Generator().manual_seed(0), tokens=True)
    assert model.embedding
    bound = 0.05
    assert 0.99 * bound < model.embedding.weight.abs().max() <= bound
    for name, weight in model.recurrent.named_parameters():
        if name.startswith("weight_hh"):  # W_hh^T W_hh = 1, all gates together
            torch.testing.assert_close(weight.T @ weight, torch.eye(32), rtol=0, atol=1e-5)
        if name.startswith("weight_ih"):
            glorot = (6 / sum(weight.shape)) ** 0.5
            assert 0.97 * glorot < weight.abs().max() <= glorot
        if name.startswith("bias"):
            assert not weight.any()
    assert not model.readout.bias.any()
