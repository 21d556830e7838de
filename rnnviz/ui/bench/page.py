"""The bench: settings in the sidebar, the transport, and the live pictures of one run."""

import math

from rnnviz.diagnosis import NEEDS
from rnnviz.language import N_, Rounded, Text, counted, listed, sentences, template
from rnnviz.plots import PICTURES
from rnnviz.plots.forecast import forecast_sentence
from rnnviz.reach import about_padding
from rnnviz.runs.messages import Frame
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Snapshot
from rnnviz.tasks import TASKS, task_of
from rnnviz.ui.bench.score import COMPONENT, Score, words
from rnnviz.ui.live.board import READOUTS, numbers
from rnnviz.ui.shell import controls, page, racing, welcome


def show(title: str, sentence: str) -> None:
    """Show the whole bench."""
    page.show("bench", title, sentence, _choose, _draw)


def _choose(visit: page.Visit) -> View:
    with visit.bar:
        return controls.view(visit.experiment)


def _draw(visit: page.Visit, view: View) -> None:
    with visit.head:
        racing.offer(visit.experiment)
    BOARD.show(visit.run, view, visit.stopped, stave=words())
    welcome.show()


def _words(frame: Frame, snapshot: Snapshot) -> dict[str, Text]:
    notes: dict[str, Text] = {}
    if forecast := snapshot.parts.get("forecast"):
        unit = TASKS[frame.orders.experiment.task].unit
        notes["forecast_note"] = forecast_sentence(forecast, unit)
    if snapshot.accuracy is not None:
        others = [
            N_("{share}% by {baseline}", share=round(100 * (baseline.accuracy or 0)), baseline=baseline.words)
            for baseline in snapshot.baselines
        ]
        task, share = TASKS[frame.orders.experiment.task], round(100 * snapshot.accuracy)
        if task.source_vocabulary:
            right = counted(
                "Right in full: {share}% of one source that is held out.",
                "Right in full: {share}% of {n} sources that are held out.",
                snapshot.validated,
                share=share,
            )
        elif task.tested:
            right = template(
                "Right answers in {count} of the {tested} held out: {share}%. Without a network: {others}."
            )
        elif task.by_heart:
            right = template("Right answers in what it learns by heart: {share}%. Without a network: {others}.")
        else:
            right = counted(
                "Right answers on the validation batch, one sequence: {share}%. Without a network: {others}.",
                "Right answers on the validation batch, {n} sequences: {share}%. Without a network: {others}.",
                snapshot.validated,
                share=share,
                others=listed(others),
            )
        right = right.given(
            share=share,
            others=listed(others),
            count=snapshot.validated,
            tested=task.tested or 0,
        )
        notes["loss_note"] = sentences(right, _in_bits(frame.orders.experiment, snapshot))
    if padding := snapshot.parts.get("padding"):
        notes["loss_note"] = sentences(notes.get("loss_note"), about_padding(padding, frame.orders.experiment))
    return numbers(frame, snapshot) | notes


def _in_bits(experiment: Experiment, snapshot: Snapshot) -> Text:
    """Set the loss in bits, and as a perplexity, beside those of the baselines, where it is told so."""
    task = TASKS[experiment.task]
    if not task.in_bits:
        return ""
    named = [(N_("the network"), snapshot.validation_loss), *((b.words, b.loss) for b in snapshot.baselines)]
    each = [
        N_(
            "{who} {bits} ({perplexity})",
            who=who,
            bits=Rounded(task.told(loss), 3),
            perplexity=Rounded(math.exp(min(loss, 700)), 3),
        )
        for who, loss in named
    ]
    said = N_("In {unit} (and perplexity): {each}.", unit=task.in_bits, each=listed(each))
    return sentences(said, task_of(experiment).remark)


BOARD = Score(
    "bench",
    PICTURES,
    READOUTS,
    _words,
    needs=(*NEEDS, "padding"),
    component=COMPONENT,
    staves={"input": 0.7, "prediction": 1.2, "states": 1.2, "gradients": 1.2},
)
"""The pictures of the bench."""
PAGE = page.Page(
    title=N_("Live bench"),
    icon=":material/play_circle:",
    help=N_("A recurrent network trains in front of you: its predictions, loss, states and gradients."),
    modules=("bench/bench.js", "shell/welcome.js"),
    routes=(BOARD.route,),
)
