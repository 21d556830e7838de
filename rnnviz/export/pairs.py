"""The network of a script that reads one sequence and writes another: encoder, attention and decoder."""

from collections.abc import Sequence

from rnnviz.cells import CELLS
from rnnviz.export.cell import MODULE, indented, module_of_two, why
from rnnviz.export.network import arguments, initialisation
from rnnviz.export.numbers import times
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.task import Task

PARAMETERS = "*encoder.parameters(), *decoder.parameters()"


def network_of_two(experiment: Experiment, task: Task) -> list[str]:
    """Return the paragraphs that define and draw `encoder` and `decoder`."""
    return [
        *([module_of_two(experiment)] if _written(experiment) else []),
        _encoder(experiment, len(task.source_vocabulary)),
        *([_ATTENTION[experiment.attention](experiment)] if _attends(experiment) else []),
        _decoder(experiment, task),
        "torch.manual_seed(SEED)\nencoder = Encoder()\ndecoder = Decoder()",
        *initialisation(
            experiment,
            "[*encoder.recurrent.named_parameters(), *decoder.recurrent.named_parameters()]",
            _embeddings_as_keras(experiment),
            _linears_as_keras(experiment),
        ),
    ]


def loss_of_two(experiment: Experiment) -> list[str]:
    """Write what a training step does up to its loss."""
    if _attends(experiment):
        run = ["states, end = encoder(sources)", "outputs = decoder(inputs, end, states, sources >= 0)"]
    else:
        run = ["outputs = decoder(inputs, encoder(sources))"]
    return [
        "sources, inputs, targets = batch(step)",
        *run,
        "loss = nn.functional.cross_entropy(outputs.flatten(0, 1), targets.flatten(), ignore_index=-1)",
    ]


def _attends(experiment: Experiment) -> bool:
    return experiment.attention != "none"


def _written(experiment: Experiment) -> bool:
    """Say whether the cells are written out."""
    return bool(why(experiment, padded=False))


def _several(experiment: Experiment) -> bool:
    """Say whether the cells' state is a tuple."""
    return CELLS[experiment.cell].has_c or _written(experiment)


def _features(experiment: Experiment) -> str:
    """Write how many numbers a source state has, M."""
    return times(experiment.encoder_directions, "HIDDEN_SIZE")


def _class(name: str, about: str, parts: Sequence[str], forward: Sequence[str]) -> str:
    """Write a module. parts: what it is made of; forward: its method."""
    made = ["def __init__(self):", *indented('"""Draw the weights."""', "super().__init__()", *parts), ""]
    lines = [f'"""{about}"""', "", *(made if parts else []), *forward]
    return "\n".join([f"class {name}(nn.Module):", *indented(*lines)])


def _embedding(experiment: Experiment, vocabulary: int) -> list[str]:
    return [f"self.embedding = nn.Embedding({vocabulary}, EMBEDDING_SIZE)"] if experiment.embedding_size else []


def _read(experiment: Experiment, tokens: str, vocabulary: int) -> str:
    """Write what the cells read of tokens."""
    if experiment.embedding_size:
        return f"self.embedding({tokens})"
    return f"nn.functional.one_hot({tokens}, {vocabulary}).float()"


def _cells(experiment: Experiment, inputs: str, *, bidirectional: bool = False) -> str:
    both = ", bidirectional=True" if bidirectional else ""
    if _written(experiment):
        return f"self.recurrent = {MODULE}({inputs}{both})"
    made = ", ".join(arguments(experiment, inputs, bidirectional))
    return f"self.recurrent = nn.{CELLS[experiment.cell].torch}({made})"


def _encoder(experiment: Experiment, vocabulary: int) -> str:
    both, attends = experiment.encoder_directions == 2, _attends(experiment)
    states = "states" if attends else "_"
    run = [f"x = {_read(experiment, 'sources.clamp(0)', vocabulary)}"]
    if _written(experiment):
        run += [f"{states}, end = self.recurrent(x, there=(sources >= 0)[..., None])"]
    else:
        run += [
            "lengths = (sources >= 0).sum(0)",
            "x = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)",
            f"{states}, end = self.recurrent(x)",
            *(["states, _ = nn.utils.rnn.pad_packed_sequence(states)"] if attends else []),
        ]
    if both:
        halves = "tuple(part[::2] for part in end)" if _several(experiment) else "end[::2]"
        run.append(f"return states, {halves}")
        returned = "Return the source states, (S, B, 2H), and the state that the forward half of all layers ends in."
    elif attends:
        run.append("return states, end")
        returned = "Return the source states, (S, B, H), and the state that all layers end in."
    else:
        run.append("return end")
        returned = "Return the state that all layers end in."
    return _class(
        "Encoder",
        "Reads the sources, from a state of zeros.",
        [
            *_embedding(experiment, vocabulary),
            _cells(experiment, "EMBEDDING_SIZE" if experiment.embedding_size else f"{vocabulary}", bidirectional=both),
        ],
        ["def forward(self, sources):", *indented(f'"""{returned}"""', *run)],
    )


def _additive(experiment: Experiment) -> str:
    return _class(
        "Attention",
        "e_ts = v^T tanh(W_q h_(t-1) + W_k h_s + b). Bahdanau, Cho and Bengio, arXiv:1409.0473.",
        [
            "self.query = nn.Linear(HIDDEN_SIZE, HIDDEN_SIZE, bias=False)  # W_q",
            f"self.key = nn.Linear({_features(experiment)}, HIDDEN_SIZE)  # W_k and b",
            "self.score = nn.Linear(HIDDEN_SIZE, 1, bias=False)  # v",
        ],
        [
            "def forward(self, hidden, keys, states, there):",
            *indented(
                '"""Return the context of the decoder\'s state (B, H): the weighted mean of the source states."""',
                "scores = self.score(torch.tanh(self.query(hidden) + keys))  # (S, B, 1)",
                "weights = scores.masked_fill(~there[..., None], -torch.inf).softmax(0)",
                "return (weights * states).sum(0)",
            ),
        ],
    )


def _dot(experiment: Experiment) -> str:
    maps = experiment.encoder_directions == 2
    return _class(
        "Attention",
        f"e_ts = h_t^T {'W_a ' * maps}h_s. Luong, Pham and Manning, arXiv:1508.04025.",
        [f"self.key = nn.Linear({_features(experiment)}, HIDDEN_SIZE, bias=False)  # W_a"] if maps else [],
        [
            "def forward(self, hidden, states, there):",
            *indented(
                '"""Return the contexts of all h_t (T, B, H): weighted means of the source states, (T, B, M)."""',
                f'scores = torch.einsum("tbh,sbh->tbs", hidden, {"self.key(states)" if maps else "states"})',
                "weights = scores.masked_fill(~there.T, -torch.inf).softmax(2)",
                'return torch.einsum("tbs,sbm->tbm", weights, states)',
            ),
        ],
    )


_ATTENTION = {"additive": _additive, "dot": _dot}


def _decoder(experiment: Experiment, task: Task) -> str:
    kind, D = experiment.attention, experiment.encoder_directions
    x, top = _read(experiment, "tokens", task.inputs), "state[0][-1]" if _several(experiment) else "state[-1]"
    if kind == "additive":
        about = "Writes the targets: its first layer reads the token before, and what the state before looks at."
        run = [
            "keys, outputs = self.attention.key(states), []",
            f"for x in {x}:",
            f"    context = self.attention({top}, keys, states, there)",
            "    hidden, state = self.recurrent(torch.cat([x, context], dim=1)[None], state)",
            "    outputs.append(self.readout(torch.cat([hidden[0], context], dim=1)))",
            "return torch.stack(outputs)",
        ]
    elif kind == "dot":
        about = "Writes the targets: its read-out sees h_t, and what h_t looks at."
        run = [
            f"hidden, _ = self.recurrent({x}, state)",
            "contexts = self.attention(hidden, states, there)",
            "return self.readout(torch.cat([hidden, contexts], dim=2))",
        ]
    else:
        about = "Writes the targets: all it knows of a source is the state in which it begins."
        run = [f"hidden, _ = self.recurrent({x}, state)", "return self.readout(hidden)"]
    reads = "EMBEDDING_SIZE" if experiment.embedding_size else f"{task.inputs}"
    read_out = times(1 + D * (kind != "none"), "HIDDEN_SIZE")
    return _class(
        "Decoder",
        about,
        [
            *(["self.attention = Attention()"] if kind != "none" else []),
            *_embedding(experiment, task.inputs),
            _cells(experiment, f"{reads} + {_features(experiment)}" if kind == "additive" else reads),
            f"self.readout = nn.Linear({read_out}, {task.outputs})",
        ],
        [
            f"def forward(self, tokens, state{', states, there' if kind != 'none' else ''}):",
            *indented('"""Return what is said at each step, before the softmax: (T, B, V)."""', *run),
        ],
    )


def _embeddings_as_keras(experiment: Experiment) -> list[str]:
    if not experiment.embedding_size:
        return []
    return ["for module in (encoder, decoder):", "    nn.init.uniform_(module.embedding.weight, -0.05, 0.05)"]


def _linears_as_keras(experiment: Experiment) -> list[str]:
    return [
        "for module in decoder.modules():",
        "    if isinstance(module, nn.Linear):",
        "        nn.init.xavier_uniform_(module.weight)",
        "        if module.bias is not None:",
        "            nn.init.zeros_(module.bias)",
    ]
