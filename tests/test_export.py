"""Exported scripts: run by themselves they give the Trainer's losses, and they say no more than they need to."""

import ast
import itertools
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from rnnviz.cells import CELLS
from rnnviz.export.cell import module
from rnnviz.export.script import script
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer

KINDS = {
    "tanh": {"cell": "rnn"},
    "relu": {"cell": "rnn", "nonlinearity": "relu"},
    "sigmoid": {"cell": "rnn", "nonlinearity": "sigmoid"},
    "gru": {"cell": "gru"},
    "lstm": {"cell": "lstm"},
    "peephole": {"cell": "peephole"},
    "coupled": {"cell": "coupled"},
    "mingru": {"cell": "mingru"},
}
SPREAD = [
    {"seed": 7},
    {"num_layers": 2, "loss_at": "last", "clip_norm": 0.05},
    {"bidirectional": True, "initialisation": "orthogonal", "batch_size": 3},
    {"initialisation": "identity", "carry_state": False, "loss_at": "last", "optimizer": "sgd"},
    {"num_layers": 2, "bidirectional": True, "initialisation": "spectral", "spectral_radius": 0.7, "forget_bias": 1.5},
    {"num_layers": 2, "bidirectional": True, "optimizer": "sgd", "learning_rate": 0.1, "clip_norm": 1, "batch_size": 5},
    {"num_layers": 2, "initialisation": "orthogonal", "forget_bias": -1, "batch_size": 2, "seed": 2**31 - 1},
    {"bidirectional": True, "carry_state": False, "initialisation": "identity", "loss_at": "last", "forget_bias": 2},
    {"truncation": 4, "spectral_radius": 0.6, "initialisation": "orthogonal"},
    {"truncation": 2, "carry_state": False, "num_layers": 2, "batch_size": 2},
    {"dropout": 0.4, "initialisation": "keras", "batch_size": 3, "forget_bias": 1},
    {"dropout": 0.3, "num_layers": 3, "bidirectional": True, "batch_size": 4, "embedding_size": 3},
    {"dropout": 0.2, "num_layers": 2, "truncation": 3, "embedding_size": 5, "initialisation": "keras"},
]
SPREAD_OF_PAIRS: list[dict[str, Any]] = [
    {"num_layers": 2, "embedding_size": 5, "clip_norm": 0.05},
    {"initialisation": "keras", "embedding_size": 3, "forget_bias": 1, "num_layers": 2},
    {"initialisation": "orthogonal", "spectral_radius": 0.8, "optimizer": "sgd", "answer_order": "forwards"},
    {"initialisation": "keras", "seed": 5, "batch_size": 1},
    {"initialisation": "identity", "embedding_size": 4},
    {"initialisation": "spectral", "num_layers": 2, "forget_bias": 2},
]
SINGLE = [task for task in TASKS if task != "reviews" and not TASKS[task].source_vocabulary]
"""Tasks of one sequence, but for the reviews, which take seconds to read."""
PAIRS = [task for task in TASKS if TASKS[task].source_vocabulary]
LOOKS = [("none", False), ("additive", False), ("additive", True), ("dot", False), ("dot", True)]
"""Kinds of attention, and whether the encoder reads both ways."""
SMALL = {
    "hidden_size": 7,
    "seq_len": 6,
    "corpus": "What \"it\" is, 'n\\a' shell:\t一二三, 二三一.\n" * 9,
    "series": tuple(200 * math.sin(n) - 1.5 * n + 0.001 * n * n for n in range(60)),
}


def experiments() -> dict[str, Experiment]:
    """Every cell with every setting of the spread, on the sine wave or another task; every task at every step and at
    the last; and every cell with two or three kinds of attention, each kind with half of the cells."""
    found = {"default": Experiment(), "another seed": Experiment(seed=1)}
    for (i, kind), (j, settings) in itertools.product(enumerate(KINDS), enumerate(SPREAD)):
        name = SINGLE[(i + j) % len(SINGLE)] if (i + j) % 2 else "sine"
        found[f"{kind} {name} {j}"] = Experiment(task=name, **KINDS[kind], **SMALL, **settings)
    for kind, dropout in zip(KINDS, itertools.cycle([0, 0.4]), strict=False):
        embedded: dict[str, Any] = {"embedding_size": 4, "dropout": dropout, "initialisation": "keras"}
        found[f"{kind} embedded {dropout}"] = Experiment(
            task="recall", batch_size=3, **KINDS[kind], **SMALL, **embedded
        )
    for task, loss_at in itertools.product(SINGLE, ["every", "last"]):
        found[f"{task} {loss_at}"] = Experiment(task=task, loss_at=loss_at, **SMALL)
    for task, loss_at in zip(SINGLE, itertools.cycle(["every", "last"]), strict=False):
        shortest = {**SMALL, "seq_len": TASKS[task].shortest}
        found[f"{task} {loss_at} short"] = Experiment(task=task, loss_at=loss_at, **shortest)
    for task, loss_at in itertools.product(["airline", "series"], ["every", "last"]):
        found[f"{task} {loss_at} changes"] = Experiment(task=task, loss_at=loss_at, difference=True, **SMALL)
    found["video, round and round"] = Experiment(task="video", batch_size=128, **SMALL)
    few_words: dict[str, Any] = {"vocabulary_size": 100, "embedding_size": 4, "seq_len": 90, "batch_size": 128}
    found["reviews"] = Experiment(task="reviews", hidden_size=7, seed=3, **few_words)
    for (i, kind), (j, (attention, both)) in itertools.product(enumerate(KINDS), enumerate(LOOKS)):
        if (i + j) % 2:
            continue
        others = [{}, *SPREAD_OF_PAIRS][(i + 2 * j) % (len(SPREAD_OF_PAIRS) + 1)]
        settings = {"attention": attention, "bidirectional_encoder": both, "batch_size": 3, **others}
        task = PAIRS[(i + j) % len(PAIRS)]
        found[f"{kind} {task} {attention} {both}"] = Experiment(task=task, **SMALL, **KINDS[kind], **settings)
    for task in PAIRS:
        found[f"{task} suggested"] = Experiment(task=task, cell="gru", **TASKS[task].suggested)
    found["recall suggested"] = Experiment(task="recall", cell="lstm", **TASKS["recall"].suggested)
    return found


EXPERIMENTS = experiments()

RUN_ALL = """
import contextlib, io, json, sys, torch
torch.set_num_threads(1)
printed = {}
for name, text in json.load(sys.stdin).items():
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(text, name, "exec"), {"__name__": "__main__"})
    printed[name] = out.getvalue()
assert not [name for name in sys.modules if name.startswith("rnnviz")]
json.dump(printed, sys.stdout)
"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory) -> dict[str, str]:
    return run(EXPERIMENTS, tmp_path_factory.mktemp("scripts"))


def run(experiments: dict[str, Experiment], cwd: Path) -> dict[str, str]:
    """What each script prints, run in a process that knows nothing of rnnviz."""
    texts = json.dumps({name: script(experiment) for name, experiment in experiments.items()})
    command = [sys.executable, "-I", "-c", RUN_ALL]
    return json.loads(subprocess.run(command, input=texts, cwd=cwd, capture_output=True, text=True, check=True).stdout)


def losses(printed: str) -> list[float]:
    steps, values = zip(*(line.split(" ") for line in printed.splitlines()), strict=True)
    assert steps == tuple(str(n) for n in range(1, 21))
    return [float(value) for value in values]


def trained(experiment: Experiment) -> list[float]:
    trainer, found = Trainer(experiment), []
    for _ in range(20):
        trainer.step()
        found.append(trainer.loss)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_script_gives_the_trainers_losses(name, printed):
    np.testing.assert_allclose(losses(printed[name]), trained(EXPERIMENTS[name]), rtol=0, atol=1e-5)


@pytest.mark.slow
def test_a_script_skips_padding_as_the_trainer_does(padded, tmp_path):
    """Every cell in two or three of these networks, each network with half of the cells."""
    networks: list[dict[str, Any]] = [
        {"embedding_size": 3},
        {"dropout": 0.3},
        {"num_layers": 2, "bidirectional": True, "dropout": 0.3, "initialisation": "keras"},
        {"num_layers": 2, "truncation": 2, "embedding_size": 3},
        {"mask_padding": False, "num_layers": 2, "embedding_size": 3},
    ]
    experiments = {}
    for (k, kind), (i, network) in itertools.product(enumerate(KINDS), enumerate(networks)):
        if (k + i) % 2:
            settings: dict[str, Any] = {"task": padded, "mask_padding": True, "batch_size": 5, **SMALL, **KINDS[kind]}
            experiments[f"{kind} {i}"] = Experiment(**settings | network)
    found = {name: losses(text) for name, text in run(experiments, tmp_path).items()}
    for name, experiment in experiments.items():
        np.testing.assert_allclose(found[name], trained(experiment), rtol=0, atol=1e-5, err_msg=name)
    assert np.abs(np.subtract(found["gru 4"], found["gru 0"])).max() > 1e-3


WRITTEN = [kind for kind in KINDS if not CELLS[KINDS[kind]["cell"]].in_torch(KINDS[kind].get("nonlinearity", "tanh"))]


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_cell_that_is_written_out_has_the_trainers_weights_under_their_names(kind):
    settings: dict[str, Any] = {"num_layers": 2, "bidirectional": True, "hidden_size": 5, **KINDS[kind]}
    experiment = Experiment(task="adding", seed=3, **settings)
    names: dict[str, Any] = {"torch": torch, "nn": torch.nn, "HIDDEN_SIZE": 5}
    exec(module(experiment, 2), names)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        written = names["Recurrent"]().state_dict()
    trained = Trainer(experiment).model.recurrent.state_dict()
    assert list(written) == list(trained)
    for name, weights in trained.items():
        assert torch.equal(written[name], weights)


def test_what_torch_has_is_not_written_out():
    assert WRITTEN == ["sigmoid", "peephole", "coupled", "mingru"]


@pytest.mark.slow
def test_losses_depend_on_the_seed(printed):
    one, other = (np.array(losses(printed[name])) for name in ("default", "another seed"))
    assert np.abs(one - other).min() > 1e-4


@pytest.mark.slow
def test_a_script_runs_by_itself(tmp_path):
    experiment = Experiment(task="recall", cell="lstm", batch_size=4)
    (tmp_path / "script.py").write_text(script(experiment), encoding="utf-8")
    command = [sys.executable, "script.py"]
    ran = subprocess.run(command, cwd=tmp_path, env={"OMP_NUM_THREADS": "1"}, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    np.testing.assert_allclose(losses(ran.stdout), trained(experiment), rtol=0, atol=1e-5)


def test_every_task_is_exported():
    assert {experiment.task for experiment in EXPERIMENTS.values()} == set(TASKS)


def test_what_does_not_fit_its_data_has_no_script():
    for experiment in (Experiment(task="series"), Experiment(task="airline", seq_len=100)):
        with pytest.raises(ValueError):
            script(experiment)


@pytest.mark.slow
def test_scripts_are_well_formatted(tmp_path):
    for n, experiment in enumerate(EXPERIMENTS.values()):
        text = script(experiment)
        assert text.startswith("# ")
        assert max(map(len, text.splitlines())) <= 120
        (tmp_path / f"script_{n}.py").write_text(text, encoding="utf-8")
    for command in (["format", "--check", "--diff"], ["check", "--select", "E,F,W,I,D,B007", "--ignore", "D100,D2,D4"]):
        command = [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length", "120", "."]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_script_needs_numpy_and_torch_alone(name):
    nodes = list(ast.walk(ast.parse(script(EXPERIMENTS[name]))))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module).split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    assert imported - sys.stdlib_module_names == {"numpy", "torch"}
    assert TASKS[EXPERIMENTS[name].task].imports or imported == {"numpy", "torch"}


# Settings, what the script says because of them, and what it has no use for.
SAID = [
    (
        {},
        "nn.RNN(1, HIDDEN_SIZE)",
        "nonlinearity clip_grad_norm_ no_grad num_layers bidirectional BATCH_SIZE class startswith",
    ),
    ({"clip_norm": 2.5}, "clip_grad_norm_(parameters, 2.5)", "no_grad"),
    ({"nonlinearity": "relu"}, 'nonlinearity="relu"', "class sigmoid"),
    ({"nonlinearity": "sigmoid"}, "torch.sigmoid", "nonlinearity"),
    ({"nonlinearity": "relu", "cell": "gru", "forget_bias": 1.0}, "nn.GRU", "nonlinearity relu forget no_grad"),
    ({"cell": "lstm", "forget_bias": 1.25}, "+= 1.25", "orthogonal_ weight_hh"),
    ({"cell": "peephole"}, "i = torch.sigmoid(x_i + h_i + p_i * c_before)", "nn.LSTM relu _reverse"),
    ({"cell": "coupled", "forget_bias": 1.0}, "f = 1 - i", "nn.LSTM no_grad"),
    ({"cell": "mingru"}, "h = (1 - z) * h_before + z * n", "nn.GRU weight_hh h_z"),
    ({"cell": "mingru", "initialisation": "identity"}, "x_z, x_n = ", "eye_ no_grad"),
    ({"initialisation": "orthogonal", "spectral_radius": 1.75}, "orthogonal_(W_hh, gain=1.75)", "bias eigvals"),
    ({"truncation": 5}, "TRUNCATION = 5", "h_0"),
    ({"truncation": 20}, "recurrent(inputs, state)", "TRUNCATION window"),
    ({"initialisation": "spectral", "spectral_radius": 1.75}, "*= 1.75 /", "orthogonal_"),
    ({"initialisation": "identity"}, "nn.init.eye_", "orthogonal_"),
    ({"optimizer": "sgd"}, "torch.optim.SGD(parameters, lr=0.01)", "Adam"),
    ({"num_layers": 2}, "num_layers=2", "bidirectional"),
    ({"bidirectional": True}, "state[1::2] = 0", "num_layers"),
    ({"carry_state": True}, "state.detach()", "h_0"),
    ({"carry_state": False}, "recurrent(inputs)", "state detach"),
    ({"task": "adding"}, "readout(hidden[-1])", "state detach"),
    ({"loss_at": "last"}, "readout(hidden[-1])", "flatten"),
    ({"batch_size": 3}, "BATCH_SIZE = 3", "no_grad"),
    ({"task": "airline"}, "np.array([", "gcd held validation"),
    ({"task": "airline", "difference": True}, "normalised(np.diff(SERIES))", "normalised(SERIES)"),
    ({"task": "sine", "difference": True}, "nn.RNN", "diff"),
    ({"task": "square", "seq_len": 77}, "HIDDEN_SIZE", "77 SEQ_LEN"),
    ({"dropout": 0.25}, "recurrent(inputs * keep, state)", "class no_grad num_layers"),
    ({"dropout": 0.25, "num_layers": 2}, "inputs = inputs * keep[layer]", "nn.RNN there"),
    ({"initialisation": "keras"}, "nn.init.xavier_uniform_(readout.weight)", "embedding orthogonal_(W_hh split"),
    ({"task": "recall", "mask_padding": True}, "nn.RNN(11, HIDDEN_SIZE)", "there class"),
    ({"task": "reverse"}, "outputs = decoder(inputs, encoder(sources))", "Attention states no_grad embedding ::2"),
    ({"task": "reverse", "attention": "dot"}, "e_ts = h_t^T h_s", "W_a self.key query ::2 init( bidirectional"),
    ({"task": "dates", "attention": "dot", "bidirectional_encoder": True}, "self.key(states)", "query tanh"),
    (
        {"task": "dates", "attention": "additive", "embedding_size": 8},
        "for x in self.embedding(tokens)",
        "one_hot einsum",
    ),
    (
        {"task": "dates", "cell": "mingru", "attention": "additive"},
        "self.recurrent = Recurrent(13 + HIDDEN",
        "pack bidirectional",
    ),
]


@pytest.mark.parametrize(("settings", "said", "unsaid"), SAID)
def test_a_script_says_what_the_experiment_needs_alone(settings, said, unsaid):
    text = script(Experiment(**settings))
    assert said in text
    assert [word for word in unsaid.split() if word in text] == []


def test_a_series_of_any_numbers_is_written_out_exactly():
    random = np.random.default_rng(0)
    values = [0, -0.0, 5, True, np.float64(-1e-7), 123456789012345678.0, 0.1 + 0.2, 1e15, *random.normal(size=9000)]
    text = script(Experiment(task="series", series=tuple(values)))
    arrays = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.List)]
    written = ast.literal_eval(max(arrays, key=lambda node: len(node.elts)))
    np.testing.assert_array_equal(
        np.array(written, dtype=float), np.array(values[: len(values) * 7 // 10], dtype=float)
    )
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.slow
def test_the_server_can_write_scripts():
    code = "import rnnviz.export.script, sys; sys.exit(bool({'torch', 'streamlit', 'plotly'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", code], check=True)
