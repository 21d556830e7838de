"""Where every sentence a person reads passes through on its way to the screen."""

from gettext import NullTranslations

_TRANSLATIONS = NullTranslations()


def _(message: str) -> str:
    """Return `message` in the reader's language; English is the only one so far."""
    return _TRANSLATIONS.gettext(message)


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for this marker)
    """Mark `message` for translation where it is declared; it is translated where it is shown."""
    return message
