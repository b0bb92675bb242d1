"""`assay serve` on the command line: what cannot be served is said before anybody asks."""

from __future__ import annotations

import pytest

from assay.cli import main


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--openai"], "--openai needs a --model"),
        (["--openai", "--model", "nosuch"], "assay.models has no 'nosuch'"),
        (["--openai", "--model", "embedded", "--port", "99999"], "99999 cannot be listened on"),
        (["--openai", "--model", "embedded", "--host", "0.0.0.0"], "--key-from"),
        (["--openai", "--model", "embedded", "--key-from", "NO_SUCH_KEY"], "NO_SUCH_KEY is empty"),
        (["--openai", "--model", "embedded", "--samples", "0"], "at least one sample"),
        (["--openai", "--model", "embedded", "--mutations", "a2q"], "did you mean 'a2p'?"),
        (["--mcp", "--model", "embedded", "--temperature", "-1"], "--temperature -1"),
        (["--mcp", "--model", "gguf:missing.gguf"], "missing.gguf: cannot be read"),
    ],
)
def test_wrong_usage_is_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *words]) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert (out, err.count("\n")) == ("", 1)
