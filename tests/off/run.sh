#!/usr/bin/env bash
# Without the feature `enabled` annotated functions compile to the very assembly of plain ones.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${AIMLM_OFF_DIR:-$root/target/off}
rm -rf "$work/project"
mkdir -p "$work/project/src"
cd "$work/project"
cat > Cargo.toml <<TOML
[package]
name = "compared"
version = "0.0.0"
edition = "2024"
publish = false

[workspace]

[lints.rust]
unexpected_cfgs = { level = "allow" }

[dependencies]
aimlm = { path = "$root", default-features = false }
TOML
cat > src/lib.rs <<'RUST'
#![cfg_attr(annotated, deny(warnings))]

#[cfg_attr(annotated, aimlm::track_training_step(
    model = NAME, device = device, step = step, batch_size = size(batch), loss = |out| loss(out), error_kind = kind
))]
#[inline(never)]
pub fn only_the_attribute_uses(batch: &[f32], step: u64, device: String) -> Result<f32, u8> {
    if batch.is_empty() { Err(1) } else { Ok(batch[0]) }
}

const NAME: &str = "m";

fn size(batch: &[f32]) -> usize {
    batch.len()
}

fn loss(out: &f32) -> f32 {
    out / 2.0
}

fn kind(error: &u8) -> String {
    error.to_string()
}

#[cfg_attr(annotated, aimlm::track_inference(model = "m", batch_size = x.len(), tokens_out = |out| out.len()))]
#[inline(never)]
pub fn sync(x: &[u8]) -> Result<Vec<u8>, String> {
    if x.is_empty() { Err("empty".to_owned()) } else { Ok(x.to_vec()) }
}

#[cfg_attr(annotated, aimlm::track_operation)]
#[inline(never)]
pub async fn waits(x: String, y: &str) -> usize {
    std::future::ready(()).await;
    x.len() + y.len()
}

#[cfg_attr(annotated, aimlm::track_operation(name = x.name))]
#[inline(never)]
#[track_caller]
pub fn method(x: Named) -> Option<u32> {
    let n: u32 = x.name.parse().ok()?;
    Some(n + std::panic::Location::caller().line())
}

pub struct Named {
    pub name: String,
}

pub fn poll(future: std::pin::Pin<&mut dyn Future<Output = usize>>) -> bool {
    future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_ready()
}

pub fn waits_boxed<'a>(x: String, y: &'a str) -> std::pin::Pin<Box<dyn Future<Output = usize> + 'a>> {
    Box::pin(waits(x, y))
}
RUST
export CARGO_TARGET_DIR=$work/target
for kind in plain annotated; do
    # The same flags but for the cfg, so that the symbols have the same names.
    touch src/lib.rs
    cargo rustc --quiet --release --lib -- --cfg "$kind" --emit "asm=$work/$kind.s" -C codegen-units=1
done
diff "$work/plain.s" "$work/annotated.s" > "$work/difference" || { head -20 "$work/difference"; exit 1; }
echo "the assembly is the same: $(wc -l < "$work/plain.s") lines"
