# SPDX-License-Identifier: MIT
# Completion of rtstat(1) for fish.

complete -c rtstat -f
complete -c rtstat -s o -l output -x -a 'table json ndjson csv prom value' -d 'Output format'
complete -c rtstat -l field -x -d 'Which number -o value prints' \
  -a 'orders runs drivers totalClients instances uptime rates.events rates.deliveries'
complete -c rtstat -l details -d 'Also topics, rates, uptime, version, instances'
complete -c rtstat -l check -d 'One line and an exit code of 0 to 3, for Nagios'
complete -c rtstat -l warn -x -d 'Condition to exit with 1'
complete -c rtstat -l crit -x -d 'Condition to exit with 2'
complete -c rtstat -l scope -x -a 'instance cluster' -d 'What is counted'
complete -c rtstat -s w -l watch -d 'Keep refreshing'
complete -c rtstat -s i -l interval -x -d 'Time between two refreshes'
complete -c rtstat -s W -l timeout -x -d 'How long to wait for an answer'
complete -c rtstat -s s -l server -x -d 'Where rtserve is'
complete -c rtstat -l token-file -r -F -d 'File that holds the token'
complete -c rtstat -l token -x -d 'The token itself'
complete -c rtstat -s H -l header -x -d 'Header to send along'
complete -c rtstat -s k -l insecure -d 'Do not verify the certificate of the server'
complete -c rtstat -l cacert -r -F -d 'Certificates to verify the server with'
complete -c rtstat -s c -l config -r -F -d 'Configuration file'
complete -c rtstat -l print-config -d 'Show what is set and by what, and end'
complete -c rtstat -s q -l quiet -d 'Only errors on stderr'
complete -c rtstat -s v -l verbose -d 'More on stderr'
complete -c rtstat -l color -x -a 'auto always never' -d 'Colour'
complete -c rtstat -s V -l version -d 'Show the version'
complete -c rtstat -s h -l help -d 'Show help'

complete -c rtstat -n 'not __fish_seen_subcommand_from top' -a top -d 'Show the open streams, and which are slow'
complete -c rtstat -n '__fish_seen_subcommand_from top' -l sort -x -a 'lag bytes age user' -d 'What comes first'
complete -c rtstat -n '__fish_seen_subcommand_from top' -l limit -x -d 'How many, at most'
complete -c rtstat -n '__fish_seen_subcommand_from top' -l admin -x -d 'Where the admin listener of the server is'
