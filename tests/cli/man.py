#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""man.py CHECK FOLDER: what a manual page in FOLDER has and the program has not (on standard input,
see man.sh), or the other way round, a line each."""
import re
import sys


def items(folder, page):
    """(section, item without markup) of each .It line, and the lines below it as text."""
    section, found = '', []
    for line in open(f'{folder}/{page}'):
        line = line.rstrip('\n')
        if line.startswith(('.Sh ', '.Ss ')):
            section = line[4:]
        elif line.startswith('.It '):
            found.append((section, plain(line[4:]), []))
        elif found:
            found[-1][2].append(line)
    return found


def plain(words):
    words = words.replace(' Ns Ar N', 'N').replace('"', '')
    words = re.sub(r'Oo (.*?) Oc', r'[\1]', words)
    words = re.sub(r'\bFl -', '--', words)
    return re.sub(r'\b(Ar|Cm|Fl|Ic|Li|Pa) ', '', words)


def compare(page, program, what):
    for name in sorted(set(page) - set(program)):
        print('only in the page:', what, name)
    for name in sorted(set(program) - set(page)):
        print('only in the program:', what, name)


def options(folder):
    """Standard input is pct help -v: "pct NAME SYNOPSIS [OPTIONS]", then "  --OPTION ARG  HELP"."""
    page, command, takes = [], '', []
    shared = [i for i in items(folder, 'pct.1')
              if i[0] == 'CONTAINER OPTIONS' and i[1].startswith('--')]
    for section, item, _ in items(folder, 'pct.1'):
        # A word of an option's value is no option.
        if section != 'COMMANDS' or ' Ns = Ns ' in item:
            continue
        if item == 'option ...':
            takes.append(command)
        elif item.startswith('--'):
            page.append((command, item))
        else:
            command = item.split()[0]
            page.append((command, item))
    for command in takes:
        page += [(command, item) for _, item, text in shared
                 if command == 'create' or 'only.' not in text]
    command, synopsis, found = '', '', []
    for line in sys.stdin.read().splitlines():
        if line.startswith('pct '):
            command = line.split()[1]
            synopsis = line[4:]
            found.append((command, synopsis.replace(' [OPTIONS]', '')))
        elif line.startswith('    ') and found and found[-1][1] == synopsis.replace(' [OPTIONS]', ''):
            synopsis += line[3:]
            found[-1] = (command, synopsis.replace(' [OPTIONS]', ''))
        elif line.startswith('  --'):
            # A long one is told from its help by the page alone.
            known = [item for c, item in page if c == command and line.startswith(f'  {item} ')]
            found.append((command, max(known, key=len, default=line.strip())))
    compare([' '.join(i) for i in page], [' '.join(i) for i in found], 'pct')
    # What the prose names has to be there, too.
    for name in ('pct.1', 'pct.conf.5', 'pct-hooks.7', 'pct-setup.7'):
        text = open(f'{folder}/{name}').read()
        for option in re.findall(r'\bFl -([a-zA-Z-]+)', text):
            if option not in ('name', 'net') and not any(f'--{option}' in i for _, i in found):
                print(f'{name}: there is no option --{option}')
        for command in re.findall(r'^(?:\.Cm )?pct ([a-z]+)\b', text, re.M):
            if command not in [c for c, _ in found]:
                print(f'{name}: there is no command {command}')


def keys(folder):
    """Standard input is the source of the tables of keys, preprocessed."""
    source = re.sub(r'"\s*"', '', sys.stdin.read())
    found = re.findall(r'\{ (?:"\w+", "[^"]*"|\.key =),? "((?:lxc|pve)\.[a-z0-9_.]+N?)"', source)
    found += [prefix + sub for sub, prefix in
              re.findall(r'\.name = "([a-z0-9_.-]+)", \.prefix = "((?:lxc|pve)\.network\.)"', source)]
    page = [item.split()[0] for section, item, _ in items(folder, 'pct.conf.5')
            if section in ('Keys of options', 'Networks', 'Other keys')]
    compare(page, found, 'key')
    renamed = re.findall(r'\{ "(lxc\.[a-z_]+)", "(lxc\.[a-z_.]+)" \}', source)
    page = [item.replace(' Ta', '') for section, item, _ in items(folder, 'pct.conf.5')
            if section == 'Names of LXC 1']
    compare(page, [f'{old} {today}' for old, today in renamed], 'name')


def setup(folder):
    """Standard input is the source of setup."""
    source = sys.stdin.read()
    page = items(folder, 'pct-setup.7')
    named = re.findall(r'struct (family|renderer) \w+ = \{\s*\.name = "([^"]+)"', source)
    for section, kind in (('FAMILIES', 'family'), ('CONSUMERS', 'renderer')):
        compare([item for s, item, _ in page if s == section],
                [name for k, name in named if k == kind], kind)
    table = source[source.index('struct step step_list[]'):]
    compare([item.split()[0] for s, item, _ in page if s == 'PHASES' and ' Pq ' in item],
            re.findall(r'^\t\{ "([a-z.-]+)",', table[:table.index('{ 0 }')], re.M), 'step')


{'options': options, 'keys': keys, 'setup': setup}[sys.argv[1]](sys.argv[2])
