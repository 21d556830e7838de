"""script: an Experiment as a short PyTorch script of its own, which trains it and prints the same losses."""

import itertools
import math
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from rnnviz.language import N_, _
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.setting import Choice
from rnnviz.tasks import TASKS
from rnnviz.tasks import video as film
from rnnviz.tasks import wave as waves
from rnnviz.tasks.airline import PASSENGERS
from rnnviz.tasks.recall import FILLERS, LANGUAGES, QUESTION, Recall
from rnnviz.tasks.reversal import Reversal
from rnnviz.tasks.sine import PERIOD
from rnnviz.tasks.task import TRAINING, Task
from rnnviz.tasks.windows import training_part

COLUMNS = 119
"""How wide a description, or the numbers of a series, may be."""

_DESCRIPTION = N_(
    "An experiment of rnnviz as a plain PyTorch script: it trains the same network on the same data, and prints the "
    "training loss of every step. Task: {task}. Cell: {cell}."
)

_IMPORTS = """
import numpy as np
import torch
from torch import nn
"""


def script(experiment: Experiment) -> str:
    """Return a script that needs NumPy and PyTorch alone, and whose losses are those of Trainer(experiment).

    All choices are made here, so that nothing stands in it that this experiment does not need. Raises ValueError
    where the experiment does not fit the task's data.
    """
    task = TASKS[experiment.task](experiment)
    body = [*DATA[experiment.task](experiment), *_network(experiment, task), *_training(experiment, task)]
    return _joined([_description(experiment) + _IMPORTS, _constants(experiment, body), *body])


def _description(experiment: Experiment) -> str:
    labels = {name: _option(experiment, name) for name in ("task", "cell")}
    return textwrap.fill(_(_DESCRIPTION).format(**labels), COLUMNS, initial_indent="# ", subsequent_indent="# ")


def _option(experiment: Experiment, name: str) -> str:
    declared = Experiment.SETTINGS[name]
    assert isinstance(declared, Choice)
    return _(declared.options[getattr(experiment, name)])


def _constants(experiment: Experiment, body: Iterable[str]) -> str:
    """Give a value to each setting that `body` mentions."""
    mentioned = set(re.findall(r"\w+", "\n".join(body)))
    names = [
        name for name in ("seed", "seq_len", "batch_size", "hidden_size", "truncation") if name.upper() in mentioned
    ]
    return "\n".join(
        ["STEPS = 20  # as many as you like", *(f"{name.upper()} = {_number(experiment, name)}" for name in names)]
    )


def _number(experiment: Experiment, name: str) -> str:
    return Experiment.SETTINGS[name].format(getattr(experiment, name))


def _joined(paragraphs: Sequence[str]) -> str:
    """Put an empty line between paragraphs of code, and two around a definition."""
    codes = [textwrap.dedent(paragraph).strip("\n") for paragraph in paragraphs]
    text = codes[0]
    for before, after in itertools.pairwise(codes):
        defines = any(code.startswith(("def ", "class ")) for code in (before, after))
        text += ("\n\n\n" if defines else "\n\n") + after
    return text + "\n"


# The data of each task: paragraphs of code which end in batch(step), the inputs (T, B, I) and the targets of the steps
# that are marked; where that is the last step alone, the targets have no axis for it. The task's own module is the
# original, and says why; here stands what of it a training batch needs.

_GENERATOR = f"np.random.default_rng([SEED, {TRAINING}, step])"


def _last(experiment: Experiment) -> bool:
    return experiment.loss_at == "last"


def _each(experiment: Experiment) -> str:
    return "the last" if _last(experiment) else "each"


def _sine(experiment: Experiment) -> list[str]:
    T = advance = experiment.seq_len
    while _last(experiment) and math.gcd(advance, PERIOD) > 1:
        advance += 1
    start = "SEQ_LEN" if advance == T else f"{advance}  # not {T}, so that every phase is the last some time"
    ahead = " + np.arange(BATCH_SIZE) * (2 * np.pi / BATCH_SIZE)" if experiment.batch_size > 1 else ""
    return [
        f'''
        def batch(step):
            """Return segment `step` of a sine wave, (T, B, 1), and the value after {_each(experiment)} one of it."""
            start = step * {start}
            t = (start + np.arange(SEQ_LEN + 1)) % {PERIOD} * (2 * np.pi / {PERIOD})  # {PERIOD} samples a period
            wave = np.sin(t[:, None]{ahead}).astype(np.float32)  # (T + 1, B)
            wave = torch.from_numpy(wave)[..., None]
            return wave[:-1], wave[{"-1" if _last(experiment) else "1:"}]
        '''
    ]


def _airline(experiment: Experiment) -> list[str]:
    series = PASSENGERS[: training_part(PASSENGERS.size)]
    first = 1 + experiment.difference
    return [
        f"# Thousands of passengers a month from January 1949 on, those to train on.\n{_array(series)}",
        _NORMALISED,
        f"""
        passengers = normalised({_read(experiment)})
        months = normalised(np.arange({first}, len(SERIES)) % 12 + 1)
        all_inputs = np.stack([passengers[:-1], months], axis=-1)  # of the month before, and the number of the month
        all_targets = passengers[1:, None]
        """,
        _windows(experiment),
    ]


def _series(experiment: Experiment) -> list[str]:
    series = experiment.series[: training_part(len(experiment.series))]
    return [
        f"# The first 70 % of the series, those to train on.\n{_array(series)}",
        _NORMALISED,
        f"""
        values = normalised({_read(experiment)})[:, None]
        all_inputs, all_targets = values[:-1], values[1:]
        """,
        _windows(experiment),
    ]


def _read(experiment: Experiment) -> str:
    """Write what of SERIES is read and said: its values, or their changes."""
    return "np.diff(SERIES)" if experiment.difference else "SERIES"


def _array(values: Iterable[float]) -> str:
    """Define SERIES, its numbers in rows; only numbers get in."""
    floats = [float(value) for value in values]
    numbers = [f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value) for value in floats]
    rows = textwrap.fill(
        ", ".join(numbers), COLUMNS - 1, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False
    )
    return f"SERIES = np.array([\n{rows},\n], dtype=float)  # fmt: skip"


_NORMALISED = '''
def normalised(values):
    """Return values of mean 0 and standard deviation 1."""
    return ((values - values.mean()) / values.std()).astype(np.float32)
'''


def _windows(experiment: Experiment) -> str:
    I, steps = TASKS[experiment.task].inputs, "steps[-1]" if _last(experiment) else "steps"  # noqa: E741
    return f'''
    def batch(step):
        """Return windows that start anywhere, (T, B, {I}), and what to say at {_each(experiment)} step of them."""
        random = {_GENERATOR}
        starts = random.integers(0, len(all_inputs) - SEQ_LEN + 1, BATCH_SIZE)
        steps = starts + np.arange(SEQ_LEN)[:, None]  # (T, B)
        return torch.from_numpy(all_inputs[steps]), torch.from_numpy(all_targets[{steps}])
    '''


def _adding(experiment: Experiment) -> list[str]:
    return [
        f'''
        def batch(step):
            """Return numbers and marks, (T, B, 2), and what to say at the end: the sum of the two marked numbers."""
            random = {_GENERATOR}
            first = random.integers(0, SEQ_LEN // 2, BATCH_SIZE)  # where the marks are, one in each half
            second = random.integers(SEQ_LEN // 2, SEQ_LEN, BATCH_SIZE)
            numbers = random.random((SEQ_LEN, BATCH_SIZE), dtype=np.float32)
            marks, streams = np.zeros_like(numbers), np.arange(BATCH_SIZE)
            marks[first, streams] = marks[second, streams] = 1
            sums = numbers[first, streams] + numbers[second, streams]
            return torch.from_numpy(np.stack([numbers, marks], axis=-1)), torch.from_numpy(sums[:, None])
        '''
    ]


def _recall(experiment: Experiment) -> list[str]:
    countries, question = len(LANGUAGES), Recall.inputs - 1
    words = ", ".join(f'"{word}"' for word in (*LANGUAGES, *FILLERS, QUESTION))
    return [
        f"WORDS = [{words}]",
        f'''
        def batch(step):
            """Return words, one-hot, (T, B, {Recall.inputs}), and what to say at the end: which country came first."""
            random = {_GENERATOR}
            answers = random.integers(0, {countries}, BATCH_SIZE)
            words = random.integers({countries}, {question}, (SEQ_LEN, BATCH_SIZE))
            words[0], words[-1] = answers, {question}
            return torch.from_numpy(np.eye(len(WORDS), dtype=np.float32)[words]), torch.from_numpy(answers)
        ''',
    ]


def _square(experiment: Experiment) -> list[str]:
    return [
        f'''
        def batch(step):
            """Return numbers x from -1 to 1, one a sequence, (1, B, 1), and their squares."""
            random = {_GENERATOR}
            x = torch.from_numpy(2 * random.random((1, BATCH_SIZE, 1), dtype=np.float32) - 1)
            return x, x[-1] ** 2
        '''
    ]


def _wave(experiment: Experiment) -> list[str]:
    t = "SEQ_LEN" if _last(experiment) else "np.arange(1, SEQ_LEN + 1)[:, None]"
    return [
        f'''
        def batch(step):
            """Return omega, then zeros, (T, B, 1), and what to say at {_each(experiment)} step t: sin(omega t)."""
            random = {_GENERATOR}
            omega = random.uniform({waves.SLOWEST}, {waves.FASTEST}, BATCH_SIZE)  # radians a step
            inputs = np.zeros((SEQ_LEN, BATCH_SIZE, 1), dtype=np.float32)
            inputs[0, :, 0] = omega
            t = {t}
            return torch.from_numpy(inputs), torch.from_numpy(np.sin(t * omega)[..., None].astype(np.float32))
        '''
    ]


def _reversal(experiment: Experiment) -> list[str]:
    letters, m = Reversal.inputs, Reversal(experiment).answers
    alone = _last(experiment) or m == 1
    asked, what = (
        (m - 1, f"at the end: letter {m} from behind") if alone else (f":{m}", f"then: the last {m}, backwards")
    )
    return [
        f'''
        def batch(step):
            """Return letters, one-hot, then zeros, (T, B, {letters}), and what to say {what}."""
            random = {_GENERATOR}
            letters = random.integers(0, {letters}, (SEQ_LEN - {m}, BATCH_SIZE))
            inputs = np.zeros((SEQ_LEN, BATCH_SIZE, {letters}), dtype=np.float32)
            inputs[:-{m}] = np.eye({letters})[letters]
            return torch.from_numpy(inputs), torch.from_numpy(letters).flip(0)[{asked}]
        '''
    ]


def _video(experiment: Experiment) -> list[str]:
    return [
        f"""
        CLIPS = {film.CLIPS}  # a light goes round in each, from a place and at a speed of its own, in radians a frame
        random = np.random.default_rng([SEED, {TRAINING}, 0])
        places = random.uniform(-np.pi, np.pi, CLIPS)
        speeds = random.uniform({film.SLOWEST}, {film.FASTEST}, CLIPS) * random.choice([-1, 1], CLIPS)
        """,
        f'''
        def batch(step):
            """Return the next clips, 2 x 2 pixels, (T, B, 4), and the frame after {_each(experiment)} one of theirs."""
            clips = (step * BATCH_SIZE + np.arange(BATCH_SIZE)) % CLIPS
            a = places[clips] + np.arange(SEQ_LEN + 1)[:, None] * speeds[clips]  # (T + 1, B)
            cos, sin = np.cos(a), np.sin(a)
            frames = (1 + np.stack([cos, sin, -sin, -cos], axis=-1)) / 2
            frames = torch.from_numpy(frames.astype(np.float32))
            return frames[:-1], frames[{"-1" if _last(experiment) else "1:"}]
        ''',
    ]


DATA: dict[str, Callable[[Experiment], list[str]]] = {
    "sine": _sine,
    "airline": _airline,
    "adding": _adding,
    "recall": _recall,
    "square": _square,
    "wave": _wave,
    "reversal": _reversal,
    "video": _video,
    "series": _series,
}
"""Each task's code, under the name an Experiment calls the task."""


# The network.

_MODULES = {"rnn": "nn.RNN", "gru": "nn.GRU", "lstm": "nn.LSTM"}


def _sigmoid(experiment: Experiment) -> bool:
    return experiment.cell == "rnn" and experiment.nonlinearity == "sigmoid"


def _network(experiment: Experiment, task: Task) -> list[str]:
    both = experiment.bidirectional
    arguments = [f"{task.inputs}", "HIDDEN_SIZE"]
    if experiment.num_layers > 1:
        arguments.append(f"num_layers={_number(experiment, 'num_layers')}")
    if experiment.cell == "rnn" and experiment.nonlinearity == "relu":
        arguments.append('nonlinearity="relu"')
    if both:
        arguments.append("bidirectional=True")
    module, classes = _MODULES[experiment.cell], []
    if _sigmoid(experiment):
        module, classes = "SigmoidRNN", [_SIGMOID_RNN + (_BOTH_WAYS if both else _ONE_WAY)]
    drawn = f"""
    torch.manual_seed(SEED)
    recurrent = {module}({", ".join(arguments)})
    readout = nn.Linear({"2 * HIDDEN_SIZE" if both else "HIDDEN_SIZE"}, {task.outputs})
    """
    return [*classes, drawn, *_initialisation(experiment)]


_SIGMOID_RNN = '''
class SigmoidRNN(nn.RNN):
    """torch.nn.RNN, which knows tanh and relu alone, with a sigmoid: its parameters, and a loop of our own."""

    def scan(self, inputs, weights, h_t):
        """Return the h_t of all steps, (T, B, H)."""
        W_ih, W_hh, b_ih, b_hh = weights
        hidden = []
        for x_t in inputs:
            h_t = torch.sigmoid(x_t @ W_ih.T + b_ih + h_t @ W_hh.T + b_hh)
            hidden.append(h_t)
        return torch.stack(hidden)

    def forward(self, inputs, state):
        """Return the h_t of the last layer, and the state each layer ends in."""
        ends = []
'''
_ONE_WAY = """\
        for weights, h_0 in zip(self.all_weights, state):
            inputs = self.scan(inputs, weights, h_0)
            ends.append(inputs[-1])
        return inputs, torch.stack(ends)
"""
_BOTH_WAYS = """\
        for i in range(0, len(state), 2):
            forwards = self.scan(inputs, self.all_weights[i], state[i])
            backwards = self.scan(inputs.flip(0), self.all_weights[i + 1], state[i + 1])
            inputs = torch.cat([forwards, backwards.flip(0)], dim=2)
            ends += [forwards[-1], backwards[-1]]
        return inputs, torch.stack(ends)
"""


def _initialisation(experiment: Experiment) -> list[str]:
    """Write what becomes of the weights once they are drawn, if anything does."""
    lines = []
    if experiment.initialisation in _CHANGES:
        change = _CHANGES[experiment.initialisation].format(radius=_number(experiment, "spectral_radius"))
        remark = "" if experiment.cell == "rnn" else "  # one for each gate"
        lines += [
            'if name.startswith("weight_hh"):',
            f"    for W_hh in parameter.split(HIDDEN_SIZE):{remark}",
            f"        {change}",
        ]
    if experiment.initialisation == "identity":
        lines += ['if name.startswith("bias"):', "    nn.init.zeros_(parameter)"]
    if experiment.cell == "lstm" and experiment.forget_bias:
        lines += [
            'if name.startswith("bias_ih"):',
            f"    parameter[HIDDEN_SIZE : 2 * HIDDEN_SIZE] += {_number(experiment, 'forget_bias')}  # the forget gate",
        ]
    loop = ["with torch.no_grad():", "    for name, parameter in recurrent.named_parameters():"]
    return ["\n".join(loop + [" " * 8 + line for line in lines])] if lines else []


_CHANGES = {
    "orthogonal": "nn.init.orthogonal_(W_hh, gain={radius})",
    "identity": "nn.init.eye_(W_hh)",
    "spectral": "W_hh *= {radius} / torch.linalg.eigvals(W_hh).abs().max()",
}
"""What becomes of each H x H block of the drawn weight_hh; the default is left as it is."""


# The training.

_OPTIMIZERS = {"adam": "Adam", "sgd": "SGD"}


def _training(experiment: Experiment, task: Task) -> list[str]:
    carries = task.consecutive and experiment.carry_state
    start, end = _start(experiment, carries), "state" if carries else "_"
    given = f"inputs, {start.split(' = ')[0]}" if start else "inputs"
    optimizer, rate = _OPTIMIZERS[experiment.optimizer], _number(experiment, "learning_rate")
    clip = [f"nn.utils.clip_grad_norm_(parameters, {_number(experiment, 'clip_norm')})"] if experiment.clip_norm else []
    shape = f"  # h_t of all steps, (T, B, {'2H' if experiment.bidirectional else 'H'})"
    truncates = 0 < experiment.truncation < task.steps
    begin = [] if carries else [f"state = {'h_0' if start else None}"]
    step = [
        "inputs, targets = batch(step)",
        *([*begin, *_truncated(experiment, shape)] if truncates else [f"hidden, {end} = recurrent({given}){shape}"]),
        _loss(experiment, task),
        "optimizer.zero_grad()",
        "loss.backward()",
        *clip,
        "optimizer.step()",
        *(_carried(experiment) if carries and not truncates else []),
        "print(step + 1, loss.item())",
    ]
    lines = [
        "parameters = [*recurrent.parameters(), *readout.parameters()]",
        f"optimizer = torch.optim.{optimizer}(parameters, lr={rate})",
        *([start] if start else []),
        "for step in range(STEPS):",
        *(f"    {line}" for line in step),
    ]
    return ["\n".join(lines)]


def _start(experiment: Experiment, carries: bool) -> str:
    """Define the state to begin with; torch's own modules begin with zeros if they are given None, or nothing."""
    if _sigmoid(experiment):
        count = experiment.num_layers * (1 + experiment.bidirectional)
        return f"{'state' if carries else 'h_0'} = torch.zeros({count}, BATCH_SIZE, HIDDEN_SIZE)"
    return "state = None" if carries else ""


def _loss(experiment: Experiment, task: Task) -> str:
    """Write the mean over the answers of the marked steps; those asked are the last ones of a sequence."""
    asked = int(np.count_nonzero(task.asked))
    alone = _last(experiment) or asked == 1
    marked = "hidden[-1]" if alone else "hidden" if asked == task.steps else f"hidden[-{asked}:]"
    outputs, targets = f"readout({marked})", "targets"
    if task.classes and not alone:
        outputs, targets = f"{outputs}.flatten(0, 1)", "targets.flatten()"
    return f"loss = nn.functional.{'cross_entropy' if task.classes else 'mse_loss'}({outputs}, {targets})"


def _truncated(experiment: Experiment, shape: str) -> list[str]:
    """Write truncated BPTT: one window after another, from a state without its gradient."""
    return [
        "windows = []",
        "for window in inputs.split(TRUNCATION):",
        "    hidden, state = recurrent(window, state)",
        f"    state = {_detached(experiment)}  # the gradient stops here",
        "    windows.append(hidden)",
        f"hidden = torch.cat(windows){shape}",
    ]


def _detached(experiment: Experiment) -> str:
    return "tuple(part.detach() for part in state)" if experiment.cell == "lstm" else "state.detach()"


def _carried(experiment: Experiment) -> list[str]:
    """Write how the state goes on to the next batch."""
    several = experiment.cell == "lstm"
    lines = [f"state = {_detached(experiment)}  # carried on to the next batch, without its gradient"]
    if experiment.bidirectional:
        lines += ["for part in state:", "    part[1::2] = 0"] if several else ["state[1::2] = 0"]
        lines[-1] += "  # but not backwards: nothing has come before a batch's end"
    return lines
