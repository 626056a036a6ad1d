# SPDX-License-Identifier: MIT
# Completion of rtwatch(1) for fish.

complete -c rtwatch -f
complete -c rtwatch -l path -x -d 'Follow the stream at this path or URL'
complete -c rtwatch -s o -l output -x -a 'pretty ndjson json csv data raw' -d 'Output format'
complete -c rtwatch -s C -l count -x -d 'Stop after that many events'
complete -c rtwatch -s W -l timeout -x -d 'Give up after that time'
complete -c rtwatch -l until -x -a 'status=DELIVERED status=COMPLETED' -d 'Stop after the event in which K is V'
complete -c rtwatch -l last-event-id -x -d 'Resume behind this event'
complete -c rtwatch -l state -r -F -d 'Keep the id of the last event there'
complete -c rtwatch -l exec -x -a '(__fish_complete_command)' -d 'Run this for each event'
complete -c rtwatch -l print-curl -d 'Print the curl command that does the same'
complete -c rtwatch -l retries -x -a '5 inf' -d 'Attempts in a row'
complete -c rtwatch -l retry-initial -x -d 'Wait before the first retry'
complete -c rtwatch -l retry-max -x -d 'Longest wait between retries'
complete -c rtwatch -l notices -d 'Print notices on stdout among the events'
complete -c rtwatch -s s -l server -x -d 'Where rtserve is'
complete -c rtwatch -l token-file -r -F -d 'File that holds the token'
complete -c rtwatch -l token -x -d 'The token itself'
complete -c rtwatch -s H -l header -x -d 'Header to send along'
complete -c rtwatch -s k -l insecure -d 'Do not verify the certificate of the server'
complete -c rtwatch -l cacert -r -F -d 'Certificates to verify the server with'
complete -c rtwatch -s c -l config -r -F -d 'Configuration file'
complete -c rtwatch -l print-config -d 'Show what is set and by what, and end'
complete -c rtwatch -s q -l quiet -d 'Only errors on stderr'
complete -c rtwatch -s v -l verbose -d 'More on stderr'
complete -c rtwatch -l color -x -a 'auto always never' -d 'Colour'
complete -c rtwatch -s V -l version -d 'Show the version'
complete -c rtwatch -s h -l help -d 'Show help'

set -l commands order run driver topic
set -l none "not __fish_seen_subcommand_from $commands"
complete -c rtwatch -n $none -a order -d 'Follow one order, or several'
complete -c rtwatch -n $none -a run -d 'Follow one delivery run, or several'
complete -c rtwatch -n $none -a driver -d 'Follow one driver, or several'
complete -c rtwatch -n $none -a topic -d 'Follow topics by pattern'
complete -c rtwatch -n '__fish_seen_subcommand_from topic' -a '"orders/*" "runs/*" "drivers/*"'
