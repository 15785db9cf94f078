"""The completion script of bash."""

from collections.abc import Iterable, Iterator

from actcli.cli._completions import Command, Value, paths

_TEMPLATE = r"""# shellcheck shell=bash
# Completes actcli in bash 4 and later. Written by: actcli completion bash

# Sets `names`, or `files`, to what may follow. "eval 0" asks for the first name after eval, "eval -" for the
# options of eval, "eval --format" for the values of its option --format: false when it takes none.
_actcli_table() {
  names=() files=''
  case $1 in
@TABLE@
    *) return 1 ;;
  esac
}

# Sets `words` to the words up to the cursor. Bash has cut them at = and : too: what no blank divides is joined.
_actcli_words() {
  local line=${COMP_LINE:0:COMP_POINT} word last=0 i
  line=${line#*"${COMP_WORDS[0]}"}
  words=("${COMP_WORDS[0]}")
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    [[ $line == [[:blank:]]* || ! $line ]] && words[++last]=''
    line=${line#"${line%%[![:blank:]]*}"}
    [[ $i == "$COMP_CWORD" ]] && word=$line # up to the cursor
    words[last]+=$word
    line=${line#"$word"}
  done
}

_actcli() {
  local word=$2 command='' option='' stem='' ended='' files='' count=0 i names words
  COMPREPLY=()
  _actcli_words
  for ((i = 1; i < ${#words[@]} - 1; i++)); do
    if [[ $option ]]; then
      option='' # this was its value
    elif [[ ! $command ]]; then
      [[ ${words[i]} == -* ]] || command=${words[i]}
    elif [[ $ended || ${words[i]} != -* ]]; then
      count=$((count + 1))
    elif [[ ${words[i]} == -- ]]; then
      ended=yes
    elif _actcli_table "$command ${words[i]}"; then
      option=${words[i]}
    fi
  done

  if [[ ! $option && ! $ended && ${words[i]} == --*=* ]]; then
    option=${words[i]%%=*}
    [[ $word == --*=* ]] && stem=$option= word=${word#*=} # bash has not cut it: = is not in COMP_WORDBREAKS
  fi
  if [[ $option ]]; then
    _actcli_table "$command $option"
  elif [[ $word == -* && ! $ended ]]; then
    _actcli_table "$command -"
  else
    _actcli_table "$command $count"
  fi

  [[ $files ]] && compopt -o default
  for i in "${names[@]}"; do
    [[ $i == "$word"* ]] && COMPREPLY+=("$stem$i")
  done
}

complete -F _actcli actcli
"""


def script(commands: list[Command]) -> str:
    """Return the script that completes `commands` in bash."""
    return _TEMPLATE.replace("@TABLE@", "\n".join(_table(commands)))


def _table(commands: list[Command]) -> Iterator[str]:
    yield _row(["' 0'"], [command.name for command in commands[1:]])
    for command in commands:
        yield _row([f"'{command.name} -'"], [name for name, _ in paths(command)])
    keys: dict[str, list[str]] = {}
    for key, value in _values(commands):
        keys.setdefault(_answer(value), []).append(key)
    for answer, same in keys.items():
        patterns = " |\n      ".join(same)
        yield f"    {patterns})\n      {answer} ;;"


def _values(commands: Iterable[Command]) -> Iterator[tuple[str, Value]]:
    """Yield everything on the command line that takes a value, as a pattern for `case`."""
    for command in commands:
        for number, argument in enumerate(command.arguments):
            if argument.choices:
                yield (f"'{command.name} '[0-9]*" if argument.many else f"'{command.name} {number}'"), argument
        for name, option in paths(command):
            if option.value:
                yield f"'{command.name} {name}'", option.value


def _answer(value: Value) -> str:
    return "files=yes" if value.is_file else f"names=({' '.join(value.choices)})"


def _row(patterns: list[str], names: list[str]) -> str:
    return f"    {' | '.join(patterns)})\n      names=({' '.join(names)}) ;;"
