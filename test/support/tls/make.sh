#!/bin/sh
# Makes the certificates of the TLS tests: a test CA, what it signed for convoso.test and this machine, for
# another host and until a day that has passed, and one that signed itself. Nothing trusts this CA but a
# test that names it, and its key is not kept: a new set is made whole.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
mkdir "$work/issued"
: >"$work/index"
HERE=DNS:convoso.test,IP:127.0.0.1,IP:0.0.0.0

cat >"$work/ca.conf" <<END
[ca]
default_ca = test
[test]
database = $work/index
new_certs_dir = $work/issued
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
END

# issue NAME LAST_DAY KEY EXTENSIONS SIGNER...: NAME.pem, valid from 2020 until LAST_DAY.
issue() {
  name=$1 until=$2 key=$3 extensions=$4
  shift 4
  printf '%b' "$extensions" >"$work/extensions"
  openssl req -new -key "$key" -subj "/CN=revsync test $name" -out "$work/request"
  openssl ca -batch -notext -config "$work/ca.conf" -in "$work/request" -extfile "$work/extensions" \
    -startdate 20200101000000Z -enddate "${until}000000Z" -out "$name.pem" "$@"
}

openssl ecparam -name prime256v1 -genkey -noout -out "$work/ca.key"
openssl ecparam -name prime256v1 -genkey -noout -out server.key
server='basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName='
issue ca 21200101 "$work/ca.key" 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n' \
  -selfsign -keyfile "$work/ca.key"
issue good 21200101 server.key "$server$HERE\n" -cert ca.pem -keyfile "$work/ca.key"
issue other-host 21200101 server.key "${server}DNS:another.test\n" -cert ca.pem -keyfile "$work/ca.key"
issue expired 20200102 server.key "$server$HERE\n" -cert ca.pem -keyfile "$work/ca.key"
issue self-signed 21200101 server.key "$server$HERE\n" -selfsign -keyfile server.key
