#!/usr/bin/env bash
# How much longer whole programs take with the attributes than without: each example that ends by itself, built with the
# feature `enabled` and without, in turn, so many rounds (51). Wall-clock and processor time, the ratios of their medians,
# and where these are in 95 of 100 such measurements.
#
# Reports at the end of a program are off (`AIMLM_REPORT=text benches/real_programs/run.sh` includes them). What starts
# with the first call (clock, collector) is in the times, as are the reports that a program asks for itself. `manual_api`
# has no attributes, so that both of it are one program: what its ratio is off 1 is the machine.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${AIMLM_REAL_PROGRAMS_DIR:-$root/target/real_programs}
rounds=${1:-51}
export AIMLM_REPORT=${AIMLM_REPORT-off}

examples='quickstart async_server configuration manual_api'

package() { # name features
    mkdir -p "$work/$1/src"
    : >"$work/$1/src/lib.rs"
    ln -sfn "$root/examples" "$work/$1/examples"
    cp "$root/Cargo.lock" "$work/$1/Cargo.lock"
    {
        printf '[package]\nname = "%s"\nversion = "0.0.0"\nedition = "2024"\npublish = false\n\n[workspace]\n\n' "$1"
        printf '[dependencies]\naimlm = { path = "%s", default-features = false, features = [%s] }\n' "$root" "$2"
        # What examples use besides.
        for name in fastrand flate2 ndarray; do
            grep -m1 "^$name = " "$root/Cargo.toml"
        done
    } >"$work/$1/Cargo.toml"
    # One folder for both, as most of what they stand on is the same.
    (cd "$work/$1" && CARGO_TARGET_DIR=$work/target cargo build --quiet --release --examples)
    rm -rf "$work/programs/$1"
    mkdir -p "$work/programs/$1"
    for name in $examples; do
        cp "$work/target/release/examples/$name" "$work/programs/$1/"
    done
}
package enabled '"enabled", "gzip", "hdrhistogram", "sysinfo"'
package off '"gzip", "hdrhistogram", "sysinfo"'

cd "$root"
cargo run --quiet --release -p aimlm-benches --bin real_programs -- \
    "$rounds" "$work/programs/enabled" "$work/programs/off" $examples
