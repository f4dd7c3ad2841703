#!/bin/sh
# The real parts that the tests speak to, from Debian's packages.
#
#   sh tests/parts.sh install    install those that are missing (as root, or through sudo); exit 2 if it may not
#   sh tests/parts.sh missing    name those that are missing, one a line
set -eu
cd "$(dirname "$0")/.."

packages='anope atheme-services inspircd irssi ircd-hybrid libident postgresql-15 python3-venv tmux'
ngircd=.parts/ngircd # Unpacked beside the others: as a package it conflicts with ircd-hybrid.

missing_packages() {
    for package in $packages; do
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=absent
        [ "$status" = installed ] || echo "$package"
    done
}

missing() {
    missing_packages
    [ -x "$ngircd" ] || echo ngircd
}

refuse() {
    echo "make test: $1: $(missing | tr '\n' ' ')" >&2
    exit 2
}

find_root() {
    command -v apt-get >/dev/null || refuse 'no apt-get here to install these Debian packages with'
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        as_root=sudo
    else
        refuse 'run it as root, or install these Debian packages first'
    fi
}

# Packages that bring a service would start it; policy-rc.d is Debian's way to say no.
hold_services() {
    [ ! -e /usr/sbin/policy-rc.d ] || return 0
    trap '$as_root rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' | $as_root tee /usr/sbin/policy-rc.d >/dev/null
    $as_root chmod 755 /usr/sbin/policy-rc.d
}

install_packages() {
    hold_services
    log=$(mktemp)
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@" \
        >"$log" 2>&1 </dev/null || { cat "$log" >&2; exit 1; }
    rm "$log"
}

unpack_ngircd() {
    folder=$(mktemp -d)
    (cd "$folder" && apt-get download --quiet=2 -o APT::Sandbox::User=root ngircd && dpkg -x ngircd_*.deb .)
    mkdir -p "$(dirname "$ngircd")"
    cp "$folder/usr/sbin/ngircd" "$ngircd"
    rm -rf "$folder"
}

install() {
    [ -n "$(missing)" ] || return 0
    find_root
    echo "installing for the tests: $(missing | tr '\n' ' ')"
    $as_root apt-get update --quiet=2
    wanted=$(missing_packages)
    # shellcheck disable=SC2086  # one word a package
    [ -z "$wanted" ] || install_packages $wanted
    [ -x "$ngircd" ] || unpack_ngircd
}

case "${1:-}" in
    install) install ;;
    missing) missing ;;
    *) sed -n '2,5s/^# *//p' "$0" >&2; exit 2 ;;
esac
