"""`streamlit`, in a process that also speaks the language no word escapes: ?lang=xx in the address asks for it."""

import sys
from pathlib import Path

if __name__ == "__main__":
    TESTS = Path(__file__).parents[1]
    sys.path[:0] = [str(TESTS.parent), str(TESTS)]

    from pseudo import PSEUDO
    from streamlit.web import cli

    from rnnviz.language import LANGUAGES

    LANGUAGES[PSEUDO.code] = PSEUDO
    cli.main(prog_name="streamlit")
