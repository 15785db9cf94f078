"""The completion script of zsh."""

from collections.abc import Iterator

from actcli.cli.shells._spec import Command, Option, Shell, Value

_TEMPLATE = r"""#compdef actcli
# Completes actcli in zsh. Written by: actcli completion zsh

_actcli() {
  local curcontext=$curcontext context state state_descr line
  typeset -A opt_args
  _arguments -s -S -C : \
@PROGRAM@
    '1: :_actcli_commands' \
    '*:: :->rest' && return
  [[ $state == rest ]] || return
  case $line[1] in
@COMMANDS@
  esac
}

_actcli_commands() {
  local -a commands=(
@NAMES@
  )
  _describe -t commands command commands
}

if [[ $funcstack[1] == _actcli ]]; then
  _actcli "$@" # this file is the function, loaded from fpath
elif (( $+functions[compdef] )); then
  compdef _actcli actcli
else
  print -u2 'actcli: to complete it, first run: autoload -Uz compinit && compinit'
fi
"""


def _script(commands: list[Command]) -> str:
    """Return the script that completes `commands` in zsh."""
    program, *rest = commands
    text = _TEMPLATE.replace("@PROGRAM@", "\n".join(f"    {spec} \\" for spec in _options(program)))
    text = text.replace("@COMMANDS@", "\n".join(_case(command) for command in rest))
    names = (_quoted(f"{command.name}:{command.help}".replace("\\", "\\\\")) for command in rest)
    return text.replace("@NAMES@", "\n".join(f"    {name}" for name in names))


def _case(command: Command) -> str:
    specs = [*_options(command), *_arguments(command)]
    return f"    {command.name})\n      _arguments -s -S : \\\n        " + " \\\n        ".join(specs) + " ;;"


def _arguments(command: Command) -> Iterator[str]:
    for number, argument in enumerate(command.arguments, 1):
        # The empty list, not the hint: zsh would put it before the options, and insert none of those.
        yield _quoted(f"{'*' if argument.many else number}{_value(argument, hint='()')}")
    if not any(argument.many for argument in command.arguments):
        yield "'*: :()'"  # nothing more: without it, zsh offers options to who has not typed a -


def _options(command: Command) -> Iterator[str]:
    """Yield what _arguments wants to know: (names that it excludes)name[help]:metavar:values."""
    for option in command.options:
        once = "*" if option.value and option.value.many else f"({' '.join(option.names)})"
        value = _value(option.value) if option.value else ""
        yield _quoted(once) + _names(option) + _quoted(f"{_bracketed(option.help)}{value}")


def _names(option: Option) -> str:
    joined = {True: "=", False: "+"} if option.value else {True: "", False: ""}  # to its value, in one word
    names = [name + joined[name.startswith("--")] for name in option.names]
    return f"{{{','.join(names)}}}" if len(names) > 1 else names[0]


def _value(value: Value, hint: str = " ") -> str:
    """Return metavar and values; where there are none to offer, `hint` shows the metavar alone."""
    action = "_files" if value.is_file else f"({' '.join(value.choices)})" if value.choices else hint
    metavar = value.metavar.replace(":", "\\:").replace("%", "%%")  # % has a meaning in formats of messages
    return f":{metavar}:{action}"


def _bracketed(text: str) -> str:
    """Return `text` in brackets, as _arguments reads it."""
    return "[" + "".join(f"\\{c}" if c in "\\[]:" else c for c in text) + "]"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


ZSH = Shell(name="zsh", summary="as an autoloaded function, or sourced", script=_script)
