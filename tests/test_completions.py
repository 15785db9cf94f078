"""The completion scripts, asked in the shells that they are for.

The script of PowerShell is checked as text alone: it was never run.
"""

import os
import pty
import re
import select
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

import pytest
import typer.main
from program import call

from actcli.activations import ACTIVATIONS, COMPOUNDS
from actcli.cli.app import command_tree
from actcli.cli.shells import SHELLS, tree
from actcli.cli.shells._spec import Command, Option, Value
from actcli.objectives import OBJECTIVES
from actcli.render import FORMATS

FOLDER = Path(__file__).parents[1] / "completions"
FILES = {"bash": "actcli.bash", "zsh": "_actcli", "fish": "actcli.fish", "powershell": "actcli.ps1"}
SECONDS = 20

ROOT: Any = typer.main.get_command(command_tree())
OPTIONS = {
    f"actcli{name and ' '}{name} -": {
        word for param in command.params for word in param.opts if word.startswith("-")
    }
    for name, command in [("", ROOT), *ROOT.commands.items()]
}
HOSTILE = (
    "a [b] 'c' \"d\" $(touch ran) `touch ran` (touch ran) ${HOME} e:f g=h i\\j %F{red} * ? ~ ! # ; & | >ran @"
)


def script(shell: str) -> str:
    return SHELLS[shell].script(tree(ROOT))


def starting(names: Any, start: str = "") -> set[str]:
    return {name for name in names if name.startswith(start)}


QUESTIONS: dict[str, set[str]] = {
    **OPTIONS,
    **{f"{line}-": starting(options, "--") for line, options in OPTIONS.items()},
    "actcli ": set(ROOT.commands),
    "actcli ev": {"eval"},
    "actcli --vers": {"--version"},
    "actcli nonsense ": set(),
    "actcli nonsense -": set(),
    # values of options
    "actcli eval tanh --format ": set(FORMATS),
    "actcli eval tanh --format=": set(FORMATS),
    "actcli eval tanh --format=cs": {"csv"},
    "actcli eval tanh -f js": {"json", "jsonl"},
    "actcli descend -q -f cs": {"csv"},
    "actcli eval --dtype float1": {"float16"},
    "actcli eval --order ": set(),
    "actcli eval --color=n": {"never"},
    "actcli gradcheck --method au": {"auto"},
    "actcli gradcheck --method centr": {"central"},
    "actcli gradcheck --inject factor": {"factor2"},
    "actcli gradcheck -f ju": {"junit"},
    "actcli gradcheck --command ": set(),
    "actcli descend --optimizer=ad": {"adam", "adagrad"},
    "actcli descend --gradient num": {"numerical"},
    "actcli plot tanh --layout ": {"overlay", "columns"},
    # numbers and texts are not guessed, nor is the value of a flag
    "actcli eval tanh --axis ": set(),
    "actcli eval tanh --axis=": set(),
    "actcli plot --title ": set(),
    "actcli gradcheck --order ": set(),
    "actcli eval --jacobian=": set(),
    # names
    "actcli eval ": {*ACTIVATIONS, *COMPOUNDS, *OBJECTIVES},
    "actcli eval sig": starting(ACTIVATIONS, "sig"),
    "actcli eval --order 1 sig": starting(ACTIVATIONS, "sig"),
    "actcli eval --order=1 --jacobian sig": starting(ACTIVATIONS, "sig"),
    "actcli eval --param alpha=0.2 -q sig": starting(ACTIVATIONS, "sig"),
    "actcli eval sigmoid ": set(),
    "actcli eval sigmoid sig": set(),
    "actcli eval sigmoid -4 -5:5 ": set(),
    "actcli eval sigmoid 1 --dtype float3": {"float32"},
    "actcli plot tanh sig": starting(ACTIVATIONS, "sig"),
    "actcli plot --range -5:5 tanh sig": starting(ACTIVATIONS, "sig"),
    "actcli plot --range=-5:5 ": {*ACTIVATIONS, *COMPOUNDS, *OBJECTIVES},
    "actcli plot --title eval sig": starting(ACTIVATIONS, "sig"),
    "actcli gradcheck relu sig": starting(ACTIVATIONS, "sig"),
    "actcli descend ": set(OBJECTIVES),
    "actcli descend --lr 0.1 himm": {"himmelblau"},
    "actcli descend sphere ": set(),
    "actcli completion ": {"bash", "zsh", "fish", "powershell"},
    "actcli completion bash ": set(),
}
# Fish itself completes a pattern with the pattern.
PATTERNS: dict[str, set[str]] = {"actcli gradcheck *": set(), "actcli eval ?anh": set()}
# What stands on the line after a TAB.
TYPED = {
    "actcli ev": "actcli eval ",
    "actcli eval tanh --jac": "actcli eval tanh --jacobian ",
    "actcli eval tanh --format=cs": "actcli eval tanh --format=csv ",
    "actcli eval tanh --format cs": "actcli eval tanh --format csv ",
    "actcli gradcheck sparsem": "actcli gradcheck sparsemax ",
    "actcli eval tanh --input po": "actcli eval tanh --input points.npy ",
    "actcli eval tanh --input=po": "actcli eval tanh --input=points.npy ",
    "actcli eval tanh -i two": r"actcli eval tanh -i two\ words.csv ",
    "actcli eval po": "actcli eval po",
    "actcli eval tanh 1 >po": "actcli eval tanh 1 >points.npy ",
    "actcli eval 'sparsem": "actcli eval 'sparsemax' ",
    "X=1 actcli plot --title 'a=b c' sparsem": "X=1 actcli plot --title 'a=b c' sparsemax ",
}
# Lines that a shell may not act on, however they end.
ATTACKS = [
    "actcli eval '$(touch ran)' --format=cs",
    "actcli eval '`touch ran`' --format=cs",
    "actcli '$(touch ran)' ",
    "actcli eval '*' --format=cs",
    "actcli '*' ",
    "actcli eval --param '$(touch ran)' '*",
    "actcli eval 'a[$(touch ran)]' --axis 'b[`touch ran`]' --format=cs",
    "actcli plot --title=';touch ran;' '$(touch ran)",
]


def installed(shell: str) -> str:
    return shutil.which(shell) or pytest.skip(f"{shell} is not installed")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with two files, where an actcli that is run leaves the file `ran`."""
    program = tmp_path / "bin" / "actcli"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n>ran\n")
    program.chmod(0o755)
    (tmp_path / "two words.csv").touch()
    (tmp_path / "points.npy").touch()
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ZDOTDIR", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Terminal:
    """A shell at a pseudo-terminal; Ctrl-G makes it tell its line and what it offered, and clear both."""

    def __init__(self, *command: str) -> None:
        self._end, other = pty.openpty()
        self._process = subprocess.Popen(
            command, stdin=other, stdout=other, stderr=other, start_new_session=True
        )
        os.close(other)
        self.seen = ""

    def __enter__(self) -> Self:
        self.ask("")  # it is ready
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._end)

    def ask(self, keys: str) -> tuple[str, set[str]]:
        """Return the line after `keys`, and what was offered in the meantime."""
        os.write(self._end, keys.encode() + b"\7")
        seen = b""
        while not (found := re.search(rb"\x01(.*)\x02(.*)\x03", seen, re.DOTALL)):
            if not select.select([self._end], [], [], SECONDS)[0]:
                raise TimeoutError(seen)
            seen += os.read(self._end, 65536)
        self.seen += seen.decode(errors="replace")
        line, offered = (group.decode() for group in found.groups())
        return line, {word.removesuffix("=") for word in offered.split("|")} - {""}


BASH = r"""
PS1=
bind 'set bell-style none'
tell() { printf '\1%s\2\3' "$READLINE_LINE"; READLINE_LINE=''; }
bind -x '"\C-g": tell'
"""
ZSH = r"""
PS1= COLUMNS=300
setopt prompt_subst
zstyle ':completion:*' format %d
typeset -ga offered
bindkey '^I' complete-word # by default zsh itself expands the word before it completes it
compadd() {
  local -a found
  (( ${@[(I)-(O|A|D)]} )) || { builtin compadd -A found "$@"; offered+=("${found[@]}") }
  builtin compadd "$@"
}
tell() { printf '\1%s\2%s\3' "$BUFFER" "${(j:|:)offered}"; BUFFER='' offered=() }
zle -N tell
bindkey '^G' tell
"""


def bash_terminal(text: str, more: str = "") -> Terminal:
    """Start bash with the script."""
    Path("rc").write_text(text + BASH + more)
    return Terminal(installed("bash"), "--noprofile", "--rcfile", "rc", "-i")


def zsh_terminal(text: str, sourced: bool = False) -> Terminal:
    """Start zsh with the script sourced, or as a file in fpath."""
    Path("functions").mkdir()
    Path("functions", "script" if sourced else "_actcli").write_text(text)
    load = "source functions/script\n" if sourced else ""
    setup = "fpath=($PWD/functions $fpath)\nautoload -Uz compinit\ncompinit -D -u\n"
    Path(".zshrc").write_text(setup + load + ZSH)
    return Terminal(installed("zsh"), "--no-global-rcs", "-i")


def bash_question(line: str) -> str:
    """Return what asks for the completions of a line, with the line cut as readline cuts it."""
    words = re.findall(r"[=:]|[^\s=:]+", line) + [""] * line.endswith(" ")
    word = "" if words[-1] in "=:" else words[-1]
    return (
        f"COMP_LINE={shlex.quote(line)} COMP_POINT={len(line)} COMP_CWORD={len(words) - 1} files=\n"
        f"COMP_WORDS=({shlex.join(words)})\n_actcli actcli {shlex.quote(word)} -\n"
        'echo "${COMPREPLY[*]}"\n'
    )


def bash_answers(text: str, lines: list[str]) -> list[set[str]]:
    """Return what the function of the script offers for each line."""
    program = text + "".join(map(bash_question, lines))
    done = subprocess.run(
        [installed("bash"), "-s"], input=program, capture_output=True, text=True, check=True, timeout=SECONDS
    )
    assert not done.stderr
    return [set(answer.split()) for answer in done.stdout.splitlines()]


def fish_answers(text: str, lines: list[str]) -> list[dict[str, str]]:
    """Return what fish offers for each line, with the descriptions."""
    Path("script.fish").write_text(text)
    loop = "source script.fish; for line in $argv; complete -C $line; echo ===; end"
    done = subprocess.run(
        [installed("fish"), "--no-config", "-c", loop, "--", *lines],
        capture_output=True,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    assert not done.stderr
    answers = [answer.splitlines() for answer in done.stdout.split("===\n")[:-1]]
    return [dict(row.partition("\t")[::2] for row in answer) for answer in answers]


def tail(offered: Iterable[str], line: str) -> set[str]:
    """Return what was offered without the `--option=` that the line has already."""
    stem = re.search(r"(\S*=)?\S*$", line)
    return {word.removeprefix(stem[1] or "") for word in offered} if stem else set(offered)


@pytest.mark.parametrize("shell", FILES)
def test_the_committed_script_is_the_generated_one(shell: str) -> None:
    """The file in completions/ is what `actcli completion` prints."""
    done = call("completion", shell)
    assert done.code == 0
    committed = (FOLDER / FILES[shell]).read_text(encoding="utf-8")
    assert committed == done.text, f"run: actcli completion {shell} > completions/{FILES[shell]}"


def test_an_unknown_shell_is_an_error() -> None:
    """`actcli completion tcsh` exits 2 and names the shells."""
    done = call("completion", "tcsh")
    assert (done.code, done.out) == (2, b"")
    assert "unknown shell 'tcsh'" in done.err
    assert "powershell" in done.err


def test_bash_offers_what_the_commands_take() -> None:
    """The function of bash answers every question with all that the commands take, and nothing else."""
    questions = QUESTIONS | PATTERNS
    answers = bash_answers(script("bash"), list(questions))
    assert dict(zip(questions, answers, strict=True)) == questions


def test_bash_needs_no_word_breaks() -> None:
    """Where = divides no words, the whole word is completed."""
    question = bash_question("actcli eval --format=cs").replace("--format = cs", "--format=cs")
    question = question.replace("CWORD=4", "CWORD=2").replace(" cs -", " --format=cs -")
    assert "CWORD=2" in question
    assert " --format=cs -" in question
    answer = bash_answers(script("bash") + "COMP_WORDBREAKS=' '\n" + question, [])
    assert answer == [{"--format=csv"}]


def test_bash_completes_at_a_terminal(place: Path) -> None:
    """TAB in bash writes commands, options, values, names and file names, quoted where they need it."""
    with bash_terminal(script("bash")) as terminal:
        for typed, line in TYPED.items():
            assert terminal.ask(f"{typed}\t")[0] == line


def test_bash_parses_the_script(tmp_path: Path) -> None:
    """`bash -n` finds nothing in the script."""
    done = subprocess.run(["bash", "-n", FOLDER / FILES["bash"]], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("sourced", [True, False])
def test_zsh_offers_what_the_commands_take(place: Path, sourced: bool) -> None:
    """Zsh answers every question, from the first TAB on, be the script sourced or in fpath."""
    questions = QUESTIONS | PATTERNS
    with zsh_terminal(script("zsh"), sourced) as terminal:
        answers = {line: tail(terminal.ask(f"{line}\t")[1], line) for line in questions}
    assert answers == questions


def test_zsh_completes_at_a_terminal(place: Path) -> None:
    """TAB in zsh writes commands, options, values, names and file names, quoted where they need it."""
    clustered = {
        "actcli eval tanh -qf cs": "actcli eval tanh -qf csv ",
        "actcli eval -fcs": "actcli eval -fcsv ",
    }
    with zsh_terminal(script("zsh")) as terminal:
        for typed, line in (TYPED | clustered).items():
            assert terminal.ask(f"{typed}\t")[0] == line


def test_fish_offers_what_the_commands_take(place: Path) -> None:
    """Fish answers every question with all that the commands take, and nothing else."""
    answers = fish_answers(script("fish"), list(QUESTIONS))
    offered = {line: tail(answer, line) for line, answer in zip(QUESTIONS, answers, strict=True)}
    assert offered == QUESTIONS


def test_fish_offers_files_where_a_file_is_wanted(place: Path) -> None:
    """Fish completes the names of files after --input, and nowhere else."""
    wanted, joined, other = fish_answers(
        script("fish"), ["actcli eval --input po", "actcli eval --output=po", "actcli eval points.n"]
    )
    assert (set(wanted), set(joined), set(other)) == ({"points.npy"}, {"--output=points.npy"}, set())


@pytest.mark.parametrize("terminal", [bash_terminal, zsh_terminal])
def test_no_line_is_executed(place: Path, terminal: Callable[[str], Terminal]) -> None:
    """Whatever words stand on the line, TAB in bash and zsh runs and expands nothing."""
    with terminal(script(terminal.__name__.partition("_")[0])) as shell:
        lines = [shell.ask(f"{line}\t")[0] for line in ATTACKS]
    assert all(line.startswith(typed) for line, typed in zip(lines, ATTACKS, strict=True)), lines
    assert not Path("ran").exists()


def test_no_line_is_executed_by_fish(place: Path) -> None:
    """Whatever words stand on the line, fish runs and expands nothing to complete it."""
    attacks = [*ATTACKS, "actcli eval (touch ran) --format=cs", "actcli eval '(touch ran)' --format=cs"]
    answers = fish_answers(script("fish"), attacks)
    csv = [line for line, answer in zip(attacks, answers, strict=True) if "--format=csv" in answer]
    assert csv == [line for line in attacks if line.endswith("cs")]
    assert not Path("ran").exists()


def hostile_tree() -> list[Command]:
    """A program whose descriptions are code to every shell."""
    options = (
        Option(("--flag", "-f"), HOSTILE),
        Option(("--value", "-v"), HOSTILE, Value(HOSTILE, ("one", "two"))),
        Option(("--number",), HOSTILE, Value(HOSTILE)),
    )
    go = Command("go", HOSTILE, options, (Value(HOSTILE, ("three", "four")),))
    return [Command("", HOSTILE, options[:1]), go, Command("stay", HOSTILE, options)]


HOSTILE_QUESTIONS = {
    "actcli ": {"go", "stay"},
    "actcli go -": {"--flag", "-f", "--value", "-v", "--number"},
    "actcli go --value=t": {"two"},
    "actcli go --number ": set(),
    "actcli go ": {"three", "four"},
}


def test_descriptions_are_text_in_bash(place: Path) -> None:
    """Code in a description reaches no bash: it shows none."""
    answers = bash_answers(SHELLS["bash"].script(hostile_tree()), list(HOSTILE_QUESTIONS))
    assert dict(zip(HOSTILE_QUESTIONS, answers, strict=True)) == HOSTILE_QUESTIONS
    assert not Path("ran").exists()


def test_descriptions_are_text_in_zsh(place: Path) -> None:
    """Zsh shows the code in a description letter by letter, and runs none of it."""
    with zsh_terminal(SHELLS["zsh"].script(hostile_tree())) as terminal:
        answers = {line: tail(terminal.ask(f"{line}\t")[1], line) for line in HOSTILE_QUESTIONS}
        shown = terminal.seen
    assert answers == HOSTILE_QUESTIONS
    assert not Path("ran").exists()
    assert re.search(rf"go +-- {re.escape(HOSTILE)}", shown)
    assert re.search(rf"--flag +-- {re.escape(HOSTILE)}", shown)
    assert re.search(rf"(?<!-- ){re.escape(HOSTILE)}", shown)  # what stands for a number


def test_descriptions_are_text_in_fish(place: Path) -> None:
    """Fish shows the code in a description letter by letter, and runs none of it."""
    answers = fish_answers(SHELLS["fish"].script(hostile_tree()), list(HOSTILE_QUESTIONS))
    offered = {line: tail(answer, line) for line, answer in zip(HOSTILE_QUESTIONS, answers, strict=True)}
    assert offered == HOSTILE_QUESTIONS
    assert set(answers[0].values()) | set(answers[1].values()) == {HOSTILE}
    assert not Path("ran").exists()


def powershell_rows(text: str) -> dict[str, dict[str, str]]:
    """Return the tables of the PowerShell script, read as PowerShell reads strings in single quotes."""
    rows = re.findall(r"^    \$(help|values)\['((?:[^']|'')*)'\] = '((?:[^']|'')*)'$", text, re.MULTILINE)
    tables: dict[str, dict[str, str]] = {"help": {}, "values": {}}
    for table, key, value in rows:
        tables[table][key.replace("''", "'")] = value.replace("''", "'")
    return tables


@pytest.mark.parametrize("commands", [tree(ROOT), hostile_tree()], ids=["actcli", "hostile"])
def test_powershell_script_is_well_formed(commands: list[Command]) -> None:
    """The PowerShell script is ASCII, and its quotes and brackets balance (it was never run)."""
    text = SHELLS["powershell"].script(commands)
    assert text.isascii()
    code = re.sub(r"""'(?:[^']|'')*'|"[^"\n]*"|#[^\n]*""", "", text)
    assert "'" not in code
    assert '"' not in code
    while code != (inner := re.sub(r"\([^][(){}]*\)|\{[^][(){}]*\}|\[[^][(){}]*\]", "", code)):
        code = inner
    assert not set(code) & set("()[]{}")


def test_powershell_script_holds_what_the_commands_take() -> None:
    """The tables of the PowerShell script hold every command, every option with its help, and the values."""
    tables = powershell_rows(script("powershell"))
    lines = {
        f"{line.removeprefix('actcli').strip(' -')} {option}" for line in OPTIONS for option in OPTIONS[line]
    }
    assert set(tables["help"]) == lines | set(ROOT.commands)
    assert all(tables["help"].values())
    assert "{choices}" not in str(tables)
    assert tables["values"]["eval 0"].split() == [*ACTIVATIONS, *COMPOUNDS, *OBJECTIVES]
    assert tables["values"]["eval *"] == ""
    assert tables["values"]["plot *"].split() == [*ACTIVATIONS, *COMPOUNDS, *OBJECTIVES]
    assert tables["values"]["eval --format"].split() == list(FORMATS)
    assert tables["values"]["gradcheck --method"].split()[-1] == "auto"
    assert tables["values"]["eval -i"] == "FILE"
    assert tables["values"]["eval --axis"] == ""
    assert "eval --jacobian" not in tables["values"]


def test_descriptions_are_text_in_powershell() -> None:
    """Code in a description stands in single quotes, in which PowerShell knows nothing but the quote."""
    assert powershell_rows(SHELLS["powershell"].script(hostile_tree()))["help"]["go --flag"] == HOSTILE
