"""The network of a script: its modules as PyTorch draws them, and what becomes of their weights."""

from rnnviz.cells import CELLS
from rnnviz.export.cell import MODULE, module
from rnnviz.export.numbers import number, times
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.task import Task


def network(experiment: Experiment, task: Task) -> list[str]:
    """Return the paragraphs that define `read`, where a task has tokens, `recurrent` and `readout`."""
    cell, both, columns = CELLS[experiment.cell], experiment.bidirectional, task.columns(experiment)
    if cell.in_torch(experiment.nonlinearity):
        classes, made = [], f"nn.{cell.torch}({', '.join(_arguments(experiment, columns))})"
    else:
        classes, made = [module(experiment, columns)], f"{MODULE}()"
    embeds = task.vocabulary and experiment.embedding_size
    embedding = f"embedding = nn.Embedding({task.inputs}, EMBEDDING_SIZE)\n    " if embeds else ""
    drawn = f"""
    torch.manual_seed(SEED)
    {embedding}recurrent = {made}
    readout = nn.Linear({times(1 + both, "HIDDEN_SIZE")}, {task.outputs})
    """
    return [*classes, *_read(experiment, task), drawn, *_initialisation(experiment)]


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


def _arguments(experiment: Experiment, inputs: int) -> list[str]:
    chosen = CELLS[experiment.cell].chooses and experiment.nonlinearity != "tanh"
    return [
        f"{inputs}",
        "HIDDEN_SIZE",
        *([f"num_layers={number(experiment, 'num_layers')}"] if experiment.num_layers > 1 else []),
        *([f'nonlinearity="{experiment.nonlinearity}"'] if chosen else []),
        *(["bidirectional=True"] if experiment.bidirectional else []),
    ]


def _initialisation(experiment: Experiment) -> list[str]:
    """Write what becomes of the weights once they are drawn, if anything does."""
    cell, lines = CELLS[experiment.cell], []
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
    loop = ["with torch.no_grad():", "    for name, parameter in recurrent.named_parameters():"]
    return ["\n".join(loop + [" " * 8 + line for line in lines])] if lines else []


_CHANGES = {
    "orthogonal": "nn.init.orthogonal_(W_hh, gain={radius})",
    "identity": "nn.init.eye_(W_hh)",
    "spectral": "W_hh *= {radius} / torch.linalg.eigvals(W_hh).abs().max()",
}
"""What becomes of each H x H block of the drawn weight_hh; the default is left as it is."""
