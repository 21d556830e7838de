"""The network of a script: its modules as PyTorch draws them, and what becomes of their weights."""

from collections.abc import Sequence

from rnnviz.cells import CELLS
from rnnviz.export.cell import MODULE, drops_between, module, why
from rnnviz.export.numbers import number, times
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.task import DROPOUT, Task


def padded(experiment: Experiment, task: Task) -> bool:
    """Say whether the network skips padding."""
    return experiment.mask_padding and task.padding is not None


def network(experiment: Experiment, task: Task) -> list[str]:
    """Return the paragraphs that define `read`, where a task has tokens, `kept`, where there is dropout, `recurrent`
    and `readout`."""
    cell, both, columns = CELLS[experiment.cell], experiment.bidirectional, task.columns(experiment)
    if why(experiment, padded(experiment, task)):
        classes, made = [module(experiment, columns, padded(experiment, task))], f"{MODULE}()"
    else:
        classes, made = [], f"nn.{cell.torch}({', '.join(arguments(experiment, columns, both))})"
    embeds = task.vocabulary and experiment.embedding_size
    embedding = f"embedding = nn.Embedding({task.inputs}, EMBEDDING_SIZE)\n    " if embeds else ""
    drawn = f"""
    torch.manual_seed(SEED)
    {embedding}recurrent = {made}
    readout = nn.Linear({times(1 + both, "HIDDEN_SIZE")}, {task.outputs})
    """
    embedded = ["nn.init.uniform_(embedding.weight, -0.05, 0.05)"] if embeds else []
    linear = ["nn.init.xavier_uniform_(readout.weight)", "nn.init.zeros_(readout.bias)"]
    return [
        *classes,
        *_read(experiment, task),
        *_kept(experiment, columns),
        drawn,
        *initialisation(experiment, "recurrent.named_parameters()", embedded, linear),
    ]


def _read(experiment: Experiment, task: Task) -> list[str]:
    """Write what turns tokens into what the cells read."""
    if not task.vocabulary:
        return []
    always = task.given.all()
    if experiment.embedding_size:
        what = "their rows of the embedding" if always else "their rows of the embedding, and zeros of -1"
        row = "embedding(tokens)" if always else "embedding(tokens.clamp(0)) * (tokens >= 0)[..., None]"
    else:
        what = "one-hot vectors" if always else "one-hot vectors, and zeros of -1"
        row = f"(tokens[..., None] == torch.arange({task.inputs})).float()"
    return [
        f'''
        def read(tokens):
            """Return what the cells read of tokens (T, B): {what}, (T, B, {task.columns(experiment)})."""
            return {row}
        '''
    ]


def _kept(experiment: Experiment, columns: int) -> list[str]:
    """Write which inputs dropout leaves."""
    if not experiment.dropout:
        return []
    above = times(1 + experiment.bidirectional, "HIDDEN_SIZE")
    begin = f"random = np.random.default_rng([SEED, {DROPOUT}, step])"
    if not drops_between(experiment):
        return [
            f'''
            def kept(step, count):
                """Return what inputs are multiplied by in a training step, at all time steps: (B, {columns})."""
                {begin}
                drawn = random.random((count, {columns}), dtype=np.float32)
                return torch.from_numpy(drawn >= DROPOUT) / (1 - DROPOUT)
            '''
        ]
    sizes = ", ".join([f"{columns}", *[above] * (experiment.num_layers - 1)])
    return [
        f'''
        def kept(step, count):
            """Return what each layer's inputs are multiplied by in a training step, at all time steps: (B, I) each."""
            {begin}
            drawn = [random.random((count, size), dtype=np.float32) for size in ({sizes})]
            return [torch.from_numpy(each >= DROPOUT) / (1 - DROPOUT) for each in drawn]
        '''
    ]


def arguments(experiment: Experiment, inputs: object, bidirectional: bool) -> list[str]:
    """Write with what torch's own module is made."""
    chosen = CELLS[experiment.cell].chooses and experiment.nonlinearity != "tanh"
    return [
        f"{inputs}",
        "HIDDEN_SIZE",
        *([f"num_layers={number(experiment, 'num_layers')}"] if experiment.num_layers > 1 else []),
        *([f'nonlinearity="{experiment.nonlinearity}"'] if chosen else []),
        *(["bidirectional=True"] if bidirectional else []),
    ]


def initialisation(experiment: Experiment, cells: str, embedded: Sequence[str], linear: Sequence[str]) -> list[str]:
    """Write what becomes of the weights once they are drawn, if anything does.

    cells: what gives the cells' parameters with their names. embedded, linear: what becomes of embeddings and of linear
    maps, as Keras has it.
    """
    cell, lines, keras = CELLS[experiment.cell], [], experiment.initialisation == "keras"
    if keras:
        hidden = (
            ['elif name.startswith("weight_hh"):', "    nn.init.orthogonal_(parameter)"] if cell.from_hidden else []
        )
        lines += [
            'if name.startswith("weight_ih"):',
            "    nn.init.xavier_uniform_(parameter)",
            *hidden,
            'elif name.startswith("bias"):',
            "    nn.init.zeros_(parameter)",
        ]
    if cell.from_hidden and experiment.initialisation in _CHANGES:
        change = _CHANGES[experiment.initialisation].format(radius=number(experiment, "spectral_radius"))
        remark = "  # one for each gate" if len(cell.from_hidden) > 1 else ""
        lines += [
            'if name.startswith("weight_hh"):',
            f"    for W_hh in parameter.split(HIDDEN_SIZE):{remark}",
            f"        {change}",
        ]
        if experiment.initialisation == "identity":
            lines += ['if name.startswith("bias"):', "    nn.init.zeros_(parameter)"]
    if cell.forgets and experiment.forget_bias:
        f = cell.from_input.index("f")
        rows = f"{times(f, 'HIDDEN_SIZE')} : {times(f + 1, 'HIDDEN_SIZE')}" if f else ":HIDDEN_SIZE"
        lines += [
            'if name.startswith("bias_ih"):',
            f"    parameter[{rows}] += {number(experiment, 'forget_bias')}  # the forget gate",
        ]
    if not lines:
        return []
    changes = [
        *(embedded if keras else []),
        f"for name, parameter in {cells}:",
        *(f"    {line}" for line in lines),
        *(linear if keras else []),
    ]
    besides = "; its LSTM has a forget-gate bias of 1 besides" if experiment.cell == "lstm" else ""
    begin = "with torch.no_grad():" + f"  # as Keras draws them{besides}" * keras
    return ["\n".join([begin, *(f"    {line}" for line in changes)])]


_CHANGES = {
    "orthogonal": "nn.init.orthogonal_(W_hh, gain={radius})",
    "identity": "nn.init.eye_(W_hh)",
    "spectral": "W_hh *= {radius} / torch.linalg.eigvals(W_hh).abs().max()",
}
"""What becomes of each H x H block of the drawn weight_hh; the default is left as it is."""
