# SPDX-License-Identifier: GPL-2.0-only
#
# Completion of kexec's command line in fish. Everything is asked of kexec --help, which is made from the
# table of options, so that nothing here has to follow it.

# The program that is being completed: it may have a path.
function __kexec_program
    set -l words (commandline -opc)
    echo $words[1]
end

# Options, one a line: letter, name, argument, "optional" if it may be left out, and what the option does,
# with tabs between them.
function __kexec_options
    $argv[1] --help 2>/dev/null | awk '
        function flush() {
            for (i = 1; i <= count; i++)
                printf "%s\t%s\t%s\t%s\t%s\n", letter, names[i], argument, optional, help
            count = 0
        }
        /^(  |      )-/ {
            flush()
            line = $0
            sub(/^ +/, "", line)
            help = line
            if (!sub(/^[^ ]+( [^ ]+)*  +/, "", help))
                help = ""
            sub(/  .*/, "", line)
            argument = optional = letter = ""
            if (match(line, /=[^],]*/))
                argument = substr(line, RSTART + 1, RLENGTH - 1)
            if (line ~ /\[=/)
                optional = "optional"
            total = split(line, words, ", ")
            for (i = 1; i <= total; i++) {
                sub(/\[?=.*/, "", words[i])
                if (words[i] ~ /^--/)
                    names[++count] = substr(words[i], 3)
                else
                    letter = substr(words[i], 2)
            }
            next
        }
        /^ +[^ ]/ && count && help == "" {
            help = $0
            sub(/^ +/, "", help)
        }
        /^$/ { flush() }
        END { flush() }'
end

function __kexec_types
    set -l program (__kexec_program)
    $program --version 2>/dev/null | sed -n 's/^kernels: //p' | string split ' '
end

function __kexec_engines
    set -l program (__kexec_program)
    $program --version 2>/dev/null | sed -n 's/^[^ ]* engines: //p' | string split ' ' | sort -u
end

# Declare each option of the program $argv[1].
function __kexec_declare
    for line in (__kexec_options $argv[1])
        set -l field (string split \t -- $line)
        set -l arguments -c kexec -l $field[2]
        test -z "$field[1]"; or set -a arguments -s $field[1]
        test -z "$field[5]"; or set -a arguments -d $field[5]
        switch "$field[3]"
            case ''
            case '*|*'
                # What may be left out follows "=" alone.
                test -n "$field[4]"; and set -a arguments -f; or set -a arguments -x
                set -a arguments -a (string replace -r '\\|N$' '' -- $field[3] | string replace -a '|' ' ')
            case TYPE
                set -a arguments -x -a '(__kexec_types)'
            case ENGINE
                set -a arguments -x -a '(__kexec_engines)'
            case DIRECTORY
                set -a arguments -x -a '(__fish_complete_directories (commandline -ct))'
            case FILE
                set -a arguments -r -F
            case '*'
                set -a arguments -x
        end
        complete $arguments
    end
end

set -q __kexec_command; or set -l __kexec_command kexec
__kexec_declare $__kexec_command
