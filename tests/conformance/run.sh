#!/usr/bin/env bash
# Compiles and runs the test functions of async-trait and of tracing-attributes with aimlm's attributes.
#
# The crates are downloaded at run time; nothing of them is kept in this repository. In async-trait's tests each
# `#[async_trait]` block is tracked too; in those of tracing-attributes `#[instrument(…)]` becomes
# `#[aimlm::track_operation]`, and what they expect of tracing's own spans is left out.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${AIMLM_CONFORMANCE_DIR:-$root/target/conformance}
rm -rf "$work/project"
mkdir -p "$work/project/tests" "$work/project/tracing_test/src"
cd "$work/project"

cat > Cargo.toml <<TOML
[package]
name = "conformance"
version = "0.0.0"
edition = "2021"
publish = false

[workspace]

[lib]
path = "lib.rs"

[features]
flag = []

[dependencies]
aimlm = { path = "$root" }
async-trait = "=0.1.92"
tracing-attributes = "=0.1.31"

[dev-dependencies]
futures = "0.3"
rustversion = "1"
tracing = "0.1"
tracing-mock = "=0.1.0-beta.3"
tracing-subscriber = { version = "0.3", features = ["env-filter"] }
tracing_test = { path = "tracing_test" }
TOML
printf '[package]\nname = "tracing_test"\nversion = "0.0.0"\nedition = "2021"\n' > tracing_test/Cargo.toml
cp "$here/tracing_test.rs" tracing_test/src/lib.rs
: > lib.rs

sources() { cargo metadata --format-version 1 | grep -o "\"manifest_path\":\"[^\"]*/$1-[0-9][^\"/]*/Cargo.toml\"" \
    | head -1 | sed 's/.*:"\(.*\)\/Cargo.toml"/\1/'; }

async_trait=$(sources async-trait)
mkdir -p tests/async_trait
cp -r "$async_trait/tests/executor" tests/async_trait/executor
perl -0pe 's/^([ \t]*)(#\[async_trait(?:\([^)]*\))?\])/$1$2\n$1#[aimlm::track]/mg' \
    "$async_trait/tests/test.rs" > tests/async_trait/main.rs

tracing=$(sources tracing-attributes)
for file in "$tracing"/tests/*.rs; do
    name=$(basename "$file")
    [ "$name" = ui.rs ] && continue
    perl -0pe '
        s/\binstrument\s*(\((?:[^()]++|(?1))*\))?\]/aimlm::track_operation]/g;
        s/\binstrument\s*(\((?:[^()]++|(?1))*\))\)\]/aimlm::track_operation)]/g;
        s/with_default\(\s*\w+\s*,/with_default(tracing::subscriber::NoSubscriber::default(),/g;
        s/^\s*handle\d*\.assert_finished\(\);\s*$//mg;
        s/^use tracing_attributes::instrument;$//mg;
    ' "$file" > "tests/tracing_$name"
done

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$work/target}
cargo test --no-fail-fast "$@"
echo "functions tracked: $(grep -rho 'aimlm::track\w*' tests | wc -l)"
