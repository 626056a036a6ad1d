# SPDX-License-Identifier: MIT
# Completion of rtpush(1) for bash, loaded by bash-completion.

_rtpush() {
  local cur prev words cword split
  _init_completion -s || return

  local options='-s --server --token-file --token -H --header -k --insecure --cacert -n --dry-run -o --output
    -c --config -q --quiet -v --verbose --color -V --version -h --help'
  local options_order='--set --json -f --file'
  local options_run='--set --json -f --file'
  local options_driver='--lat --lon --heading --speed --time'
  local options_gps='-f --file --format --driver-from --on-error --replay'
  local options_raw='-f --file --on-error'

  case $prev in
    -o | --output) COMPREPLY=($(compgen -W 'text json' -- "$cur")); return ;;
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    --format) COMPREPLY=($(compgen -W 'auto ndjson gpsd nmea gpx' -- "$cur")); return ;;
    --on-error) COMPREPLY=($(compgen -W 'skip stop' -- "$cur")); return ;;
    --token-file | --cacert | -c | --config | -f | --file) _filedir; return ;;
    -s | --server | --token | -H | --header | --set | --json) return ;;
    --lat | --lon | --heading | --speed | --time | --driver-from) return ;;
  esac
  $split && return

  local command='' word
  for word in "${words[@]:1:cword-1}"; do
    case $word in
      order | run | driver | gps | raw) command=$word && break ;;
    esac
  done

  if [[ $cur == -* ]]; then
    local more=options_$command
    COMPREPLY=($(compgen -W "$options ${!more-}" -- "$cur"))
  elif [[ -z $command ]]; then
    COMPREPLY=($(compgen -W 'order run driver gps raw' -- "$cur"))
  elif [[ $command == gps || $command == raw ]]; then
    _filedir
  fi
} && complete -F _rtpush rtpush
