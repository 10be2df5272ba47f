# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion of pct(1): pct __complete knows.

function __pct_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case ':file'
                __fish_complete_path "$current"
            case ':dir'
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end
complete -c pct -f -a '(__pct_complete)'
