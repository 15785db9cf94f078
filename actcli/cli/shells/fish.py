"""The completion script of fish."""

from collections.abc import Iterator

from actcli.cli.shells._spec import Command, Option, Shell, Value, named

_TEMPLATE = r"""# Completes actcli in fish 3 and later. Written by: actcli completion fish

# Whether the words before the cursor call COMMAND; '' before there is one.
function __actcli_in --argument-names command
    set --local words (commandline -opc)
    set --erase words[1]
    for word in $words
        string match --quiet -- '-*' $word; and continue
        test "$word" = "$command"
        return
    end
    test -z "$command"
end

# Whether COMMAND is the last word before the cursor but for options; VALUED are those that take a value.
function __actcli_first --argument-names command
    __actcli_in $command; or return
    set --local valued $argv[2..-1]
    set --local count 0
    set --local skip no
    for word in (commandline -opc)
        if test $skip = yes
            set skip no
        else if contains -- $word $valued
            set skip yes
        else if not string match --quiet -- '-*' $word
            set count (math $count + 1)
        end
    end
    test $count -eq 2 # actcli and COMMAND
end

complete -c actcli -f
@COMMANDS@
"""


def _script(commands: list[Command]) -> str:
    """Return the script that completes `commands` in fish."""
    _, *rest = commands
    names = [
        f"complete -c actcli -n '__actcli_in \"\"' -a {command.name} -d {_quoted(command.help)}"
        for command in rest
    ]
    lines = [line for command in commands for line in _lines(command)]
    return _TEMPLATE.replace("@COMMANDS@", "\n".join([*names, *lines]))


def _lines(command: Command) -> Iterator[str]:
    inside = f"complete -c actcli -n '__actcli_in \"{command.name}\"'"
    yield ""
    for argument in command.arguments[:1]:  # no command has names in a later place
        if argument.choices:
            condition = inside if argument.many else f"complete -c actcli -n '{_first(command)}'"
            yield f"{condition} -a {_quoted(' '.join(argument.choices))}"
    for option in command.options:
        yield f"{inside} {_names(option)}{_value(option.value)} -d {_quoted(option.help)}"


def _first(command: Command) -> str:
    valued = [name for name, option in named(command) if option.value]
    return " ".join(["__actcli_first", command.name, *valued])


def _names(option: Option) -> str:
    return " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)


def _value(value: Value | None) -> str:
    if value is None:
        return ""
    if value.is_file:
        return " -r -F"
    return f" -x -a {_quoted(' '.join(value.choices))}" if value.choices else " -x"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


FISH = Shell(name="fish", summary="3 or newer", script=_script)
