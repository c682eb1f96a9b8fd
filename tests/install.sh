#!/bin/sh
# What `make test-all` needs besides Python, by apt on Debian 12. Quiet where nothing is missing; says what it did.
set -eu

have() { command -v "$1" >/dev/null 2>&1; }
missing=""
need() { missing="$missing $1"; }

have psql && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || have initdb || need postgresql
have runuser || need util-linux
have redis-server || need redis-server
have chromium || need chromium
have firefox-esr || need firefox-esr
have caddy || need caddy
have pgbouncer || [ -x /usr/sbin/pgbouncer ] || need pgbouncer
have node || need nodejs
have localedef && [ -e /usr/share/i18n/locales/hi_IN ] || need locales
[ -d /usr/share/fonts/truetype/noto ] && ls /usr/share/fonts/truetype/noto/*Devanagari* >/dev/null 2>&1 || need fonts-noto-core

locale_missing() { ! locale -a 2>/dev/null | grep -qix "$1"; }
locales=""
for name in en_US hi_IN; do
    if locale_missing "$name.utf8"; then locales="$locales $name"; fi
done

if [ -z "$missing$locales" ]; then exit 0; fi
if [ "$(id -u)" != 0 ]; then
    echo "Not root, so these stay missing, and what needs them will fail:$missing${locales:+ locales:$locales}"
    exit 0
fi

if [ -n "$missing" ]; then
    echo "Installing by apt:$missing"
    # Packages must not start servers here: tests start their own.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' > "$policy"
        chmod 755 "$policy"
        trap 'rm -f "$policy"' EXIT
    fi
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    # shellcheck disable=SC2086
    if ! { apt-get update -q && apt-get install -y -q --no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
        tail -20 "$log"
        echo "apt could not install them; what needs them will fail."
    fi
    rm -f "$log"
fi
for name in $locales; do
    echo "Making locale $name.UTF-8"
    localedef -i "$name" -f UTF-8 "$name.UTF-8" || echo "  it could not be made; what needs it will fail."
done
