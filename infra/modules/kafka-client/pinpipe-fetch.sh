#!/bin/bash
# pinpipe-fetch <address> <checksum> <file>
# Downloads from https://, or from s3:// as AWS_PROFILE. The file is there afterwards only if its SHA-256 (64 digits) or SHA-512
# (128 digits) is as it should be.
set -euo pipefail

address=$1 wanted=$2 file=$3
trap 'rm -f "$file.part"' EXIT

case $address in
  s3://*) aws s3 cp --only-show-errors "$address" "$file.part" ;;
  *) curl --fail --silent --show-error --location --proto =https --retry 5 --output "$file.part" "$address" ;;
esac

found=$("sha$((${#wanted} * 4))sum" "$file.part" | cut -d ' ' -f 1)
if [ "$found" != "$wanted" ]; then
  echo "pinpipe-fetch: $address has the checksum $found, not $wanted: nothing of it was unpacked. Ask its publisher for the right one, then correct the checksum or the address." >&2
  exit 1
fi
mv "$file.part" "$file"
