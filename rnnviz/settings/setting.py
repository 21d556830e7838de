"""Settings: each is declared once, with its default, bounds and help, and can be read from and written to a URL."""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Self

from rnnviz.language import N_, BadValue, Message, Text, counted, listed, template


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What is said of one setting. `live` settings may change while a network trains.

    LONGEST: how many characters of a URL's value are read.
    """

    LONGEST: ClassVar[int] = 40
    label: Message
    help: Message
    live: bool = False

    def problem(self, value: Any) -> Message | None:
        """Say what values are allowed if `value` is none of them; None if it is fine."""
        raise NotImplementedError

    def parse(self, text: str) -> Any:
        """Read a value as `format` writes it, or as a person would; it may be out of bounds. Raises ValueError."""
        raise NotImplementedError

    def nearest(self, value: Any) -> Any:
        """Bring what `parse` returned to the nearest allowed value."""
        return value

    def format(self, value: Any) -> str:
        """Write `value` as it stands in a URL."""
        return str(value)

    def words(self, value: Any) -> Text:
        """Return what is shown for a value."""
        return self.format(value)


@dataclass(frozen=True, kw_only=True)
class Number(Setting):
    """A number from `least` to `most`, both allowed. zero: what 0 is called where it has a meaning of its own."""

    least: float
    most: float
    whole: bool = False
    zero: Text = ""

    @property
    def allowed(self) -> Message:
        """The bounds, in words."""
        whole, any_one = template("a whole number from {least} to {most}"), template("a number from {least} to {most}")
        return (whole if self.whole else any_one).given(least=self.format(self.least), most=self.format(self.most))

    def problem(self, value: Any) -> Message | None:
        """See Setting.problem; NaN, infinities and True are no numbers here."""
        kind = int if self.whole else (int, float)
        fits = isinstance(value, kind) and not isinstance(value, bool) and self.least <= value <= self.most
        return None if fits else self.allowed

    def parse(self, text: str) -> int | float:
        """See Setting.parse."""
        value = float(text)
        if math.isnan(value):
            raise ValueError(text)
        return int(value) if self.whole and value.is_integer() else value

    def nearest(self, value: Any) -> int | float:
        """See Setting.nearest."""
        value = min(max(value, self.least), self.most)
        return round(value) if self.whole else value

    def format(self, value: Any) -> str:
        """See Setting.format: the shortest text that reads back as the same number."""
        return repr(int(value)) if self.whole or value == int(value) else repr(float(value))

    def words(self, value: Any) -> Text:
        """See Setting.words."""
        return self.zero if self.zero and not value else self.format(value)


@dataclass(frozen=True, kw_only=True)
class Choice(Setting):
    """One of a few names; `options` maps each name to the words shown for it.

    symbols: whether the names are symbols of the formulas, and so shown before their words.
    """

    options: Mapping[str, Text]
    symbols: bool = False

    def words(self, value: Any) -> Text:
        """See Setting.words."""
        words = self.options[value]
        return N_("{symbol}: {words}", symbol=value, words=words) if self.symbols else words

    def problem(self, value: Any) -> Message | None:
        """See Setting.problem."""
        return None if isinstance(value, str) and value in self.options else self._allowed

    def parse(self, text: str) -> str:
        """See Setting.parse."""
        if text not in self.options:
            raise ValueError(text)
        return text

    @property
    def _allowed(self) -> Message:
        return N_("one of {names}", names=listed([*self.options]))


@dataclass(frozen=True, kw_only=True)
class Switch(Setting):
    """On or off."""

    def problem(self, value: Any) -> Message | None:
        """See Setting.problem."""
        return None if isinstance(value, bool) else N_("True or False, in an address on or off")

    def parse(self, text: str) -> bool:
        """See Setting.parse."""
        try:
            return {"on": True, "off": False}[text.strip().lower()]
        except KeyError:
            raise ValueError(text) from None

    def format(self, value: Any) -> str:
        """See Setting.format."""
        return "on" if value else "off"


@dataclass(frozen=True, kw_only=True)
class Names(Setting):
    """Any number of names, as a tuple in the order of `options`, which maps each name to the words shown for it."""

    LONGEST: ClassVar[int] = 1000
    options: Mapping[str, Text]

    def problem(self, value: Any) -> Message | None:
        """See Setting.problem."""
        if isinstance(value, tuple) and all(isinstance(name, str) for name in value) and value == self.nearest(value):
            return None
        return N_("names such as {names}, with commas between them", names=listed([*self.options][:4]))

    def parse(self, text: str) -> tuple[str, ...]:
        """See Setting.parse: what is no such name comes last."""
        names = [name.strip().lower() for name in text.split(",") if name.strip()]
        known = self.nearest(tuple(names))
        return known + tuple(name for name in names if name not in known)

    def nearest(self, value: Any) -> tuple[str, ...]:
        """See Setting.nearest."""
        return tuple(name for name in self.options if name in value)

    def format(self, value: Any) -> str:
        """See Setting.format."""
        return ",".join(value)


@dataclass(frozen=True, kw_only=True)
class Phrase(Setting):
    """A short text, of up to `most` characters that can be printed; it may be empty.

    UNSEEN: other characters it may have: Chinese's wide blank, and what joins letters, or emoji, or keeps them apart.
    """

    LONGEST: ClassVar[int] = 1000
    UNSEEN: ClassVar[str] = "\N{IDEOGRAPHIC SPACE}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
    most: int

    def problem(self, value: Any) -> Message | None:
        """See Setting.problem."""
        if isinstance(value, str) and len(value) <= self.most and all(map(self._allowed, value)):
            return None
        return counted(
            "a text of up to {n} character in one line", "a text of up to {n} characters in one line", self.most
        )

    def parse(self, text: str) -> str:
        """See Setting.parse."""
        return text

    def nearest(self, value: Any) -> str:
        """See Setting.nearest: what can't be printed is left out."""
        return "".join(filter(self._allowed, value))[: self.most]

    def _allowed(self, character: str) -> bool:
        return character.isprintable() or character in self.UNSEEN


def setting(default: Any, declared: Setting) -> Any:
    """Declare a field of a Settings class."""
    return dataclasses.field(default=default, metadata={"setting": declared})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A frozen dataclass whose fields are settings. Building one with a value out of bounds raises BadValue."""

    SETTINGS: ClassVar[dict[str, Setting]] = {}
    DEFAULTS: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls):
        declared = {
            name: field for name, field in vars(cls).items() if isinstance(field, dataclasses.Field) and field.metadata
        }
        cls.SETTINGS = {name: field.metadata["setting"] for name, field in declared.items()}
        cls.DEFAULTS = {name: field.default for name, field in declared.items()}

    def __post_init__(self):
        for name, declared in self.SETTINGS.items():
            value = getattr(self, name)
            if allowed := declared.problem(value):
                raise BadValue(
                    N_("{name}={value}: allowed is {allowed}", name=name, value=repr(value), allowed=allowed)
                )

    def to_query(self, usual: Mapping[str, Any] = MappingProxyType({})) -> dict[str, str]:
        """Return what differs from the defaults, as URL parameters.

        usual: by name, what takes the place of some defaults; say the same to `from_query`.
        """
        return {
            name: declared.format(getattr(self, name))
            for name, declared in self.SETTINGS.items()
            if getattr(self, name) != usual.get(name, self.DEFAULTS[name])
        }

    @classmethod
    def from_query(cls, query: Mapping[str, Any], usual: Mapping[str, Any] = MappingProxyType({})) -> Self:
        """Read URL parameters, clamping what is out of bounds and ignoring what makes no sense; never raises."""
        return cls(**cls._read(query, usual)[0])

    @classmethod
    def query_remarks(cls, query: Mapping[str, Any], usual: Mapping[str, Any] = MappingProxyType({})) -> list[Message]:
        """Say, one sentence each, which URL parameters could not be taken as they were written."""
        return cls._read(query, usual)[1]

    @classmethod
    def _read(cls, query: Mapping[str, Any], usual: Mapping[str, Any]) -> tuple[dict[str, Any], list[Message]]:
        defaults = {name: usual.get(name, default) for name, default in cls.DEFAULTS.items()}
        values, remarks = dict(defaults), []
        for name, declared in cls.SETTINGS.items():
            if name not in query:
                continue
            text = str(query[name])
            try:
                read = declared.parse(text[: declared.LONGEST])
            except ValueError:
                values[name] = defaults[name]
                remark = template("{name}={text} in the address makes no sense; allowed is {allowed}. {value} is used.")
            else:
                values[name] = declared.nearest(read)
                if values[name] == read:
                    continue
                remark = template(
                    "{name}={text} in the address is out of bounds; allowed is {allowed}. {value} is used."
                )
            used, allowed = declared.format(values[name])[:40] or N_("none"), declared.problem(object())
            remarks.append(remark.given(name=name, text=text[:40], allowed=allowed, value=used))
        return values, remarks
