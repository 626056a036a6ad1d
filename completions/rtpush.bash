# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2207,SC2034 # no word has a space; lists of options are read by their names
# Completion of rtpush(1) for bash, loaded by bash-completion.

# K=V of --set: the known members, then what a status may be. Words are completed from the last '=' on.
_rtpush_member() {
  local values='' members='status= actualArrival= estimatedArrival='
  [[ $command == run ]] && members='status= completedStops= totalStops='
  case $command:$cur in
    run:status=*) values='IN_PROGRESS COMPLETED' ;;
    *:status=*) values='IN_PROGRESS DELIVERED' ;;
    *:*=*) ;;
    *) COMPREPLY=($(compgen -W "$members" -- "$cur")) && compopt -o nospace ;;
  esac
  [[ -n $values ]] && COMPREPLY=($(compgen -W "$values" -- "${cur#*=}"))
}

_rtpush() {
  local cur prev words cword split
  _init_completion -s || return

  local options='-s --server --token-file --token -H --header -k --insecure --cacert -n --dry-run -W --timeout
    -o --output -c --config --print-config -q --quiet -v --verbose --color -V --version -h --help'
  local options_order='--set --json -f --file'
  local options_run='--set --json -f --file'
  local options_driver='--lat --lon --heading --speed --time'
  local options_gps='-f --file --format --driver-from --speed-unit --min-interval --min-distance --max-age
    --on-error --replay'
  local options_raw='-f --file --on-error'

  local command='' word
  for word in "${words[@]:1:cword-1}"; do
    case $word in
      order | run | driver | gps | raw) command=$word && break ;;
    esac
  done

  case $prev in
    -o | --output) COMPREPLY=($(compgen -W 'text json' -- "$cur")); return ;;
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    --format) COMPREPLY=($(compgen -W 'auto ndjson gpsd nmea owntracks traccar geojson gpx csv' -- "$cur")); return ;;
    --speed-unit) COMPREPLY=($(compgen -W 'kmh mps knots mph' -- "$cur")); return ;;
    --on-error) COMPREPLY=($(compgen -W 'skip stop' -- "$cur")); return ;;
    --token-file | --cacert | -c | --config | -f | --file) _filedir; return ;;
    --set) _rtpush_member; return ;;
    -s | --server | --token | -H | --header | --json) return ;;
    -W | --timeout | --min-interval | --min-distance | --max-age) return ;;
    --lat | --lon | --heading | --speed | --time | --driver-from) return ;;
  esac
  $split && return

  if [[ $cur == -* ]]; then
    local more=options_$command
    COMPREPLY=($(compgen -W "$options ${!more-}" -- "$cur"))
  elif [[ -z $command ]]; then
    COMPREPLY=($(compgen -W 'order run driver gps raw' -- "$cur"))
  elif [[ $command == gps || $command == raw ]]; then
    _filedir
  fi
} && complete -F _rtpush rtpush
