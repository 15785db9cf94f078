"""The completion script of bash."""

import textwrap
from collections.abc import Iterable, Iterator

from actcli.cli.shells._spec import Command, Shell, Value, named

_TEMPLATE = r"""# shellcheck shell=bash
# Completes actcli in bash 4 and later. Written by: actcli completion bash

# Sets `names`, or `files`, to what may follow. eval:0 asks for the first argument of eval, eval:- for its
# options, eval:--format for the values of its option --format: false when it is none that takes one.
_actcli_table() {
  names=() files=''
  case $1 in
@TABLE@
    *) return 1 ;;
  esac
}

# Sets `words` to the words up to the cursor's. Bash has cut them at = and : too: joins what no blank divides.
_actcli_words() {
  local line=${COMP_LINE:0:COMP_POINT} word last=0 i
  line=${line#*"${COMP_WORDS[0]}"}
  words=("${COMP_WORDS[0]}")
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    [[ $line == [[:blank:]]* ]] && words[++last]=''
    line=${line#"${line%%[![:blank:]]*}"}
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
    elif _actcli_table "$command:${words[i]}"; then
      option=${words[i]}
    fi
  done

  if [[ ! $option && ! $ended && ${words[i]} == --*=* ]]; then
    option=${words[i]%%=*}
    [[ $word == --*=* ]] && stem=$option= word=${word#*=} # bash has not cut it: = is not in COMP_WORDBREAKS
  fi
  if [[ ${COMP_WORDS[COMP_CWORD - 1]} == *[\<\>] ]]; then
    names=() files=yes # a redirection
  elif [[ $option ]]; then
    _actcli_table "$command:$option"
  elif [[ $word == -* && ! $ended ]]; then
    _actcli_table "$command:-"
  else
    _actcli_table "$command:$count"
  fi

  [[ $files ]] && compopt -o default
  for i in "${names[@]}"; do
    [[ $i == "$word"* ]] && COMPREPLY+=("$stem$i")
  done
}

complete -F _actcli actcli
"""


def _script(commands: list[Command]) -> str:
    """Return the script that completes `commands` in bash."""
    return _TEMPLATE.replace("@TABLE@", "\n".join(_table(commands)))


def _table(commands: list[Command]) -> Iterator[str]:
    """Yield the branches of the table; what has the same answer shares one."""
    keys: dict[str, list[str]] = {_names(command.name for command in commands[1:]): [":0"]}
    for key, answer in _answers(commands):
        keys.setdefault(answer, []).append(key)
    for answer, same in keys.items():
        lines = textwrap.wrap(" | ".join(same), 100, break_on_hyphens=False, break_long_words=False)
        patterns = " \\\n      ".join(lines)
        yield f"    {patterns})\n      {answer} ;;"


def _answers(commands: list[Command]) -> Iterator[tuple[str, str]]:
    for command in commands:
        yield f"{command.name}:-", _names(name for name, _ in named(command))
        for number, argument in enumerate(command.arguments):
            if argument.choices:
                yield f"{command.name}:{'[0-9]*' if argument.many else number}", _answer(argument)
        for name, option in named(command):
            if option.value:
                yield f"{command.name}:{name}", _answer(option.value)


def _answer(value: Value) -> str:
    return "files=yes" if value.is_file else _names(value.choices)


def _names(names: Iterable[str]) -> str:
    return f"names=({' '.join(names)})"


BASH = Shell(name="bash", summary="4 or newer, with or without bash-completion", script=_script)
