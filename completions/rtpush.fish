# SPDX-License-Identifier: MIT
# Completion of rtpush(1) for fish.

complete -c rtpush -f
complete -c rtpush -s s -l server -x -d 'Where rtserve is'
complete -c rtpush -l token-file -r -F -d 'File that holds the token'
complete -c rtpush -l token -x -d 'The token itself'
complete -c rtpush -s H -l header -x -d 'Header to send along'
complete -c rtpush -s k -l insecure -d 'Do not verify the certificate of the server'
complete -c rtpush -l cacert -r -F -d 'Certificates to verify the server with'
complete -c rtpush -s c -l config -r -F -d 'Configuration file'
complete -c rtpush -l print-config -d 'Show what is set and by what, and end'
complete -c rtpush -s q -l quiet -d 'Only errors on stderr'
complete -c rtpush -s v -l verbose -d 'More on stderr'
complete -c rtpush -l color -x -a 'auto always never' -d 'Colour'
complete -c rtpush -s V -l version -d 'Show the version'
complete -c rtpush -s h -l help -d 'Show help'
complete -c rtpush -s n -l dry-run -d 'Check and print the events, without a server'
complete -c rtpush -s W -l timeout -x -d 'Give up after this time'
complete -c rtpush -s o -l output -x -a 'text json' -d 'How to print what was accepted'

set -l commands order run driver gps raw
set -l none "not __fish_seen_subcommand_from $commands"
complete -c rtpush -n $none -a order -d 'Publish an update of an order'
complete -c rtpush -n $none -a run -d 'Publish an update of a delivery run'
complete -c rtpush -n $none -a driver -d 'Publish where a driver is'
complete -c rtpush -n $none -a gps -d 'Publish positions as receivers and trackers write them'
complete -c rtpush -n $none -a raw -d 'Publish whole events, one a line'

complete -c rtpush -n '__fish_seen_subcommand_from order' -l set -x -d 'K=V, a string, or K:=JSON' \
  -a 'status=IN_PROGRESS status=DELIVERED actualArrival= estimatedArrival='
complete -c rtpush -n '__fish_seen_subcommand_from run' -l set -x -d 'K=V, a string, or K:=JSON' \
  -a 'status=IN_PROGRESS status=COMPLETED completedStops= totalStops='
complete -c rtpush -n '__fish_seen_subcommand_from order run' -l json -x -d 'The payload, a JSON object'
complete -c rtpush -n '__fish_seen_subcommand_from order run' -s f -l file -r -F -d 'File that holds the payload'

complete -c rtpush -n '__fish_seen_subcommand_from driver' -l lat -x -d 'Degrees north'
complete -c rtpush -n '__fish_seen_subcommand_from driver' -l lon -x -d 'Degrees east'
complete -c rtpush -n '__fish_seen_subcommand_from driver' -l heading -x -d 'Degrees from true north'
complete -c rtpush -n '__fish_seen_subcommand_from driver' -l speed -x -d 'Speed in km/h'
complete -c rtpush -n '__fish_seen_subcommand_from driver' -l time -x -d 'When that was'

complete -c rtpush -n '__fish_seen_subcommand_from gps raw' -F
complete -c rtpush -n '__fish_seen_subcommand_from gps raw' -s f -l file -r -F -d 'Where from'
complete -c rtpush -n '__fish_seen_subcommand_from gps raw' -l on-error -x -a 'skip stop' -d 'After a rejected line'
complete -c rtpush -n '__fish_seen_subcommand_from gps' -l format -x -a 'auto ndjson gpsd nmea owntracks traccar geojson gpx csv' -d 'What the input is'
complete -c rtpush -n '__fish_seen_subcommand_from gps' -l driver-from -x -d 'Member, parameter or column that names the driver'
complete -c rtpush -n '__fish_seen_subcommand_from gps' -l speed-unit -x -a 'kmh mps knots mph' -d 'Unit of speeds'
complete -c rtpush -n '__fish_seen_subcommand_from gps' -l min-interval -x -d 'Leave out what follows sooner'
complete -c rtpush -n '__fish_seen_subcommand_from gps' -l min-distance -x -d 'Leave out what is nearer, in metres'
complete -c rtpush -n '__fish_seen_subcommand_from gps' -l max-age -x -d 'Leave out what is older'
complete -c rtpush -n '__fish_seen_subcommand_from gps' -l replay -d 'Send at the own pace of the fixes'
